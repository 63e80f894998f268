// An invented trading day of one stock, seeded: orders that rest before it begins, then new orders, cancels, replacements
// and marketable orders that are matched by price and time. No LOBSTER or ITCH file may be shipped, so tests, the fuzzer
// and the bench write theirs from this. Everything in it is synthetic.

import { createRandom, nextInteger, type Random } from '../../../domain/random.ts';
import { DayBook, type DayOrder } from './day-book.ts';

export interface MarketDayOptions {
  readonly seed: number;
  /** Events after the start; a marketable order makes one for each order it meets. */
  readonly count: number;
  /** Orders that rest before the first event. */
  readonly resting: number;
}

/** `side` is that of the resting order. `rank` is how many levels are better than the one that changes. */
export interface DayEvent {
  readonly kind: 'add' | 'cancel' | 'delete' | 'execute' | 'hidden' | 'cross' | 'halt';
  readonly timeNs: number;
  readonly id: number;
  readonly size: number;
  /** In ten-thousandths. */
  readonly price: number;
  readonly side: 1 | -1;
  readonly rank: number;
  /** An add that takes the place of the order deleted by the event before it, a delete that makes place. */
  readonly replaces?: number;
  readonly replacedBy?: number;
}

const TICK = 100;
const FIRST_MIDDLE = 1_000_000;
const MEAN_DISTANCE_TICKS = 12;
const MAX_SHARES = 400;
const OPEN_NS = 34_200_000_000_000;
const CLOSE_NS = 57_600_000_000_000;

export class MarketDay {
  readonly book = new DayBook();
  readonly #random: Random;
  readonly #options: MarketDayOptions;
  #middle = FIRST_MIDDLE;
  #timeNs = OPEN_NS;
  #lastId = 0;

  constructor(options: MarketDayOptions) {
    this.#options = options;
    this.#random = createRandom(options.seed);
    while (this.book.open.length < options.resting) {
      const side = this.#side();
      const price = this.#quote(side);
      if (!this.#crosses(side, price)) this.book.add(this.#nextId(), side, price, this.#shares());
    }
  }

  /** Each event as the book has just taken it. */
  *events(): Generator<DayEvent> {
    let left = this.#options.count;
    while (left > 0) {
      this.#middle += this.#random() < 0.02 ? TICK * this.#side() : 0;
      const pause = ((CLOSE_NS - OPEN_NS) / this.#options.count) * 2 * this.#random();
      this.#timeNs = Math.min(CLOSE_NS, this.#timeNs + Math.floor(pause));
      for (const event of this.#act()) {
        yield event;
        if (--left === 0) return;
      }
    }
  }

  *#act(): Generator<DayEvent> {
    const dice = this.#random();
    const isThin = this.book.open.length < this.#options.resting;
    if (dice < (isThin ? 0.6 : 0.4)) yield* this.#limit();
    else if (dice < 0.75) yield* this.#withdraw('delete');
    else if (dice < 0.82) yield* this.#withdraw('cancel');
    else if (dice < 0.88) yield* this.#replace();
    else if (dice < 0.96) yield* this.#market();
    else if (dice < 0.99) yield this.#event('hidden', { id: 0, size: this.#shares(), price: this.#middle, side: this.#side(), rank: 0 });
    else if (dice < 0.995) yield this.#event('cross', { id: 1 + nextInteger(this.#random, 0, 2), size: this.#shares(), price: this.#middle, side: -1, rank: 0 });
    else yield this.#event('halt', { id: 0, size: 0, price: nextInteger(this.#random, -1, 1), side: -1, rank: 0 });
  }

  *#limit(): Generator<DayEvent> {
    const side = this.#side();
    const price = this.#quote(side);
    let size = this.#shares();
    for (let best = this.book.best(flip(side)); size > 0 && best && this.#crosses(side, price); best = this.book.best(flip(side))) {
      const traded = Math.min(size, best.size);
      size -= traded;
      yield this.#reduce('execute', best, traded);
    }
    if (size > 0) yield this.#add(side, price, size);
  }

  *#market(): Generator<DayEvent> {
    const side = this.#side();
    for (let size = this.#shares(), best = this.book.best(side); size > 0 && best; best = this.book.best(side)) {
      const traded = Math.min(size, best.size);
      size -= traded;
      yield this.#reduce('execute', best, traded);
    }
  }

  *#withdraw(kind: 'cancel' | 'delete'): Generator<DayEvent> {
    const order = this.#anyOrder();
    if (!order) return;
    if (kind === 'delete' || order.size === 1) yield this.#reduce('delete', order, order.size);
    else yield this.#reduce('cancel', order, nextInteger(this.#random, 1, order.size - 1));
  }

  *#replace(): Generator<DayEvent> {
    const order = this.#anyOrder();
    if (!order) return;
    const price = this.#quote(order.side);
    if (this.#crosses(order.side, price)) return;
    const newId = this.#nextId();
    yield { ...this.#reduce('delete', order, order.size), replacedBy: newId };
    this.book.add(newId, order.side, price, this.#shares());
    const added = this.book.open.at(-1)!;
    yield this.#event('add', { id: newId, size: added.size, price, side: order.side, rank: this.book.rank(order.side, price), replaces: order.id });
  }

  #add(side: 1 | -1, price: number, size: number): DayEvent {
    const { id } = this.book.add(this.#nextId(), side, price, size);
    return this.#event('add', { id, size, price, side, rank: this.book.rank(side, price) });
  }

  #reduce(kind: 'cancel' | 'delete' | 'execute', order: DayOrder, size: number): DayEvent {
    const rank = this.book.rank(order.side, order.price);
    this.book.reduce(order, size);
    return this.#event(kind, { id: order.id, size, price: order.price, side: order.side, rank });
  }

  #event(kind: DayEvent['kind'], rest: Omit<DayEvent, 'kind' | 'timeNs'>): DayEvent {
    return { kind, timeNs: this.#timeNs, ...rest };
  }

  #anyOrder(): DayOrder | undefined {
    const { open } = this.book;
    return open[Math.floor(this.#random() * open.length)];
  }

  #crosses(side: 1 | -1, price: number): boolean {
    const best = this.book.prices(flip(side))[0];
    return best !== undefined && (price - best) * side >= 0;
  }

  #quote(side: 1 | -1): number {
    const distance = Math.floor(-Math.log(1 - this.#random()) * MEAN_DISTANCE_TICKS) - 1;
    return Math.max(TICK, this.#middle - side * distance * TICK);
  }

  #side(): 1 | -1 {
    return this.#random() < 0.5 ? 1 : -1;
  }

  #shares(): number {
    return nextInteger(this.#random, 1, MAX_SHARES);
  }

  #nextId(): number {
    return ++this.#lastId;
  }
}

function flip(side: 1 | -1): 1 | -1 {
  return side === 1 ? -1 : 1;
}
