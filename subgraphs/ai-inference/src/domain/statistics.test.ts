import { describe, expect, it } from '@jest/globals';
import type { DailyBar } from './daily-bar.ts';
import { ewmaAt } from './ewma.ts';
import { featuresAt, marketDays } from './features.ts';
import { quantile } from './log-har.ts';
import { dieboldMariano, qlike } from './qlike.ts';
import { MIN_VARIANCE, realisedVariance } from './realised-variance.ts';
import { viewOf } from './volatility-view.ts';

function bar(open: number, high: number, low: number, close: number, day = 0): DailyBar {
  return { openTimeMs: day * 86_400_000, open, high, low, close, synthetic: false };
}

describe('realised variance', () => {
  it('adds the night to Garman and Klass of the day', () => {
    // night ln(101/100) = 0.00995033; range ln(104/99) = 0.04927105; day ln(103/101) = 0.01960847
    const expected = 0.00995033 ** 2 + 0.5 * 0.04927105 ** 2 - 0.38629436 * 0.01960847 ** 2;
    expect(realisedVariance(bar(101, 104, 99, 103), 100)).toBeCloseTo(expected, 9);
  });

  it('never falls to zero', () => {
    expect(realisedVariance(bar(100, 100, 100, 100), 100)).toBe(MIN_VARIANCE);
  });

  it('does not care for the unit of the price', () => {
    expect(realisedVariance(bar(1.01, 1.04, 0.99, 1.03), 1)).toBeCloseTo(realisedVariance(bar(101, 104, 99, 103), 100), 14);
  });
});

describe('features', () => {
  it('are variances and falls over 1, 5 and 22 days, relative to the level', () => {
    // Each day: no night, close falls by 1 % on even days, rises by 1 % on odd ones.
    const bars = [bar(100, 100, 100, 100)];
    for (let day = 1; day <= 22; day += 1) {
      const open = bars.at(-1)!.close;
      const close = open * Math.exp(day % 2 === 0 ? -0.01 : 0.01);
      bars.push(bar(open, Math.max(open, close), Math.min(open, close), close, day));
    }
    const features = featuresAt(marketDays(bars), 21);
    const variance = (0.5 - (2 * Math.LN2 - 1)) * 1e-4;
    for (const index of [0, 1, 2]) expect(features[index]).toBeCloseTo(0, 9); // every day is like the level
    expect(features[3]).toBeCloseTo(-0.01 / Math.sqrt(variance), 9); // the last day fell
    expect(features[4]).toBeCloseTo(-0.01 / 5 / Math.sqrt(variance), 9); // three falls, two rises
    expect(features[5]).toBeCloseTo(0, 9);
    expect(features[6]).toBeCloseTo(Math.log(variance), 9);
  });

  it('but for the level do not change when a market is a hundred times as volatile', () => {
    const calm = [bar(100, 100, 100, 100)];
    for (let day = 1; day <= 40; day += 1) {
      const open = calm.at(-1)!.close;
      const move = Math.sin(day * day) * 0.001;
      calm.push(bar(open, open * Math.exp(Math.max(move, 0) + 0.001), open * Math.exp(Math.min(move, 0) - 0.001), open * Math.exp(move), day));
    }
    const wild = calm.map((each) => ({ ...each, open: (each.open / 100) ** 100, high: (each.high / 100) ** 100, low: (each.low / 100) ** 100, close: (each.close / 100) ** 100 }));
    const [a, b] = [featuresAt(marketDays(calm), 39), featuresAt(marketDays(wild), 39)];
    for (let index = 0; index < 6; index += 1) expect(b[index]).toBeCloseTo(a[index]!, 6);
    expect(b[6]! - a[6]!).toBeCloseTo(2 * Math.log(100), 6);
  });
});

describe('ewma', () => {
  it('is the recursion of RiskMetrics once history is long', () => {
    const values = Array.from({ length: 600 }, (_, i) => 1 + Math.sin(i) ** 2);
    let recursive = values[0]!;
    for (const value of values.slice(1)) recursive = 0.94 * recursive + 0.06 * value;
    expect(ewmaAt(values, 599)).toBeCloseTo(recursive, 6);
  });

  it('weighs to one however short the series', () => {
    expect(ewmaAt([5, 5, 5], 2)).toBeCloseTo(5, 14);
    expect(ewmaAt([1, 3], 1)).toBeCloseTo((3 + 0.94) / 1.94, 14);
  });
});

describe('loss', () => {
  it('is zero for a perfect forecast and heavier for one too low than for one too high', () => {
    expect(qlike(2, 2)).toBe(0);
    expect(qlike(1, 0.5)).toBeCloseTo(2 - Math.LN2 - 1, 14);
    expect(qlike(1, 0.5)).toBeGreaterThan(qlike(1, 2));
  });

  it('has a Diebold-Mariano statistic that is the t statistic without autocorrelation', () => {
    const differences = [1, -1, 2, 0, 1, 3, -2];
    const mean = 4 / 7;
    const variance = (lag: number) => differences.slice(lag).reduce((sum, value, i) => sum + (value - mean) * (differences[i]! - mean), 0) / 7;
    expect(dieboldMariano(differences)).toBeCloseTo(mean / Math.sqrt((variance(0) + 2 * 0.5 * variance(1)) / 7), 12);
  });

  it('quantiles lie between order statistics', () => {
    expect(quantile([0, 1, 2, 3, 4], 0.05)).toBeCloseTo(0.2, 14);
    expect(quantile([0, 1, 2, 3, 4], 1)).toBe(4);
  });
});

describe('volatility view', () => {
  it.each([[-2, 'FALLING'], [-0.674, 'FALLING'], [-0.67, 'STEADY'], [0.25, 'STEADY'], [0.253, 'RISING'], [3, 'RISING']] as const)('of strength %p is %s', (strength, view) => {
    expect(viewOf(strength)).toBe(view);
  });
});
