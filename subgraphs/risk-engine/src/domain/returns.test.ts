import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@mib/testkit/random';
import { DAY_MS, profitHistory, returnsOf, type DailyClose } from './returns.ts';
import { valueAtRisk } from './value-at-risk.ts';

const SEED = 7;
const closesOn = (days: readonly number[], prices: readonly number[]): DailyClose[] => days.map((day, index) => ({ dayMs: day * DAY_MS, close: prices[index]! }));

describe('daily returns', () => {
  it.each<[string, number[], number[], [number, number][]]>([
    ['follow the close before', [1, 2, 3], [100, 110, 99], [[2, 0.1], [3, -0.1]]],
    ['reach over a weekend with holidays', [1, 8], [100, 101], [[8, 0.01]]],
    ['do not reach over a hole in the history', [1, 9, 10], [100, 200, 220], [[10, 0.1]]],
    ['do not come from or lead to a close of zero or below', [1, 2, 3, 4], [100, -37, 10, 11], [[4, 0.1]]],
    ['need two closes', [1], [100], []],
  ])('%s', (_, days, prices, expected) => {
    const returns = [...returnsOf(closesOn(days, prices))];
    expect(returns.map(([day]) => day / DAY_MS)).toEqual(expected.map(([day]) => day));
    returns.forEach(([, value], index) => expect(value).toBeCloseTo(expected[index]![1], 12));
  });
});

describe('the profits of a portfolio', () => {
  const returns = (entries: [number, number][]) => new Map(entries);

  it('are summed over the days that all instruments share, newest days kept', () => {
    const history = profitHistory(
      [{ value: 1_000, returns: returns([[1, 0.5], [2, 0.01], [3, 0.02], [4, -0.01]]) }, { value: -500, returns: returns([[2, 0.02], [3, 0.02], [4, 0.01], [5, 0.9]]) }],
      2,
    );
    expect(history.newestDayMs).toBe(4);
    expect(history.profits.map((profit) => profit.toFixed(2))).toEqual(['10.00', '-15.00']);
  });

  it('are none when nothing is held, or something has no history', () => {
    expect(profitHistory([], 500)).toEqual({ profits: [], newestDayMs: null });
    expect(profitHistory([{ value: 1, returns: new Map() }, { value: 1, returns: returns([[1, 0.1]]) }], 500)).toEqual({ profits: [], newestDayMs: null });
  });

  it(`deviate as the covariance matrix of the instruments says, seed ${SEED}`, () => {
    const random = seededRandom(SEED);
    const series = Array.from({ length: 4 }, () => Array.from({ length: 250 }, () => random() - 0.5));
    const values = [1_000, -2_000, 300, 4_000];
    const exposures = values.map((value, index) => ({ value, returns: returns(series[index]!.map((each, day) => [day, each])) }));
    const { amount } = valueAtRisk(profitHistory(exposures, 500).profits, { method: 'PARAMETRIC', confidence: 0.99, horizonDays: 1 });
    let variance = 0;
    for (let i = 0; i < values.length; i++) for (let j = 0; j < values.length; j++) variance += values[i]! * values[j]! * covariance(series[i]!, series[j]!);
    expect(amount).toBeCloseTo(2.3263478740408408 * Math.sqrt(variance), 6);
  });
});

function covariance(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  return a.reduce((sum, value, index) => sum + (value - meanA) * (b[index]! - meanB), 0) / (a.length - 1);
}
