// The naive exchange's trading: an order takes the best offer again and again, what is left rests or is cancelled, and
// stops wake when they hear a price.

import type { CommandStatus, CancelReason } from '@mib/proto/engine-codes';
import { checkOrder, isRefusal } from './naive-gate.ts';
import { feesOf, fill } from './naive-money.ts';
import { prevents, tradable } from './naive-offers.ts';
import { sum, type NaiveOrder, type NaiveState } from './naive-state.ts';

/** Trades what it may and rests or cancels what is left. @returns what became of the order. */
export function work(state: NaiveState, order: NaiveOrder, bound: number, worksAs: 'MARKET' | 'LIMIT'): CommandStatus {
  const trades = state.instruments.get(order.instrument)!.state === 'CONTINUOUS';
  if (order.tif === 'FOK' && sum(tradable(state, order, bound).map((offer) => offer.lots)) < order.remaining) return cancel(state, order, 'FOK_UNFILLED');
  if (trades && !take(state, order, bound)) return cancel(state, order, 'SELF_TRADE');
  if (order.remaining === 0) return 'FILLED';
  if (worksAs === 'MARKET') return cancel(state, order, 'MARKET_REMAINDER');
  if (order.tif === 'IOC') return cancel(state, order, 'IOC_REMAINDER');
  order.price = bound;
  rest(state, order);
  return order.remaining < order.quantity ? 'PARTIALLY_FILLED' : 'ACCEPTED';
}

/** Behind all others at its price. */
export function rest(state: NaiveState, order: NaiveOrder): void {
  order.isDormant = false;
  order.shown = slice(order);
  order.turn = state.nextTurn();
  if (!state.orders.includes(order)) state.add(order);
}

/** Takes the order out, wherever it is, and says so. */
export function cancel(state: NaiveState, order: NaiveOrder, reason: CancelReason): 'CANCELED' {
  state.remove(order);
  if (!order.isVenueLevel) {
    const { id: orderId, account: accountNumber, instrument: instrumentNumber, remaining: remainingLots } = order;
    state.events.push({ kind: 'OrderCanceled', orderId, accountNumber, instrumentNumber, remainingLots, reason });
  }
  return 'CANCELED';
}

/** Trades best first. @returns false when self-trade prevention ends the order. */
export function take(state: NaiveState, taker: NaiveOrder, bound: number): boolean {
  while (taker.remaining > 0) {
    const maker = state.offers(taker.instrument, taker.side, bound)[0];
    if (!maker) return true;
    if (prevents(taker, maker)) {
      if (taker.stp !== 'CANCEL_TAKING') cancel(state, maker, 'SELF_TRADE');
      if (taker.stp !== 'CANCEL_RESTING') return false;
    } else {
      trade(state, { taker, maker, price: maker.price, lots: Math.min(taker.remaining, maker.shown), isAuction: false });
    }
  }
  return true;
}

export interface Deal {
  readonly taker: NaiveOrder;
  readonly maker: NaiveOrder;
  readonly price: number;
  readonly lots: number;
  readonly isAuction: boolean;
}

/** Moves lots, cash and fees between two orders and tells everybody the price. */
export function trade(state: NaiveState, { taker, maker, price, lots, isAuction }: Deal): void {
  const { instrument } = taker;
  const fees = feesOf(state, instrument);
  const units = state.units(instrument, price, lots);
  taker.remaining -= lots;
  eat(state, maker, lots, isAuction);
  if (isAuction) taker.shown = slice(taker);
  const reserved = (order: NaiveOrder) => state.units(instrument, isAuction ? order.price : price, 1);
  const makerFee = fill(state, maker, lots, units, reserved(maker), fees.makerPpm);
  const takerFee = fill(state, taker, lots, units, reserved(taker), isAuction ? fees.makerPpm : fees.takerPpm);
  state.events.push({
    kind: 'Trade',
    instrumentNumber: instrument,
    priceTicks: price,
    quantityLots: lots,
    takerSide: taker.side,
    takerOrderId: taker.id,
    takerAccountNumber: taker.account,
    takerRemainingLots: taker.remaining,
    makerOrderId: maker.id,
    makerAccountNumber: maker.account,
    makerRemainingLots: maker.remaining,
    takerFeeUnits: Number(takerFee),
    makerFeeUnits: Number(makerFee),
    isAuction,
  });
  state.instruments.get(instrument)!.lastPrice = price;
  state.heard.push({ instrument, price });
  for (const order of [taker, maker]) if (order.remaining === 0) state.remove(order);
}

/** Wakes stops until none hears a price that it waits for. */
export function wakeStops(state: NaiveState): void {
  for (let heard = state.heard.shift(); heard; heard = state.heard.shift()) {
    const { instrument, price } = heard;
    for (const order of state.orders) if (order.instrument === instrument) trail(order, price);
    if (state.instruments.get(instrument)!.state !== 'CONTINUOUS') continue;
    const awake = state.orders.filter((order) => order.isDormant && order.instrument === instrument && hears(order, price));
    for (const order of awake.sort(byTurnToWake)) wake(state, order, price);
  }
}

/** A trailing stop's trigger follows the price in its favour only. */
export function trail(order: NaiveOrder, price: number): void {
  if (order.type !== 'TRAILING_STOP' || !order.isDormant || price === 0) return;
  const follows = order.side === 'BUY' ? price + order.trigger : price - order.trigger;
  if (order.wakesAt === undefined || (order.side === 'BUY' ? follows < order.wakesAt : follows > order.wakesAt)) order.wakesAt = follows;
}

function wake(state: NaiveState, order: NaiveOrder, price: number): void {
  const { id: orderId, account: accountNumber, instrument: instrumentNumber, side } = order;
  state.remove(order);
  order.isDormant = false;
  order.trigger = 0;
  state.events.push({ kind: 'OrderTriggered', orderId, accountNumber, instrumentNumber, side, priceTicks: price });
  const worksAs = order.type === 'STOP_LIMIT' ? 'LIMIT' : 'MARKET';
  const passed = checkOrder(state, { account: accountNumber, instrument: instrumentNumber, side, type: worksAs, price: order.price, lots: order.remaining, postOnly: false, stp: order.stp });
  if (isRefusal(passed)) cancel(state, order, 'RISK_GATE');
  else work(state, order, passed.bound, worksAs);
}

function hears(order: NaiveOrder, price: number): boolean {
  if (order.wakesAt === undefined) return false;
  return order.side === 'BUY' ? price >= order.wakesAt : price <= order.wakesAt;
}

/** Buys before sells; buys by lowest trigger, sells by highest; then the oldest. */
function byTurnToWake(a: NaiveOrder, b: NaiveOrder): number {
  if (a.side !== b.side) return a.side === 'BUY' ? -1 : 1;
  const byTrigger = a.side === 'BUY' ? a.wakesAt! - b.wakesAt! : b.wakesAt! - a.wakesAt!;
  return byTrigger || a.id - b.id;
}

/** An eaten slice is cut anew behind everything at the price; in an auction the whole order counts and keeps its place. */
function eat(state: NaiveState, maker: NaiveOrder, lots: number, isAuction: boolean): void {
  maker.remaining -= lots;
  maker.shown = isAuction ? slice(maker) : maker.shown - lots;
  if (maker.shown === 0 && maker.remaining > 0) rest(state, maker);
}

function slice(order: NaiveOrder): number {
  return order.display === 0 ? order.remaining : Math.min(order.display, order.remaining);
}

