// One side of a LOBSTER day's book: the levels of the published depth, best first, each a queue of known orders and an
// anonymous rest. A message costs a look at the few levels before its price; levels move by copying within small arrays.

import { LOBSTER_TYPE, type LobsterMessage } from './lobster-message.ts';
import type { PublishedSide } from './lobster-row.ts';
import { widened, type OrderIndex } from './order-index.ts';

const NONE = -1;

/** `#levels[i]` is the place of level i in the columns by level, which do not move when levels do. */
export class LobsterSide {
  readonly #depth: number;
  /** 1 for asks, whose prices rise from level to level, -1 for bids. */
  readonly #direction: 1 | -1;
  readonly #orders: OrderIndex;
  readonly #prices: Float64Array;
  readonly #sizes: Float64Array;
  readonly #levels: Int32Array;
  #count = 0;
  /** A full row was published last: orders come and go behind it that nobody tells of. Behind a row that ends early is nothing. */
  #hasUnknownBehind = false;
  readonly #anonymous: Float64Array;
  readonly #heads: Int32Array;
  readonly #tails: Int32Array;
  #remaining = new Float64Array(0);
  /** NONE for what is not an open order of this side: slots are those of the whole book. */
  #orderLevels = new Int32Array(0);
  #before = new Int32Array(0);
  #after = new Int32Array(0);

  constructor(depth: number, direction: 1 | -1, orders: OrderIndex) {
    this.#depth = depth;
    this.#direction = direction;
    this.#orders = orders;
    // One place more than is published: a new level stands there for as long as the last one takes to be forgotten.
    const places = depth + 1;
    this.#prices = new Float64Array(places);
    this.#sizes = new Float64Array(places);
    this.#levels = Int32Array.from({ length: places }, (_, index) => index);
    this.#anonymous = new Float64Array(places);
    this.#heads = new Int32Array(places).fill(NONE);
    this.#tails = new Int32Array(places).fill(NONE);
  }

  get count(): number {
    return this.#count;
  }

  /** `index` is 0..count - 1, best first. */
  priceAt(index: number): number {
    return this.#prices[index]!;
  }

  sizeAt(index: number): number {
    return this.#sizes[index]!;
  }

