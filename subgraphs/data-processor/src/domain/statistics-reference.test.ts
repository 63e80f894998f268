// Volatility, co-movement, drawdown and seasonality against numpy, volatility against R's TTR as well (the scripts beside
// the values in fixtures/ make them again and name the versions).

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { joinCloses, rollingCoMovement } from './co-movement.ts';
import { DrawdownFold } from './drawdown.ts';
import { SeasonFold, type SeasonBucket } from './seasonality.ts';
import { rollingVolatility, VOLATILITY_ESTIMATORS, type VolatilityEstimator } from './volatility.ts';

interface Reference {
  readonly window: number;
  readonly barsPerYear: number;
  readonly volatility: Record<VolatilityEstimator, number>;
  readonly coMovement: { readonly window: number; readonly correlation: number; readonly beta: number };
  readonly drawdown: { readonly depth: number; readonly peak: string; readonly trough: string; readonly recovered: string | null; readonly current: number };
  readonly season: readonly SeasonBucket[];
}

const REFERENCE = JSON.parse(readFileSync(new URL('../../fixtures/statistics-sp500.json', import.meta.url), 'utf8')) as Reference;
const TTR = JSON.parse(readFileSync(new URL('../../fixtures/volatility-ttr.json', import.meta.url), 'utf8')) as { window: number; barsPerYear: number } & Record<VolatilityEstimator, readonly number[]>;
const ROWS = readFileSync(createRequire(import.meta.url).resolve('vega-datasets').replace(/build\/.*/, 'data/sp500-2000.csv'), 'utf8').trim().split('\n').slice(1).map((line) => line.split(','));
const column = (index: number) => Float64Array.from(ROWS, (row) => Number(row[index]));
const TIMES = Float64Array.from(ROWS, (row) => Date.parse(`${row[0]}T00:00:00Z`));
const BARS = { open: column(1), high: column(2), low: column(3), close: column(4) };
const DIGITS = 10;

describe('over the S&P 500 of 2000 to 2020', () => {
  it.each(VOLATILITY_ESTIMATORS)('volatility %s is that of numpy', (estimator) => {
    expect(rollingVolatility(estimator, BARS, REFERENCE.window, REFERENCE.barsPerYear).at(-1)).toBeCloseTo(REFERENCE.volatility[estimator], DIGITS);
  });

  it.each(VOLATILITY_ESTIMATORS)('volatility %s is that of R\'s TTR, day by day over a year', (estimator) => {
    const ours = rollingVolatility(estimator, BARS, TTR.window, TTR.barsPerYear).slice(-TTR[estimator].length);
    const errors = TTR[estimator].map((value, day) => Math.abs(ours[day]! / value - 1));
    expect(errors).toHaveLength(250);
    expect(Math.max(...errors)).toBeLessThan(1e-11);
  });

  it('correlation and beta are those of numpy', () => {
    const middle = BARS.high.map((high, row) => Math.sqrt(high * BARS.low[row]!));
    const { correlation, beta } = rollingCoMovement(joinCloses({ openTimesMs: TIMES, close: BARS.close }, { openTimesMs: TIMES, close: middle }), REFERENCE.coMovement.window);
    expect(correlation.at(-1)).toBeCloseTo(REFERENCE.coMovement.correlation, DIGITS);
    expect(beta.at(-1)).toBeCloseTo(REFERENCE.coMovement.beta, DIGITS);
  });

  it('the deepest drawdown is that of numpy, with its dates', () => {
    const fold = new DrawdownFold();
    TIMES.forEach((time, row) => fold.add(time, BARS.close[row]!));
    const { deepest, current } = fold.result()!;
    const { depth, peak, trough, recovered } = REFERENCE.drawdown;
    expect([dateOf(deepest.peakMs), dateOf(deepest.troughMs), deepest.recoveredMs && dateOf(deepest.recoveredMs)]).toEqual([peak, trough, recovered]);
    expect(deepest.depth).toBeCloseTo(depth, DIGITS);
    expect(current).toBeCloseTo(REFERENCE.drawdown.current, DIGITS);
  });

  it('the months are those of numpy', () => {
    const fold = new SeasonFold('MONTH_OF_YEAR');
    TIMES.forEach((time, row) => fold.add(time, BARS.close[row]!));
    const months = fold.result();
    expect(months.map(({ part, returns }) => [part, returns])).toEqual(REFERENCE.season.map(({ part, returns }) => [part, returns]));
    months.forEach((month, index) => {
      for (const figure of ['mean', 'deviation', 'positive'] as const) expect(month[figure]).toBeCloseTo(REFERENCE.season[index]![figure]!, DIGITS);
    });
  });
});

describe('where there is no number', () => {
  it('volatility is NaN during warm-up and at prices that are not positive', () => {
    const bars = { open: Float64Array.of(1, -1, 2, 2), high: Float64Array.of(1, 1, 2, 3), low: Float64Array.of(1, -1, 1, 2), close: Float64Array.of(1, -1, 2, 2) };
    expect([...rollingVolatility('CLOSE', bars, 2, 1)]).toEqual([NaN, NaN, NaN, NaN]);
    expect(rollingVolatility('PARKINSON', bars, 2, 1)[3]).toBeGreaterThan(0);
  });

  it('series that share one bar have neither correlation nor beta, and a constant one has none', () => {
    const own = { openTimesMs: Float64Array.of(1, 2, 3, 4), close: Float64Array.of(1, 2, 3, 4) };
    expect(joinCloses(own, { openTimesMs: Float64Array.of(0, 2, 5), close: Float64Array.of(9, 8, 7) })).toEqual({ openTimesMs: Float64Array.of(2), own: Float64Array.of(2), other: Float64Array.of(8) });
    expect([...rollingCoMovement(joinCloses(own, { ...own, close: Float64Array.of(5, 5, 5, 5) }), 2).correlation]).toEqual([NaN, NaN, NaN, NaN]);
  });

  it('a drawdown of nothing is null, and of rising closes zero', () => {
    const fold = new DrawdownFold();
    expect(fold.result()).toBeNull();
    for (const close of [1, 2, 3]) fold.add(close, close);
    expect(fold.result()).toMatchObject({ current: 0, deepest: { depth: 0, recoveredMs: 1 } });
  });
});

function dateOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}
