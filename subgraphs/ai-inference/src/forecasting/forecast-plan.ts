// Which forecasts a series of bars asks for, with their inputs; the model itself comes after. Pure.
//
// A forecast stands on bars in a row: a gap of more than 10 days starts anew, so that a simulated market of today never
// continues a real one of years ago. It is made for every day since the model's training ended, which are the ones a
// reader may test with, and always for the newest day.

import { DAY_MS, knownAtMs, type DailyBar } from '../domain/daily-bar.ts';
import { ewmaAt, BASELINE_DAYS } from '../domain/ewma.ts';
import { FEATURE_BARS, featuresAt, marketDays, WINDOWS, type MarketDay } from '../domain/features.ts';

/** Bars before a forecast's own that it can depend on: a year of days for the baseline, and the close before it. */
export const MEMORY_BARS = BASELINE_DAYS + 1;
export const MAX_GAP_DAYS = 10;
/** Of 22 days; bars of a single price show no range, and the model was trained on ranges. */
const MAX_FLAT_DAYS = 5;

export interface PlannedForecast {
  readonly asOfMs: number;
  readonly features: readonly number[];
  /** EWMA of realised variance. */
  readonly baselineVariance: number;
  readonly synthetic: boolean;
  readonly pointInTime: boolean;
  /** The day that followed, if known. */
  readonly next: MarketDay | null;
}

export interface PlanOptions {
  /** Bars before it are only looked at; the forecast of the day before it is planned too, as its outcome changes. */
  readonly changedFromMs: number;
  /** Start of the last day that the model has seen. */
  readonly trainedThroughMs: number;
}

/** @param bars - oldest first, up to the newest, with MEMORY_BARS + 1 before the first change where there are as many. */
export function planForecasts(bars: readonly DailyBar[], { changedFromMs, trainedThroughMs }: PlanOptions): PlannedForecast[] {
  const changed = bars.findIndex((bar) => bar.openTimeMs >= changedFromMs);
  const first = bars[Math.max((changed < 0 ? bars.length : changed) - 1, 0)]?.openTimeMs ?? Infinity;
  const newest = bars.at(-1);
  return runsOf(bars).flatMap((run) => {
    const days = marketDays(run);
    return run.flatMap((bar, index) => {
      const wanted = bar.openTimeMs >= first && (bar.openTimeMs >= trainedThroughMs || bar === newest);
      if (!wanted || index + 1 < FEATURE_BARS || isFlat(run, index)) return [];
      const today = index - 1;
      return [{
        asOfMs: knownAtMs(bar),
        features: featuresAt(days, today),
        baselineVariance: ewmaAt(days.slice(Math.max(today + 1 - BASELINE_DAYS, 0), today + 1).map((day) => day.variance), Math.min(today, BASELINE_DAYS - 1)),
        synthetic: run.slice(Math.max(index - MEMORY_BARS + 1, 0), index + 1).some((each) => each.synthetic),
        pointInTime: bar.openTimeMs >= trainedThroughMs,
        next: days[today + 1] ?? null,
      }];
    });
  });
}

/** Bars in a row, without long gaps. */
function runsOf(bars: readonly DailyBar[]): DailyBar[][] {
  const runs: DailyBar[][] = [];
  for (const bar of bars) {
    const run = runs.at(-1);
    if (run && bar.openTimeMs - run.at(-1)!.openTimeMs <= MAX_GAP_DAYS * DAY_MS) run.push(bar);
    else runs.push([bar]);
  }
  return runs;
}

function isFlat(run: readonly DailyBar[], index: number): boolean {
  return run.slice(index - WINDOWS.month + 1, index + 1).filter((bar) => bar.high === bar.low).length > MAX_FLAT_DAYS;
}