  /** Sizes of the known orders of a level, oldest first; what the level has beyond them is anonymous and older. */
  ordersAt(index: number): number[] {
    const sizes: number[] = [];
    for (let slot = this.#heads[this.#levels[index]!]!; slot !== NONE; slot = this.#after[slot]!) sizes.push(this.#remaining[slot]!);
    return sizes;
  }

  /** Takes the levels over, all anonymous. The index of orders has been cleared. */
  seed(published: PublishedSide): void {
    this.#heads.fill(NONE);
    this.#tails.fill(NONE);
    this.#orderLevels.fill(NONE);
    this.#count = 0;
    this.#takeOver(published);
    this.#hasUnknownBehind = this.#count === this.#depth;
  }

  /** Gives an order that a seeded level holds anonymously its name; nothing where there is no such level. */
  nameAnonymous({ idHigh, idLow, price, size }: LobsterMessage): void {
    const index = this.#find(price);
    if (index === NONE || this.#sizes[index]! < size) return;
    const level = this.#levels[index]!;
    this.#anonymous[level]! -= size;
    this.#append(level, this.#orders.add(idHigh, idLow), size);
  }

  add({ idHigh, idLow, price, size }: LobsterMessage): string | undefined {
    if (this.#orders.find(idHigh, idLow) !== NONE) return `order ${idHigh * 2 ** 32 + idLow} is open already`;
    let index = this.#find(price);
    if (index === NONE) {
      index = this.#placeOf(price);
      // Behind all that is published: the row does not show it.
      if (index >= this.#depth || (index === this.#count && this.#hasUnknownBehind)) return undefined;
      this.#insert(index, price);
    }
    this.#sizes[index]! += size;
    this.#append(this.#levels[index]!, this.#orders.add(idHigh, idLow), size);
    return undefined;
  }

  /** Cancels, deletes or executes `size` of one order. */
  reduce({ type, idHigh, idLow, price, size }: LobsterMessage): string | undefined {
    const index = this.#find(price);
    if (index === NONE) {
      if (this.#placeOf(price) === this.#count && this.#hasUnknownBehind) return undefined;
      return `there is no level ${price} to take ${size} from`;
    }
    const level = this.#levels[index]!;
    const slot = this.#orders.find(idHigh, idLow);
    if (slot === NONE) {
      if (this.#anonymous[level]! < size) return `level ${price} has ${this.#anonymous[level]} of unknown orders, ${size} leave`;
      this.#anonymous[level]! -= size;
    } else {
      if (this.#orderLevels[slot] !== level) return `order ${idHigh * 2 ** 32 + idLow} does not rest at ${price}`;
      const rest = this.#remaining[slot]! - size;
      if (rest < 0 || (type === LOBSTER_TYPE.DELETE && rest !== 0)) return `order ${idHigh * 2 ** 32 + idLow} has ${this.#remaining[slot]}, ${size} leave`;
      if (rest === 0) this.#unlink(level, slot);
      else this.#remaining[slot] = rest;
    }
    this.#sizes[index]! -= size;
    if (this.#sizes[index] === 0) this.#removeLevel(index);
    return undefined;
  }

  /** @returns the first difference, or undefined. */
  reconcile(published: PublishedSide): string | undefined {
    if (this.#count > this.#depth) this.#forgetLast();
    const count = this.#count;
    if (published.count < count) return this.#difference(published, published.count);
    const { prices, sizes } = published;
    for (let index = 0; index < count; index += 1) {
      if (prices[index] !== this.#prices[index] || sizes[index] !== this.#sizes[index]) return this.#difference(published, index);
    }
    if (count < this.#depth) {
      if (!this.#hasUnknownBehind && published.count > count) return this.#difference(published, count);
      this.#takeOver(published);
    }
    this.#hasUnknownBehind = this.#count === this.#depth;
    return undefined;
  }

  /** Levels of the row behind our last one. */
  #takeOver(published: PublishedSide): void {
    for (let index = this.#count; index < published.count; index += 1) {
      const level = this.#levels[index]!;
      this.#prices[index] = published.prices[index]!;
      this.#sizes[index] = this.#anonymous[level] = published.sizes[index]!;
    }
    this.#count = published.count;
  }

  #difference(published: PublishedSide, index: number): string {
    const ours = index < this.#count ? `${this.#sizes[index]} at ${this.#prices[index]}` : 'no level';
    const theirs = index < published.count ? `${published.sizes[index]} at ${published.prices[index]}` : 'no level';
    return `${this.#direction === 1 ? 'ask' : 'bid'} ${index + 1} is ${ours}, published is ${theirs}`;
  }

  #find(price: number): number {
    for (let index = 0; index < this.#count; index += 1) if (this.#prices[index] === price) return index;
    return NONE;
  }

  /** Where a level of this price belongs. */
  #placeOf(price: number): number {
    let index = 0;
    while (index < this.#count && (price - this.#prices[index]!) * this.#direction > 0) index += 1;
    return index;
  }

  #insert(index: number, price: number): void {
    const level = this.#levels[this.#count]!;
    this.#prices.copyWithin(index + 1, index, this.#count);
    this.#sizes.copyWithin(index + 1, index, this.#count);
    this.#levels.copyWithin(index + 1, index, this.#count);
    this.#count += 1;
    this.#prices[index] = price;
    this.#sizes[index] = 0;
    this.#levels[index] = level;
    this.#anonymous[level] = 0;
  }

  #removeLevel(index: number): void {
    const level = this.#levels[index]!;
    this.#prices.copyWithin(index, index + 1, this.#count);
    this.#sizes.copyWithin(index, index + 1, this.#count);
    this.#levels.copyWithin(index, index + 1, this.#count);
    this.#count -= 1;
    this.#levels[this.#count] = level;
    this.#anonymous[level] = 0;
  }

  /** Drops the last level with its orders: what becomes of them is not told any more. */
  #forgetLast(): void {
    const level = this.#levels[this.#count - 1]!;
    for (let slot = this.#heads[level]!; slot !== NONE; slot = this.#after[slot]!) this.#close(slot);
    this.#heads[level] = this.#tails[level] = NONE;
    this.#anonymous[level] = 0;
    this.#count -= 1;
  }

  #append(level: number, slot: number, size: number): void {
    if (slot >= this.#remaining.length) this.#grow();
    const tail = this.#tails[level]!;
    this.#remaining[slot] = size;
    this.#orderLevels[slot] = level;
    this.#before[slot] = tail;
    this.#after[slot] = NONE;
    if (tail === NONE) this.#heads[level] = slot;
    else this.#after[tail] = slot;
    this.#tails[level] = slot;
  }

  #unlink(level: number, slot: number): void {
    const [before, after] = [this.#before[slot]!, this.#after[slot]!];
    if (before === NONE) this.#heads[level] = after;
    else this.#after[before] = after;
    if (after === NONE) this.#tails[level] = before;
    else this.#before[after] = before;
    this.#close(slot);
  }

  #close(slot: number): void {
    this.#orderLevels[slot] = NONE;
    this.#orders.remove(slot);
  }

  #grow(): void {
    const { capacity } = this.#orders;
    this.#remaining = widened(this.#remaining, new Float64Array(capacity));
    this.#orderLevels = widened(this.#orderLevels, new Int32Array(capacity).fill(NONE));
    this.#before = widened(this.#before, new Int32Array(capacity));
    this.#after = widened(this.#after, new Int32Array(capacity));
  }
}
