// Every instrument's book: sides of levels by price, levels of orders in time order. Adding, reducing and removing keep
// the level's sums right; matching is elsewhere. `touch` remembers which levels a command changed.
//
//   BookSide (best first) ─► level: head, tail, orders, quantity ─► orders, doubly linked, oldest first ─► terms, if it has any

import * as fromCapacities from './capacities.ts';
import { BookSide } from './book-side.ts';
import { ExpiryHeap } from './expiry-heap.ts';
import { afterFill, hideRest, reduceHidden, showAll } from './iceberg.ts';
import * as fromOrderArena from './order-arena.ts';
import { OrderArena } from './order-arena.ts';
import * as fromOrderTerms from './order-terms.ts';
import { OrderTerms } from './order-terms.ts';
import type { Parts, Table } from './table.ts';

/** Held here: V8 folds a module's own constants into the code, an imported name it loads at every use. */
const { MAX_PRICE_LEVELS } = fromCapacities;
const { ORDER, ORDER_WORDS } = fromOrderArena;
const { TERMS } = fromOrderTerms;

const WORDS = 8;
const NUMBERS = WORDS / 2;
/** A free level has no orders, and HEAD is the next free one. Numbers: lots shown, and those that its icebergs keep back. */
const FIELD = { HEAD: 0, TAIL: 1, ORDERS: 2, PRICE: 3, SHOWN_NUMBER: 2, HIDDEN_NUMBER: 3 } as const;
export const LEVEL_WORDS = WORDS;
export const LEVEL = FIELD;
export const BUY_SIDE = 0;
export const SELL_SIDE = 1;
const NONE = -1;
const PER_TOUCHED = 4;
const FIRST_TOUCHED = 64 * PER_TOUCHED;
export const TOUCHED_WORDS = PER_TOUCHED;

export class Books implements Table {
  readonly orders = new OrderArena();
  readonly terms = new OrderTerms();
  readonly expiries = new ExpiryHeap(this.orders, this.terms);
  readonly levelWords = new Int32Array(MAX_PRICE_LEVELS * WORDS);
  levelHighWater = 0;
  levelFreeHead = NONE;
  levelCount = 0;
  /** `[2 * instrument + side]`. */
  readonly sides: BookSide[] = [];
  /** Levels changed by the current command: instrument, side (0, 1) and price of each, and the level, -1 when it has gone. */
  touched = new Int32Array(FIRST_TOUCHED);
  touchedCount = 0;
  /** The same memory as `levelWords`. */
  readonly #numbers = new Float64Array(this.levelWords.buffer);
  /** Of a level among the touched ones: its place there, plus one. */
  readonly #touchedAt = new Int32Array(MAX_PRICE_LEVELS);
  #hasDropped = false;
  /** Places in `touched` by price, of the first so many; only filled once a level comes after one went in the same command. */
  readonly #placeOf = new Map<number, number>();
  #placedCount = 0;

  contents(parts: Parts): void {
    const sides = parts.number('sides', this.sides.length);
    while (this.sides.length < sides) this.addInstrument();
    this.levelHighWater = parts.number('levelHighWater', this.levelHighWater);
    this.levelFreeHead = parts.number('levelFreeHead', this.levelFreeHead);
    this.levelCount = parts.number('levelCount', this.levelCount);
    parts.table('orders', this.orders);
    parts.table('terms', this.terms);
    parts.table('expiries', this.expiries);
    parts.array('levelWords', this.levelWords, this.levelHighWater * WORDS);
  }

  /** The sides follow from the levels in use. */
  rebuild(): void {
    for (let level = 0; level < this.levelHighWater; level++) {
      const at = level * WORDS;
      if (this.levelWords[at + FIELD.ORDERS] === 0) continue;
      const order = this.levelWords[at + FIELD.HEAD]! * ORDER_WORDS;
      this.side(this.orders.words[order + ORDER.INSTRUMENT]!, this.orders.words[order + ORDER.SIDE]!).insert(this.priceOf(level), level);
    }
  }

  addInstrument(): void {
    this.sides.push(new BookSide(1), new BookSide(-1));
  }

  side(instrument: number, side: number): BookSide {
    return this.sides[2 * instrument + side]!;
  }

  /** Price of a level in ticks. */
  priceOf(level: number): number {
    return this.levelWords[level * WORDS + FIELD.PRICE]!;
  }

  get hasRoom(): boolean {
    return !this.orders.isFull && this.levelCount < MAX_PRICE_LEVELS;
  }

