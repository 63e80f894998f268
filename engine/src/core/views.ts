// Reads of the state for callers: books, quotes, accounts, instruments. Unknown numbers are left out of the answer.

import { FEED_STATES, INSTRUMENT_STATES, SIDES, TRADING_STATES } from '@mib/model/trading';
import { checkInteger, formatStep } from '@mib/proto/command-rules';
import { fromCode } from '@mib/proto/engine-codes';
import type { AccountSnapshot, BookSnapshot, CashView, IndicativePrice, InstrumentDefinition, LastTrade, LevelView, PositionView, QuoteSnapshot, RiskLimitsView } from '@mib/proto/engine-views';
import { readAscii, RECORD_BYTES, RECORD_WORDS, TEXT_BYTE, TEXT_LENGTH_WORD } from '@mib/proto/layout-record';
import { ACCOUNT, ACCOUNT_WORDS, CASH } from './accounts.ts';
import { BUY_SIDE, LEVEL, LEVEL_WORDS, SELL_SIDE } from './books.ts';
import { INSTRUMENT } from './instruments.ts';
import { POSITION, POSITION_WORD } from './margin.ts';
import type { State } from './state.ts';

/** A few milliseconds of the core's time. */
const MAX_ROWS_PER_READ = 16_384;

export function viewBooks(state: State, instrumentNumbers: readonly number[], depth: number): BookSnapshot[] {
  return knownInstruments(state, instrumentNumbers).map((instrument) => ({
    instrumentNumber: state.instruments.word(instrument, INSTRUMENT.NUMBER),
    bids: viewLevels(state, instrument, BUY_SIDE, depth),
    asks: viewLevels(state, instrument, SELL_SIDE, depth),
    feedState: fromCode(FEED_STATES, state.feeds.state(instrument)) ?? null,
    eventSequence: state.lastEventSequence,
    timestampNs: timestamp(state, instrument, INSTRUMENT.CHANGED_TIMESTAMP),
  }));
}

export function viewQuotes(state: State, instrumentNumbers: readonly number[]): QuoteSnapshot[] {
  return knownInstruments(state, instrumentNumbers).map((instrument) => ({
    instrumentNumber: state.instruments.word(instrument, INSTRUMENT.NUMBER),
    bid: viewLevels(state, instrument, BUY_SIDE, 1)[0] ?? null,
    ask: viewLevels(state, instrument, SELL_SIDE, 1)[0] ?? null,
    last: viewLastTrade(state, instrument),
    state: fromCode(INSTRUMENT_STATES, state.instruments.word(instrument, INSTRUMENT.STATE))!,
    indicative: viewIndicative(state, instrument),
    feedState: fromCode(FEED_STATES, state.feeds.state(instrument)) ?? null,
    venueTradeId: state.feeds.lastTradeId(instrument),
    venueTimeNs: BigInt(state.feeds.lastTradeMicros(instrument)) * 1_000n,
    eventSequence: state.lastEventSequence,
    timestampNs: timestamp(state, instrument, INSTRUMENT.CHANGED_TIMESTAMP),
  }));
}

/** @throws {InvalidValueError} for accounts with more than MAX_ROWS_PER_READ positions and limits together. */
export function viewAccounts(state: State, accountNumbers: readonly number[]): AccountSnapshot[] {
  const known = accountNumbers.map((number) => state.accounts.find(number)).filter((account) => account >= 0);
  const limits = viewLimits(state, known);
  let rows = 0;
  return known.map((account) => {
    const positions = viewPositions(state, account);
    rows += positions.length + limits.get(account)!.length;
    checkInteger('positions and limits of the accounts of one read', rows, 0, MAX_ROWS_PER_READ);
    return {
      accountNumber: state.accounts.numberOf(account),
      tradingState: fromCode(TRADING_STATES, state.accounts.isUser(account) ? state.accounts.tradingState(account) : 1)!,
      cash: viewCash(state, account),
      positions,
      limits: limits.get(account)!,
      eventSequence: state.lastEventSequence,
    };
  });
}

export function viewInstruments(state: State): InstrumentDefinition[] {
  const { instruments, currencies } = state;
  return Array.from({ length: instruments.index.count }, (_, instrument) => ({
    instrumentNumber: instruments.word(instrument, INSTRUMENT.NUMBER),
    instrumentId: readAscii(instruments.views, instrument * RECORD_BYTES + TEXT_BYTE, instruments.word(instrument, TEXT_LENGTH_WORD)),
    tickSize: formatStep(instruments.number(instrument, INSTRUMENT.TICK_UNITS_NUMBER), instruments.word(instrument, INSTRUMENT.TICK_SCALE)),
    lotSize: formatStep(instruments.number(instrument, INSTRUMENT.LOT_UNITS_NUMBER), instruments.word(instrument, INSTRUMENT.LOT_SCALE)),
    currency: currencies.name(instruments.word(instrument, INSTRUMENT.CURRENCY)),
    cashScale: instruments.word(instrument, INSTRUMENT.CASH_SCALE),
  }));
}

