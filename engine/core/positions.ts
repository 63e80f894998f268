// Positions by account and instrument, with the sums over their open orders and the cash that these lock. Integers in,
// integers out, rounded against the account. Every change ends in `relock`, which carries the difference into the
// account's locked cash.
//
//   open buys         their notional, less what they may take from the lock of the short position that they cover
//   open sells        nothing for lots that are held; the notional of those beyond (a short sale needs that as collateral)
//   a short position  the proceeds of its sales plus the same again, kept until bought back
//
// Which of several open orders fills first is not known, so the worst is assumed: of the sells the dearest ones are those
// beyond the holding, and each covering buy frees no more than the cheapest one costs. Then no fill can take more out
// of the free balance than it unlocks: a buy of x lots at p takes p*x, and its lock falls by at least that; a sell of held
// lots brings cash and leaves the uncovered count, so the lock, where it was; a short sale at p adds 2*p*x to the short
// lock, brings p*x and gives back p*x of the open lock.

import { accountAt, cashAt, cashPlace, isUser } from './accounts';
import { MAX_POSITIONS } from './capacities';
import { BUY_SIDE, NONE } from './codes';
import { feeFromCollateral, feeReserve, feesAreSet } from './fees';
import { instrumentAt } from './instruments';
import { POSITIONS } from './memory';
import { positionPairs } from './pair-index';
import { arrayPart, pairsPart } from './parts';
import { collarBasisPoints, maxPositionLots } from './risk-limits';

@unmanaged
export class Position {
  quantity: f64;
  openBuyLots: f64;
  openSellLots: f64;
  openBuyUnits: f64;
  openSellUnits: f64;
  shortLock: f64;
  lock: f64;
  /** Lowest buy and highest sell price, in ticks, since that side's open lots were last zero. */
  lowBuy: i32;
  highSell: i32;
  /** Of its instrument. What the gate and every fill ask of account, instrument and limits is kept here: one row, no searches. */
  cashPerTickLot: f64;
  instrument: i32;
  /** 1 for a user's: nothing of a venue participant's is locked. */
  locks: i32;
  /** Where the cash of its account in the instrument's currency stands, as `cashPlace` has it. */
  cash: i32;
  maxLots: i32;
  collar: i32;
  /** Next position of the same account plus one; 0 ends the list. */
  nextOfAccount: i32;

  /** An order of `lots` came to rest at `price` ticks. */
  rest(side: i32, price: i32, lots: i32): void {
    if (side == BUY_SIDE) {
      if (this.openBuyLots == 0 || price < this.lowBuy) this.lowBuy = price;
    } else {
      if (this.openSellLots == 0 || price > this.highSell) this.highSell = price;
    }
    this.addOpen(side, price, <f64>lots);
    this.relock();
  }

  /** `lots` of a resting order at `price` ticks are open no longer; negative ones are open again. */
  release(side: i32, price: i32, lots: i32): void {
    this.addOpen(side, price, -<f64>lots);
    this.relock();
  }

  /** A fill of the position's resting order, at its own price. */
  fillResting(side: i32, price: i32, lots: i32, fee: f64): void {
    this.addOpen(side, price, -<f64>lots);
    this.fillAt(side, price, <f64>lots, fee);
    this.relock();
  }

  /** As `fill` at one price, whole units a lot: no division. The caller relocks. */
  fillAt(side: i32, price: i32, lots: f64, fee: f64): void {
    const before = this.quantity;
    const perLot = <f64>price * this.cashPerTickLot;
    const cash = cashAt(this.cash);
    if (side == BUY_SIDE) {
      if (before < 0 && this.locks == 1) this.shortLock = lots >= -before ? 0 : this.shortLock - releasedShortLock(this.shortLock, lots, -before);
      this.quantity = before + lots;
      cash.total -= perLot * lots + fee;
    } else {
      const short = before > 0 ? lots - before : lots;
      if (short > 0 && this.locks == 1) {
        const locked = 2 * perLot * short;
        this.shortLock += fee == 0 ? locked : locked - feeFromCollateral(fee, perLot * (lots - short));
      }
      this.quantity = before - lots;
      cash.total += perLot * lots - fee;
    }
  }

