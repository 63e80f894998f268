// Reads of the state for callers: books, quotes, accounts, instruments. Unknown numbers are left out of the answer.

import { FEED_STATES, INSTRUMENT_STATES, SIDES, TRADING_STATES } from '@mib/model/trading';
import { checkInteger, formatStep } from '@mib/proto/command-rules';
import { fromCode } from '@mib/proto/engine-codes';
import type { AccountSnapshot, BookSnapshot, CashView, IndicativePrice, InstrumentDefinition, LastTrade, LevelView, PositionView, QuoteSnapshot, RiskLimitsView } from '@mib/proto/engine-views';
import { readAscii, RECORD_BYTES, recordViews, TEXT_BYTE, TEXT_LENGTH_WORD, type RecordViews } from '@mib/proto/layout-record';
import type { Core } from './core.ts';

/** A few milliseconds of the core's time. */
const MAX_ROWS_PER_READ = 16_384;
const BUY_SIDE = 0;
const SELL_SIDE = 1;
const CURRENCY_BYTES = 8;
/** Word and float64 offsets within an instrument's row; its id lies where every record has text. Of engine/core/instruments.ts. */
export const INSTRUMENT = {
  NUMBER: 0,
  TICK_SCALE: 1,
  LOT_SCALE: 2,
  CASH_SCALE: 3,
  TICK_UNITS_NUMBER: 2,
  LOT_UNITS_NUMBER: 3,
  CURRENCY: 10,
  LAST_PRICE: 11,
  LAST_QUANTITY: 12,
  LAST_SIDE: 13,
  LAST_TIMESTAMP_LONG: 7,
  LAST_SEQUENCE_NUMBER: 13,
  CHANGED_TIMESTAMP_LONG: 14,
  STATE: 30,
} as const;
/** Three numbers a row. Of engine/core/feeds.ts and indicative.ts. */
export const FEED = { STATE: 0, LAST_TRADE_ID: 1, LAST_TRADE_MICROS: 2 } as const;
export const INDICATIVE = { PRICE: 0, LOTS: 1, IMBALANCE: 2 } as const;

export function viewBooks(core: Core, instrumentNumbers: readonly number[], depth: number): BookSnapshot[] {
  return knownInstruments(core, instrumentNumbers).map((instrument) => {
    const row = instrumentRow(core, instrument);
    return {
      instrumentNumber: row.words[INSTRUMENT.NUMBER]!,
      bids: viewLevels(core, instrument, BUY_SIDE, depth),
      asks: viewLevels(core, instrument, SELL_SIDE, depth),
      feedState: fromCode(FEED_STATES, feedRow(core, instrument)[FEED.STATE]!) ?? null,
      eventSequence: core.lastEventSequence,
      timestampNs: row.longs[INSTRUMENT.CHANGED_TIMESTAMP_LONG]!,
    };
  });
}

export function viewQuotes(core: Core, instrumentNumbers: readonly number[]): QuoteSnapshot[] {
  return knownInstruments(core, instrumentNumbers).map((instrument) => {
    const row = instrumentRow(core, instrument);
    const feed = feedRow(core, instrument);
    return {
      instrumentNumber: row.words[INSTRUMENT.NUMBER]!,
      bid: viewLevels(core, instrument, BUY_SIDE, 1)[0] ?? null,
      ask: viewLevels(core, instrument, SELL_SIDE, 1)[0] ?? null,
      last: viewLastTrade(row),
      state: fromCode(INSTRUMENT_STATES, row.words[INSTRUMENT.STATE]!)!,
      indicative: viewIndicative(core, instrument),
      feedState: fromCode(FEED_STATES, feed[FEED.STATE]!) ?? null,
      venueTradeId: feed[FEED.LAST_TRADE_ID]!,
      venueTimeNs: BigInt(feed[FEED.LAST_TRADE_MICROS]!) * 1_000n,
      eventSequence: core.lastEventSequence,
      timestampNs: row.longs[INSTRUMENT.CHANGED_TIMESTAMP_LONG]!,
    };
  });
}

/** @throws {InvalidValueError} for accounts with more than MAX_ROWS_PER_READ positions and limits together. */
export function viewAccounts(core: Core, accountNumbers: readonly number[]): AccountSnapshot[] {
  const { reads } = core;
  const known = accountNumbers.map((number) => reads.findAccount(number)).filter((account) => account >= 0);
  const limits = viewLimits(core, known);
  let rows = 0;
  return known.map((account) => {
    const positions = viewPositions(core, account);
    rows += positions.length + limits.get(account)!.length;
    checkInteger('positions and limits of the accounts of one read', rows, 0, MAX_ROWS_PER_READ);
    return {
      accountNumber: reads.accountNumberOf(account),
      tradingState: fromCode(TRADING_STATES, reads.isUser(account) !== 0 ? reads.tradingStateOf(account) : 1)!,
      cash: viewCash(core, account),
      positions,
      limits: limits.get(account)!,
      eventSequence: core.lastEventSequence,
    };
  });
}

