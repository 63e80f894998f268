import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OrderIndex } from './order-index.ts';

describe('the index of open orders', () => {
  it('answers as a map does, whatever is added and removed', () => {
    // Few low words and few high ones: numbers that differ in one word only, and runs that wrap around the table.
    const number = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 60 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), number), { maxLength: 400 }), (steps) => {
        const index = new OrderIndex();
        const twin = new Map<string, number>();
        for (const [isAdd, [high, low]] of steps) {
          const name = `${high} ${low}`;
          if (isAdd && !twin.has(name)) twin.set(name, index.add(high, low));
          else if (!isAdd && twin.has(name)) {
            index.remove(twin.get(name)!);
            twin.delete(name);
          }
          expect(index.count).toBe(twin.size);
        }
        for (let high = 0; high <= 3; high += 1) for (let low = 0; low <= 60; low += 1) expect(index.find(high, low)).toBe(twin.get(`${high} ${low}`) ?? -1);
      }),
      { numRuns: 200 },
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
