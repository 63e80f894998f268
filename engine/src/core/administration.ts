// Everything that is not trading: instruments, accounts, cash, limits, trading states. Rare commands, so they may allocate.
// Places are given for good, so all is asked before one is taken: a refused command leaves nothing behind.

import { cashPerTickLot, MAX_CASH_UNITS } from '@mib/proto/command-rules';
import { COMMAND, INSTRUMENT_STATE } from '@mib/proto/layout-command';
import { CURRENCY_WORD, RECORD_NUMBERS, RECORD_WORDS, type RecordViews } from '@mib/proto/layout-record';
import { ACCOUNT, ACCOUNT_WORDS, CASH } from './accounts.ts';
import { MAX_ACCOUNTS, MAX_CURRENCIES, MAX_INSTRUMENTS, MAX_RISK_LIMITS } from './capacities.ts';
import { CODE } from './codes.ts';
import type { EventWriter } from './event-writer.ts';
import { INSTRUMENT } from './instruments.ts';
import type { Outcome } from './outcome.ts';
import type { State } from './state.ts';

export class Administration {
  readonly #state: State;
  readonly #events: EventWriter;
  readonly #outcome: Outcome;

  constructor(state: State, events: EventWriter, outcome: Outcome) {
    this.#state = state;
    this.#events = events;
    this.#outcome = outcome;
  }

  /** The same definition again is fine and changes nothing. */
  registerInstrument(views: RecordViews, index: number): void {
    const { instruments, currencies, books } = this.#state;
    const number = views.words[index * RECORD_WORDS + COMMAND.INSTRUMENT]!;
    const known = instruments.find(number);
    const currency = this.#currency(views.words, index * RECORD_WORDS);
    if (currency < 0) return this.#outcome.refuse(CODE.CAPACITY_EXCEEDED, MAX_CURRENCIES, MAX_CURRENCIES);
    if (known >= 0) return this.#registerAgain(views, index, known, currency);
    const cashScale = views.words[index * RECORD_WORDS + COMMAND.CASH_SCALE]!;
    const conflict = currencies.conflictingScale(currency, cashScale);
    if (conflict >= 0) return this.#outcome.refuse(CODE.CURRENCY_SCALE_CONFLICT, conflict, cashScale);
    const instrument = instruments.index.add(number, 0);
    if (instrument < 0) return this.#outcome.refuse(CODE.CAPACITY_EXCEEDED, MAX_INSTRUMENTS, MAX_INSTRUMENTS);
    this.#addCurrency(views.words, index * RECORD_WORDS);
    currencies.fixScale(currency, cashScale);
    this.#define(views, index, instrument, currency);
    books.addInstrument();
    this.#events.instrumentRegistered(views, index);
  }

  openAccount(views: RecordViews, index: number): void {
    const number = views.words[index * RECORD_WORDS + COMMAND.ACCOUNT]!;
    if (this.#state.accounts.find(number) >= 0) {
      this.#outcome.replayed = true;
      return;
    }
    if (this.#state.accounts.open(number) < 0) return this.#outcome.refuse(CODE.CAPACITY_EXCEEDED, MAX_ACCOUNTS, MAX_ACCOUNTS);
    this.#events.accountOpened(number);
  }

  adjustCash(views: RecordViews, index: number): void {
    const { accounts } = this.#state;
    const account = accounts.find(views.words[index * RECORD_WORDS + COMMAND.ACCOUNT]!);
    if (account < 0) return this.#outcome.refuse(CODE.UNKNOWN_ACCOUNT);
    const currency = this.#currency(views.words, index * RECORD_WORDS);
    if (currency < 0) return this.#outcome.refuse(CODE.CAPACITY_EXCEEDED, MAX_CURRENCIES, MAX_CURRENCIES);
    const amount = views.numbers[index * RECORD_NUMBERS + COMMAND.QUANTITY_NUMBER]!;
    const at = accounts.cashAt(account, currency);
    const total = accounts.cash[at + CASH.TOTAL]! + amount;
    const reach = Math.abs(total) + accounts.cash[at + CASH.OPEN_NOTIONAL]!;
    if (reach > MAX_CASH_UNITS) return this.#outcome.refuse(CODE.OVERFLOW, MAX_CASH_UNITS, reach);
    const free = accounts.cash[at + CASH.TOTAL]! - accounts.cash[at + CASH.LOCKED]!;
    if (amount < 0 && -amount > free && accounts.isUser(account)) return this.#outcome.refuse(CODE.NOTIONAL_EXCEEDS_FREE_BALANCE, free, -amount);
    this.#addCurrency(views.words, index * RECORD_WORDS);
    accounts.cash[at + CASH.TOTAL] = total;
    this.#events.cashAdjusted(views, index, total);
  }

  setRiskLimits(views: RecordViews, index: number): void {
    const { accounts, instruments, limits, positions } = this.#state;
    const word = index * RECORD_WORDS;
    const accountNumber = views.words[word + COMMAND.ACCOUNT]!;
    const instrumentNumber = views.words[word + COMMAND.INSTRUMENT]!;
    const account = accounts.find(accountNumber);
    if (account < 0) return this.#outcome.refuse(CODE.UNKNOWN_ACCOUNT);
    const instrument = instrumentNumber === 0 ? -1 : instruments.find(instrumentNumber);
    if (instrumentNumber !== 0 && instrument < 0) return this.#outcome.refuse(CODE.UNKNOWN_INSTRUMENT);
    const maxPositionLots = views.numbers[index * RECORD_NUMBERS + COMMAND.QUANTITY_NUMBER]!;
    const collar = views.words[word + COMMAND.COLLAR]!;
    if (!limits.set(account, instrument, maxPositionLots, collar)) return this.#outcome.refuse(CODE.CAPACITY_EXCEEDED, MAX_RISK_LIMITS, MAX_RISK_LIMITS);
    positions.takeLimits(account);
    this.#events.riskLimitsSet(accountNumber, instrumentNumber, maxPositionLots, collar);
  }

  setTradingState(views: RecordViews, index: number): void {
    const { accounts } = this.#state;
    const accountNumber = views.words[index * RECORD_WORDS + COMMAND.ACCOUNT]!;
    const state = views.words[index * RECORD_WORDS + COMMAND.STATE]!;
    const account = accountNumber === 0 ? -1 : accounts.find(accountNumber);
    if (accountNumber !== 0 && account < 0) return this.#outcome.refuse(CODE.UNKNOWN_ACCOUNT);
    if (account < 0) accounts.globalTradingState = state;
    else accounts.words[account * ACCOUNT_WORDS + ACCOUNT.TRADING_STATE] = state;
    this.#events.tradingStateSet(accountNumber, state);
  }

  setFees(views: RecordViews, index: number): void {
    const { fees, instruments, positions } = this.#state;
    const word = index * RECORD_WORDS;
    const instrumentNumber = views.words[word + COMMAND.INSTRUMENT]!;
    const instrument = instrumentNumber === 0 ? -1 : instruments.find(instrumentNumber);
    if (instrumentNumber !== 0 && instrument < 0) return this.#outcome.refuse(CODE.UNKNOWN_INSTRUMENT);
    const makerPpm = views.words[word + COMMAND.MAKER_PPM]!;
    const takerPpm = views.words[word + COMMAND.TAKER_PPM]!;
    fees.set(instrument, makerPpm, takerPpm);
    positions.relockAll();
    this.#events.feesSet(instrumentNumber, makerPpm, takerPpm);
  }

  /** The currency, or the place that it would get; -1 when no more fit. */
  #currency(words: Int32Array, word: number): number {
    return this.#state.currencies.index.findOrNext(words[word + CURRENCY_WORD]!, words[word + CURRENCY_WORD + 1]!);
  }