  /** Forgets the touched levels of the command before. */
  beginCommand(): void {
    const touched = this.touched;
    for (let at = 0; at < PER_TOUCHED * this.touchedCount; at += PER_TOUCHED) if (touched[at + 3]! >= 0) this.#touchedAt[touched[at + 3]!] = 0;
    this.touchedCount = 0;
    this.#hasDropped = false;
    if (this.#placedCount > 0) this.#placeOf.clear();
    this.#placedCount = 0;
  }

  /** Adds an order behind all others at its price; the caller fills in position and quantity words. */
  add(id: number, account: number, instrument: number, side: number, price: number, lots: number): number {
    const order = this.orders.allocate(id, account);
    const level = this.#levelAt(instrument, side, price);
    const words = this.orders.words;
    const at = order * ORDER_WORDS;
    words[at + ORDER.REMAINING] = lots;
    words[at + ORDER.PRICE] = price;
    words[at + ORDER.INSTRUMENT] = instrument;
    words[at + ORDER.SIDE] = side;
    words[at + ORDER.LEVEL] = level;
    this.#append(order, level);
    this.levelWords[level * WORDS + FIELD.ORDERS]!++;
    this.#numbers[level * NUMBERS + FIELD.SHOWN_NUMBER]! += lots;
    this.#touch(level, instrument, side, price);
    return order;
  }

  /** A fill of lots that are shown; the order keeps its place unless an iceberg's slice is used up, and goes when none remain. */
  take(order: number, lots: number): void {
    const words = this.orders.words;
    const at = order * ORDER_WORDS;
    const level = words[at + ORDER.LEVEL]!;
    const row = words[at + ORDER.TERMS]!;
    words[at + ORDER.REMAINING]! -= lots;
    this.#numbers[level * NUMBERS + FIELD.SHOWN_NUMBER]! -= lots;
    this.#touch(level, words[at + ORDER.INSTRUMENT]!, words[at + ORDER.SIDE]!, words[at + ORDER.PRICE]!);
    if (words[at + ORDER.REMAINING] === 0) this.#remove(order, level);
    else if (row !== 0 && this.terms.get(row, TERMS.DISPLAY) !== 0) afterFill(this, order, row, lots);
  }

  /** A fill in an auction, where an iceberg's whole quantity counts and it keeps its place. */
  takeWhole(order: number, lots: number): void {
    const words = this.orders.words;
    const at = order * ORDER_WORDS;
    const level = words[at + ORDER.LEVEL]!;
    const row = words[at + ORDER.TERMS]!;
    const isIceberg = row !== 0 && this.terms.get(row, TERMS.DISPLAY) !== 0;
    if (isIceberg) showAll(this, order, row);
    words[at + ORDER.REMAINING]! -= lots;
    this.#numbers[level * NUMBERS + FIELD.SHOWN_NUMBER]! -= lots;
    this.#touch(level, words[at + ORDER.INSTRUMENT]!, words[at + ORDER.SIDE]!, words[at + ORDER.PRICE]!);
    if (words[at + ORDER.REMAINING] === 0) this.#remove(order, level);
    else if (isIceberg) hideRest(this, order, row);
  }

  /** Lots at a level, hidden ones included. */
  wholeQuantity(level: number): number {
    return this.#numbers[level * NUMBERS + FIELD.SHOWN_NUMBER]! + this.#numbers[level * NUMBERS + FIELD.HIDDEN_NUMBER]!;
  }

  /** Lots that a level shows. */
  shownQuantity(level: number): number {
    return this.#numbers[level * NUMBERS + FIELD.SHOWN_NUMBER]!;
  }

  /** Brings `lots` of a level's hidden ones into sight; negative ones go out of it. */
  show(level: number, lots: number): void {
    this.#numbers[level * NUMBERS + FIELD.SHOWN_NUMBER]! += lots;
    this.#numbers[level * NUMBERS + FIELD.HIDDEN_NUMBER]! -= lots;
  }

  reduceHidden(level: number, lots: number): void {
    this.#numbers[level * NUMBERS + FIELD.HIDDEN_NUMBER]! -= lots;
  }

  /** Takes lots off an order without a trade, hidden ones first; it keeps its place, and goes when none remain. */
  reduce(order: number, lots: number): void {
    const words = this.orders.words;
    const at = order * ORDER_WORDS;
    const level = words[at + ORDER.LEVEL]!;
    const row = words[at + ORDER.TERMS]!;
    const hidden = row !== 0 && this.terms.get(row, TERMS.DISPLAY) !== 0 ? reduceHidden(this, order, row, lots) : 0;
    words[at + ORDER.REMAINING]! -= lots;
    this.#numbers[level * NUMBERS + FIELD.SHOWN_NUMBER]! -= lots - hidden;
    this.#touch(level, words[at + ORDER.INSTRUMENT]!, words[at + ORDER.SIDE]!, words[at + ORDER.PRICE]!);
    if (words[at + ORDER.REMAINING] === 0) this.#remove(order, level);
  }

  /** Puts a resting order behind all others at its price. */
  moveToTail(order: number): void {
    const level = this.orders.words[order * ORDER_WORDS + ORDER.LEVEL]!;
    this.#unlink(order, level);
    this.#append(order, level);
  }

  /** Frees the place of an order that is in no level. */
  forget(order: number): void {
    const at = order * ORDER_WORDS + ORDER.TERMS;
    const row = this.orders.words[at]!;
    if (row !== 0) {
      if (this.terms.get(row, TERMS.HEAP) !== 0) this.expiries.remove(order);
      this.terms.free(row);
      this.orders.words[at] = 0;
    }
    this.orders.free(order);
  }

  #remove(order: number, level: number): void {
    const words = this.orders.words;
    const at = order * ORDER_WORDS;
    this.#unlink(order, level);
    this.forget(order);
    if (--this.levelWords[level * WORDS + FIELD.ORDERS]! === 0) this.#dropLevel(level, words[at + ORDER.INSTRUMENT]!, words[at + ORDER.SIDE]!, words[at + ORDER.PRICE]!);
  }