export function viewInstruments(core: Core): InstrumentDefinition[] {
  return Array.from({ length: core.reads.instrumentCount() }, (_, instrument) => {
    const row = instrumentRow(core, instrument);
    const { words, numbers } = row;
    return {
      instrumentNumber: words[INSTRUMENT.NUMBER]!,
      instrumentId: readAscii(row, TEXT_BYTE, words[TEXT_LENGTH_WORD]!),
      tickSize: formatStep(numbers[INSTRUMENT.TICK_UNITS_NUMBER]!, words[INSTRUMENT.TICK_SCALE]!),
      lotSize: formatStep(numbers[INSTRUMENT.LOT_UNITS_NUMBER]!, words[INSTRUMENT.LOT_SCALE]!),
      currency: currencyName(core, words[INSTRUMENT.CURRENCY]!),
      cashScale: words[INSTRUMENT.CASH_SCALE]!,
    };
  });
}

function knownInstruments({ reads }: Core, numbers: readonly number[]): number[] {
  return numbers.map((number) => reads.findInstrument(number)).filter((instrument) => instrument >= 0);
}

function instrumentRow({ reads }: Core, instrument: number): RecordViews {
  return recordViews(reads.memory.buffer, reads.instrumentRow(instrument), RECORD_BYTES);
}

function feedRow({ reads }: Core, instrument: number): Float64Array {
  return new Float64Array(reads.memory.buffer, reads.feedRow(instrument), 3);
}

function viewLevels({ reads }: Core, instrument: number, side: number, depth: number): LevelView[] {
  const levels: LevelView[] = [];
  for (let level = reads.bestLevel(instrument, side); level >= 0 && levels.length < depth; level = reads.worseLevel(instrument, side, level)) {
    levels.push([reads.levelPrice(level), reads.levelShown(level), reads.levelOrders(level)]);
  }
  return levels;
}

function viewLastTrade({ words, numbers, longs }: RecordViews): LastTrade | null {
  const priceTicks = words[INSTRUMENT.LAST_PRICE]!;
  if (priceTicks === 0) return null;
  return {
    priceTicks,
    quantityLots: words[INSTRUMENT.LAST_QUANTITY]!,
    takerSide: fromCode(SIDES, words[INSTRUMENT.LAST_SIDE]!)!,
    timestampNs: longs[INSTRUMENT.LAST_TIMESTAMP_LONG]!,
    eventSequence: numbers[INSTRUMENT.LAST_SEQUENCE_NUMBER]!,
  };
}

function viewIndicative({ reads }: Core, instrument: number): IndicativePrice | null {
  const row = new Float64Array(reads.memory.buffer, reads.indicativeRow(instrument), 3);
  const priceTicks = row[INDICATIVE.PRICE]!;
  return priceTicks === 0 ? null : { priceTicks, quantityLots: row[INDICATIVE.LOTS]!, imbalanceLots: row[INDICATIVE.IMBALANCE]! };
}

function viewCash(core: Core, account: number): CashView[] {
  const { reads } = core;
  const all = Array.from({ length: reads.currencyCount() }, (_, currency) => ({
    currency: currencyName(core, currency),
    totalUnits: reads.cashTotal(account, currency),
    lockedUnits: reads.cashLocked(account, currency),
  }));
  return all.filter((one) => one.totalUnits !== 0 || one.lockedUnits !== 0);
}

/** Code such as "USD". */
function currencyName({ reads }: Core, currency: number): string {
  const bytes = new Uint8Array(reads.memory.buffer, reads.currencyCodeAt(currency), CURRENCY_BYTES);
  return String.fromCharCode(...bytes.filter((byte) => byte !== 0));
}

function viewPositions(core: Core, account: number): PositionView[] {
  const { reads } = core;
  const views: PositionView[] = [];
  for (let position = reads.firstPosition(account); position >= 0; position = reads.nextPosition(position)) {
    views.push({
      instrumentNumber: numberOf(core, reads.positionInstrument(position)),
      quantityLots: reads.positionQuantity(position),
      openBuyLots: reads.positionOpenBuyLots(position),
      openSellLots: reads.positionOpenSellLots(position),
    });
  }
  return views.reverse();
}

/** One look at the table, however many accounts are asked for: the core waits meanwhile. */
function viewLimits(core: Core, accounts: readonly number[]): ReadonlyMap<number, readonly RiskLimitsView[]> {
  const { reads } = core;
  const views = new Map<number, RiskLimitsView[]>(accounts.map((account) => [account, []]));
  for (let entry = 0; entry < reads.limitCount(); entry++) {
    const instrument = reads.limitInstrument(entry);
    views.get(reads.limitAccount(entry))?.push({
      instrumentNumber: instrument < 0 ? 0 : numberOf(core, instrument),
      maxPositionLots: reads.limitMaxPositionLots(entry),
      collarBasisPoints: reads.limitCollarBasisPoints(entry),
    });
  }
  return views;
}

function numberOf(core: Core, instrument: number): number {
  return instrumentRow(core, instrument).words[INSTRUMENT.NUMBER]!;
}
