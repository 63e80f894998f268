// Positions by account and instrument, with the sums over their open orders and the cash that these lock. Every change
// ends in `relock`, which carries the difference into the account's locked cash.

import * as fromCapacities from './capacities.ts';
import * as fromAccounts from './accounts.ts';
import type { Accounts } from './accounts.ts';
import { feeFromCollateral, type Fees } from './fees.ts';
import * as fromInstruments from './instruments.ts';
import type { Instruments } from './instruments.ts';
import * as fromMargin from './margin.ts';
import { coverableLock, releasedShortLock } from './margin.ts';
import { PairIndex } from './pair-index.ts';
import * as fromBooks from './books.ts';
import type { RiskLimits } from './risk-limits.ts';
import type { Parts, Table } from './table.ts';

/** Held here: V8 folds a module's own constants into the code, an imported name it loads at every use. */
const { ACCOUNT, ACCOUNT_WORDS, CASH } = fromAccounts;
const { INSTRUMENT } = fromInstruments;
const { POSITION, POSITION_NUMBERS, POSITION_WORD, POSITION_WORDS } = fromMargin;
const { MAX_POSITIONS } = fromCapacities;
const { BUY_SIDE } = fromBooks;

export class Positions implements Table {
  /** Pairs of account and instrument index. */
  readonly index = new PairIndex(MAX_POSITIONS);
  readonly numbers = new Float64Array(MAX_POSITIONS * POSITION_NUMBERS);
  /** What `reckonLock` found; returned, it would be a new heap number each time. */
  reckonedLock = 0;
  /** The same memory as `numbers`; a pair of words is never read as a number, it might be a NaN. */
  readonly #words = new Int32Array(this.numbers.buffer);
  readonly #accounts: Accounts;
  readonly #instruments: Instruments;
  readonly #fees: Fees;
  readonly #limits: RiskLimits;

  constructor(accounts: Accounts, instruments: Instruments, fees: Fees, limits: RiskLimits) {
    this.#accounts = accounts;
    this.#instruments = instruments;
    this.#fees = fees;
    this.#limits = limits;
  }

  contents(parts: Parts): void {
    parts.table('index', this.index);
    parts.array('numbers', this.numbers, this.index.count * POSITION_NUMBERS);
  }

  find(account: number, instrument: number): number {
    return this.index.find(account, instrument);
  }

  /**
   * The position, or the empty one that it would be: a place that does not count yet, for asking what an order would do.
   *
   * @returns -1 when no more fit.
   */
  draft(account: number, instrument: number, currency: number): number {
    const position = this.index.findOrNext(account, instrument);
    if (position !== this.index.count) return position;
    this.index.pairs[2 * position] = account;
    this.index.pairs[2 * position + 1] = instrument;
    const at = position * POSITION_WORDS;
    const words = this.#words;
    words[at + POSITION_WORD.INSTRUMENT] = instrument;
    words[at + POSITION_WORD.LOCKS] = this.#accounts.isUser(account) ? 1 : 0;
    words[at + POSITION_WORD.CASH_AT] = this.#accounts.cashAt(account, currency);
    this.numbers[position * POSITION_NUMBERS + POSITION.CASH_PER_TICK_LOT] = this.#instruments.number(instrument, INSTRUMENT.CASH_PER_TICK_LOT_NUMBER);
    this.#takeLimits(position, account, instrument);
    return position;
  }

  /** Makes a draft, the last one taken, count. */
  open(position: number): void {
    if (position !== this.index.count) return;
    const account = this.index.pairs[2 * position]!;
    this.index.add(account, this.index.pairs[2 * position + 1]!);
    const head = account * ACCOUNT_WORDS + ACCOUNT.FIRST_POSITION;
    this.#words[position * POSITION_WORDS + POSITION_WORD.NEXT_OF_ACCOUNT] = this.#accounts.words[head]!;
    this.#accounts.words[head] = position + 1;
  }

