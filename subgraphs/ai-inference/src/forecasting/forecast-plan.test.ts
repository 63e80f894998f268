import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DAY_MS, type DailyBar } from '../domain/daily-bar.ts';
import { ewmaAt } from '../domain/ewma.ts';
import { featuresAt, marketDays } from '../domain/features.ts';
import { readHistory } from '../training/read-history.ts';
import { MEMORY_BARS, planForecasts } from './forecast-plan.ts';

const LONG_AGO = { trainedThroughMs: 0 };

describe('forecast plan', () => {
  let bars: DailyBar[];

  beforeAll(() => {
    bars = readHistory().slice(-600);
  });

  it('forecasts from the 23rd bar in a row on, and every day after', () => {
    expect(planForecasts(bars.slice(0, 22), { ...LONG_AGO, changedFromMs: 0 })).toEqual([]);
    const planned = planForecasts(bars.slice(0, 30), { ...LONG_AGO, changedFromMs: 0 });
    expect(planned.map(({ asOfMs }) => asOfMs)).toEqual(bars.slice(22, 30).map((bar) => bar.openTimeMs + DAY_MS));
  });

  it('uses the very features and baseline of training', () => {
    const days = marketDays(bars);
    const planned = planForecasts(bars, { ...LONG_AGO, changedFromMs: bars[590]!.openTimeMs });
    expect(planned).toHaveLength(11); // the day before the change and ten after
    planned.forEach(({ features, baselineVariance, next }, i) => {
      const today = 588 + i;
      expect(features).toEqual(featuresAt(days, today));
      expect(baselineVariance).toBe(ewmaAt(days.map((day) => day.variance), today));
      expect(next).toEqual(days[today + 1] ?? null);
    });
  });

  it('needs no more bars before a change than its memory', () => {
    const changedFromMs = bars[500]!.openTimeMs;
    const whole = planForecasts(bars, { ...LONG_AGO, changedFromMs });
    expect(planForecasts(bars.slice(500 - MEMORY_BARS - 1), { ...LONG_AGO, changedFromMs })).toEqual(whole);
  });

  it('sees nothing later: changing any later bar leaves a forecast the same to the last bit', () => {
    fc.assert(fc.property(fc.integer({ min: 23, max: 598 }), fc.double({ min: 0.1, max: 10, noNaN: true }), (from, factor) => {
      const changed = bars.map((bar, i) => (i < from ? bar : { ...bar, open: bar.open * factor, high: bar.high * factor * 2, low: bar.low * factor / 2, close: bar.close * factor }));
      const said = (series: readonly DailyBar[]) => planForecasts(series, { ...LONG_AGO, changedFromMs: 0 }).slice(0, from - 22).map(({ features, baselineVariance }) => ({ features, baselineVariance }));
      expect(said(changed)).toEqual(said(bars));
    }), { numRuns: 20 });
  });

  it('plans only the newest day among those that the model has been trained on, and says that it knew the future', () => {
    const trainedThroughMs = bars[595]!.openTimeMs;
    const early = planForecasts(bars.slice(0, 300), { changedFromMs: 0, trainedThroughMs });
    expect(early.map(({ asOfMs, pointInTime }) => [asOfMs, pointInTime])).toEqual([[bars[299]!.openTimeMs + DAY_MS, false]]);
    const late = planForecasts(bars, { changedFromMs: 0, trainedThroughMs });
    expect(late.map(({ pointInTime }) => pointInTime)).toEqual([true, true, true, true, true]);
  });

  it('starts anew after a gap, without an outcome across it', () => {
    const moved = bars.slice(0, 60).map((bar, i) => (i < 30 ? bar : { ...bar, openTimeMs: bar.openTimeMs + 11 * DAY_MS, synthetic: true }));
    const planned = planForecasts(moved, { ...LONG_AGO, changedFromMs: 0 });
    expect(planned).toHaveLength(8 + 8); // 30 bars in a row, twice
    expect(planned[7]!.next).toBeNull();
    expect(planned.map(({ synthetic }) => synthetic)).toEqual([...Array<boolean>(8).fill(false), ...Array<boolean>(8).fill(true)]);
  });

  it('forecasts nothing from bars of a single price', () => {
    const flat = bars.slice(0, 60).map((bar) => ({ ...bar, open: bar.close, high: bar.close, low: bar.close }));
    expect(planForecasts(flat, { ...LONG_AGO, changedFromMs: 0 })).toEqual([]);
  });
});
