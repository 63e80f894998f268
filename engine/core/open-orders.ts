// How orders come to rest, wait, and go without a trade: the book, what the position has open, and the lock, always
// together. Resting orders stand in the book; dormant ones (stops) reserve nothing.

import { accountNumberOf, findAccount, openAccount } from './accounts';
import { addOrder, forgetOrder, hideRest, reduceOrder } from './books';
import { FIRST_USER_ACCOUNT, NONE, TIF } from './codes';
import { accountOpened, orderCanceled } from './events';
import { addExpiry } from './expiry-heap';
import { instrumentAt } from './instruments';
import { allocateOrder, findOrder, Order, orderAt } from './orders';
import { OrderRequest } from './order-request';
import { allocateTerms, termsAt } from './order-terms';
import { positionAt } from './positions';
import { addStop, removeStop } from './stops';

/** Puts the remaining lots into the book behind all others at the price. @returns the order's place. */
export function rest(request: OrderRequest, remaining: i32): i32 {
  const index = addOrder(request.id, request.account, request.instrument, request.side, request.boundPrice, remaining);
  const order = orderAt(index);
  order.position = request.position;
  order.quantity = request.filledLots + request.lots;
  order.isVenueLevel = 0;
  order.terms = 0;
  if (request.hasTerms) addTerms(index, order, request);
  positionAt(request.position).rest(request.side, request.boundPrice, remaining);
  return index;
}

/** Lets a stop wait for its trigger. */
export function sleep(request: OrderRequest): void {
  const index = allocateOrder(request.id, request.account);
  const order = orderAt(index);
  order.remaining = request.lots;
  order.price = 0;
  order.position = request.position;
  order.instrument = request.instrument;
  order.side = request.side;
  order.isVenueLevel = 0;
  order.quantity = request.filledLots + request.lots;
  addTerms(index, order, request);
  addStop(index);
}

/** Takes a resting order, or part of it, out of the book without a trade. */
export function withdraw(index: i32, lots: i32): void {
  release(orderAt(index), lots);
  reduceOrder(index, lots);
}

/** Gives back what the position has reserved for `lots` of a resting order; negative ones reserve them again. */
export function release(order: Order, lots: i32): void {
  positionAt(order.position).release(order.side, order.price, lots);
}

/** Ends an order, resting or dormant, and says why. */
export function cancelOpen(index: i32, reason: i32): void {
  const order = orderAt(index);
  const remaining = order.remaining;
  orderCanceled(order.id, accountNumberOf(order.account), instrumentAt(order.instrument).number, remaining, reason);
  if (!isDormant(order)) return withdraw(index, remaining);
  removeStop(index);
  forgetOrder(index);
}

/** Place of the account's own open order, or -1: those of others do not exist for it. */
export function findOpen(orderId: f64, accountNumber: i32): i32 {
  const index = findOrder(orderId);
  return index >= 0 && accountNumberOf(orderAt(index).account) == accountNumber ? index : NONE;
}

/** Venue participants need no opening: their first order does it. @returns the account's index, or -1. */
export function openVenue(accountNumber: i32): i32 {
  const known = findAccount(accountNumber);
  if (known >= 0 || accountNumber >= FIRST_USER_ACCOUNT) return known;
  const account = openAccount(accountNumber);
  if (account >= 0) accountOpened(accountNumber);
  return account;
}

// @ts-ignore: decorator
@inline
function isDormant(order: Order): bool {
  return order.terms != 0 && termsAt(order.terms).dormant == 1;
}

function addTerms(index: i32, order: Order, request: OrderRequest): void {
  const row = allocateTerms();
  const terms = termsAt(row);
  order.terms = row;
  terms.type = request.type;
  terms.tif = request.tif;
  terms.flags = request.flags;
  terms.display = request.display;
  terms.trigger = request.trigger;
  terms.limit = request.limitPrice;
  terms.expireMicros = request.expireMicros;
  if (request.tif == TIF.GTD) addExpiry(index);
  if (request.display != 0 && !request.isStop) hideRest(order, terms);
}
