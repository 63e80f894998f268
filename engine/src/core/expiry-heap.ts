// Which order expires next: a binary heap of order places by expiry, then by id. Each order's row of terms knows where in
// the heap it stands, so one that fills or is cancelled leaves without a search. The heap's layout is part of the state.

import * as fromCapacities from './capacities.ts';
import * as fromOrderArena from './order-arena.ts';
import type { OrderArena } from './order-arena.ts';
import * as fromOrderTerms from './order-terms.ts';
import type { OrderTerms } from './order-terms.ts';
import type { Parts, Table } from './table.ts';

/** Held here: V8 folds a module's own constants into the code, an imported name it loads at every use. */
const { MAX_OPEN_ORDERS } = fromCapacities;
const { ORDER, ORDER_WORDS } = fromOrderArena;
const { TERMS, TERMS_NUMBERS } = fromOrderTerms;

export class ExpiryHeap implements Table {
  readonly heap = new Int32Array(MAX_OPEN_ORDERS);
  count = 0;
  readonly #orders: OrderArena;
  readonly #terms: OrderTerms;

  constructor(orders: OrderArena, terms: OrderTerms) {
    this.#orders = orders;
    this.#terms = terms;
  }

  contents(parts: Parts): void {
    this.count = parts.number('count', this.count);
    parts.array('heap', this.heap, this.count);
  }

  /** When the first order expires, in Unix microseconds; 0 when none ever does. */
  get dueMicros(): number {
    return this.count === 0 ? 0 : this.#expiryOf(this.heap[0]!);
  }

  /** The order that expires first; there is one. */
  get first(): number {
    return this.heap[0]!;
  }

  add(order: number): void {
    this.#rise(order, this.count++);
  }

  remove(order: number): void {
    const place = this.#terms.get(this.#rowOf(order), TERMS.HEAP) - 1;
    this.#terms.set(this.#rowOf(order), TERMS.HEAP, 0);
    const last = this.heap[--this.count]!;
    if (last === order) return;
    if (place > 0 && this.#isBefore(last, this.heap[(place - 1) >> 1]!)) this.#rise(last, place);
    else this.#sink(last, place);
  }

  #rise(order: number, from: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#isBefore(order, this.heap[parent]!)) break;
      this.#put(this.heap[parent]!, place);
      place = parent;
    }
    this.#put(order, place);
  }

  #sink(order: number, from: number): void {
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.count) break;
      if (child + 1 < this.count && this.#isBefore(this.heap[child + 1]!, this.heap[child]!)) child++;
      if (!this.#isBefore(this.heap[child]!, order)) break;
      this.#put(this.heap[child]!, place);
      place = child;
    }
    this.#put(order, place);
  }

  #put(order: number, place: number): void {
    this.heap[place] = order;
    this.#terms.set(this.#rowOf(order), TERMS.HEAP, place + 1);
  }

  #isBefore(a: number, b: number): boolean {
    const expiryA = this.#expiryOf(a);
    const expiryB = this.#expiryOf(b);
    return expiryA !== expiryB ? expiryA < expiryB : this.#orders.idOf(a) < this.#orders.idOf(b);
  }

  #expiryOf(order: number): number {
    return this.#terms.numbers[this.#rowOf(order) * TERMS_NUMBERS + TERMS.EXPIRE_NUMBER]!;
  }

  #rowOf(order: number): number {
    return this.#orders.words[order * ORDER_WORDS + ORDER.TERMS]!;
  }
}
