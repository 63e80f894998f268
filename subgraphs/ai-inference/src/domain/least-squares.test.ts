import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { leastSquares, RankDeficientError } from './least-squares.ts';

describe('least squares', () => {
  it('finds the coefficients that made exact data', () => {
    const rows = [[1, 2, 5], [1, -1, 3], [1, 4, 0], [1, 0, 7], [1, 3, 3]];
    const solution = leastSquares(rows, rows.map(([a, b, c]) => 2 * a! - 3 * b! + 0.5 * c!));
    [2, -3, 0.5].forEach((expected, index) => expect(solution[index]).toBeCloseTo(expected, 12));
  });

  it('leaves residuals that are orthogonal to every column', () => {
    // Features near the smallest numbers there are have no digits left to be orthogonal in.
    const number = fc.double({ min: -100, max: 100, noNaN: true }).map((value) => (Math.abs(value) < 1e-6 ? 0 : value));
    fc.assert(fc.property(fc.array(fc.tuple(number, number, number), { minLength: 8, maxLength: 60 }), (sample) => {
      const rows = sample.map(([a, b]) => [1, a, b]);
      const targets = sample.map(([, , y]) => y);
      let solution: number[];
      try {
        solution = leastSquares(rows, targets);
      } catch (error) {
        expect(error).toBeInstanceOf(RankDeficientError);
        return;
      }
      const residuals = rows.map((row, i) => targets[i]! - row.reduce((sum, x, c) => sum + x * solution[c]!, 0));
      const residualNorm = Math.hypot(...residuals);
      for (let c = 0; c < 3; c += 1) {
        const columnNorm = Math.hypot(...rows.map((row) => row[c]!));
        const product = rows.reduce((sum, row, i) => sum + row[c]! * residuals[i]!, 0);
        const sizes = Math.hypot(...targets) + rows[0]!.length * Math.hypot(...rows.map((row, i) => row.reduce((sum, x, k) => sum + Math.abs(x * solution[k]!), Math.abs(targets[i]!))));
        expect(Math.abs(product)).toBeLessThanOrEqual(1e-9 * columnNorm * (residualNorm + sizes) + 1e-300);
      }
    }));
  });

  it('keeps its digits where the normal equations lose them', () => {
    // A polynomial of degree 9 on [1, 2]: X has a condition near 1e10, X'X one near 1e20, beyond a double.
    const points = Array.from({ length: 40 }, (_, i) => 1 + i / 39);
    const rows = points.map((x) => Array.from({ length: 10 }, (_, power) => x ** power));
    const solution = leastSquares(rows, rows.map((row) => row.reduce((sum, x) => sum + x, 0)));
    for (const coefficient of solution) expect(Math.abs(coefficient - 1)).toBeLessThan(1e-4);
  });

  it('refuses columns that depend on each other, and fewer observations than columns', () => {
    expect(() => leastSquares([[1, 2], [2, 4], [3, 6]], [1, 2, 3])).toThrow(RankDeficientError);
    expect(() => leastSquares([[1, 0], [1, 0]], [1, 2])).toThrow(RankDeficientError);
    expect(() => leastSquares([[1, 2]], [1])).toThrow(RankDeficientError);
    expect(() => leastSquares([], [])).toThrow(RankDeficientError);
  });
});
