// All open orders, 64 bytes each, in one block of memory with a last-in-first-out free list, and the way from an order
// id to its place. Ids are found by open addressing with backward-shift deletion: no tombstones, so a book that has
// seen a billion orders probes as little as a new one.

import * as fromCapacities from './capacities.ts';
import type { Parts, Table } from './table.ts';

/** Held here: a global is looked up anew at every use where modules run in a context of their own, as in tests. */
const { imul, clz32 } = Math;
export const ORDER_WORDS = 16;
export const ORDER_NUMBERS = ORDER_WORDS / 2;
/** Word offsets within an order; its id is a float64 over words 0-1. */
export const ORDER = {
  REMAINING: 2,
  PRICE: 3,
  ACCOUNT: 4,
  POSITION: 5,
  INSTRUMENT: 6,
  SIDE: 7,
  PREVIOUS: 8,
  NEXT: 9,
  LEVEL: 10,
  /** 1 for the single order behind a venue participant's level, else 0. */
  IS_VENUE_LEVEL: 11,
  QUANTITY: 12,
  /** Row of its terms; 0 for a plain order: LIMIT, GTC, no flags. */
  TERMS: 13,
} as const;

/** Held here: V8 folds a module's own constants into the code, one that is exported or imported it loads at every use. */
const { MAX_ACCOUNTS, MAX_OPEN_ORDERS } = fromCapacities;
const WORDS = ORDER_WORDS;
const NUMBERS = WORDS / 2;
const { ACCOUNT, NEXT } = ORDER;
const TABLE_SLOTS = 2 * MAX_OPEN_ORDERS;
const MASK = TABLE_SLOTS - 1;
const SHIFT = clz32(TABLE_SLOTS) + 1;
const GOLDEN = 0x9e3779b1;

export class OrderArena implements Table {
  readonly words: Int32Array;
  readonly ids: Float64Array;
  /** Orders now open, and of them each account's. */
  count = 0;
  readonly countOf = new Int32Array(MAX_ACCOUNTS);
  /** Places ever used; those from here on are untouched. */
  highWater = 0;
  freeHead = -1;
  readonly #table = new Int32Array(TABLE_SLOTS);

  constructor() {
    const buffer = new ArrayBuffer(MAX_OPEN_ORDERS * WORDS * 4);
    this.words = new Int32Array(buffer);
    this.ids = new Float64Array(buffer);
  }

  contents(parts: Parts): void {
    this.count = parts.number('count', this.count);
    this.highWater = parts.number('highWater', this.highWater);
    this.freeHead = parts.number('freeHead', this.freeHead);
    parts.array('words', this.words, this.highWater * WORDS);
  }

  /** Every place that is not on the free list holds an open order, whose id goes into the table. */
  rebuild(): void {
    const isFree = new Uint8Array(this.highWater);
    for (let order = this.freeHead; order >= 0; order = this.words[order * WORDS + NEXT]!) isFree[order] = 1;
    for (let order = 0; order < this.highWater; order++) {
      if (isFree[order] !== 0) continue;
      this.#remember(order);
      this.countOf[this.words[order * WORDS + ACCOUNT]!]!++;
    }
  }

  get isFull(): boolean {
    return this.count === MAX_OPEN_ORDERS;
  }

  idOf(order: number): number {
    return this.ids[order * NUMBERS]!;
  }

  /** Takes a place for the order `id`; its other words are stale and the caller writes them all. */
  allocate(id: number, account: number): number {
    let order = this.freeHead;
    if (order >= 0) this.freeHead = this.words[order * WORDS + NEXT]!;
    else order = this.highWater++;
    this.count++;
    this.ids[order * NUMBERS] = id;
    this.words[order * WORDS + ACCOUNT] = account;
    this.countOf[account]!++;
    this.#remember(order);
    return order;
  }

  /** Place of the open order `id`, or -1. */
  find(id: number): number {
    let slot = hash(id);
    for (;;) {
      const order = this.#table[slot]! - 1;
      if (order < 0 || this.idOf(order) === id) return order;
      slot = (slot + 1) & MASK;
    }
  }

  free(order: number): void {
    this.#forget(this.idOf(order));
    this.countOf[this.words[order * WORDS + ACCOUNT]!]!--;
    this.words[order * WORDS + NEXT] = this.freeHead;
    this.freeHead = order;
    this.count--;
  }

  #remember(order: number): void {
    let slot = hash(this.idOf(order));
    while (this.#table[slot] !== 0) slot = (slot + 1) & MASK;
    this.#table[slot] = order + 1;
  }

  /** Empties the id's slot, then moves back every later entry that the gap would cut off from its home. */
  #forget(id: number): void {
    const table = this.#table;
    let gap = hash(id);
    while (this.idOf(table[gap]! - 1) !== id) gap = (gap + 1) & MASK;
    for (let slot = (gap + 1) & MASK; table[slot] !== 0; slot = (slot + 1) & MASK) {
      const home = hash(this.idOf(table[slot]! - 1));
      if (((slot - home) & MASK) >= ((slot - gap) & MASK)) {
        table[gap] = table[slot]!;
        gap = slot;
      }
    }
    table[gap] = 0;
  }
}

/** Ids that follow each other share a line of memory of 16 slots; the lines lie anywhere. */
function hash(id: number): number {
  return ((imul(id >>> 4, GOLDEN) >>> SHIFT) & ~15) | (id & 15);
}
