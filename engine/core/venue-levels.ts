// Liquidity of an outside feed: one order per price level of a venue participant. A smaller level keeps its place in
// the queue, a larger one goes behind. A new level that runs into the participant's own other side withdraws that side
// (the feed has moved on); users' orders in its way trade.

import { bookSide, Level, levelAt } from './books';
import { BUY_SIDE, CODE, NONE, ORDER_TYPE, REASON, TIF } from './codes';
import { orderCanceled } from './events';
import { findInstrument } from './instruments';
import { match } from './matching';
import { openVenue, rest, withdraw } from './open-orders';
import { orderAt } from './orders';
import { shownLevel } from './order-request';
import { refuse, reportFilled, reportOrder } from './output';
import { Command } from './records';
import { checkRisk, checkState } from './risk-gate';

export function setVenueLevel(command: Command): void {
  const request = shownLevel;
  request.read(command);
  request.type = ORDER_TYPE.LIMIT;
  request.tif = TIF.GTC;
  request.account = openVenue(request.accountNumber);
  request.instrument = findInstrument(request.instrumentNumber);
  if (request.instrument < 0) return refuse(CODE.UNKNOWN_INSTRUMENT);
  const order = findLevelOrder(command.price);
  const shown = order < 0 ? 0 : orderAt(order).remaining;
  if (request.lots < shown) withdraw(order, shown - request.lots);
  else if (request.lots > shown) show(order, shown);
}

/** @param order - what the participant shows at the price until now, `shown` lots; or -1. */
function show(order: i32, shown: i32): void {
  const request = shownLevel;
  const state = checkState(request);
  if (state != CODE.OK) return refuse(state, request.limit, request.observed);
  if (order < 0) withdrawCrossed();
  const code = checkRisk(request);
  if (code != CODE.OK) return refuse(code, request.limit, request.observed);
  const remaining = match(request);
  reportOrder(request.id);
  reportFilled(request.lots - remaining);
  if (remaining > 0) orderAt(rest(request, remaining)).isVenueLevel = 1;
  if (order >= 0) withdraw(order, shown);
}

/** Takes the participant's own orders off the other side as far as the new level reaches. */
function withdrawCrossed(): void {
  const request = shownLevel;
  const opposite = bookSide(request.instrument, 1 - request.side);
  for (let index = opposite.bestLevel; index > NONE; ) {
    const price = levelAt(index).price;
    if (request.side == BUY_SIDE ? price > request.limitPrice : price < request.limitPrice) return;
    withdrawOwn(levelAt(index));
    index = opposite.worse(price);
  }
}

function withdrawOwn(level: Level): void {
  const request = shownLevel;
  for (let index = level.head; index > NONE; ) {
    const order = orderAt(index);
    const next = order.next;
    if (order.account == request.account) {
      if (order.isVenueLevel == 0) orderCanceled(order.id, request.accountNumber, request.instrumentNumber, order.remaining, REASON.VENUE);
      withdraw(index, order.remaining);
    }
    index = next;
  }
}

/** The participant's single level order at a price, or -1; looks through that level's orders only. */
function findLevelOrder(price: i32): i32 {
  const request = shownLevel;
  const level = bookSide(request.instrument, request.side).find(price);
  if (level < 0) return NONE;
  let index = levelAt(level).head;
  while (index > NONE && !(orderAt(index).isVenueLevel == 1 && orderAt(index).account == request.account)) index = orderAt(index).next;
  return index;
}
