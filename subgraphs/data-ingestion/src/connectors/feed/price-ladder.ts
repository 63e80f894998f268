// One side of a book: three parallel arrays sorted from the worst price to the best. Nearly all changes are near the best
// price, which is the end, so an insertion or removal moves few elements. The key of a price is its exact integer, negated on
// the ask side so that a greater key is a better price on both.
//
//   bids  keys   9990 9995 10000          asks  keys  -10020 -10010
//         prices 99.9 99.95 100                 prices 100.2  100.1        best is last

import type { PriceLevel } from './contract.ts';
import { isZeroText, scaledInteger } from './decimal-text.ts';
import { DecodeError } from './feed-error.ts';

export class PriceLadder {
  readonly keys: number[] = [];
  readonly prices: string[] = [];
  readonly quantities: string[] = [];
  readonly #sign: 1 | -1;
  /** Prices worse than this are not known to be complete, so they are not kept. */
  #worstKnownKey = -Infinity;

  constructor(side: 'bids' | 'asks') {
    this.#sign = side === 'bids' ? 1 : -1;
  }

  get length(): number {
    return this.keys.length;
  }

  /** Key of the best price, -Infinity when empty. */
  get bestKey(): number {
    return this.keys.length === 0 ? -Infinity : this.keys[this.keys.length - 1]!;
  }

  clear(): void {
    this.keys.length = this.prices.length = this.quantities.length = 0;
    this.#worstKnownKey = -Infinity;
  }

  /** From now on only prices at least as good as the worst one here are kept. */
  boundHere(): void {
    this.#worstKnownKey = this.keys[0] ?? Infinity;
  }

  get bounded(): boolean {
    return this.#worstKnownKey !== -Infinity;
  }

  /**
   * Sets the quantity at a price, removes the price when it is zero.
   *
   * @returns false when the price is outside of what is known; nothing changes then.
   */
  set(price: string, quantity: string, scale: number): boolean {
    const key = this.#sign * scaledInteger(price, scale);
    if (key < this.#worstKnownKey) return false;
    const index = this.#find(key);
    const known = this.keys[index] === key;
    if (isZeroText(quantity)) {
      if (known) this.#remove(index, 1);
    } else if (known) {
      this.prices[index] = price;
      this.quantities[index] = quantity;
    } else if (index === this.keys.length) {
      this.keys.push(key);
      this.prices.push(price);
      this.quantities.push(quantity);
    } else {
      this.keys.splice(index, 0, key);
      this.prices.splice(index, 0, price);
      this.quantities.splice(index, 0, quantity);
    }
    return true;
  }

  /** Cuts the worst prices off. @returns the prices cut, worst first. */
  truncate(depth: number): readonly string[] {
    const excess = this.keys.length - depth;
    if (excess <= 0) return [];
    const cut = this.prices.slice(0, excess);
    this.#remove(0, excess);
    return cut;
  }

  /** Best first. */
  levels(): PriceLevel[] {
    const levels = new Array<PriceLevel>(this.keys.length);
    for (let index = 0, last = this.keys.length - 1; index <= last; index += 1) levels[index] = [this.prices[last - index]!, this.quantities[last - index]!];
    return levels;
  }

  /**
   * Counts prices in finer units.
   *
   * @param factor - a power of ten.
   * @throws {DecodeError} when a price does not fit in 2^53 then.
   */
  refine(factor: number): void {
    for (let index = 0; index < this.keys.length; index += 1) {
      const key = this.keys[index]! * factor;
      if (!Number.isSafeInteger(key)) throw new DecodeError('a price must have at most 15 digits', this.prices[index]);
      this.keys[index] = key;
    }
    this.#worstKnownKey *= factor;
  }

  #remove(index: number, count: number): void {
    this.keys.splice(index, count);
    this.prices.splice(index, count);
    this.quantities.splice(index, count);
  }

  /** Index of the first key not below `key`. */
  #find(key: number): number {
    let low = 0;
    let high = this.keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
