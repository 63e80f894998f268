// How much one day moved, from its four prices: the variance that forecasts are about.
//
//   RV = ln(O/C')^2 + 1/2 ln(H/L)^2 - (2 ln 2 - 1) ln(C/O)^2        C' = close of the day before
//
// The first term is the night, the rest is Garman and Klass (1980), "On the Estimation of Security Price Volatilities
// from Historical Data", their practical estimator, about seven times as precise as a squared daily return. Many index
// series carry the previous close as open (this S&P 500 does until 2006); the night is then inside the range.

import type { DailyBar } from './daily-bar.ts';

/** One basis point a day, squared: a day without any movement would have a logarithm of minus infinity. */
export const MIN_VARIANCE = 1e-8;
const CLOSE_WEIGHT = 2 * Math.LN2 - 1;

/** Daily variance of log returns; at least MIN_VARIANCE. */
export function realisedVariance(bar: DailyBar, previousClose: number): number {
  const night = Math.log(bar.open / previousClose);
  const range = Math.log(bar.high / bar.low);
  const day = Math.log(bar.close / bar.open);
  return Math.max(night * night + 0.5 * range * range - CLOSE_WEIGHT * day * day, MIN_VARIANCE);
}
