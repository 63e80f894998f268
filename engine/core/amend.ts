// Changing an open order. Fewer lots at the same price keep its place in the queue and need no gate; everything else goes
// through the gate as a new order would, with what the order had reserved given back first, and then to the end of the
// queue or straight into a trade, under its old id. A refusal leaves the order as it was. A dormant stop is as old as its
// id, whatever is changed of it.

import { reduceOrder } from './books';
import { CODE, ORDER_TYPE, STATUS } from './codes';
import { orderAmended } from './events';
import { instrumentAt } from './instruments';
import { findOpen, release, withdraw } from './open-orders';
import { Order, orderAt } from './orders';
import { enter } from './order-entry';
import { amended } from './order-request';
import { termsAt } from './order-terms';
import { refuse, reportOrder, reportStatus } from './output';
import { Command } from './records';
import { checkRisk, checkState } from './risk-gate';
import { addStop, removeStop } from './stops';

export function amendOrder(command: Command): void {
  reportOrder(command.orderId);
  const index = findOpen(command.orderId, command.account);
  if (index < 0 || orderAt(index).isVenueLevel == 1) return refuse(CODE.UNKNOWN_ORDER);
  const order = orderAt(index);
  amended.load(order, command.account, instrumentAt(order.instrument).number);
  const filledLots = amended.filledLots;
  const total = command.amendedQuantity == 0 ? order.quantity : <i32>command.amendedQuantity;
  const price = command.price == 0 ? amended.limitPrice : command.price;
  const trigger = command.trigger == 0 ? amended.trigger : command.trigger;
  if ((price != 0 && !hasLimit()) || (trigger != 0 && !amended.isStop)) return refuseAmendment(CODE.INVALID_AMENDMENT, NaN, NaN);
  if (total <= filledLots) return refuseAmendment(CODE.INVALID_AMENDMENT, <f64>filledLots, <f64>total);
  const isSame = price == amended.limitPrice && trigger == amended.trigger;
  if (isSame && total == order.quantity) return refuseAmendment(CODE.NOTHING_TO_AMEND, NaN, NaN);
  amended.limitPrice = price;
  amended.trigger = trigger;
  amended.lots = total - filledLots;
  if (isSame && total < order.quantity) shrink(index, order, total);
  else if (amended.isStop) changeStop(index, order);
  else enterAgain(index, order);
}

function shrink(index: i32, order: Order, total: i32): void {
  amended.instrument = order.instrument;
  const code = checkState(amended);
  if (code != CODE.OK) return refuseAmendment(code, amended.limit, amended.observed);
  const fewer = order.quantity - total;
  if (amended.isStop) order.remaining -= fewer;
  else withdraw(index, fewer);
  order.quantity = total;
  orderAmended(amended, true);
  reportStatus(amended.filledLots > 0 ? STATUS.PARTIALLY_FILLED : STATUS.ACCEPTED, amended.filledLots);
}

function changeStop(index: i32, order: Order): void {
  const code = checkRisk(amended);
  if (code != CODE.OK) return refuseAmendment(code, amended.limit, amended.observed);
  const terms = termsAt(order.terms);
  const moves = terms.trigger != amended.trigger;
  order.remaining = amended.lots;
  order.quantity = amended.lots;
  terms.limit = amended.limitPrice;
  terms.trigger = amended.trigger;
  orderAmended(amended, true);
  reportStatus(STATUS.ACCEPTED, amended.filledLots);
  if (!moves) return;
  removeStop(index);
  addStop(index);
}

function enterAgain(index: i32, order: Order): void {
  const remaining = order.remaining;
  release(order, remaining);
  const code = checkRisk(amended);
  if (code != CODE.OK) {
    release(order, -remaining);
    return refuseAmendment(code, amended.limit, amended.observed);
  }
  orderAmended(amended, false);
  reduceOrder(index, remaining);
  reportStatus(enter(amended), amended.filledLots);
}

/** The result says all the same what was filled. */
function refuseAmendment(code: i32, limit: f64, observed: f64): void {
  refuse(code, limit, observed);
  reportStatus(STATUS.DENIED, amended.filledLots);
}

function hasLimit(): bool {
  return amended.type == ORDER_TYPE.LIMIT || amended.type == ORDER_TYPE.STOP_LIMIT;
}
