// Stops that wait for their trigger, outside the book: a trigger book per instrument whose best price is the one elected
// first, so a trade looks at two best prices and no more. Orders of one trigger form a ring, oldest id first; a ring is
// found by its first order.
//
//   BookSide of triggers (buys: lowest best, sells: highest) ─► first order ⇄ next ⇄ ... ⇄ last ⇄ first order
//
// A trailing stop's trigger follows the best trade price since it came. Those of one side form a list in which that price
// only gets worse from older to newer, for a new one begins at the last trade: a new extreme moves the newest ones and
// stops at the first that has seen better. Elected stops wait in a queue until the command itself is done.

import { BookSide } from './book-side';
import { MAX_INSTRUMENTS } from './capacities';
import { BUY_SIDE, INSTRUMENT_STATE, MAX_NUMBER, NONE, ORDER_TYPE, SELL_SIDE } from './codes';
import { instrumentAt } from './instruments';
import { NEWEST_TRAILING, SIDE_BYTES, TRIGGER_SIDES } from './memory';
import { Order, orderAt, orderHighWater } from './orders';
import { Terms, termsAt } from './order-terms';
import { instrumentNumbers } from './pair-index';
import { arrayPart, countPart } from './parts';

/** What `level` of a dormant order says. */
namespace RING {
  export const NONE: i32 = -1;
  export const FOLLOWER: i32 = 0;
  export const FIRST: i32 = 1;
}

export let dormantCount: i32 = 0;
/** Oldest of the elected stops that wait for their turn, or -1; always -1 between commands. */
export let electedHead: i32 = NONE;
let electedTail: i32 = NONE;

/** Buys wait above the market, so their best trigger is the lowest: sorted as asks are. */
export function addTriggers(instrument: i32): void {
  triggers(instrument, BUY_SIDE).begin(-1);
  triggers(instrument, SELL_SIDE).begin(1);
}

/** Lets an order with its terms wait for its trigger; one that is reached already is elected. */
export function addStop(index: i32): void {
  const order = orderAt(index);
  const terms = termsAt(order.terms);
  const last = instrumentAt(order.instrument).lastPrice;
  dormantCount++;
  terms.dormant = 1;
  if (terms.type == ORDER_TYPE.TRAILING_STOP) beginTrailing(index, order, terms, last);
  else link(index, order, terms.trigger);
  if (last != 0) electAt(order.instrument, last);
}

/** Takes a dormant order out. */
export function removeStop(index: i32): void {
  const order = orderAt(index);
  const terms = termsAt(order.terms);
  dormantCount--;
  terms.dormant = 0;
  unlink(index, order);
  if (terms.type == ORDER_TYPE.TRAILING_STOP) endTrailing(order, terms);
}

/** After every trade, and with the last trade's price when an instrument enters CONTINUOUS. */
export function tradedAt(instrument: i32, price: i32): void {
  if (dormantCount == 0) return;
  trail(instrument, BUY_SIDE, price);
  trail(instrument, SELL_SIDE, price);
  electAt(instrument, price);
}

/** The next elected stop, no longer waiting; or -1. */
export function takeElected(): i32 {
  const index = electedHead;
  if (index != NONE) electedHead = orderAt(index).next;
  return index;
}

export function stopsContents(): void {
  dormantCount = countPart('stops/count', dormantCount);
  arrayPart('stops/newest', NEWEST_TRAILING, instrumentNumbers.count, MAX_INSTRUMENTS, 8);
}

/** Finds the rings again: every dormant order that says it is the first of one. */
export function rebuildStops(): void {
  for (let instrument = 0; instrument < instrumentNumbers.count; instrument++) addTriggers(instrument);
  for (let index = 0; index < orderHighWater; index++) {
    const order = orderAt(index);
    if (order.terms == 0 || termsAt(order.terms).dormant == 0 || order.level != RING.FIRST) continue;
    triggers(order.instrument, order.side).insert(order.price, index);
  }
}

function electAt(instrument: i32, price: i32): void {
  if (instrumentAt(instrument).state != INSTRUMENT_STATE.CONTINUOUS) return;
  const buys = triggers(instrument, BUY_SIDE);
  while (buys.count > 0 && buys.bestPrice() <= price) elect(buys.bestLevel, price);
  const sells = triggers(instrument, SELL_SIDE);
  while (sells.count > 0 && sells.bestPrice() >= price) elect(sells.bestLevel, price);
}

