import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { exposedCore } from '../testing/exposed-core.ts';

const MAX_PRICE = 2 ** 31 - 1;
const core = exposedCore();
const prices = fc.oneof(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 1, max: MAX_PRICE }), fc.constantFrom(1, 2, 31, 32, 33, 1023, 1024, 1_000_000, MAX_PRICE - 1, MAX_PRICE));

describe('one side of a book', () => {
  it.each([['bids', 1], ['asks', -1]] as const)('finds and orders %s at any price as a sorted list does', (_, sign) => {
    fc.assert(
      fc.property(fc.array(prices, { maxLength: 300, size: 'max' }), (toggled) => {
        const side = openSide(sign);
        const plain = new Map<number, number>();
        const seen: number[][] = [];
        const right: number[][] = [];
        toggled.forEach((price, level) => {
          if (plain.has(price)) {
            plain.delete(price);
            core.sideRemove(side, price);
          } else {
            plain.set(price, level);
            core.sideInsert(side, price, level);
          }
          const sorted = [...plain.keys()].sort((a, b) => sign * (b - a));
          seen.push(look(side, price, price));
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
    const side = openSide(-1);
    const asks = [5, MAX_PRICE, 1, 40, 33];
    asks.forEach((price, level) => core.sideInsert(side, price, level));
    const walked: number[] = [];
    for (let level = core.sideBestLevel(side); level >= 0; level = core.sideWorse(side, asks[level]!)) walked.push(asks[level]!);
    expect(walked).toEqual([1, 5, 33, 40, MAX_PRICE]);
  });

  it('is empty again after its last level, and starts anew at another price', () => {
    const side = openSide(1);
    core.sideInsert(side, 7, 3);
    core.sideRemove(side, 7);
    expect(look(side, 7, MAX_PRICE)).toEqual([0, 0, -1, -1, -1]);
    core.sideInsert(side, MAX_PRICE, 4);
    expect([core.sideBestPrice(side), core.sideFind(side, MAX_PRICE), core.sideFind(side, 7)]).toEqual([MAX_PRICE, 4, -1]);
  });
});

/** An empty side, in the place of the one before. */
function openSide(sign: 1 | -1): number {
  core.openSide(0, sign);
  return 0;
}

function look(side: number, at: number, beyond: number): number[] {
  return [core.sideCount(side), core.sideBestPrice(side), core.sideBestLevel(side), core.sideFind(side, at), core.sideWorse(side, beyond)];
}