  /** A fill in an auction of a resting order, below the `limit` at which it had reserved; the proceeds at the limit stay locked for a short sale. */
  fillAuctioned(side: i32, price: i32, limit: i32, lots: i32, fee: f64): void {
    const perTick = <f64>lots * this.cashPerTickLot;
    this.addOpen(side, limit, -<f64>lots);
    this.fill(side, <f64>lots, <f64>price * perTick, <f64>limit * perTick, fee);
    this.relock();
  }

  /** Brings the account's locked cash up to date with the position: `lockWith` nothing more, written out. */
  relock(): void {
    if (this.locks != 1) return;
    const quantity = this.quantity;
    const buyUnits = this.openBuyUnits;
    const sellUnits = this.openSellUnits;
    let lock = this.shortLock + buyUnits + sellUnits;
    if (feesAreSet()) lock += feeReserve(this.instrument, this.openBuyLots, buyUnits);
    if (quantity < 0) {
      const buyLots = this.openBuyLots;
      if (buyLots > 0) {
        const covering = min<f64>(buyLots, -quantity);
        const byPrice = covering * (<f64>this.lowBuy * this.cashPerTickLot);
        lock -= min<f64>(buyUnits, min<f64>(byPrice, coverableLock(this.shortLock, covering, -quantity)));
      }
    } else if (quantity > 0) {
      const uncovered = this.openSellLots - quantity;
      const kept = uncovered > 0 ? uncovered * (<f64>this.highSell * this.cashPerTickLot) : 0;
      if (kept < sellUnits) lock -= sellUnits - kept;
    }
    cashAt(this.cash).locked += lock - this.lock;
    this.lock = lock;
  }

  /** What the position would lock with `lots` more for `units` in the open orders of a side. */
  lockWith(side: i32, lots: f64, units: f64): f64 {
    const isBuy = side == BUY_SIDE;
    const quantity = this.quantity;
    const buyLots = isBuy ? this.openBuyLots + lots : this.openBuyLots;
    const buyUnits = isBuy ? this.openBuyUnits + units : this.openBuyUnits;
    const sellLots = isBuy ? this.openSellLots : this.openSellLots + lots;
    const sellUnits = isBuy ? this.openSellUnits : this.openSellUnits + units;
    let lock = this.shortLock + buyUnits + sellUnits;
    if (feesAreSet()) lock += feeReserve(this.instrument, buyLots, buyUnits);
    if (quantity < 0 && buyLots > 0) {
      const covering = min<f64>(buyLots, -quantity);
      const byPrice = covering * this.lowBuyUnits(isBuy ? lots : 0, units);
      lock -= min<f64>(buyUnits, min<f64>(byPrice, coverableLock(this.shortLock, covering, -quantity)));
    } else if (quantity > 0 && sellLots > 0) {
      const uncovered = sellLots - quantity;
      lock -= uncovered <= 0 ? sellUnits : sellUnits - min<f64>(sellUnits, uncovered * this.highSellUnits(isBuy ? 0 : lots, units));
    }
    return lock;
  }

  takeLimits(account: i32): void {
    this.maxLots = maxPositionLots(account, this.instrument);
    this.collar = collarBasisPoints(account, this.instrument);
  }

  /**
   * Moves `lots` for `units` of cash: in and paid for a buy, out and received for a sell.
   *
   * @param collateralUnits - what a sale of lots that are not held locks besides its proceeds.
   * @param fee - paid, or received when negative.
   */
  private fill(side: i32, lots: f64, units: f64, collateralUnits: f64, fee: f64): void {
    const before = this.quantity;
    const cash = cashAt(this.cash);
    if (side == BUY_SIDE) {
      const covered = before < 0 ? min<f64>(lots, -before) : 0;
      if (covered > 0 && this.locks == 1) this.shortLock -= releasedShortLock(this.shortLock, covered, -before);
      this.quantity = before + lots;
      cash.total -= units + fee;
    } else {
      const short = min<f64>(lots, lots - max<f64>(before, 0));
      if (short > 0 && this.locks == 1) this.shortLock += ((units + collateralUnits) / lots) * short - feeFromCollateral(fee, (units / lots) * (lots - short));
      this.quantity = before - lots;
      cash.total += units - fee;
    }
  }