function knownInstruments(state: State, numbers: readonly number[]): number[] {
  return numbers.map((number) => state.instruments.find(number)).filter((instrument) => instrument >= 0);
}

function viewLevels(state: State, instrument: number, side: number, depth: number): LevelView[] {
  const { books } = state;
  const bookSide = books.side(instrument, side);
  const levels: LevelView[] = [];
  for (let level = bookSide.bestLevel; level >= 0 && levels.length < depth; level = bookSide.worse(books.priceOf(level))) {
    levels.push([books.priceOf(level), books.shownQuantity(level), books.levelWords[level * LEVEL_WORDS + LEVEL.ORDERS]!]);
  }
  return levels;
}

function viewLastTrade(state: State, instrument: number): LastTrade | null {
  const { instruments } = state;
  const priceTicks = instruments.word(instrument, INSTRUMENT.LAST_PRICE);
  if (priceTicks === 0) return null;
  return {
    priceTicks,
    quantityLots: instruments.word(instrument, INSTRUMENT.LAST_QUANTITY),
    takerSide: fromCode(SIDES, instruments.word(instrument, INSTRUMENT.LAST_SIDE))!,
    timestampNs: timestamp(state, instrument, INSTRUMENT.LAST_TIMESTAMP),
    eventSequence: instruments.number(instrument, INSTRUMENT.LAST_SEQUENCE_NUMBER),
  };
}

function viewIndicative({ indicative }: State, instrument: number): IndicativePrice | null {
  const priceTicks = indicative.priceTicks(instrument);
  return priceTicks === 0 ? null : { priceTicks, quantityLots: indicative.lots(instrument), imbalanceLots: indicative.imbalanceLots(instrument) };
}

function viewCash(state: State, account: number): CashView[] {
  const { accounts, currencies } = state;
  const all = Array.from({ length: currencies.index.count }, (_, currency) => {
    const at = accounts.cashAt(account, currency);
    return { currency: currencies.name(currency), totalUnits: accounts.cash[at + CASH.TOTAL]!, lockedUnits: accounts.cash[at + CASH.LOCKED]! };
  });
  return all.filter((one) => one.totalUnits !== 0 || one.lockedUnits !== 0);
}

function viewPositions(state: State, account: number): PositionView[] {
  const { positions, instruments, accounts } = state;
  const views: PositionView[] = [];
  for (let next = accounts.words[account * ACCOUNT_WORDS + ACCOUNT.FIRST_POSITION]!; next !== 0; next = positions.word(next - 1, POSITION_WORD.NEXT_OF_ACCOUNT)) {
    const position = next - 1;
    views.push({
      instrumentNumber: instruments.word(positions.index.pairs[2 * position + 1]!, INSTRUMENT.NUMBER),
      quantityLots: positions.get(position, POSITION.QUANTITY),
      openBuyLots: positions.get(position, POSITION.OPEN_BUY_LOTS),
      openSellLots: positions.get(position, POSITION.OPEN_SELL_LOTS),
    });
  }
  return views.reverse();
}

/** One look at the table, however many accounts are asked for: the core waits meanwhile. */
function viewLimits(state: State, accounts: readonly number[]): ReadonlyMap<number, readonly RiskLimitsView[]> {
  const { limits, instruments } = state;
  const views = new Map<number, RiskLimitsView[]>(accounts.map((account) => [account, []]));
  for (let entry = 0; entry < limits.index.count; entry++) {
    const instrument = limits.index.pairs[2 * entry + 1]! - 1;
    views.get(limits.index.pairs[2 * entry]!)?.push({
      instrumentNumber: instrument < 0 ? 0 : instruments.word(instrument, INSTRUMENT.NUMBER),
      maxPositionLots: limits.words[2 * entry]!,
      collarBasisPoints: limits.words[2 * entry + 1]!,
    });
  }
  return views;
}

/** Low word first, as the records have it. */
function timestamp(state: State, instrument: number, offset: number): bigint {
  const at = instrument * RECORD_WORDS + offset;
  const words = state.instruments.views.words;
  return (BigInt(words[at + 1]!) << 32n) | BigInt(words[at]! >>> 0);
}
