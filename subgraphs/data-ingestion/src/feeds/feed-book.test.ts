import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PriceLevel } from '../connectors/feed/contract.ts';
import { createRandom, nextInteger } from '../domain/random.ts';
import { Step } from './digits.ts';
import { FeedBook, SHOWN_LEVELS } from './feed-book.ts';

/** What the engine would show after the commands. */
class Shown {
  readonly levels = new Map<string, number>();

  take(book: FeedBook): number {
    const changes = book.flush();
    for (const { side, priceTicks, quantityLots } of changes) {
      if (quantityLots === 0) expect(this.levels.delete(`${side} ${priceTicks}`)).toBe(true);
      else this.levels.set(`${side} ${priceTicks}`, quantityLots);
    }
    return changes.length;
  }
}

describe('an outside book', () => {
  it('tells the engine the best levels of what it knows, each once, whatever happened between two flushes', () => {
    const level = fc.tuple(fc.integer({ min: 1, max: 900 }).map(String), fc.integer({ min: 0, max: 3 }).map(String)) as fc.Arbitrary<PriceLevel>;
    const levels = fc.array(level, { maxLength: 120 });
    const step = fc.record({ kind: fc.constantFrom('CHANGES' as const, 'CHANGES' as const, 'SNAPSHOT' as const), bids: levels, asks: levels, flush: fc.boolean(), forget: fc.integer({ min: 0, max: 9 }) });
    fc.assert(fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const book = new FeedBook(new Step('tick', '1'), new Step('lot', '1'));
      let [bids, asks] = [new Map<number, number>(), new Map<number, number>()];
      let shown = new Shown();
      for (const { kind, flush, forget, ...update } of steps) {
        if (kind === 'SNAPSHOT') [bids, asks] = [new Map(), new Map()];
        for (const [side, changes] of [[bids, update.bids], [asks, update.asks]] as const) {
          for (const [price, quantity] of changes) {
            if (quantity === '0') side.delete(Number(price));
            else side.set(Number(price), Number(quantity));
          }
        }
        book.apply({ kind, ...update, sequence: null, eventTimeNs: null });
        if (forget === 0) {
          book.forgetShown();
          shown = new Shown();
        }
        if (!flush) continue;
        shown.take(book);
        const best = (side: string, known: Map<number, number>, sign: number) => [...known].sort(([a], [b]) => sign * (b - a)).slice(0, SHOWN_LEVELS).map(([price, lots]) => [`${side} ${price}`, lots] as const);
        expect(new Map([...shown.levels].sort())).toEqual(new Map([...best('BUY', bids, 1), ...best('SELL', asks, -1)].sort()));
        expect(shown.take(book)).toBe(0);
      }
    }), { numRuns: 200 });
  });

  it('shows quantities in whole lots, rounded down, and never leaves out a price that is quoted', () => {
    const book = new FeedBook(new Step('tick', '0.1'), new Step('lot', '0.001'));
    expect(book.apply({ kind: 'SNAPSHOT', bids: [['45283.5', '0.10000000'], ['45283.4', '1.54582015']], asks: [['45285.2', '0.00000001']], sequence: null, eventTimeNs: null })).toBe(0);
    expect(book.flush()).toEqual([
      { side: 'BUY', priceTicks: 452_835, quantityLots: 100 },
      { side: 'BUY', priceTicks: 452_834, quantityLots: 1_545 },
      { side: 'SELL', priceTicks: 452_852, quantityLots: 1 },
    ]);
  });

  it('refuses prices that are off the grid and what is no number, and takes the rest', () => {
    const book = new FeedBook(new Step('tick', '0.5'), new Step('lot', '1'));
    expect(book.apply({ kind: 'CHANGES', bids: [['1.25', '1'], ['1.5', '1'], ['x', '1'], ['0', '1'], ['2', '-1']], asks: [], sequence: null, eventTimeNs: null })).toBe(4);
    expect(book.flush()).toEqual([{ side: 'BUY', priceTicks: 3, quantityLots: 1 }]);
  });

  it('is never crossed on the way from one book to the next', () => {
    const random = createRandom(11);
    for (let round = 0; round < 500; round++) {
      const book = new FeedBook(new Step('tick', '1'), new Step('lot', '1'));
      const shown = { BUY: new Set<number>(), SELL: new Set<number>() };
      for (let state = 0; state < 4; state++) {
        const middle = nextInteger(random, 20, 30);
        const side = (sign: number): PriceLevel[] => [1, 2, 3, 4, 5].filter((at) => at === 2 || random() < 0.6).map((at) => [String(middle + sign * at), '1']);
        book.apply({ kind: 'SNAPSHOT', bids: side(-1), asks: side(1), sequence: null, eventTimeNs: null });
        for (const { side: name, priceTicks, quantityLots } of book.flush()) {
          if (quantityLots === 0) shown[name].delete(priceTicks);
          else shown[name].add(priceTicks);
          expect(Math.max(...shown.BUY)).toBeLessThan(Math.min(...shown.SELL));
        }
      }
    }
  });

  it('knows when it is crossed, and shows again what the engine refused', () => {
    const book = new FeedBook(new Step('tick', '1'), new Step('lot', '1'));
    const apply = (bids: PriceLevel[], asks: PriceLevel[]) => book.apply({ kind: 'CHANGES', bids, asks, sequence: null, eventTimeNs: null });
    apply([['10', '1']], [['11', '1']]);
    expect(book.isCrossed).toBe(false);
    const [bid] = book.flush();
    book.refused(bid!);
    expect(book.flush()).toEqual([bid]);
    apply([['11', '1']], []);
    expect(book.isCrossed).toBe(true);
  });
});
