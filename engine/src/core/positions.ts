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

  /** An order of `lots` came to rest at `price` ticks. */
  rest(position: number, side: number, price: number, lots: number): void {
    const isBuy = side === BUY_SIDE;
    const edge = position * POSITION_WORDS + (isBuy ? POSITION_WORD.LOW_BUY : POSITION_WORD.HIGH_SELL);
    const words = this.#words;
    const open = this.numbers[position * POSITION_NUMBERS + (isBuy ? POSITION.OPEN_BUY_LOTS : POSITION.OPEN_SELL_LOTS)]!;
    if (open === 0 || (isBuy ? price < words[edge]! : price > words[edge]!)) words[edge] = price;
    this.#addOpen(position, isBuy, price, lots);
    this.relock(position);
  }

  /** `lots` of a resting order at `price` ticks are open no longer; negative ones are open again. */
  release(position: number, side: number, price: number, lots: number): void {
    this.#addOpen(position, side === BUY_SIDE, price, -lots);
    this.relock(position);
  }

  #addOpen(position: number, isBuy: boolean, price: number, lots: number): void {
    const numbers = this.numbers;
    const at = position * POSITION_NUMBERS;
    const units = price * lots * numbers[at + POSITION.CASH_PER_TICK_LOT]!;
    numbers[at + (isBuy ? POSITION.OPEN_BUY_LOTS : POSITION.OPEN_SELL_LOTS)]! += lots;
    numbers[at + (isBuy ? POSITION.OPEN_BUY_UNITS : POSITION.OPEN_SELL_UNITS)]! += units;
    this.#accounts.cash[this.#words[position * POSITION_WORDS + POSITION_WORD.CASH_AT]! + CASH.OPEN_NOTIONAL]! += units;
  }

  /** A fill of the position's resting order, at its own price. */
  fillResting(position: number, side: number, price: number, lots: number, fee: number): void {
    this.#addOpen(position, side === BUY_SIDE, price, -lots);
    this.fillAt(position, side, price, lots, fee);
    this.relock(position);
  }

  /** As `fill` at one price, whole units a lot: no division. The caller relocks. */
  fillAt(position: number, side: number, price: number, lots: number, fee: number): void {
    const numbers = this.numbers;
    const at = position * POSITION_NUMBERS;
    const before = numbers[at + POSITION.QUANTITY]!;
    const perLot = price * numbers[at + POSITION.CASH_PER_TICK_LOT]!;
    const cash = this.#words[position * POSITION_WORDS + POSITION_WORD.CASH_AT]! + CASH.TOTAL;
    if (side === BUY_SIDE) {
      if (before < 0 && this.#locks(position)) {
        const shortLock = numbers[at + POSITION.SHORT_LOCK]!;
        numbers[at + POSITION.SHORT_LOCK] = lots >= -before ? 0 : shortLock - releasedShortLock(shortLock, lots, -before);
      }
      numbers[at + POSITION.QUANTITY] = before + lots;
      this.#accounts.cash[cash]! -= perLot * lots + fee;
    } else {
      const short = before > 0 ? lots - before : lots;
      if (short > 0 && this.#locks(position)) {
        const locked = 2 * perLot * short;
        numbers[at + POSITION.SHORT_LOCK]! += fee === 0 ? locked : locked - feeFromCollateral(fee, perLot * (lots - short));
      }
      numbers[at + POSITION.QUANTITY] = before - lots;
      this.#accounts.cash[cash]! += perLot * lots - fee;
    }
  }

  /** A fill in an auction of a resting order, below the `limit` at which it had reserved; the proceeds at the limit stay locked for a short sale. */
  fillAuctioned(position: number, side: number, price: number, limit: number, lots: number, fee: number): void {
    const cashPerTickLot = this.#cashPerTickLot(position);
    this.#addOpen(position, side === BUY_SIDE, limit, -lots);
    this.#fill(position, side, lots, price * lots * cashPerTickLot, limit * lots * cashPerTickLot, fee);
    this.relock(position);
  }

  /**
   * Moves `lots` for `units` of cash: in and paid for a buy, out and received for a sell.
   *
   * @param collateralUnits - what a sale of lots that are not held locks besides its proceeds.
   * @param fee - paid, or received when negative.
   */
  #fill(position: number, side: number, lots: number, units: number, collateralUnits: number, fee: number): void {
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

  /** Brings the account's locked cash up to date with the position: `reckonLock` for nothing more, written out. */
  relock(position: number): void {
    const words = this.#words;
    const row = position * POSITION_WORDS;
    if (words[row + POSITION_WORD.LOCKS] !== 1) return;
    const numbers = this.numbers;
    const at = position * POSITION_NUMBERS;
    const quantity = numbers[at + POSITION.QUANTITY]!;
    const buyUnits = numbers[at + POSITION.OPEN_BUY_UNITS]!;
    const sellUnits = numbers[at + POSITION.OPEN_SELL_UNITS]!;
    const shortLock = numbers[at + POSITION.SHORT_LOCK]!;
    let lock = shortLock + buyUnits + sellUnits;
    if (this.#fees.areSet) lock += this.#fees.reserve(words[row + POSITION_WORD.INSTRUMENT]!, numbers[at + POSITION.OPEN_BUY_LOTS]!, buyUnits);
    if (quantity < 0) {
      const buyLots = numbers[at + POSITION.OPEN_BUY_LOTS]!;
      if (buyLots > 0) {
        const covering = buyLots < -quantity ? buyLots : -quantity;
        const byPrice = covering * (words[row + POSITION_WORD.LOW_BUY]! * numbers[at + POSITION.CASH_PER_TICK_LOT]!);
        const byLock = covering === -quantity ? shortLock : covering * Math.floor(shortLock / -quantity);
        const freed = byPrice < byLock ? byPrice : byLock;
        lock -= freed < buyUnits ? freed : buyUnits;
      }
    } else if (quantity > 0) {
      const uncovered = numbers[at + POSITION.OPEN_SELL_LOTS]! - quantity;
      const kept = uncovered > 0 ? uncovered * (words[row + POSITION_WORD.HIGH_SELL]! * numbers[at + POSITION.CASH_PER_TICK_LOT]!) : 0;
      if (kept < sellUnits) lock -= sellUnits - kept;
    }
    this.#accounts.cash[words[row + POSITION_WORD.CASH_AT]! + CASH.LOCKED]! += lock - numbers[at + POSITION.LOCK]!;
    numbers[at + POSITION.LOCK] = lock;
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
