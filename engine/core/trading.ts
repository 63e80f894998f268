// Orders as commands ask for them: placing, cancelling, and what stops do once elected.

import { accountNumberOf } from './accounts';
import { forgetOrder } from './books';
import { CODE, FIRST_USER_ACCOUNT, ORDER_TYPE, REASON, STATUS } from './codes';
import { orderAccepted, orderCanceled, orderDenied, orderTriggered } from './events';
import { instrumentAt } from './instruments';
import { cancelOpen, findOpen, openVenue } from './open-orders';
import { orderAt } from './orders';
import { enter } from './order-entry';
import { placed } from './order-request';
import { termsAt } from './order-terms';
import { refuse, reportOrder, reportStatus } from './output';
import { Command } from './records';
import { checkRisk } from './risk-gate';
import { takeElected } from './stops';

export function placeOrder(command: Command): void {
  placed.read(command);
  placed.readTerms(command);
  reportOrder(placed.id);
  if (placed.accountNumber < FIRST_USER_ACCOUNT) openVenue(placed.accountNumber);
  const code = checkRisk(placed);
  if (code != CODE.OK) {
    orderDenied(placed, code, command);
    return refuse(code, placed.limit, placed.observed);
  }
  orderAccepted(placed, command);
  reportStatus(enter(placed), placed.filledLots);
}

export function cancelOrder(command: Command): void {
  reportOrder(command.orderId);
  const index = findOpen(command.orderId, command.account);
  if (index < 0) return refuse(CODE.UNKNOWN_ORDER);
  const order = orderAt(index);
  reportStatus(STATUS.CANCELED, order.quantity - order.remaining);
  cancelOpen(index, command.account < FIRST_USER_ACCOUNT ? REASON.VENUE : REASON.USER);
}

/** Works the elected stops, those that they elect included, until none is left. */
export function workElected(): void {
  for (let index = takeElected(); index >= 0; index = takeElected()) trigger(index);
}

/** The stop goes through the gate again, now as the order that it becomes. */
function trigger(index: i32): void {
  const order = orderAt(index);
  const terms = termsAt(order.terms);
  const isLimit = terms.type == ORDER_TYPE.STOP_LIMIT;
  placed.load(order, accountNumberOf(order.account), instrumentAt(order.instrument).number);
  placed.type = isLimit ? ORDER_TYPE.LIMIT : ORDER_TYPE.MARKET;
  placed.limitPrice = isLimit ? terms.limit : 0;
  orderTriggered(placed, terms.elected);
  forgetOrder(index);
  if (checkRisk(placed) == CODE.OK) enter(placed);
  else orderCanceled(placed.id, placed.accountNumber, placed.instrumentNumber, placed.lots, REASON.RISK_GATE);
}
