import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RowBudget } from './row-budget.ts';

describe('a budget of rows', () => {
  it('is never overdrawn, and every read has its turn in order of arrival', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 30 }), async (reads) => {
      const budget = new RowBudget(20_000);
      let [open, most] = [0, 0];
      const began: number[] = [];
      await Promise.all(reads.map((thousands, index) => budget.run(thousands * 1_000, async () => {
        began.push(index);
        open += Math.min(20, thousands);
        most = Math.max(most, open);
        await Promise.resolve();
        open -= Math.min(20, thousands);
      })));
      expect(most).toBeLessThanOrEqual(20);
      expect(began).toEqual(reads.map((_, index) => index));
    }));
  });

  it('gives back what a failed read took, and refuses beyond a bound of waiters', async () => {
    const budget = new RowBudget(1_000);
    await expect(budget.run(1, () => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
    let end: () => void = () => undefined;
    const first = budget.run(1, () => new Promise<void>((resolve) => (end = resolve)));
    const waiting = Array.from({ length: 1_000 }, () => budget.run(1, () => Promise.resolve()));
    await expect(budget.run(1, () => Promise.resolve())).rejects.toThrow('1000 reads of history are waiting already; try again later');
    end();
    await Promise.all([first, ...waiting]);
  });
});
