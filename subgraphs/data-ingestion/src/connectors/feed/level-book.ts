// A book of price levels as every venue sends it: absolute quantities by price. It knows nothing of sequences and checksums;
// those are its protocol's machine's.

import type { PriceLevel } from './contract.ts';
import { decimalsOf } from './decimal-text.ts';
import { PriceLadder } from './price-ladder.ts';

/** Levels a side at most; a venue that sends more is not believed. */
export const MAX_LEVELS = 10_000;

export class LevelBook {
  readonly bids = new PriceLadder('bids');
  readonly asks = new PriceLadder('asks');
  /** Decimals of the finest price so far; prices are compared as integers of 10^-scale. */
  #scale = 0;

  clear(): void {
    this.bids.clear();
    this.asks.clear();
  }

  /** @param limit - what was asked for: a side this long or longer has more levels than were sent, so the rest is unknown. */
  replace(bids: readonly PriceLevel[], asks: readonly PriceLevel[], limit = Infinity): void {
    this.clear();
    // Worst first, so that every insertion is at the end.
    for (let index = bids.length - 1; index >= 0; index -= 1) this.#set(this.bids, bids[index]!);
    for (let index = asks.length - 1; index >= 0; index -= 1) this.#set(this.asks, asks[index]!);
    if (bids.length >= limit) this.bids.boundHere();
    if (asks.length >= limit) this.asks.boundHere();
  }

  /**
   * Applies changes of one side in order.
   *
   * @returns the changes within what is known of the side: `changes` itself when all are.
   * @throws {DecodeError} for a price of too many digits; the book is half changed then.
   */
  apply(side: 'bids' | 'asks', changes: readonly PriceLevel[]): readonly PriceLevel[] {
    const ladder = this[side];
    let kept: PriceLevel[] | undefined;
    for (let index = 0; index < changes.length; index += 1) {
      const change = changes[index]!;
      if (this.#set(ladder, change)) kept?.push(change);
      else kept ??= changes.slice(0, index);
    }
    return kept ?? changes;
  }

  /** What no true book is, or undefined. */
  fault(): string | undefined {
    if (this.bids.length > 0 && this.asks.length > 0 && this.bids.bestKey >= -this.asks.bestKey) {
      return `book is crossed: bid ${this.bids.prices.at(-1)!}, ask ${this.asks.prices.at(-1)!}`;
    }
    if (this.bids.length > MAX_LEVELS || this.asks.length > MAX_LEVELS) return `book has more than ${MAX_LEVELS} levels a side`;
    return undefined;
  }

  #set(ladder: PriceLadder, [price, quantity]: PriceLevel): boolean {
    const decimals = decimalsOf(price);
    if (decimals > this.#scale) {
      const factor = 10 ** (decimals - this.#scale);
      this.bids.refine(factor);
      this.asks.refine(factor);
      this.#scale = decimals;
    }
    return ladder.set(price, quantity, this.#scale);
  }
}
