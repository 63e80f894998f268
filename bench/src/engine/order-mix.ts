// The streams of orders that every book under test gets: seeded, so that each sees the same ones, and kept by a plain book
// of its own, so that cancels aim at orders that are open and the count of resting orders stays where it is wanted.
//
//   quoting   10 placed : 9 cancelled : 1 takes     (market makers, most orders never trade)
//   trading   10 placed : 2 cancelled : 8 take      (every order that rests is taken or nearly so)
//
// Prices lie around a wandering middle, exponentially distributed with a mean of 200 ticks; one in 100 is anywhere between
// 1 and 2,000,000 ticks, as a book over the whole price range has to bear.

export const MIXES = ['quoting', 'trading'] as const;
export type Mix = (typeof MIXES)[number];

/** Five words a command: operation, side (1 buy, 2 sell), price in ticks, lots, order id (of a cancel: whom it takes out). */
export const STEP_WORDS = 5;
export const STEP = { OPERATION: 0, SIDE: 1, PRICE: 2, LOTS: 3, ID: 4 } as const;
export const OPERATION = { REST: 1, TAKE: 2, CANCEL: 3 } as const;

export interface OrderMix {
  readonly steps: Int32Array;
  /** The first so many steps only fill the book. */
  readonly fillCount: number;
  readonly count: number;
}

/** What every book must agree on after a stream. */
export interface Tally {
  readonly trades: number;
  readonly lots: number;
  /** Over the maker's id of every trade, in order. */
  readonly checksum: number;
}

const CANCEL_SHARE: Readonly<Record<Mix, number>> = { quoting: 0.9, trading: 0.2 };
const FIRST_MIDDLE = 1_000_000;
const MEAN_DISTANCE = 200;
const FAR_SHARE = 0.01;
const MAX_LOTS = 100;
const WANDER_SHARE = 0.02;

/** @param resting - orders in the book, kept within a few. @param count - steps after the book is filled. */
export function makeOrderMix(mix: Mix, resting: number, count: number, seed = 1): OrderMix {
  const random = mulberry32(seed);
  const book = new PlainBook();
  const fillCount = resting;
  const steps = new Int32Array((fillCount + count) * STEP_WORDS);
  let middle = FIRST_MIDDLE;
  for (let i = 0; i < fillCount + count; i++) {
    if (random() < WANDER_SHARE) middle += random() < 0.5 ? -1 : 1;
    const at = i * STEP_WORDS;
    const id = i + 1;
    const side = random() < 0.5 ? 1 : 2;
    const lots = 1 + Math.floor(random() * MAX_LOTS);
    const wantsMore = i < fillCount || random() < (book.open.length < resting ? 0.6 : 0.4);
    if (wantsMore) {
      const far = random() < FAR_SHARE;
      const distance = far ? Math.floor(random() * (FIRST_MIDDLE - 1)) : 1 + Math.floor(-Math.log(1 - random()) * MEAN_DISTANCE);
      const price = side === 1 ? middle - distance : middle + distance;
      steps.set([OPERATION.REST, side, price, lots, id], at);
      book.rest(id, side, price, book.take(side, price, lots));
    } else if (random() < CANCEL_SHARE[mix]) {
      const target = book.open[Math.floor(random() * book.open.length)]!;
      steps.set([OPERATION.CANCEL, target.side, target.price, 0, target.id], at);
      book.remove(target);
    } else {
      const price = side === 1 ? middle + 10 * MEAN_DISTANCE : middle - 10 * MEAN_DISTANCE;
      steps.set([OPERATION.TAKE, side, price, lots, id], at);
      book.take(side, price, lots);
    }
  }
  return { steps, fillCount, count };
}

export function checksumOf(checksum: number, makerId: number): number {
  return (Math.imul(checksum, 31) + makerId) | 0;
}

interface Open {
  readonly id: number;
  readonly side: number;
  readonly price: number;
  lots: number;
  /** Place in `open`. */
  place: number;
}

/** Price-time priority with maps and scans: slow, and not timed. */
class PlainBook {
  readonly open: Open[] = [];
  readonly #levels = [new Map<number, Open[]>(), new Map<number, Open[]>()];
  /** Best first, per side. */
  readonly #prices: number[][] = [[], []];

  rest(id: number, side: number, price: number, lots: number): void {
    if (lots === 0) return;
    const order = { id, side, price, lots, place: this.open.push(undefined as never) - 1 };
    this.open[order.place] = order;
    const level = this.#levels[side - 1]!.get(price);
    if (level) return void level.push(order);
    this.#levels[side - 1]!.set(price, [order]);
    const prices = this.#prices[side - 1]!;
    let low = 0;
    for (let high = prices.length; low < high; ) {
      const between = (low + high) >>> 1;
      if (side === 1 ? prices[between]! > price : prices[between]! < price) low = between + 1;
      else high = between;
    }
    prices.splice(low, 0, price);
  }

  /** @returns the lots left. */
  take(side: number, limit: number, lots: number): number {
    const prices = this.#prices[2 - side]!;
    let left = lots;
    while (left > 0 && prices.length > 0 && (side === 1 ? prices[0]! <= limit : prices[0]! >= limit)) {
      const maker = this.#levels[2 - side]!.get(prices[0]!)![0]!;
      const traded = Math.min(left, maker.lots);
      left -= traded;
      maker.lots -= traded;
      if (maker.lots === 0) this.remove(maker);
    }
    return left;
  }

  remove(order: Open): void {
    const last = this.open.pop()!;
    if (last !== order) {
      this.open[order.place] = last;
      last.place = order.place;
    }
    const levels = this.#levels[order.side - 1]!;
    const level = levels.get(order.price)!;
    level.splice(level.indexOf(order), 1);
    if (level.length > 0) return;
    levels.delete(order.price);
    const prices = this.#prices[order.side - 1]!;
    prices.splice(prices.indexOf(order.price), 1);
  }
}

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