function elect(index: i32, price: i32): void {
  const order = orderAt(index);
  removeStop(index);
  termsAt(order.terms).elected = price;
  order.next = NONE;
  if (electedHead == NONE) electedHead = index;
  else orderAt(electedTail).next = index;
  electedTail = index;
}

function beginTrailing(index: i32, order: Order, terms: Terms, last: i32): void {
  const older = newest(order.instrument, order.side);
  terms.older = older;
  terms.newer = 0;
  if (older != 0) termsOf(older - 1).newer = index + 1;
  setNewest(order.instrument, order.side, index + 1);
  follow(index, order, terms, last);
}

function endTrailing(order: Order, terms: Terms): void {
  const older = terms.older;
  const newer = terms.newer;
  if (older != 0) termsOf(older - 1).newer = newer;
  if (newer != 0) termsOf(newer - 1).older = older;
  else setNewest(order.instrument, order.side, older);
}

/** A buy's trigger follows prices down, a sell's up. */
function trail(instrument: i32, side: i32, price: i32): void {
  for (let index = newest(instrument, side) - 1; index >= 0; ) {
    const order = orderAt(index);
    const terms = termsAt(order.terms);
    const extreme = terms.extreme;
    if (extreme != 0 && (side == BUY_SIDE ? extreme <= price : extreme >= price)) return;
    unlink(index, order);
    follow(index, order, terms, price);
    index = terms.older - 1;
  }
}

/** Puts the trigger at the order's distance from `extreme`; before any trade it has none. */
function follow(index: i32, order: Order, terms: Terms, extreme: i32): void {
  const distance = <i64>terms.trigger;
  const trigger = extreme == 0 ? 0 : order.side == BUY_SIDE ? <i64>extreme + distance : <i64>extreme - distance;
  terms.extreme = extreme;
  link(index, order, trigger);
}

/** Into the ring of its trigger by age. A trigger that no price can reach has no ring. */
function link(index: i32, order: Order, trigger: i64): void {
  order.level = RING.NONE;
  if (trigger < 1 || trigger > <i64>MAX_NUMBER) return;
  const price = <i32>trigger;
  order.price = price;
  const side = triggers(order.instrument, order.side);
  const first = side.find(price);
  if (first < 0) return beginRing(side, index, order, price);
  // Trailing stops of one distance move together, the newest first, so each comes before all that are there already.
  const isOldest = order.id < orderAt(first).id;
  let before = orderAt(first).previous;
  while (!isOldest && orderAt(before).id > order.id) before = orderAt(before).previous;
  const after = orderAt(before).next;
  order.previous = before;
  order.next = after;
  orderAt(before).next = index;
  orderAt(after).previous = index;
  order.level = RING.FOLLOWER;
  if (isOldest) lead(side, index, first, price);
}

function unlink(index: i32, order: Order): void {
  const ring = order.level;
  if (ring == RING.NONE) return;
  const next = order.next;
  const previous = order.previous;
  const side = triggers(order.instrument, order.side);
  order.level = RING.NONE;
  if (next == index) return side.remove(order.price);
  orderAt(previous).next = next;
  orderAt(next).previous = previous;
  if (ring == RING.FIRST) lead(side, next, index, order.price);
}

function beginRing(side: BookSide, index: i32, order: Order, trigger: i32): void {
  order.previous = index;
  order.next = index;
  order.level = RING.FIRST;
  side.insert(trigger, index);
}

/** `index` is the first of its ring from now on, `before` no longer. */
function lead(side: BookSide, index: i32, before: i32, trigger: i32): void {
  if (orderAt(before).level == RING.FIRST) orderAt(before).level = RING.FOLLOWER;
  orderAt(index).level = RING.FIRST;
  side.remove(trigger);
  side.insert(trigger, index);
}

// @ts-ignore: decorator
@inline
function termsOf(index: i32): Terms {
  return termsAt(orderAt(index).terms);
}

/** The newest trailing stop of an instrument's side, plus one. */
function newest(instrument: i32, side: i32): i32 {
  return load<i32>(NEWEST_TRAILING + (<usize>(2 * instrument + side) << 2));
}

function setNewest(instrument: i32, side: i32, value: i32): void {
  store<i32>(NEWEST_TRAILING + (<usize>(2 * instrument + side) << 2), value);
}

function triggers(instrument: i32, side: i32): BookSide {
  return changetype<BookSide>(TRIGGER_SIDES + <usize>(2 * instrument + side) * SIDE_BYTES);
}
