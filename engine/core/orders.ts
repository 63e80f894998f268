// All open orders, 64 bytes each, with a last-in-first-out free list: what is in use stays close together.

import { MAX_OPEN_ORDERS } from './capacities';
import { NONE } from './codes';
import { lookAt, OPEN_ORDERS_OF, ORDER_IDS, ORDERS } from './memory';
import { forgetId, placeOfId, rememberId } from './order-ids';
import { arrayPart, countPart } from './parts';

@unmanaged
export class Order {
  id: f64;
  remaining: i32;
  price: i32;
  account: i32;
  position: i32;
  instrument: i32;
  side: i32;
  previous: i32;
  next: i32;
  level: i32;
  /** 1 for the single order behind a venue participant's level, else 0. */
  isVenueLevel: i32;
  quantity: i32;
  /** Row of its terms; 0 for a plain order: LIMIT, GTC, no flags. */
  terms: i32;
  unused: i64;
}

/** Orders now open. */
export let openOrders: i32 = 0;
/** Places ever used; those from here on are untouched. */
export let orderHighWater: i32 = 0;
let freeHead: i32 = NONE;

// @ts-ignore: decorator
@inline
export function orderAt(order: i32): Order {
  return changetype<Order>(ORDERS + (<usize>order << 6));
}

/** Open orders of an account. */
// @ts-ignore: decorator
@inline
export function openOrdersOf(account: i32): i32 {
  return load<i32>(OPEN_ORDERS_OF + (<usize>account << 2));
}

/** Takes a place for the order `id`; its other fields are stale and the caller writes them all. */
export function allocateOrder(id: f64, account: i32): i32 {
  let order = freeHead;
  if (order >= 0) freeHead = orderAt(order).next;
  else order = orderHighWater++;
  openOrders++;
  const row = orderAt(order);
  row.id = id;
  row.account = account;
  countOf(account, 1);
  rememberId(id, order);
  return order;
}

/** Place of the open order `id`, or -1. */
export function findOrder(id: f64): i32 {
  return placeOfId(id) - 1;
}

/** Brings an order near, if it is there. */
export function lookForOrder(id: f64): void {
  lookAt(changetype<usize>(orderAt(max<i32>(placeOfId(id) - 1, 0))));
}

export function freeOrder(order: i32): void {
  const row = orderAt(order);
  forgetId(row.id);
  countOf(row.account, -1);
  row.next = freeHead;
  freeHead = order;
  openOrders--;
}

export function ordersContents(): void {
  openOrders = countPart('books/orders/count', openOrders);
  orderHighWater = countPart('books/orders/highWater', orderHighWater);
  freeHead = countPart('books/orders/freeHead', freeHead);
  arrayPart('books/orders/words', ORDERS, orderHighWater, MAX_OPEN_ORDERS, offsetof<Order>());
}

/** Every place that is not on the free list holds an open order, whose id is remembered. */
export function rebuildOrders(): void {
  memory.fill(ORDER_IDS, 0, <usize>orderHighWater);
  for (let order = freeHead; order >= 0; order = orderAt(order).next) store<u8>(ORDER_IDS + <usize>order, 1);
  for (let order = 0; order < orderHighWater; order++) {
    if (load<u8>(ORDER_IDS + <usize>order) == 1) continue;
    rememberId(orderAt(order).id, order);
    countOf(orderAt(order).account, 1);
  }
}

// @ts-ignore: decorator
@inline
function countOf(account: i32, change: i32): void {
  const at = OPEN_ORDERS_OF + (<usize>account << 2);
  store<i32>(at, load<i32>(at) + change);
}
