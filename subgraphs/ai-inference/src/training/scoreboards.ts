// Turns a walk-forward into figures a reader can check: the headline against EWMA of the same realised variance, which is
// the harder opponent, and beside it what a sceptic would ask for: RiskMetrics on its own ground, and price direction,
// where these features have no edge and the figures say so.

import { dieboldMariano, qlike } from '../domain/qlike.ts';
import type { WalkForwardDay } from '../domain/walk-forward.ts';
import type { ClaimRecord, Scoreboard } from '../registry/manifest.ts';
import { viewOf } from '../domain/volatility-view.ts';
import { decimals, isoDate } from './rounding.ts';

type Loss = (day: WalkForwardDay) => number;

interface Contest extends Pick<Scoreboard, 'target' | 'baselineName' | 'measure' | 'method'> {
  readonly model: Loss;
  readonly baseline: Loss;
  readonly counts?: (day: WalkForwardDay) => boolean;
}

/** A year of fewer days says nothing by itself; its days count in the whole. */
const MIN_PERIOD_DAYS = 20;
const PROCEDURE = 'Walk-forward: expanding window, first fit on 1000 days, refit every 22 days; each forecast uses only what was known at the end of the day before.';

/** The first is the headline. */
const CONTESTS: readonly Contest[] = [
  {
    target: 'REALISED_VARIANCE', baselineName: 'EWMA_REALISED', measure: 'QLIKE',
    method: `${PROCEDURE} Target: realised variance (night plus Garman-Klass). Baseline: EWMA(0.94) of the same realised variance, so both see the same data. Loss: RV/f - ln(RV/f) - 1.`,
    model: (day) => qlike(day.realised, day.forecast),
    baseline: (day) => qlike(day.realised, day.baseline),
  },
  {
    target: 'REALISED_VARIANCE', baselineName: 'RISK_METRICS', measure: 'QLIKE',
    method: `${PROCEDURE} Target: realised variance. Baseline: EWMA(0.94) of squared close-to-close returns, brought to the level of realised variance by the ratio known then, so that level is not what decides.`,
    model: (day) => qlike(day.realised, day.forecast),
    baseline: (day) => qlike(day.realised, day.riskMetrics / day.returnScale),
  },
  {
    target: 'SQUARED_RETURN', baselineName: 'RISK_METRICS', measure: 'QLIKE',
    method: `${PROCEDURE} Target: squared close-to-close return, RiskMetrics' own ground; days without any change are left out. The target is so noisy that even the true variance would score about 1.27, which keeps the percentage small.`,
    model: (day) => qlike(day.squaredReturn, day.returnForecast),
    baseline: (day) => qlike(day.squaredReturn, day.riskMetrics),
    counts: (day) => day.squaredReturn > 0,
  },
  {
    target: 'PRICE_DIRECTION', baselineName: 'ALWAYS_UP', measure: 'ERROR_RATE',
    method: `${PROCEDURE} Target: the sign of the next day's return, by a regression on the same features; days without any change are left out. Baseline: always up. A negative improvement means no edge: direction is not forecast.`,
    model: (day) => Number(day.expectedReturn > 0 !== day.logReturn > 0),
    baseline: (day) => Number(day.logReturn <= 0),
    counts: (day) => day.logReturn !== 0,
  },
];

export function scoreboards(days: readonly WalkForwardDay[]): Scoreboard[] {
  return CONTESTS.map(({ model, baseline, counts = () => true, ...contest }) => {
    const counted = days.filter(counts);
    return {
      ...contest,
      ...compare(counted, model, baseline),
      tStatistic: decimals(dieboldMariano(counted.map((day) => baseline(day) - model(day))), 2),
      from: isoDate(counted[0]!.openTimeMs),
      to: isoDate(counted.at(-1)!.openTimeMs),
      periods: yearsOf(counted).map(([name, own]) => ({ name, ...compare(own, model, baseline) })),
    };
  });
}

/** How often the claims RISING and FALLING came true, beside how often that happens on any day. */
export function claimRecord(days: readonly WalkForwardDay[], view: 'RISING' | 'FALLING'): ClaimRecord {
  const cameTrue = (day: WalkForwardDay): boolean => (view === 'RISING' ? day.realised > day.baseline : day.realised < day.baseline);
  const share = (own: readonly WalkForwardDay[]): number => (own.length === 0 ? 0 : decimals(own.filter(cameTrue).length / own.length, 4));
  const claimed = days.filter((day) => viewOf(day.strength) === view);
  return { days: claimed.length, hitRate: share(claimed), baseRate: share(days) };
}

function compare(days: readonly WalkForwardDay[], model: Loss, baseline: Loss): { days: number; model: number; baseline: number; improvementPercent: number } {
  const mean = (loss: Loss): number => days.reduce((sum, day) => sum + loss(day), 0) / days.length;
  const [own, other] = [mean(model), mean(baseline)];
  return { days: days.length, model: decimals(own, 6), baseline: decimals(other, 6), improvementPercent: decimals((1 - own / other) * 100, 2) };
}

function yearsOf(days: readonly WalkForwardDay[]): [year: string, days: WalkForwardDay[]][] {
  const years = new Map<string, WalkForwardDay[]>();
  for (const day of days) {
    const year = isoDate(day.openTimeMs).slice(0, 4);
    years.set(year, [...(years.get(year) ?? []), day]);
  }
  return [...years].filter(([, own]) => own.length >= MIN_PERIOD_DAYS);
}
