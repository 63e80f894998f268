import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BookSide } from './book-side.ts';

const MAX_PRICE = 2 ** 31 - 1;
const prices = fc.oneof(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 1, max: MAX_PRICE }), fc.constantFrom(1, 2, 31, 32, 33, 1023, 1024, 1_000_000, MAX_PRICE - 1, MAX_PRICE));

describe('one side of a book', () => {
  it.each([['bids', 1], ['asks', -1]] as const)('finds and orders %s at any price as a sorted list does', (_, sign) => {
    fc.assert(
      fc.property(fc.array(prices, { maxLength: 300, size: 'max' }), (toggled) => {
        const side = new BookSide(sign);
        const plain = new Map<number, number>();
        const seen: number[][] = [];
        const right: number[][] = [];
        toggled.forEach((price, level) => {
          if (plain.has(price)) {
            plain.delete(price);
            side.remove(price);
          } else {
            plain.set(price, level);
            side.insert(price, level);
          }
          const sorted = [...plain.keys()].sort((a, b) => sign * (b - a));
          seen.push([side.count, side.bestPrice(), side.bestLevel, side.find(price), side.worse(price)]);
          const levelAt = (at: number | undefined): number => plain.get(at!) ?? -1;
          right.push([sorted.length, sorted[0] ?? 0, levelAt(sorted[0]), levelAt(price), levelAt(sorted.find((other) => sign * other < sign * price))]);
        });
        // Once a run: a hundred and fifty thousand expectations take longer than what they look at.
        expect(seen).toEqual(right);
      }),
      { numRuns: 100 },
    );
  });

  it('walks from the best level to the worst', () => {
    const side = new BookSide(-1);
    const asks = [5, MAX_PRICE, 1, 40, 33];
    asks.forEach((price, level) => side.insert(price, level));
    const walked: number[] = [];
    for (let level = side.bestLevel; level >= 0; level = side.worse(asks[level]!)) walked.push(asks[level]!);
    expect(walked).toEqual([1, 5, 33, 40, MAX_PRICE]);
  });

  it('is empty again after its last level, and starts anew at another price', () => {
    const side = new BookSide(1);
    side.insert(7, 3);
    side.remove(7);
    expect([side.count, side.bestPrice(), side.bestLevel, side.find(7), side.worse(MAX_PRICE)]).toEqual([0, 0, -1, -1, -1]);
    side.insert(MAX_PRICE, 4);
    expect([side.bestPrice(), side.find(MAX_PRICE), side.find(7)]).toEqual([MAX_PRICE, 4, -1]);
  });
});