  #append(order: number, level: number): void {
    const words = this.orders.words;
    const levelAt = level * WORDS;
    const tail = this.levelWords[levelAt + FIELD.TAIL]!;
    words[order * ORDER_WORDS + ORDER.PREVIOUS] = tail;
    words[order * ORDER_WORDS + ORDER.NEXT] = NONE;
    if (tail === NONE) this.levelWords[levelAt + FIELD.HEAD] = order;
    else words[tail * ORDER_WORDS + ORDER.NEXT] = order;
    this.levelWords[levelAt + FIELD.TAIL] = order;
  }

  #unlink(order: number, level: number): void {
    const words = this.orders.words;
    const at = order * ORDER_WORDS;
    const levelAt = level * WORDS;
    const previous = words[at + ORDER.PREVIOUS]!;
    const next = words[at + ORDER.NEXT]!;
    if (previous === NONE) this.levelWords[levelAt + FIELD.HEAD] = next;
    else words[previous * ORDER_WORDS + ORDER.NEXT] = next;
    if (next === NONE) this.levelWords[levelAt + FIELD.TAIL] = previous;
    else words[next * ORDER_WORDS + ORDER.PREVIOUS] = previous;
  }

  #levelAt(instrument: number, side: number, price: number): number {
    const bookSide = this.side(instrument, side);
    const found = bookSide.find(price);
    if (found >= 0) return found;
    let level = this.levelFreeHead;
    if (level >= 0) this.levelFreeHead = this.levelWords[level * WORDS + FIELD.HEAD]!;
    else level = this.levelHighWater++;
    this.levelCount++;
    const at = level * WORDS;
    this.levelWords[at + FIELD.HEAD] = NONE;
    this.levelWords[at + FIELD.TAIL] = NONE;
    this.levelWords[at + FIELD.ORDERS] = 0;
    this.levelWords[at + FIELD.PRICE] = price;
    this.#numbers[level * NUMBERS + FIELD.SHOWN_NUMBER] = 0;
    this.#numbers[level * NUMBERS + FIELD.HIDDEN_NUMBER] = 0;
    this.#touchedAt[level] = this.#hasDropped ? this.#comeBack(level, instrument, side, price) : 0;
    bookSide.insert(price, level);
    return level;
  }

  #dropLevel(level: number, instrument: number, side: number, price: number): void {
    this.side(instrument, side).remove(price);
    this.levelWords[level * WORDS + FIELD.HEAD] = this.levelFreeHead;
    this.levelFreeHead = level;
    this.levelCount--;
    this.#hasDropped = true;
    this.touched[this.#touchedAt[level]! - 1 + 3] = NONE;
  }

  #touch(level: number, instrument: number, side: number, price: number): void {
    if (this.#touchedAt[level] !== 0) return;
    const at = PER_TOUCHED * this.touchedCount++;
    this.#touchedAt[level] = at + 1;
    if (at === this.touched.length) {
      const grown = new Int32Array(2 * this.touched.length);
      grown.set(this.touched);
      this.touched = grown;
    }
    this.touched[at] = instrument;
    this.touched[at + 1] = side;
    this.touched[at + 2] = price;
    this.touched[at + 3] = level;
  }

  /** A level that went and comes back within a command is one level. @returns its place among the touched ones plus one, or 0. */
  #comeBack(level: number, instrument: number, side: number, price: number): number {
    const { touched } = this;
    for (; this.#placedCount < this.touchedCount; this.#placedCount++) {
      const at = PER_TOUCHED * this.#placedCount;
      this.#placeOf.set(keyOf(touched[at]!, touched[at + 1]!, touched[at + 2]!), at);
    }
    const place = this.#placeOf.get(keyOf(instrument, side, price));
    if (place === undefined) return 0;
    touched[place + 3] = level;
    return place + 1;
  }
}

/** Below 2^53: there are at most 4,096 instruments. */
function keyOf(instrument: number, side: number, price: number): number {
  return (2 * instrument + side) * 2 ** 31 + price;
}
