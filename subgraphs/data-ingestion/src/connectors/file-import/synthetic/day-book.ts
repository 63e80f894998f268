// A plain price-time book of maps and arrays: the generator of test files matches on it, and it is the naive twin that the
// readers' books are held against.

export interface DayOrder {
  readonly id: number;
  /** 1 buy, -1 sell. */
  readonly side: 1 | -1;
  readonly price: number;
  size: number;
  /** Place among all open orders. */
  place: number;
}

interface Level {
  total: number;
  readonly orders: DayOrder[];
}

export class DayBook {
  readonly open: DayOrder[] = [];
  readonly #levels = { bids: new Map<number, Level>(), asks: new Map<number, Level>() };
  /** Best first. */
  readonly #prices = { bids: [] as number[], asks: [] as number[] };

  prices(side: 1 | -1): readonly number[] {
    return this.#prices[nameOf(side)];
  }

  sizeAt(side: 1 | -1, price: number): number {
    return this.#levels[nameOf(side)].get(price)?.total ?? 0;
  }

  /** The oldest order of the best level. */
  best(side: 1 | -1): DayOrder | undefined {
    const price = this.prices(side)[0];
    return price === undefined ? undefined : this.#levels[nameOf(side)].get(price)!.orders[0];
  }

  /** Places before `price` on its side: 0 is the best level. */
  rank(side: 1 | -1, price: number): number {
    const prices = this.prices(side);
    let low = 0;
    for (let high = prices.length; low < high; ) {
      const between = (low + high) >>> 1;
      if ((prices[between]! - price) * side > 0) low = between + 1;
      else high = between;
    }
    return low;
  }

  add(id: number, side: 1 | -1, price: number, size: number): DayOrder {
    const order: DayOrder = { id, side, price, size, place: this.open.length };
    this.open.push(order);
    const levels = this.#levels[nameOf(side)];
    let level = levels.get(price);
    if (!level) {
      this.#prices[nameOf(side)].splice(this.rank(side, price), 0, price);
      levels.set(price, (level = { total: 0, orders: [] }));
    }
    level.total += size;
    level.orders.push(order);
    return order;
  }

  reduce(order: DayOrder, size: number): void {
    const name = nameOf(order.side);
    const level = this.#levels[name].get(order.price)!;
    order.size -= size;
    level.total -= size;
    if (order.size > 0) return;
    level.orders.splice(level.orders.indexOf(order), 1);
    const last = this.open.pop()!;
    if (last !== order) this.open[(last.place = order.place)] = last;
    if (level.orders.length > 0) return;
    this.#levels[name].delete(order.price);
    this.#prices[name].splice(this.rank(order.side, order.price), 1);
  }
}

function nameOf(side: 1 | -1): 'bids' | 'asks' {
  return side === 1 ? 'bids' : 'asks';
}
