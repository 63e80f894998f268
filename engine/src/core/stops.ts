// Stops that wait for their trigger, outside the book: a trigger book per instrument whose best price is the one elected
// first, so a trade looks at two best prices and no more. Orders of one trigger form a ring, oldest id first; a ring is
// found by its first order.
//
//   BookSide of triggers (buys: lowest best, sells: highest) ─► first order ⇄ next ⇄ ... ⇄ last ⇄ first order
//
// A trailing stop's trigger follows the best trade price since it came. Those of one side form a list in which that price
// only gets worse from older to newer, for a new one begins at the last trade: a new extreme moves the newest ones and
// stops at the first that has seen better. Elected stops wait in a queue until the command itself is done.

import * as fromLayoutCommand from '@mib/proto/layout-command';
import { MAX_NUMBER } from '@mib/proto/engine-commands';
import { BookSide } from './book-side.ts';
import * as fromBooks from './books.ts';
import * as fromCapacities from './capacities.ts';
import { INSTRUMENT, type Instruments } from './instruments.ts';
import { ORDER, ORDER_WORDS, type OrderArena } from './order-arena.ts';
import { TERMS, type OrderTerms } from './order-terms.ts';
import type { Parts, Table } from './table.ts';

/** Held here: V8 folds a module's own constants into the code, one that is exported or imported it loads at every use. */
const { MAX_INSTRUMENTS } = fromCapacities;
const { BUY_SIDE, SELL_SIDE } = fromBooks;
const { INSTRUMENT_STATE, ORDER_TYPE } = fromLayoutCommand;
/** ORDER.LEVEL of a dormant order. */
const RING = { NONE: -1, FOLLOWER: 0, FIRST: 1 } as const;
const NONE = -1;

export class Stops implements Table {
  /** Dormant orders. */
  count = 0;
  /** Oldest of the elected stops that wait for their turn, or -1; always -1 between commands. */
  electedHead = NONE;
  #electedTail = NONE;
  readonly #sides: BookSide[] = [];
  /** `[2 * instrument + side]`: the newest trailing stop, plus one. */
  readonly #newest = new Int32Array(2 * MAX_INSTRUMENTS);
  readonly #orders: OrderArena;
  readonly #terms: OrderTerms;
  readonly #instruments: Instruments;

  constructor(orders: OrderArena, terms: OrderTerms, instruments: Instruments) {
    this.#orders = orders;
    this.#terms = terms;
    this.#instruments = instruments;
  }

