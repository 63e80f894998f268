// Every instrument's book: sides of levels by price, levels of orders in time order. Adding, reducing and removing keep
// the level's sums right; matching is elsewhere.
//
//   BookSide (best first) ─► level: head, tail, orders, quantity ─► orders, doubly linked, oldest first ─► terms, if it has any

import { BookSide } from './book-side';
import { MAX_OPEN_ORDERS, MAX_PRICE_LEVELS } from './capacities';
import { NONE } from './codes';
import { removeExpiry } from './expiry-heap';
import { BOOK_SIDES, LEVELS, SIDE_BYTES } from './memory';
import { allocateOrder, freeOrder, openOrders, Order, orderAt } from './orders';
import { freeTerms, Terms, termsAt } from './order-terms';
import { arrayPart, countPart } from './parts';
import { beginLevel, dropTouched, touch } from './touched';

@unmanaged
export class Level {
  /** The oldest order; of a free level the next free one. */
  head: i32;
  tail: i32;
  /** 0 in a free level. */
  orders: i32;
  price: i32;
  /** Lots in sight, and those that its icebergs keep back. */
  shown: f64;
  hidden: f64;

  @inline get whole(): f64 { return this.shown + this.hidden; }
}

/** Two an instrument. */
export let sideCount: i32 = 0;
let levelHighWater: i32 = 0;
let levelFreeHead: i32 = NONE;
let levelCount: i32 = 0;

// @ts-ignore: decorator
@inline
export function levelAt(level: i32): Level {
  return changetype<Level>(LEVELS + (<usize>level << 5));
}

// @ts-ignore: decorator
@inline
export function bookSide(instrument: i32, side: i32): BookSide {
  return changetype<BookSide>(BOOK_SIDES + <usize>(2 * instrument + side) * SIDE_BYTES);
}

export function hasRoomForOrder(): bool {
  return openOrders < MAX_OPEN_ORDERS && levelCount < MAX_PRICE_LEVELS;
}

export function addBook(): void {
  const instrument = sideCount / 2;
  bookSide(instrument, 0).begin(1);
  bookSide(instrument, 1).begin(-1);
  sideCount += 2;
}

/** Adds an order behind all others at its price; the caller fills in what it does not get here. */
export function addOrder(id: f64, account: i32, instrument: i32, side: i32, price: i32, lots: i32): i32 {
  const index = allocateOrder(id, account);
  const level = levelFor(instrument, side, price);
  const order = orderAt(index);
  order.remaining = lots;
  order.price = price;
  order.instrument = instrument;
  order.side = side;
  order.level = level;
  const row = levelAt(level);
  append(index, row);
  row.orders++;
  row.shown += <f64>lots;
  touch(level, instrument, side, price);
  return index;
}

/** A fill of lots that are shown; the order keeps its place unless an iceberg's slice is used up, and goes when none remain. */
export function takeLots(index: i32, lots: i32): void {
  const order = orderAt(index);
  shorten(order, lots, lots);
  if (order.remaining == 0) return remove(index, order);
  const terms = icebergOf(order);
  if (terms === null) return;
  terms.shown -= lots;
  if (terms.shown > 0) return;
  showSlice(order, terms);
  show(order, terms.shown);
  moveToTail(index, order);
}

/** A fill in an auction, where an iceberg's whole quantity counts and it keeps its place. */
export function takeWholeLots(index: i32, lots: i32): void {
  const order = orderAt(index);
  const terms = icebergOf(order);
  if (terms !== null) show(order, order.remaining - terms.shown);
  shorten(order, lots, lots);
  if (order.remaining == 0) remove(index, order);
  else if (terms !== null) hideRest(order, terms);
}

/** Takes lots off an order without a trade, hidden ones first; it keeps its place, and goes when none remain. */
export function reduceOrder(index: i32, lots: i32): void {
  const order = orderAt(index);
  const terms = icebergOf(order);
  shorten(order, lots, terms === null ? lots : lots - takeHidden(order, terms, lots));
  if (order.remaining == 0) remove(index, order);
}

/** Lots that the next fill may take: all of an ordinary order, the present slice of an iceberg. */
// @ts-ignore: decorator
@inline
export function shownLots(order: Order): i32 {
  if (order.terms == 0) return order.remaining;
  const terms = icebergOf(order);
  return terms === null ? order.remaining : terms.shown;
}

