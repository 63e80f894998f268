// All open orders, 64 bytes each, with a last-in-first-out free list, and the way from an order id to its place. Ids are
// found by open addressing with backward-shift deletion: no tombstones, so a book that has seen a billion orders probes as
// little as a new one. A slot holds half of the id beside the place, so that probing touches no order but the one found.

import { MAX_OPEN_ORDERS } from './capacities';
import { NONE } from './codes';
import { lookAt, OPEN_ORDERS_OF, ORDER_SLOTS, ORDERS } from './memory';
import { arrayPart, countPart } from './parts';

const SLOT_COUNT: i32 = 2 * MAX_OPEN_ORDERS;
const MASK: i32 = SLOT_COUNT - 1;
const SHIFT: i32 = clz<i32>(SLOT_COUNT) + 1;
const GOLDEN: i32 = 0x9e3779b1;

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

@unmanaged
class Slot {
  /** Of the order, plus one; 0 is free. */
  place: i32;
  id: i32;
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
  remember(order, lowHalf(id));
  return order;
}

/** Place of the open order `id`, or -1. */
export function findOrder(id: f64): i32 {
  const half = lowHalf(id);
  let at = hash(half);
  while (slotAt(at).place != 0 && (slotAt(at).id != half || orderAt(slotAt(at).place - 1).id != id)) at = (at + 1) & MASK;
  return slotAt(at).place - 1;
}

/** Brings near the slot where the search for an order begins, and the order that it names. */
export function lookForOrder(id: f64): void {
  const slot = slotAt(hash(lowHalf(id)));
  lookAt(changetype<usize>(orderAt(max<i32>(slot.place - 1, 0))));
}

export function freeOrder(order: i32): void {
  const row = orderAt(order);
  forget(order, lowHalf(row.id));
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

/** Every place that is not on the free list holds an open order, whose id goes into the table. */
export function rebuildOrders(): void {
  for (let order = 0; order < orderHighWater; order++) remember(order, lowHalf(orderAt(order).id));
  for (let order = freeHead; order >= 0; order = orderAt(order).next) forget(order, lowHalf(orderAt(order).id));
  for (let at = 0; at < SLOT_COUNT; at++) if (slotAt(at).place != 0) countOf(orderAt(slotAt(at).place - 1).account, 1);
}

// @ts-ignore: decorator
@inline
function countOf(account: i32, change: i32): void {
  const at = OPEN_ORDERS_OF + (<usize>account << 2);
  store<i32>(at, load<i32>(at) + change);
}

// @ts-ignore: decorator
@inline
function slotAt(at: i32): Slot {
  return changetype<Slot>(ORDER_SLOTS + (<usize>at << 3));
}

/** Ids that follow each other lie together, 64 of them; where, nobody can choose who places orders. */
// @ts-ignore: decorator
@inline
function hash(half: i32): i32 {
  return ((((half >>> 6) * GOLDEN) >>> SHIFT) & ~63) | (half & 63);
}

// @ts-ignore: decorator
@inline
function lowHalf(id: f64): i32 {
  return <i32>(<i64>id);
}

function remember(order: i32, half: i32): void {
  let at = hash(half);
  while (slotAt(at).place != 0) at = (at + 1) & MASK;
  slotAt(at).place = order + 1;
  slotAt(at).id = half;
}

/** Empties the order's slot, then moves back every later entry that the gap would cut off from its home. */
function forget(order: i32, half: i32): void {
  let gap = hash(half);
  while (slotAt(gap).place != order + 1) gap = (gap + 1) & MASK;
  for (let at = (gap + 1) & MASK; slotAt(at).place != 0; at = (at + 1) & MASK) {
    const home = hash(slotAt(at).id);
    if (((at - home) & MASK) >= ((at - gap) & MASK)) {
      slotAt(gap).place = slotAt(at).place;
      slotAt(gap).id = slotAt(at).id;
      gap = at;
    }
  }
  slotAt(gap).place = 0;
}
