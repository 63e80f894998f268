import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SIDES, type Side } from '@mib/model/trading';
import type { LevelView } from '@mib/proto/engine-client';
import { L2Book } from './l2-book.ts';

describe('a book of levels', () => {
  it('shows the same as a naive twin after any changes, from any snapshot', () => {
    const price = fc.integer({ min: 1, max: 30 });
    const change = fc.record({ side: fc.constantFrom(...SIDES), price, lots: fc.nat({ max: 5 }), orders: fc.integer({ min: 1, max: 3 }) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 100 }), fc.array(change, { maxLength: 100 }), fc.integer({ min: 1, max: 12 }), (before, after, depth) => {
        const twin = new NaiveBook();
        for (const { side, price: at, lots, orders } of before) twin.set(side, at, lots, orders);
        const book = new L2Book(twin.top('BUY', 100), twin.top('SELL', 100));
        for (const { side, price: at, lots, orders } of after) {
          twin.set(side, at, lots, orders);
          book.set(side, at, lots, orders);
          for (const each of SIDES) {
            expect(book.top(each, depth)).toEqual(twin.top(each, depth));
            expect(book.best(each)).toEqual(twin.top(each, 1)[0] ?? null);
          }
        }
        expect(book.isEmpty).toBe(twin.top('BUY', 1).length + twin.top('SELL', 1).length === 0);
      }),
    );
  });
});

class NaiveBook {
  readonly #levels = { BUY: new Map<number, LevelView>(), SELL: new Map<number, LevelView>() };

  set(side: Side, price: number, lots: number, orders: number): void {
    if (lots === 0) this.#levels[side].delete(price);
    else this.#levels[side].set(price, [price, lots, orders]);
  }

  top(side: Side, depth: number): LevelView[] {
    const sign = side === 'BUY' ? -1 : 1;
    return [...this.#levels[side].values()].sort((a, b) => sign * (a[0] - b[0])).slice(0, depth);
  }
}
