// One instrument's resting orders summed by price, built from a snapshot and the level events after it. Each side is an
// array sorted worst first: changes happen near the best price, so an insert moves a few entries at the array's end.

import type { Side } from '@mib/model/trading';
import type { LevelView } from '@mib/proto/engine-client';

export class L2Book {
  readonly #bids: LevelView[] = [];
  readonly #asks: LevelView[] = [];

  /** `bids` and `asks`: best first. */
  constructor(bids: readonly LevelView[] = [], asks: readonly LevelView[] = []) {
    this.#bids = bids.toReversed();
    this.#asks = asks.toReversed();
  }

  /** Sets one level to what it is now; 0 lots removes it. */
  set(side: Side, priceTicks: number, quantityLots: number, orders: number): void {
    const levels = this.#side(side);
    const index = position(levels, side, priceTicks);
    const present = levels[index]?.[0] === priceTicks;
    if (quantityLots === 0) {
      if (present) levels.splice(index, 1);
    } else {
      levels.splice(index, present ? 1 : 0, [priceTicks, quantityLots, orders]);
    }
  }

  best(side: Side): LevelView | null {
    return this.#side(side).at(-1) ?? null;
  }

  /** Best first, at most `depth`. */
  top(side: Side, depth: number): readonly LevelView[] {
    return this.#side(side).slice(-depth).reverse();
  }

  get isEmpty(): boolean {
    return this.#bids.length === 0 && this.#asks.length === 0;
  }

  #side(side: Side): LevelView[] {
    return side === 'BUY' ? this.#bids : this.#asks;
  }
}

/** Index of `priceTicks` in a side sorted worst first, or where it belongs. */
function position(levels: readonly LevelView[], side: Side, priceTicks: number): number {
  const isWorse = (price: number): boolean => (side === 'BUY' ? price < priceTicks : price > priceTicks);
  let low = 0;
  let high = levels.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isWorse(levels[middle]![0])) low = middle + 1;
    else high = middle;
  }
  return low;
}