  @inline
  private addOpen(side: i32, price: i32, lots: f64): void {
    const units = <f64>price * lots * this.cashPerTickLot;
    if (side == BUY_SIDE) {
      this.openBuyLots += lots;
      this.openBuyUnits += units;
    } else {
      this.openSellLots += lots;
      this.openSellUnits += units;
    }
    cashAt(this.cash).openNotional += units;
  }

  /** Cash units per lot of the cheapest open buy, one of `lots` for `units` included if there are any. */
  private lowBuyUnits(lots: f64, units: f64): f64 {
    const perLot = lots == 0 ? Infinity : ceil<f64>(units / lots);
    return this.openBuyLots == 0 ? perLot : min<f64>(perLot, <f64>this.lowBuy * this.cashPerTickLot);
  }

  private highSellUnits(lots: f64, units: f64): f64 {
    const perLot = lots == 0 ? 0 : ceil<f64>(units / lots);
    return this.openSellLots == 0 ? perLot : max<f64>(perLot, <f64>this.highSell * this.cashPerTickLot);
  }
}

const POSITION_BYTES: usize = 128;

// @ts-ignore: decorator
@inline
export function positionAt(position: i32): Position {
  return changetype<Position>(POSITIONS + (<usize>position << 7));
}

/**
 * The position, or the empty one that it would be: a place that does not count yet, for asking what an order would do.
 *
 * @returns -1 when no more fit.
 */
export function draftPosition(account: i32, instrument: i32): i32 {
  const index = positionPairs.findOrNext(account, instrument);
  if (index != positionPairs.count) return index;
  positionPairs.write(index, account, instrument);
  const position = positionAt(index);
  position.instrument = instrument;
  position.locks = isUser(account) ? 1 : 0;
  position.cash = cashPlace(account, instrumentAt(instrument).currency);
  position.cashPerTickLot = instrumentAt(instrument).cashPerTickLot;
  position.takeLimits(account);
  return index;
}

/** Makes a draft, the last one taken, count. */
export function openPosition(index: i32): void {
  if (index != positionPairs.count) return;
  const account = positionPairs.first(index);
  positionPairs.add(account, positionPairs.second(index));
  positionAt(index).nextOfAccount = accountAt(account).firstPosition;
  accountAt(account).firstPosition = index + 1;
}

/** After SetRiskLimits. */
export function takeLimitsOf(account: i32): void {
  for (let index = accountAt(account).firstPosition - 1; index > NONE; index = positionAt(index).nextOfAccount - 1) positionAt(index).takeLimits(account);
}

/** After other fees: dearer ones may lock more than there is, and then nothing new passes the gate until less is open. */
export function relockAll(): void {
  for (let index = 0; index < positionPairs.count; index++) positionAt(index).relock();
}

export function positionsContents(): void {
  pairsPart('positions/index/count', 'positions/index/pairs', positionPairs);
  arrayPart('positions/numbers', POSITIONS, positionPairs.count, MAX_POSITIONS, POSITION_BYTES);
}

/** What buying back `lots` of a short position of `short` lots frees of its lock. */
function releasedShortLock(shortLock: f64, lots: f64, short: f64): f64 {
  if (lots == short) return shortLock;
  const perLot = floor<f64>(shortLock / short);
  const rest = shortLock - perLot * short;
  return lots * perLot + floor<f64>((rest * lots) / short);
}

/** What it frees at least, in whatever parts it is bought back: no part's rounding is counted on. */
function coverableLock(shortLock: f64, lots: f64, short: f64): f64 {
  return lots == short ? shortLock : lots * floor<f64>(shortLock / short);
}
