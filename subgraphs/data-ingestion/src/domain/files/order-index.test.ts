import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '@mib/testkit/property-runs';
import { OrderIndex } from './order-index.ts';

describe('the index of open orders', () => {
  it('answers as a map does, whatever is added and removed', () => {
    // Few low words and few high ones: numbers that differ in one word only, and runs that wrap around the table.
    const number = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 60 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), number), { maxLength: 400 }), (steps) => {
        const index = new OrderIndex();
        const twin = new Map<string, number>();
        const counts: number[] = [];
        const twinCounts: number[] = [];
        for (const [isAdd, [high, low]] of steps) {
          const name = `${high} ${low}`;
          if (isAdd && !twin.has(name)) twin.set(name, index.add(high, low));
          else if (!isAdd && twin.has(name)) {
            index.remove(twin.get(name)!);
            twin.delete(name);
          }
          counts.push(index.count);
          twinCounts.push(twin.size);
        }
        const everyNumber = Array.from({ length: 4 * 61 }, (_, at) => [at % 4, at >> 2] as const);
        // Once a run: a hundred thousand expectations take longer than what they look at.
        expect(counts).toEqual(twinCounts);
        expect(everyNumber.map(([high, low]) => index.find(high, low))).toEqual(everyNumber.map(([high, low]) => twin.get(`${high} ${low}`) ?? -1));
      }),
      { numRuns: propertyRuns(100) },
    );
  });

  it('grows and keeps every slot', () => {
    const index = new OrderIndex();
    const slots = Array.from({ length: 5_000 }, (_, low) => index.add(1, low));
    expect(new Set(slots).size).toBe(5_000);
    for (const [low, slot] of slots.entries()) expect(index.find(1, low)).toBe(slot);
    expect(index.capacity).toBeGreaterThanOrEqual(5_000);
    index.clear();
    expect([index.count, index.find(1, 1)]).toEqual([0, -1]);
  });
});