  contents(parts: Parts): void {
    this.count = parts.number('count', this.count);
    parts.array('newest', this.#newest, 2 * this.#instruments.index.count);
  }

  /** Finds the rings again: every dormant order that says it is the first of one. */
  rebuild(): void {
    const { words } = this.#orders;
    for (let order = 0; order < this.#orders.highWater; order++) {
      const at = order * ORDER_WORDS;
      const row = words[at + ORDER.TERMS]!;
      if (row === 0 || this.#terms.get(row, TERMS.DORMANT) === 0 || words[at + ORDER.LEVEL] !== RING.FIRST) continue;
      this.#side(words[at + ORDER.INSTRUMENT]!, words[at + ORDER.SIDE]!).insert(words[at + ORDER.PRICE]!, order);
    }
  }

  /** Lets an order with its terms wait for its trigger; one that is reached already is elected. */
  add(order: number): void {
    const { words } = this.#orders;
    const at = order * ORDER_WORDS;
    const row = words[at + ORDER.TERMS]!;
    const instrument = words[at + ORDER.INSTRUMENT]!;
    const last = this.#instruments.word(instrument, INSTRUMENT.LAST_PRICE);
    this.count++;
    this.#terms.set(row, TERMS.DORMANT, 1);
    if (this.#terms.get(row, TERMS.TYPE) === ORDER_TYPE.TRAILING_STOP) this.#beginTrailing(order, row, last);
    else this.#link(order, this.#terms.get(row, TERMS.TRIGGER));
    if (last !== 0) this.#electAt(instrument, last);
  }

  /** Takes a dormant order out. */
  remove(order: number): void {
    const { words } = this.#orders;
    const row = words[order * ORDER_WORDS + ORDER.TERMS]!;
    this.count--;
    this.#terms.set(row, TERMS.DORMANT, 0);
    this.#unlink(order);
    if (this.#terms.get(row, TERMS.TYPE) === ORDER_TYPE.TRAILING_STOP) this.#endTrailing(order, row);
  }

  /** After every trade, and with the last trade's price when an instrument enters CONTINUOUS. */
  tradedAt(instrument: number, price: number): void {
    if (this.count === 0) return;
    this.#trail(instrument, BUY_SIDE, price);
    this.#trail(instrument, SELL_SIDE, price);
    this.#electAt(instrument, price);
  }

  /** The next elected stop, no longer waiting; or -1. */
  takeElected(): number {
    const order = this.electedHead;
    if (order !== NONE) this.electedHead = this.#orders.words[order * ORDER_WORDS + ORDER.NEXT]!;
    return order;
  }

  #electAt(instrument: number, price: number): void {
    if (this.#instruments.word(instrument, INSTRUMENT.STATE) !== INSTRUMENT_STATE.CONTINUOUS) return;
    const buys = this.#side(instrument, BUY_SIDE);
    while (buys.count > 0 && buys.bestPrice() <= price) this.#elect(buys.bestLevel, price);
    const sells = this.#side(instrument, SELL_SIDE);
    while (sells.count > 0 && sells.bestPrice() >= price) this.#elect(sells.bestLevel, price);
  }

  #elect(order: number, price: number): void {
    const { words } = this.#orders;
    this.remove(order);
    this.#terms.set(words[order * ORDER_WORDS + ORDER.TERMS]!, TERMS.ELECTED, price);
    words[order * ORDER_WORDS + ORDER.NEXT] = NONE;
    if (this.electedHead === NONE) this.electedHead = order;
    else words[this.#electedTail * ORDER_WORDS + ORDER.NEXT] = order;
    this.#electedTail = order;
  }

  #beginTrailing(order: number, row: number, last: number): void {
    const { words } = this.#orders;
    const key = 2 * words[order * ORDER_WORDS + ORDER.INSTRUMENT]! + words[order * ORDER_WORDS + ORDER.SIDE]!;
    const older = this.#newest[key]!;
    this.#terms.set(row, TERMS.OLDER, older);
    this.#terms.set(row, TERMS.NEWER, 0);
    if (older !== 0) this.#terms.set(this.#rowOf(older - 1), TERMS.NEWER, order + 1);
    this.#newest[key] = order + 1;
    this.#follow(order, row, last);
  }

  #endTrailing(order: number, row: number): void {
    const { words } = this.#orders;
    const older = this.#terms.get(row, TERMS.OLDER);
    const newer = this.#terms.get(row, TERMS.NEWER);
    if (older !== 0) this.#terms.set(this.#rowOf(older - 1), TERMS.NEWER, newer);
    if (newer !== 0) this.#terms.set(this.#rowOf(newer - 1), TERMS.OLDER, older);
    else this.#newest[2 * words[order * ORDER_WORDS + ORDER.INSTRUMENT]! + words[order * ORDER_WORDS + ORDER.SIDE]!] = older;
  }

  /** A buy's trigger follows prices down, a sell's up. */
  #trail(instrument: number, side: number, price: number): void {
    for (let order = this.#newest[2 * instrument + side]! - 1; order >= 0; ) {
      const row = this.#rowOf(order);
      const extreme = this.#terms.get(row, TERMS.EXTREME);
      if (extreme !== 0 && (side === BUY_SIDE ? extreme <= price : extreme >= price)) return;
      this.#unlink(order);
      this.#follow(order, row, price);
      order = this.#terms.get(row, TERMS.OLDER) - 1;
    }
  }

  /** Puts the trigger at the order's distance from `extreme`; before any trade it has none. */
  #follow(order: number, row: number, extreme: number): void {
    const distance = this.#terms.get(row, TERMS.TRIGGER);
    const isBuy = this.#orders.words[order * ORDER_WORDS + ORDER.SIDE] === BUY_SIDE;
    this.#terms.set(row, TERMS.EXTREME, extreme);
    this.#link(order, extreme === 0 ? 0 : isBuy ? extreme + distance : extreme - distance);
  }

