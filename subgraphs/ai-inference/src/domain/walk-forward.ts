// The model as it would have been used: at the end of each day it forecasts the next one, knowing only what was known
// then, and is fitted anew every 22 days on everything up to that day (expanding window, first fit on 1000 days).
//
//   days  0 ......... 999 | 1000 ... 1021 | 1022 ...
//         first fit       | forecasts     | refit, forecasts ...      each target is one day after its features

import { featuresAt, marketDays, WINDOWS, type MarketDay } from './features.ts';
import type { DailyBar } from './daily-bar.ts';
import { ewmaAt } from './ewma.ts';
import { leastSquares } from './least-squares.ts';
import { fitLogHar, linear, type LogHarParameters, type Observation } from './log-har.ts';
import { claimStrength } from './volatility-view.ts';

export const FIRST_TRAINING_DAYS = 1_000;
export const REFIT_EVERY_DAYS = 22;

/** One forecast beside what came. Variances are those of one day. */
export interface WalkForwardDay {
  /** Start of the day that was forecast. */
  readonly openTimeMs: number;
  /** Mean of realised variance by the model, and by EWMA(0.94) of realised variance. */
  readonly forecast: number;
  readonly baseline: number;
  readonly realised: number;
  /** The same at the level of squared returns, by the model and by RiskMetrics: EWMA(0.94) of squared returns. */
  readonly returnForecast: number;
  readonly riskMetrics: number;
  readonly squaredReturn: number;
  /** Squared returns over realised variances, as known then. */
  readonly returnScale: number;
  /** Whether realised variance came to lie between the ends of the interval. */
  readonly covered: boolean;
  /** See volatility-view.ts. */
  readonly strength: number;
  /** Next day's log return by a regression on the same features, and the one that came. */
  readonly expectedReturn: number;
  readonly logReturn: number;
}

interface Fit {
  readonly volatility: LogHarParameters;
  readonly returnCoefficients: readonly number[];
}

/** @param bars - oldest first. */
export function walkForward(bars: readonly DailyBar[]): WalkForwardDay[] {
  const days = marketDays(bars);
  const all = observationsOf(days);
  const variances = days.map((day) => day.variance);
  const squares = days.map((day) => day.logReturn ** 2);
  const result: WalkForwardDay[] = [];
  let fit: Fit | undefined;
  for (let today = FIRST_TRAINING_DAYS - 1; today + 1 < days.length; today += 1) {
    // Observation i pairs the features of day i + 21 with day i + 22; the last one known ends today.
    const known = all.slice(0, today - WINDOWS.month + 1);
    if (!fit || (today - FIRST_TRAINING_DAYS + 1) % REFIT_EVERY_DAYS === 0) fit = fitBoth(known);
    result.push(compare(fit, { features: featuresAt(days, today), baseline: ewmaAt(variances, today), riskMetrics: ewmaAt(squares, today) }, days[today + 1]!));
  }
  return result;
}

/** Features of each day with the day after, for fitting. */
export function observationsOf(days: readonly MarketDay[]): Observation[] {
  const observations: Observation[] = [];
  for (let index = WINDOWS.month - 1; index + 1 < days.length; index += 1) {
    const { logVariance, logReturn } = days[index + 1]!;
    observations.push({ features: featuresAt(days, index), logVariance, logReturn });
  }
  return observations;
}

function fitBoth(observations: readonly Observation[]): Fit {
  const rows = observations.map(({ features }) => [1, ...features]);
  return { volatility: fitLogHar(observations), returnCoefficients: leastSquares(rows, observations.map(({ logReturn }) => logReturn)) };
}

function compare(fit: Fit, known: { readonly features: readonly number[]; readonly baseline: number; readonly riskMetrics: number }, next: MarketDay): WalkForwardDay {
  const { residualDeviation, lowerResidual, upperResidual, returnScale, coefficients } = fit.volatility;
  const logVariance = linear(coefficients, known.features);
  const forecast = Math.exp(logVariance + residualDeviation ** 2 / 2);
  return {
    openTimeMs: next.openTimeMs,
    forecast,
    baseline: known.baseline,
    realised: next.variance,
    returnForecast: forecast * returnScale,
    riskMetrics: known.riskMetrics,
    squaredReturn: next.logReturn ** 2,
    returnScale,
    covered: next.logVariance >= logVariance + lowerResidual && next.logVariance <= logVariance + upperResidual,
    strength: claimStrength(logVariance, known.baseline, residualDeviation),
    expectedReturn: linear(fit.returnCoefficients, known.features),
    logReturn: next.logReturn,
  };
}