  #addCurrency(words: Int32Array, word: number): void {
    this.#state.currencies.index.add(words[word + CURRENCY_WORD]!, words[word + CURRENCY_WORD + 1]!);
  }

  #registerAgain(views: RecordViews, index: number, instrument: number, currency: number): void {
    const { instruments } = this.#state;
    const word = index * RECORD_WORDS;
    const number = index * RECORD_NUMBERS;
    const same =
      instruments.word(instrument, INSTRUMENT.TICK_SCALE) === views.words[word + COMMAND.TICK_SCALE] &&
      instruments.word(instrument, INSTRUMENT.LOT_SCALE) === views.words[word + COMMAND.LOT_SCALE] &&
      instruments.word(instrument, INSTRUMENT.CASH_SCALE) === views.words[word + COMMAND.CASH_SCALE] &&
      instruments.word(instrument, INSTRUMENT.CURRENCY) === currency &&
      instruments.number(instrument, INSTRUMENT.TICK_UNITS_NUMBER) === views.numbers[number + COMMAND.QUANTITY_NUMBER] &&
      instruments.number(instrument, INSTRUMENT.LOT_UNITS_NUMBER) === views.numbers[number + COMMAND.LOT_UNITS_NUMBER] &&
      instruments.hasText(instrument, views.words, word);
    if (same) this.#outcome.replayed = true;
    else this.#outcome.refuse(CODE.CONFLICTING_REGISTRATION);
  }

  #define(views: RecordViews, index: number, instrument: number, currency: number): void {
    const { instruments } = this.#state;
    const { words, numbers } = views;
    const word = index * RECORD_WORDS;
    const tick = { units: numbers[index * RECORD_NUMBERS + COMMAND.QUANTITY_NUMBER]!, scale: words[word + COMMAND.TICK_SCALE]! };
    const lot = { units: numbers[index * RECORD_NUMBERS + COMMAND.LOT_UNITS_NUMBER]!, scale: words[word + COMMAND.LOT_SCALE]! };
    const cashScale = words[word + COMMAND.CASH_SCALE]!;
    instruments.setWord(instrument, INSTRUMENT.NUMBER, words[word + COMMAND.INSTRUMENT]!);
    instruments.setWord(instrument, INSTRUMENT.TICK_SCALE, tick.scale);
    instruments.setWord(instrument, INSTRUMENT.LOT_SCALE, lot.scale);
    instruments.setWord(instrument, INSTRUMENT.CASH_SCALE, cashScale);
    instruments.setWord(instrument, INSTRUMENT.CURRENCY, currency);
    instruments.setWord(instrument, INSTRUMENT.STATE, INSTRUMENT_STATE.CONTINUOUS);
    instruments.setNumber(instrument, INSTRUMENT.TICK_UNITS_NUMBER, tick.units);
    instruments.setNumber(instrument, INSTRUMENT.LOT_UNITS_NUMBER, lot.units);
    instruments.setNumber(instrument, INSTRUMENT.CASH_PER_TICK_LOT_NUMBER, cashPerTickLot(tick, lot, cashScale));
    instruments.setText(instrument, words, word);
  }
}
