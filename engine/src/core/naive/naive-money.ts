// The naive exchange's cash: what a fill moves, what open orders and short positions lock, what fees cost. The rules are
// those that margin.ts and positions.ts state; here they are asked afresh of the whole list of orders each time.

import type { Side } from '@mib/model/trading';
import { HOUSE_ACCOUNT } from '@mib/proto/engine-commands';
import { isUser, sum, type NaiveOrder, type NaiveState } from './naive-state.ts';

const MILLION = 1_000_000n;

/** An order as an addition to those that are open. */
export interface Addition {
  readonly side: Side;
  readonly lots: number;
  readonly units: bigint;
}

/** Cash that the account's position and open orders in the instrument lock, `more` included. */
export function locked(state: NaiveState, account: number, instrument: number, more?: Addition): bigint {
  if (!isUser(account)) return 0n;
  const { lots, shortLock } = state.position(account, instrument);
  const buys = openSide(state, account, instrument, 'BUY', more);
  const sells = openSide(state, account, instrument, 'SELL', more);
  return lockOfBuys(lots, shortLock, buys) + reserveForFees(state, instrument, buys) + lockOfSells(lots, sells) + shortLock;
}

/** Over all instruments of the currency. */
export function lockedCash(state: NaiveState, account: number, currency: string): bigint {
  const here = [...state.instruments.values()].filter((instrument) => instrument.currency === currency);
  return here.reduce((total, instrument) => total + locked(state, account, instrument.number), 0n);
}

export function free(state: NaiveState, account: number, currency: string): bigint {
  return state.cash(account, currency) - lockedCash(state, account, currency);
}

/** Notional of everything the account has open in the currency. */
export function openNotional(state: NaiveState, account: number, currency: string): bigint {
  return state.orders
    .filter((order) => !order.isDormant && order.account === account && state.instruments.get(order.instrument)!.currency === currency)
    .reduce((total, order) => total + state.units(order.instrument, order.price, order.remaining), 0n);
}

/** Moves lots one way and cash the other; `collateral` is what a lot sold short had reserved. @returns the fee that the side paid. */
export function fill(state: NaiveState, order: NaiveOrder, lots: number, units: bigint, collateral: bigint, ppm: number): bigint {
  const { account, instrument, side } = order;
  const position = state.position(account, instrument);
  const { currency } = state.instruments.get(instrument)!;
  if (side === 'BUY') {
    const covered = Math.min(lots, Math.max(-position.lots, 0));
    if (covered > 0) position.shortLock -= (position.shortLock * BigInt(covered)) / BigInt(-position.lots);
    position.lots += lots;
    state.pay(account, currency, -units);
  } else {
    const held = Math.min(lots, Math.max(position.lots, 0));
    if (isUser(account) && held < lots) position.shortLock += shortSale(BigInt(held), BigInt(lots), units, collateral, feeOf(units, ppm));
    position.lots -= lots;
    state.pay(account, currency, units);
  }
  return charge(state, account, currency, units, ppm);
}

/** Proceeds and collateral of the lots sold short, less what of the fee the proceeds of the held lots do not pay. */
function shortSale(held: bigint, lots: bigint, units: bigint, collateral: bigint, fee: bigint): bigint {
  const unpaid = fee - (units / lots) * held;
  return (units / lots + collateral) * (lots - held) - (unpaid > 0n ? unpaid : 0n);
}

/** A charge is rounded up, a rebate towards zero. */
function feeOf(units: bigint, ppm: number): bigint {
  const product = units * BigInt(ppm);
  return product > 0n ? dividedUp(product, MILLION) : product / MILLION;
}

/** What the open buys may cost in fees: the dearer rate, and a unit for the rounding of each lot's fill. */
function reserveForFees(state: NaiveState, instrument: number, buys: OpenSide): bigint {
  const { makerPpm, takerPpm } = feesOf(state, instrument);
  const rate = Math.max(makerPpm, takerPpm, 0);
  return rate === 0 ? 0n : feeOf(buys.units, rate) + BigInt(buys.lots);
}

export function feesOf(state: NaiveState, instrument: number): { readonly makerPpm: number; readonly takerPpm: number } {
  return state.fees.get(instrument) ?? state.fees.get(0) ?? { makerPpm: 0, takerPpm: 0 };
}

function charge(state: NaiveState, account: number, currency: string, units: bigint, ppm: number): bigint {
  const fee = feeOf(units, ppm);
  if (!isUser(account) || fee === 0n) return 0n;
  state.open(HOUSE_ACCOUNT);
  state.pay(account, currency, -fee);
  state.pay(HOUSE_ACCOUNT, currency, fee);
  return fee;
}

interface OpenSide {
  readonly lots: number;
  readonly units: bigint;
  /** Cash of one of the dearest (sells) or cheapest (buys) of these lots. */
  readonly edge: bigint;
}

/** The position's edge prices hold while a side has orders; an addition, at its mean price rounded up, may lie beyond. */
function openSide(state: NaiveState, account: number, instrument: number, side: Side, more: Addition | undefined): OpenSide {
  const own = state.ownOpen(account, instrument, side).filter((order) => order.remaining > 0);
  const lots = sum(own.map((order) => order.remaining));
  const units = own.reduce((total, order) => total + state.units(instrument, order.price, order.remaining), 0n);
  const { highSell, lowBuy } = state.position(account, instrument);
  const edge = state.units(instrument, side === 'BUY' ? lowBuy : highSell, 1);
  if (more?.side !== side || more.lots === 0) return { lots, units, edge };
  const mean = dividedUp(more.units, BigInt(more.lots));
  const isBeyond = side === 'BUY' ? mean < edge : mean > edge;
  return { lots: lots + more.lots, units: units + more.units, edge: own.length === 0 || isBeyond ? mean : edge };
}

/** Their notional, less what those that cover a short position may take from its lock, each at the cheapest one's cost. */
function lockOfBuys(held: number, shortLock: bigint, { lots, units, edge }: OpenSide): bigint {
  const covering = Math.min(lots, Math.max(-held, 0));
  if (covering === 0) return units;
  const lock = covering === -held ? shortLock : BigInt(covering) * (shortLock / BigInt(-held));
  return units - least(units, BigInt(covering) * edge, lock);
}

/** Nothing for lots that are held, for each of those beyond what the dearest would cost. */
function lockOfSells(held: number, { lots, units, edge }: OpenSide): bigint {
  const uncovered = lots - Math.max(held, 0);
  if (uncovered <= 0) return 0n;
  return uncovered >= lots ? units : least(units, BigInt(uncovered) * edge);
}

function least(...values: readonly bigint[]): bigint {
  return values.reduce((low, value) => (value < low ? value : low));
}

function dividedUp(value: bigint, by: bigint): bigint {
  return (value + by - 1n) / by;
}
