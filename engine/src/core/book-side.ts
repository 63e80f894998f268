// One side of one instrument's book: its price levels, sorted so that the best is last. Most changes are near the best
// price, so an insertion moves few entries; any price may appear, there is no ladder to re-centre. Both sides sort
// ascending by key: the price for bids, the negated price for asks.

import type { Parts, Table } from './table.ts';

const FIRST_SIZE = 16;

export class BookSide implements Table {
  /** 1 for bids, -1 for asks: key = sign * price. */
  readonly sign: 1 | -1;
  keys = new Int32Array(FIRST_SIZE);
  levels = new Int32Array(FIRST_SIZE);
  count = 0;

  constructor(sign: 1 | -1) {
    this.sign = sign;
  }

  contents(parts: Parts): void {
    this.count = parts.number('count', this.count);
    while (this.keys.length < this.count) this.#grow();
    parts.array('keys', this.keys, this.count);
    parts.array('levels', this.levels, this.count);
  }

  /** Price of the best level, 0 when the side is empty. */
  bestPrice(): number {
    return this.count === 0 ? 0 : this.sign * this.keys[this.count - 1]!;
  }

  priceAt(position: number): number {
    return this.sign * this.keys[position]!;
  }

  /** Level at `price`, or -1. */
  find(price: number): number {
    const position = this.#lowerBound(this.sign * price);
    return position < this.count && this.keys[position] === this.sign * price ? this.levels[position]! : -1;
  }

  insert(price: number, level: number): void {
    if (this.count === this.keys.length) this.#grow();
    const key = this.sign * price;
    const position = this.#lowerBound(key);
    this.keys.copyWithin(position + 1, position, this.count);
    this.levels.copyWithin(position + 1, position, this.count);
    this.keys[position] = key;
    this.levels[position] = level;
    this.count++;
  }

  remove(price: number): void {
    const position = this.#lowerBound(this.sign * price);
    this.keys.copyWithin(position, position + 1, this.count);
    this.levels.copyWithin(position, position + 1, this.count);
    this.count--;
  }

  /** First position whose key is not below `key`; looks at the best end first. */
  #lowerBound(key: number): number {
    const keys = this.keys;
    let high = this.count;
    if (high === 0 || keys[high - 1]! < key) return high;
    let low = 0;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #grow(): void {
    const keys = new Int32Array(2 * this.keys.length);
    const levels = new Int32Array(2 * this.levels.length);
    keys.set(this.keys);
    levels.set(this.levels);
    this.keys = keys;
    this.levels = levels;
  }
}