  /** Into the ring of its trigger by age. A trigger that no price can reach has no ring. */
  #link(order: number, trigger: number): void {
    const { words } = this.#orders;
    const at = order * ORDER_WORDS;
    words[at + ORDER.LEVEL] = RING.NONE;
    if (trigger < 1 || trigger > MAX_NUMBER) return;
    words[at + ORDER.PRICE] = trigger;
    const side = this.#side(words[at + ORDER.INSTRUMENT]!, words[at + ORDER.SIDE]!);
    const first = side.find(trigger);
    if (first < 0) return this.#beginRing(side, order, trigger);
    // Trailing stops of one distance move together, the newest first, so each comes before all that are there already.
    const isOldest = this.#orders.idOf(order) < this.#orders.idOf(first);
    let before = words[first * ORDER_WORDS + ORDER.PREVIOUS]!;
    while (!isOldest && this.#orders.idOf(before) > this.#orders.idOf(order)) before = words[before * ORDER_WORDS + ORDER.PREVIOUS]!;
    const after = words[before * ORDER_WORDS + ORDER.NEXT]!;
    words[at + ORDER.PREVIOUS] = before;
    words[at + ORDER.NEXT] = after;
    words[before * ORDER_WORDS + ORDER.NEXT] = order;
    words[after * ORDER_WORDS + ORDER.PREVIOUS] = order;
    words[at + ORDER.LEVEL] = RING.FOLLOWER;
    if (isOldest) this.#lead(side, order, first, trigger);
  }

  #unlink(order: number): void {
    const { words } = this.#orders;
    const at = order * ORDER_WORDS;
    const ring = words[at + ORDER.LEVEL]!;
    if (ring === RING.NONE) return;
    const trigger = words[at + ORDER.PRICE]!;
    const next = words[at + ORDER.NEXT]!;
    const previous = words[at + ORDER.PREVIOUS]!;
    const side = this.#side(words[at + ORDER.INSTRUMENT]!, words[at + ORDER.SIDE]!);
    words[at + ORDER.LEVEL] = RING.NONE;
    if (next === order) return side.remove(trigger);
    words[previous * ORDER_WORDS + ORDER.NEXT] = next;
    words[next * ORDER_WORDS + ORDER.PREVIOUS] = previous;
    if (ring === RING.FIRST) this.#lead(side, next, order, trigger);
  }

  #beginRing(side: BookSide, order: number, trigger: number): void {
    const { words } = this.#orders;
    words[order * ORDER_WORDS + ORDER.PREVIOUS] = order;
    words[order * ORDER_WORDS + ORDER.NEXT] = order;
    words[order * ORDER_WORDS + ORDER.LEVEL] = RING.FIRST;
    side.insert(trigger, order);
  }

  /** `order` is the first of its ring from now on, `before` no longer. */
  #lead(side: BookSide, order: number, before: number, trigger: number): void {
    const { words } = this.#orders;
    if (words[before * ORDER_WORDS + ORDER.LEVEL] === RING.FIRST) words[before * ORDER_WORDS + ORDER.LEVEL] = RING.FOLLOWER;
    words[order * ORDER_WORDS + ORDER.LEVEL] = RING.FIRST;
    side.remove(trigger);
    side.insert(trigger, order);
  }

  #rowOf(order: number): number {
    return this.#orders.words[order * ORDER_WORDS + ORDER.TERMS]!;
  }

  /** Buys wait above the market, so their best trigger is the lowest: sorted as asks are. */
  #side(instrument: number, side: number): BookSide {
    while (this.#sides.length <= 2 * instrument + 1) this.#sides.push(new BookSide(-1), new BookSide(1));
    return this.#sides[2 * instrument + side]!;
  }
}