  /** After SetRiskLimits. */
  takeLimits(account: number): void {
    const first = this.#accounts.words[account * ACCOUNT_WORDS + ACCOUNT.FIRST_POSITION]! - 1;
    for (let position = first; position >= 0; position = this.word(position, POSITION_WORD.NEXT_OF_ACCOUNT) - 1) {
      this.#takeLimits(position, account, this.word(position, POSITION_WORD.INSTRUMENT));
    }
  }

  #takeLimits(position: number, account: number, instrument: number): void {
    const at = position * POSITION_WORDS;
    this.#words[at + POSITION_WORD.MAX_LOTS] = this.#limits.maxPositionLots(account, instrument);
    this.#words[at + POSITION_WORD.COLLAR] = this.#limits.collarBasisPoints(account, instrument);
  }

  /** @param offset - one of POSITION_WORD. */
  word(position: number, offset: number): number {
    return this.#words[position * POSITION_WORDS + offset]!;
  }

  get(position: number, offset: number): number {
    return this.numbers[position * POSITION_NUMBERS + offset]!;
  }

  /** Adds an order that came to rest at `price` ticks to the open orders of its side. */
  addOrder(position: number, side: number, price: number, lots: number, units: number): void {
    const at = position * POSITION_NUMBERS;
    const words = this.#words;
    if (side === BUY_SIDE) {
      const edge = position * POSITION_WORDS + POSITION_WORD.LOW_BUY;
      if (this.numbers[at + POSITION.OPEN_BUY_LOTS] === 0 || price < words[edge]!) words[edge] = price;
    } else {
      const edge = position * POSITION_WORDS + POSITION_WORD.HIGH_SELL;
      if (this.numbers[at + POSITION.OPEN_SELL_LOTS] === 0 || price > words[edge]!) words[edge] = price;
    }
    this.addOpen(position, side, lots, units);
  }

  /** Adds to the open orders of a side; negative lots and units take away. */
  addOpen(position: number, side: number, lots: number, units: number): void {
    const at = position * POSITION_NUMBERS;
    const lotsAt = at + (side === BUY_SIDE ? POSITION.OPEN_BUY_LOTS : POSITION.OPEN_SELL_LOTS);
    const unitsAt = at + (side === BUY_SIDE ? POSITION.OPEN_BUY_UNITS : POSITION.OPEN_SELL_UNITS);
    this.numbers[lotsAt]! += lots;
    this.numbers[unitsAt]! += units;
    this.#accounts.cash[this.#words[position * POSITION_WORDS + POSITION_WORD.CASH_AT]! + CASH.OPEN_NOTIONAL]! += units;
  }

  /**
   * Moves `lots` for `units` of cash: in and paid for a buy, out and received for a sell.
   *
   * @param collateralUnits - what a sale of lots that are not held locks besides its proceeds.
   * @param fee - paid, or received when negative.
   */
  fill(position: number, side: number, lots: number, units: number, collateralUnits = units, fee = 0): void {
    const at = position * POSITION_NUMBERS;
    const before = this.numbers[at + POSITION.QUANTITY]!;
    const cash = this.#words[position * POSITION_WORDS + POSITION_WORD.CASH_AT]! + CASH.TOTAL;
    if (side === BUY_SIDE) {
      const covered = before < 0 ? Math.min(lots, -before) : 0;
      if (covered > 0 && this.#locks(position)) this.numbers[at + POSITION.SHORT_LOCK]! -= releasedShortLock(this.numbers[at + POSITION.SHORT_LOCK]!, covered, -before);
      this.numbers[at + POSITION.QUANTITY] = before + lots;
      this.#accounts.cash[cash]! -= units + fee;
    } else {
      const short = Math.min(lots, lots - Math.max(before, 0));
      if (short > 0 && this.#locks(position)) this.numbers[at + POSITION.SHORT_LOCK]! += ((units + collateralUnits) / lots) * short - feeFromCollateral(fee, (units / lots) * (lots - short));
      this.numbers[at + POSITION.QUANTITY] = before - lots;
      this.#accounts.cash[cash]! += units - fee;
    }
  }

  /** Brings the account's locked cash up to date with the position. */
  relock(position: number): void {
    if (!this.#locks(position)) return;
    const at = position * POSITION_NUMBERS + POSITION.LOCK;
    this.reckonLock(position, BUY_SIDE, 0, 0);
    this.#accounts.cash[this.#words[position * POSITION_WORDS + POSITION_WORD.CASH_AT]! + CASH.LOCKED]! += this.reckonedLock - this.numbers[at]!;
    this.numbers[at] = this.reckonedLock;
  }

  /** After other fees: dearer ones may lock more than there is, and then nothing new passes the gate until less is open. */
  relockAll(): void {
    for (let position = 0; position < this.index.count; position++) this.relock(position);
  }

  /** Reckons what the position would lock with `lots` more for `units` in the open orders of a side, by the rules of margin.ts. */
  reckonLock(position: number, side: number, lots: number, units: number): void {
    const numbers = this.numbers;
    const at = position * POSITION_NUMBERS;
    const isBuy = side === BUY_SIDE;
    const quantity = numbers[at + POSITION.QUANTITY]!;
    const shortLock = numbers[at + POSITION.SHORT_LOCK]!;
    const buyLots = numbers[at + POSITION.OPEN_BUY_LOTS]! + (isBuy ? lots : 0);
    const buyUnits = numbers[at + POSITION.OPEN_BUY_UNITS]! + (isBuy ? units : 0);
    const sellLots = numbers[at + POSITION.OPEN_SELL_LOTS]! + (isBuy ? 0 : lots);
    const sellUnits = numbers[at + POSITION.OPEN_SELL_UNITS]! + (isBuy ? 0 : units);
    let lock = shortLock + buyUnits + sellUnits;
    if (this.#fees.areSet) lock += this.#fees.reserve(this.#words[position * POSITION_WORDS + POSITION_WORD.INSTRUMENT]!, buyLots, buyUnits);
    if (quantity < 0 && buyLots > 0) {
      const covering = Math.min(buyLots, -quantity);
      lock -= Math.min(buyUnits, covering * this.#lowBuyUnits(position, isBuy ? lots : 0, units), coverableLock(shortLock, covering, -quantity));
    } else if (quantity > 0 && sellLots > 0) {
      const uncovered = sellLots - quantity;
      if (uncovered <= 0) lock -= sellUnits;
      else lock -= sellUnits - Math.min(sellUnits, uncovered * this.#highSellUnits(position, isBuy ? 0 : lots, units));
    }
    this.reckonedLock = lock;
  }

  /** Cash units per lot of the cheapest open buy, one of `lots` for `units` included if there are any. */
  #lowBuyUnits(position: number, lots: number, units: number): number {
    const perLot = lots === 0 ? Infinity : Math.ceil(units / lots);
    if (this.numbers[position * POSITION_NUMBERS + POSITION.OPEN_BUY_LOTS] === 0) return perLot;
    return Math.min(perLot, this.#words[position * POSITION_WORDS + POSITION_WORD.LOW_BUY]! * this.#cashPerTickLot(position));
  }

  #highSellUnits(position: number, lots: number, units: number): number {
    const perLot = lots === 0 ? 0 : Math.ceil(units / lots);
    if (this.numbers[position * POSITION_NUMBERS + POSITION.OPEN_SELL_LOTS] === 0) return perLot;
    return Math.max(perLot, this.#words[position * POSITION_WORDS + POSITION_WORD.HIGH_SELL]! * this.#cashPerTickLot(position));
  }

  #cashPerTickLot(position: number): number {
    return this.numbers[position * POSITION_NUMBERS + POSITION.CASH_PER_TICK_LOT]!;
  }

  #locks(position: number): boolean {
    return this.#words[position * POSITION_WORDS + POSITION_WORD.LOCKS] === 1;
  }
}
