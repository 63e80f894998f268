import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readHistory } from '../training/read-history.ts';
import type { DailyBar } from './daily-bar.ts';
import { FIRST_TRAINING_DAYS, walkForward, type WalkForwardDay } from './walk-forward.ts';

const FORECASTS = 60;
/** What was known when the day was forecast; the rest is what came. */
const known = ({ forecast, baseline, returnForecast, riskMetrics, returnScale, strength, expectedReturn }: WalkForwardDay) => ({ forecast, baseline, returnForecast, riskMetrics, returnScale, strength, expectedReturn });

describe('walk-forward', () => {
  let bars: DailyBar[];
  let days: WalkForwardDay[];

  beforeAll(() => {
    bars = readHistory().slice(0, FIRST_TRAINING_DAYS + 1 + FORECASTS);
    days = walkForward(bars);
  });

  it('forecasts each day after the first thousand once, in order', () => {
    expect(days.map((day) => day.openTimeMs)).toEqual(bars.slice(FIRST_TRAINING_DAYS + 1).map((bar) => bar.openTimeMs));
  });

  it('sees nothing later: changing any later bar leaves every earlier forecast the same to the last bit', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: FORECASTS - 1 }), fc.double({ min: 0.2, max: 5, noNaN: true }), (index, factor) => {
      // Forecast `index` is about bar FIRST_TRAINING_DAYS + 1 + index; that one and all later ones change.
      const from = FIRST_TRAINING_DAYS + 1 + index;
      const changed = bars.map((bar, i) => (i < from ? bar : { ...bar, open: bar.open * factor, high: bar.high * factor * 1.5, low: bar.low * factor * 0.5, close: bar.close * factor * 1.2 }));
      const again = walkForward(changed);
      expect(again.slice(0, index + 1).map(known)).toEqual(days.slice(0, index + 1).map(known));
    }), { numRuns: 8 });
  });

  it('gives the same forecasts when history simply ends earlier', () => {
    const shorter = walkForward(bars.slice(0, -30));
    expect(shorter).toEqual(days.slice(0, shorter.length));
    expect(shorter).toHaveLength(FORECASTS - 30);
  });
});
