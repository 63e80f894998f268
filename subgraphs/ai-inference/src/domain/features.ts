// What the volatility model looks at: the heterogeneous autoregression of Corsi (2009), "A Simple Approximate Long-Memory
// Model of Realized Volatility", in logarithms, with the leverage terms of Corsi and Reno (2012), "Discrete-Time Volatility
// Forecasting With Persistent Leverage Effect". Training and live inference share this file, so they cannot drift apart.
//
// All are relative to the instrument's own level of the last year, after "Risk Everywhere" (Bollerslev, Hood, Huss and
// Pedersen 2018): the model reverts to what is normal for the instrument and not to what was normal for the S&P 500.
//
// Every feature is summed afresh over its own window: what lies outside cannot change a single bit of it.

import type { DailyBar } from './daily-bar.ts';
import { realisedVariance } from './realised-variance.ts';

export const WINDOWS = { day: 1, week: 5, month: 22 } as const;
/** The level looks back a year, or as far as there are days. */
export const LEVEL_DAYS = 252;
export const FEATURES = [
  { name: 'varianceDay', description: 'ln of the realised variance of the last day, minus level' },
  { name: 'varianceWeek', description: 'mean of ln realised variance over the last 5 days, minus level' },
  { name: 'varianceMonth', description: 'mean of ln realised variance over the last 22 days, minus level' },
  { name: 'fallDay', description: 'log return of the last day where negative, else 0, in daily deviations of the level' },
  { name: 'fallWeek', description: 'mean log return of the last 5 days where negative, else 0, in daily deviations of the level' },
  { name: 'fallMonth', description: 'mean log return of the last 22 days where negative, else 0, in daily deviations of the level' },
  { name: 'level', description: 'mean of ln realised variance over the last 252 days; its coefficient is one' },
] as const;
/** Bars that one row of features needs: each of 22 days also looks at the close before it. */
export const FEATURE_BARS = WINDOWS.month + 1;

/** A day measured against the close before it. */
export interface MarketDay {
  readonly openTimeMs: number;
  readonly variance: number;
  readonly logVariance: number;
  readonly logReturn: number;
}

/** @returns one day fewer than there are bars. */
export function marketDays(bars: readonly DailyBar[]): MarketDay[] {
  return bars.slice(1).map((bar, index) => {
    const previousClose = bars[index]!.close;
    const variance = realisedVariance(bar, previousClose);
    return { openTimeMs: bar.openTimeMs, variance, logVariance: Math.log(variance), logReturn: Math.log(bar.close / previousClose) };
  });
}

/** Features as known at the end of `days[index]`, in the order of FEATURES; `index` is at least 21. */
export function featuresAt(days: readonly MarketDay[], index: number): number[] {
  const mean = (window: number, value: (day: MarketDay) => number): number => {
    let sum = 0;
    for (let i = index - window + 1; i <= index; i += 1) sum += value(days[i]!);
    return sum / window;
  };
  const level = mean(Math.min(LEVEL_DAYS, index + 1), (day) => day.logVariance);
  const levelDeviation = Math.exp(level / 2);
  const windows = Object.values(WINDOWS);
  return [
    ...windows.map((window) => mean(window, (day) => day.logVariance) - level),
    ...windows.map((window) => Math.min(mean(window, (day) => day.logReturn), 0) / levelDeviation),
    level,
  ];
}
