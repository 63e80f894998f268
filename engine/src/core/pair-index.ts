// From a pair of integers to a dense index, 0, 1, 2 in order of first appearance: account numbers, instrument numbers,
// positions and limits are all found by it. Open addressing, linear probing, at most half full; nothing is removed.

import type { Parts, Table } from './table.ts';

/** Held here: a global is looked up anew at every use where modules run in a context of their own, as in tests. */
const { imul, clz32 } = Math;
/** Knuth's multiplicative hashing: 2^32 divided by the golden ratio. */
const GOLDEN = 0x9e3779b1;
const MIX = 0x85ebca6b;

export class PairIndex implements Table {
  readonly capacity: number;
  /** The pairs by dense index: `[2 * index]` first, `[2 * index + 1]` second. */
  readonly pairs: Int32Array;
  count = 0;
  readonly #table: Int32Array;
  readonly #mask: number;
  readonly #shift: number;

  /** @param capacity - a power of two. */
  constructor(capacity: number) {
    this.capacity = capacity;
    this.pairs = new Int32Array(2 * capacity);
    this.#table = new Int32Array(2 * capacity);
    this.#mask = 2 * capacity - 1;
    this.#shift = clz32(2 * capacity) + 1;
  }

  contents(parts: Parts): void {
    this.count = parts.number('count', this.count);
    parts.array('pairs', this.pairs, 2 * this.count);
  }

  rebuild(): void {
    for (let index = 0; index < this.count; index++) this.#table[this.#slot(this.pairs[2 * index]!, this.pairs[2 * index + 1]!)] = index + 1;
  }

  /** Index of the pair, or -1. */
  find(a: number, b: number): number {
    const index = this.#table[this.#slot(a, b)]! - 1;
    return index;
  }

  /** Index of the pair, or the one that it would get; -1 when the index is full. Adds nothing. */
  findOrNext(a: number, b: number): number {
    const index = this.find(a, b);
    if (index >= 0) return index;
    return this.count === this.capacity ? -1 : this.count;
  }

  /** Index of the pair, added when it is new; -1 when the index is full. */
  add(a: number, b: number): number {
    const slot = this.#slot(a, b);
    if (this.#table[slot] !== 0) return this.#table[slot]! - 1;
    if (this.count === this.capacity) return -1;
    const index = this.count++;
    this.pairs[2 * index] = a;
    this.pairs[2 * index + 1] = b;
    this.#table[slot] = index + 1;
    return index;
  }

  /** Where the pair stands or would stand. */
  #slot(a: number, b: number): number {
    let slot = imul(a ^ imul(b, MIX), GOLDEN) >>> this.#shift;
    for (;;) {
      const index = this.#table[slot]! - 1;
      if (index < 0 || (this.pairs[2 * index] === a && this.pairs[2 * index + 1] === b)) return slot;
      slot = (slot + 1) & this.#mask;
    }
  }
}
