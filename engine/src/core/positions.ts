// Positions by account and instrument, with the sums over their open orders and the cash that these lock. Every change
// ends in `relock`, which carries the difference into the account's locked cash.

import { MAX_POSITIONS } from './capacities.ts';
import * as fromAccounts from './accounts.ts';
import type { Accounts } from './accounts.ts';
import { feeFromCollateral, type Fees } from './fees.ts';
import * as fromInstruments from './instruments.ts';
import type { Instruments } from './instruments.ts';
import * as fromMargin from './margin.ts';
import { lockOfBuys, lockOfSells, releasedShortLock } from './margin.ts';
import { PairIndex } from './pair-index.ts';
import * as fromBooks from './books.ts';
import type { Parts, Table } from './table.ts';

/** Held here: V8 folds a module's own constants into the code, an imported name it loads at every use. */
const { ACCOUNT, ACCOUNT_WORDS, CASH } = fromAccounts;
const { INSTRUMENT } = fromInstruments;
const { POSITION, POSITION_EDGE, POSITION_NUMBERS, POSITION_WORDS } = fromMargin;
const { BUY_SIDE } = fromBooks;

export class Positions implements Table {
  /** Pairs of account and instrument index. */
  readonly index = new PairIndex(MAX_POSITIONS);
  readonly numbers = new Float64Array(MAX_POSITIONS * POSITION_NUMBERS);
  /** Next position of the same account plus one; 0 ends the list. */
  readonly nextOfAccount = new Int32Array(MAX_POSITIONS);
  /** Where the cash of the position's account in the instrument's currency begins. */
  readonly cashAt = new Int32Array(MAX_POSITIONS);
  /** The same memory as `numbers`, for the edge prices; their number is never read as one, it might be a NaN. */
  readonly #words = new Int32Array(this.numbers.buffer);
  readonly #accounts: Accounts;
  readonly #instruments: Instruments;
  readonly #fees: Fees;

  constructor(accounts: Accounts, instruments: Instruments, fees: Fees) {
    this.#accounts = accounts;
    this.#instruments = instruments;
    this.#fees = fees;
  }

  contents(parts: Parts): void {
    parts.table('index', this.index);
    parts.array('numbers', this.numbers, this.index.count * POSITION_NUMBERS);
    parts.array('nextOfAccount', this.nextOfAccount, this.index.count);
    parts.array('cashAt', this.cashAt, this.index.count);
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
    this.cashAt[position] = this.#accounts.cashAt(account, currency);
    return position;
  }

  /** Makes a draft, the last one taken, count. */
  open(position: number): void {
    if (position !== this.index.count) return;
    const account = this.index.pairs[2 * position]!;
    this.index.add(account, this.index.pairs[2 * position + 1]!);
    const head = account * ACCOUNT_WORDS + ACCOUNT.FIRST_POSITION;
    this.nextOfAccount[position] = this.#accounts.words[head]!;
    this.#accounts.words[head] = position + 1;
  }

  get(position: number, offset: number): number {
    return this.numbers[position * POSITION_NUMBERS + offset]!;
  }

  /** Adds an order that came to rest at `price` ticks to the open orders of its side. */
  addOrder(position: number, side: number, price: number, lots: number, units: number): void {
    const at = position * POSITION_NUMBERS;
    const words = this.#words;
    if (side === BUY_SIDE) {
      const edge = position * POSITION_WORDS + POSITION_EDGE.LOW_BUY;
      if (this.numbers[at + POSITION.OPEN_BUY_LOTS] === 0 || price < words[edge]!) words[edge] = price;
    } else {
      const edge = position * POSITION_WORDS + POSITION_EDGE.HIGH_SELL;
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
    this.#accounts.cash[this.cashAt[position]! + CASH.OPEN_NOTIONAL]! += units;
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
    const cash = this.cashAt[position]! + CASH.TOTAL;
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
    const at = position * POSITION_NUMBERS;
    const lock = this.lockWith(position, BUY_SIDE, 0, 0);
    this.#accounts.cash[this.cashAt[position]! + CASH.LOCKED]! += lock - this.numbers[at + POSITION.LOCK]!;
    this.numbers[at + POSITION.LOCK] = lock;
  }

  /** After other fees: dearer ones may lock more than there is, and then nothing new passes the gate until less is open. */
  relockAll(): void {
    for (let position = 0; position < this.index.count; position++) this.relock(position);
  }

  /** What the position would lock with `lots` more for `units` in the open orders of a side. */
  lockWith(position: number, side: number, lots: number, units: number): number {
    const numbers = this.numbers;
    const at = position * POSITION_NUMBERS;
    const quantity = numbers[at + POSITION.QUANTITY]!;
    const isBuy = side === BUY_SIDE;
    const buyLots = numbers[at + POSITION.OPEN_BUY_LOTS]! + (isBuy ? lots : 0);
    const buyUnits = numbers[at + POSITION.OPEN_BUY_UNITS]! + (isBuy ? units : 0);
    const sellLots = numbers[at + POSITION.OPEN_SELL_LOTS]! + (isBuy ? 0 : lots);
    const sellUnits = numbers[at + POSITION.OPEN_SELL_UNITS]! + (isBuy ? 0 : units);
    const fixed = numbers[at + POSITION.SHORT_LOCK]! + this.#fees.reserve(this.index.pairs[2 * position + 1]!, buyLots, buyUnits);
    if (quantity === 0) return buyUnits + sellUnits + fixed;
    const perLot = lots === 0 ? 0 : Math.ceil(units / lots);
    if (quantity < 0) return lockOfBuys(quantity, numbers[at + POSITION.SHORT_LOCK]!, buyLots, buyUnits, this.#lowBuyUnits(position, isBuy ? perLot : 0)) + sellUnits + fixed;
    return buyUnits + lockOfSells(quantity, sellLots, sellUnits, this.#highSellUnits(position, isBuy ? 0 : perLot)) + fixed;
  }

  /** Cash units per lot of the cheapest open buy, one at `perLot` included unless 0. */
  #lowBuyUnits(position: number, perLot: number): number {
    if (this.numbers[position * POSITION_NUMBERS + POSITION.OPEN_BUY_LOTS] === 0) return perLot;
    const low = this.#words[position * POSITION_WORDS + POSITION_EDGE.LOW_BUY]! * this.#cashPerTickLot(position);
    return perLot === 0 ? low : Math.min(low, perLot);
  }

  #highSellUnits(position: number, perLot: number): number {
    if (this.numbers[position * POSITION_NUMBERS + POSITION.OPEN_SELL_LOTS] === 0) return perLot;
    return Math.max(perLot, this.#words[position * POSITION_WORDS + POSITION_EDGE.HIGH_SELL]! * this.#cashPerTickLot(position));
  }

  #cashPerTickLot(position: number): number {
    return this.#instruments.number(this.index.pairs[2 * position + 1]!, INSTRUMENT.CASH_PER_TICK_LOT_NUMBER);
  }

  /** Nothing of a venue participant's is locked. */
  #locks(position: number): boolean {
    return this.#accounts.isUser(this.index.pairs[2 * position]!);
  }
}