/** Of an order just added with all its lots in sight: puts those beyond the first slice out of it. */
export function hideRest(order: Order, terms: Terms): void {
  showSlice(order, terms);
  show(order, terms.shown - order.remaining);
}

/** Frees the place of an order that is in no level. */
export function forgetOrder(index: i32): void {
  const order = orderAt(index);
  const row = order.terms;
  if (row != 0) {
    if (termsAt(row).heap != 0) removeExpiry(index);
    freeTerms(row);
    order.terms = 0;
  }
  freeOrder(index);
}

export function booksContents(): void {
  const sides = countPart('books/sides', sideCount);
  while (sideCount < sides) addBook();
  levelHighWater = countPart('books/levelHighWater', levelHighWater);
  levelFreeHead = countPart('books/levelFreeHead', levelFreeHead);
  levelCount = countPart('books/levelCount', levelCount);
}

export function levelsContents(): void {
  arrayPart('books/levelWords', LEVELS, levelHighWater, MAX_PRICE_LEVELS, offsetof<Level>());
}

/** The sides follow from the levels in use. */
export function rebuildBooks(): void {
  for (let level = 0; level < levelHighWater; level++) {
    const row = levelAt(level);
    if (row.orders == 0) continue;
    const head = orderAt(row.head);
    bookSide(head.instrument, head.side).insert(row.price, level);
  }
}

// @ts-ignore: decorator
@inline
function icebergOf(order: Order): Terms | null {
  if (order.terms == 0) return null;
  const terms = termsAt(order.terms);
  return terms.display == 0 ? null : terms;
}

function showSlice(order: Order, terms: Terms): void {
  terms.shown = min<i32>(terms.display, order.remaining);
}

/** Brings `lots` of the order's hidden ones into its level's sight; negative ones go out of it. */
function show(order: Order, lots: i32): void {
  const level = levelAt(order.level);
  level.shown += <f64>lots;
  level.hidden -= <f64>lots;
}

/** @returns how many of `lots` were hidden. */
function takeHidden(order: Order, terms: Terms, lots: i32): i32 {
  const fromHidden = min<i32>(lots, order.remaining - terms.shown);
  levelAt(order.level).hidden -= <f64>fromHidden;
  terms.shown -= lots - fromHidden;
  return fromHidden;
}

// @ts-ignore: decorator
@inline
function shorten(order: Order, lots: i32, shown: i32): void {
  order.remaining -= lots;
  levelAt(order.level).shown -= <f64>shown;
  touch(order.level, order.instrument, order.side, order.price);
}

function remove(index: i32, order: Order): void {
  const level = levelAt(order.level);
  unlink(order, level);
  if (--level.orders == 0) dropLevel(order.level, level, order.instrument, order.side);
  forgetOrder(index);
}

function moveToTail(index: i32, order: Order): void {
  const level = levelAt(order.level);
  unlink(order, level);
  append(index, level);
}

// @ts-ignore: decorator
@inline
function append(index: i32, level: Level): void {
  const order = orderAt(index);
  const tail = level.tail;
  order.previous = tail;
  order.next = NONE;
  if (tail == NONE) level.head = index;
  else orderAt(tail).next = index;
  level.tail = index;
}

// @ts-ignore: decorator
@inline
function unlink(order: Order, level: Level): void {
  const previous = order.previous;
  const next = order.next;
  if (previous == NONE) level.head = next;
  else orderAt(previous).next = next;
  if (next == NONE) level.tail = previous;
  else orderAt(next).previous = previous;
}

function levelFor(instrument: i32, side: i32, price: i32): i32 {
  const found = bookSide(instrument, side).find(price);
  if (found >= 0) return found;
  let index = levelFreeHead;
  if (index >= 0) levelFreeHead = levelAt(index).head;
  else index = levelHighWater++;
  levelCount++;
  const level = levelAt(index);
  level.head = NONE;
  level.tail = NONE;
  level.orders = 0;
  level.price = price;
  level.shown = 0;
  level.hidden = 0;
  beginLevel(index, instrument, side, price);
  bookSide(instrument, side).insert(price, index);
  return index;
}

function dropLevel(index: i32, level: Level, instrument: i32, side: i32): void {
  bookSide(instrument, side).remove(level.price);
  level.head = levelFreeHead;
  levelFreeHead = index;
  levelCount--;
  dropTouched(index);
}
