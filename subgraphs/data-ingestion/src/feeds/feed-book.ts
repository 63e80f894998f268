// One instrument's outside book between the connector that knows it whole and the engine that shows its best levels. What
// changes between two flushes comes out as one absolute quantity a level: a fast venue makes batches fuller, not longer
// queues, and a book never waits with more than two sides of SHOWN_LEVELS.
//
//   SNAPSHOT, CHANGES ─► kept levels ─► flush: best SHOWN_LEVELS of each side, less what is shown already ─► level commands

import type { Side } from '@mib/model/trading';
import { MAX_NUMBER } from '@mib/proto/engine-commands';
import type { BookUpdate, PriceLevel } from '../connectors/feed/contract.ts';
import { readDigits, type Digits, type Step } from './digits.ts';

/** Levels a side that the engine shows; the graph's deepest book is half of it. */
export const SHOWN_LEVELS = 200;
/** Levels a side that are kept to move up; connectors keep fewer. */
const MAX_KEPT_LEVELS = 10_000;

export interface LevelChange {
  readonly side: Side;
  readonly priceTicks: number;
  /** 0 takes the level away. */
  readonly quantityLots: number;
}

export class FeedBook {
  readonly #tick: Step;
  readonly #lot: Step;
  readonly #bids = new FeedSide(1);
  readonly #asks = new FeedSide(-1);
  readonly #digits: Digits = { units: 0, scale: 0 };

  constructor(tick: Step, lot: Step) {
    this.#tick = tick;
    this.#lot = lot;
  }

  /** @returns how many levels were refused: a price off the tick grid, or what is no number. */
  apply({ kind, bids, asks }: BookUpdate): number {
    if (kind === 'SNAPSHOT') {
      this.#bids.clear();
      this.#asks.clear();
    }
    return this.#take(this.#bids, bids) + this.#take(this.#asks, asks);
  }

  /** Best bid at or above best ask: a venue shows so only in an auction, or for a moment while it is put together. */
  get isCrossed(): boolean {
    return this.#bids.count > 0 && this.#asks.count > 0 && this.#bids.bestTicks >= this.#asks.bestTicks;
  }

  /**
   * What the engine has to be told to show what is known; it counts as shown from then on. First goes what would cross the
   * new best prices, then others come, then the rest goes: on the way each best price is the one of before or the new one.
   */
  flush(): readonly LevelChange[] {
    const gone: LevelChange[] = [];
    const come: LevelChange[] = [];
    this.#bids.flush('BUY', gone, come);
    this.#asks.flush('SELL', gone, come);
    if (gone.length === 0) return come;
    const bestBid = this.#bids.count > 0 ? this.#bids.bestTicks : -Infinity;
    const bestAsk = this.#asks.count > 0 ? this.#asks.bestTicks : Infinity;
    const isInTheWay = ({ side, priceTicks }: LevelChange): boolean => (side === 'BUY' ? priceTicks >= bestAsk : priceTicks <= bestBid);
    return [...gone.filter(isInTheWay), ...come, ...gone.filter((change) => !isInTheWay(change))];
  }

  /** The engine shows nothing of this any more. */
  forgetShown(): void {
    this.#bids.forgetShown();
    this.#asks.forgetShown();
  }

  /** The engine did not take this level. */
  refused({ side, priceTicks }: LevelChange): void {
    (side === 'BUY' ? this.#bids : this.#asks).refused(priceTicks);
  }

  #take(side: FeedSide, levels: readonly PriceLevel[]): number {
    const digits = this.#digits;
    let refused = 0;
    for (const [price, quantity] of levels) {
      const ticks = readDigits(price, digits) ? this.#tick.exact(digits) : -1;
      if (ticks < 1 || ticks > MAX_NUMBER || !readDigits(quantity, digits)) refused++;
      else side.set(ticks, digits.units === 0 ? 0 : shownLots(this.#lot.floor(digits)));
    }
    return refused;
  }
}

/** The engine's lot may be coarser than the venue's: rounded down, but a price that is quoted is never left out. */
function shownLots(lots: number): number {
  return Math.min(Math.max(lots, 1), MAX_NUMBER);
}

/** Prices are kept times `sign`, ascending, so that the best is always the last: changes happen there. */
class FeedSide {
  readonly #sign: number;
  readonly #kept = new Map<number, number>();
  readonly #shown = new Map<number, number>();
  readonly #dirty = new Set<number>();
  #prices: number[] = [];
  #wasCut = false;

  constructor(sign: 1 | -1) {
    this.#sign = sign;
  }

  get count(): number {
    return this.#prices.length;
  }

  get bestTicks(): number {
    return this.#sign * this.#prices.at(-1)!;
  }

  clear(): void {
    this.#kept.clear();
    this.#prices = [];
    for (const price of this.#shown.keys()) this.#dirty.add(price);
  }

  set(ticks: number, lots: number): void {
    const price = this.#sign * ticks;
    if (lots === 0) {
      if (!this.#kept.delete(price)) return;
      this.#prices.splice(this.#place(price), 1);
    } else {
      if (!this.#kept.has(price) && !this.#insert(price)) return;
      this.#kept.set(price, lots);
    }
    this.#dirty.add(price);
  }

  flush(side: Side, gone: LevelChange[], come: LevelChange[]): void {
    const isCut = this.count > SHOWN_LEVELS;
    if (isCut || this.#wasCut) {
      for (const price of this.#shown.keys()) this.#dirty.add(price);
      for (const price of this.#prices.slice(-SHOWN_LEVELS)) this.#dirty.add(price);
    }
    this.#wasCut = isCut;
    const worst = isCut ? this.#prices[this.count - SHOWN_LEVELS]! : -Infinity;
    for (const price of this.#dirty) {
      const lots = price < worst ? 0 : (this.#kept.get(price) ?? 0);
      if (lots === (this.#shown.get(price) ?? 0)) continue;
      if (lots === 0) this.#shown.delete(price);
      else this.#shown.set(price, lots);
      (lots === 0 ? gone : come).push({ side, priceTicks: this.#sign * price, quantityLots: lots });
    }
    this.#dirty.clear();
  }

  forgetShown(): void {
    this.#shown.clear();
    for (const price of this.#prices) this.#dirty.add(price);
  }

  refused(ticks: number): void {
    this.#shown.delete(this.#sign * ticks);
    this.#dirty.add(this.#sign * ticks);
  }

  /** @returns false for a price that is worse than all of a full side. */
  #insert(price: number): boolean {
    const place = this.#place(price);
    if (this.count >= MAX_KEPT_LEVELS) {
      if (place === 0) return false;
      const worst = this.#prices.shift()!;
      this.#kept.delete(worst);
      this.#dirty.add(worst);
      this.#prices.splice(place - 1, 0, price);
    } else this.#prices.splice(place, 0, price);
    return true;
  }

  /** Index of the price, or where it belongs. */
  #place(price: number): number {
    const prices = this.#prices;
    let low = 0;
    let high = prices.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (prices[middle]! < price) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
