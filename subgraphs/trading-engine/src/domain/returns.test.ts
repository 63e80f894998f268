import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { returnsOf, type DayValue } from './returns.ts';

/** A Monday. */
const START_MS = Date.UTC(2026, 10, 16);

type Row = readonly [value: number, inflow?: number, outflow?: number];

function days(rows: readonly Row[], unfinished = 0): DayValue[] {
  return rows.map(([value, inflow = 0, outflow = 0], index) => ({
    day: new Date(START_MS + index * 86_400_000).toISOString().slice(0, 10), value, inflow, outflow, finished: index < rows.length - unfinished,
  }));
}

describe('returns', () => {
  it.each<readonly [string, number, readonly Row[], { readonly twr: number; readonly mwr: number | null; readonly maxDrawdown: number }]>([
    ['1000 grows to 1100, deposit 1000, ends at 1995', 1000, [[1100], [1995, 1000]], { twr: 0.045, mwr: -0.001667, maxDrawdown: 0.05 }],
    ['nothing happens', 1000, [[1000], [1000]], { twr: 0, mwr: 0, maxDrawdown: 0 }],
    ['an account without money', 0, [[0], [0]], { twr: 0, mwr: null, maxDrawdown: 0 }],
    ['no day at all', 500, [], { twr: 0, mwr: null, maxDrawdown: 0 }],
    ['opened in the middle of the range', 0, [[0], [1010, 1000], [1020.1]], { twr: 0.0201, mwr: 0.01, maxDrawdown: 0 }],
    ['all of it withdrawn after a gain', 1000, [[0, 0, 1100]], { twr: 0.1, mwr: 0.1, maxDrawdown: 0 }],
    ['half lost, then doubled', 100, [[50], [100]], { twr: 0, mwr: 0, maxDrawdown: 0.5 }],
    ['everything lost', 100, [[0]], { twr: -1, mwr: null, maxDrawdown: 1 }],
  ])('%s', (_, before, rows, expected) => {
    const { twr, mwr, maxDrawdown, complete } = returnsOf(before, days(rows));
    expect(complete).toBe(true);
    expect(twr).toBeCloseTo(expected.twr, 12);
    expect(maxDrawdown).toBeCloseTo(expected.maxDrawdown, 12);
    if (expected.mwr === null) expect(mwr).toBeNull();
    else expect(mwr).toBeCloseTo(expected.mwr, 5);
  });

  it('is -0.1668 % money-weighted a period in the reference, to four digits', () => {
    expect((returnsOf(1000, days([[1100], [1995, 1000]])).mwr! * 100).toFixed(4)).toBe('-0.1668');
  });

  it('annualises with 252 days: mean 0.5 %, deviation 1.2910 %, downside 0.7071 %', () => {
    const { sharpe, sortino, volatility, observations } = returnsOf(100, days([[102], [102 * 0.99], [102 * 0.99 * 1.01], [102 * 0.99 * 1.01]]));
    expect(observations).toBe(4);
    const deviation = Math.sqrt((0.015 ** 2 + 0.015 ** 2 + 0.005 ** 2 + 0.005 ** 2) / 3);
    expect(volatility).toBeCloseTo(deviation * Math.sqrt(252), 12);
    expect(sharpe).toBeCloseTo((0.005 / deviation) * Math.sqrt(252), 10);
    expect(sortino).toBeCloseTo((0.005 / 0.005) * Math.sqrt(252), 10);
  });

  it('says nothing where there is too little to say', () => {
    expect(returnsOf(100, days([[101]]))).toMatchObject({ observations: 1, sharpe: null, sortino: null, volatility: null });
    expect(returnsOf(100, days([[101], [102.01]], 1))).toMatchObject({ observations: 1, volatility: null });
    expect(returnsOf(100, days([[100], [100]]))).toMatchObject({ observations: 2, sharpe: null, sortino: null, volatility: 0 });
  });

  it('counts a weekend only when something moved', () => {
    const week: Row[] = [[101], [102], [103], [104], [105], [105], [105]];
    expect(returnsOf(100, days(week)).observations).toBe(5);
    expect(returnsOf(100, days([...week.slice(0, 6), [106]])).observations).toBe(6);
  });

  it('is not complete when a day began with debt', () => {
    expect(returnsOf(-5, days([[10]]))).toMatchObject({ complete: false, twr: 0 });
  });

  it('depends on no flow when time-weighted', () => {
    const moves = fc.array(fc.record({ change: fc.double({ min: -0.5, max: 0.5, noNaN: true }), inflow: fc.nat(10_000), part: fc.double({ min: 0, max: 0.5, noNaN: true }) }), { minLength: 1, maxLength: 40 });
    fc.assert(fc.property(moves, (rows) => {
      let [plain, moved] = [1000, 1000];
      const without: Row[] = [];
      const withFlows: Row[] = [];
      for (const { change, inflow, part } of rows) {
        plain *= 1 + change;
        without.push([plain]);
        const end = (moved + inflow) * (1 + change);
        moved = end * (1 - part);
        withFlows.push([moved, inflow, end * part]);
      }
      expect(returnsOf(1000, days(withFlows)).twr).toBeCloseTo(returnsOf(1000, days(without)).twr, 8);
    }));
  });
});
