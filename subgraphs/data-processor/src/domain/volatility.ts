// Realised volatility over a window of bars, annualised by the root of bars a year. All logarithms are natural; o, h, l, c
// are a bar's prices, c' the close before it. n is the number of bars in the window.
//
//   CLOSE         sample deviation (n - 1) of ln(c / c')                                    close to close
//   PARKINSON     sqrt( Σ ln(h/l)² / (4 n ln 2) )                                           Parkinson 1980, J. of Business 53
//   GARMAN_KLASS  sqrt( Σ ( ½ ln(h/l)² - (2 ln 2 - 1) ln(c/o)² ) / n )                      Garman & Klass 1980, J. of Business 53
//   YANG_ZHANG    sqrt( σo² + k σc² + (1 - k) σrs² ), k = 0.34 / (1.34 + (n + 1)/(n - 1))   Yang & Zhang 2000, J. of Business 73
//                 σo² sample variance of ln(o/c'), σc² of ln(c/o), σrs² = Σ ( ln(h/c) ln(h/o) + ln(l/c) ln(l/o) ) / n

export const VOLATILITY_ESTIMATORS = ['CLOSE', 'PARKINSON', 'GARMAN_KLASS', 'YANG_ZHANG'] as const;
export type VolatilityEstimator = (typeof VOLATILITY_ESTIMATORS)[number];

/** Columns of equal length, oldest first. */
export interface PriceColumns {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

/** Bars before the window that an estimator looks at. */
export function barsBefore(estimator: VolatilityEstimator): number {
  return estimator === 'CLOSE' || estimator === 'YANG_ZHANG' ? 1 : 0;
}

/**
 * Volatility at each bar over the `window` bars that end with it.
 *
 * @returns a column like those of `bars`, NaN where there are not enough bars or a price is not positive; 0.2 means 20 %.
 */
export function rollingVolatility(estimator: VolatilityEstimator, bars: PriceColumns, window: number, barsPerYear: number): Float64Array {
  const count = bars.close.length;
  const values = new Float64Array(count).fill(NaN);
  for (let last = window - 1 + barsBefore(estimator); last < count; last++) {
    values[last] = finiteOr(Math.sqrt(variance(estimator, bars, last - window + 1, last) * barsPerYear), NaN);
  }
  return values;
}

function variance(estimator: VolatilityEstimator, { open, high, low, close }: PriceColumns, first: number, last: number): number {
  const n = last - first + 1;
  const mean = (term: (row: number) => number) => sum(term, first, last) / n;
  switch (estimator) {
    case 'CLOSE':
      return sampleVariance((row) => Math.log(close[row]! / close[row - 1]!), first, last);
    case 'PARKINSON':
      return mean((row) => Math.log(high[row]! / low[row]!) ** 2) / (4 * Math.LN2);
    case 'GARMAN_KLASS':
      return mean((row) => Math.log(high[row]! / low[row]!) ** 2 / 2 - (2 * Math.LN2 - 1) * Math.log(close[row]! / open[row]!) ** 2);
    case 'YANG_ZHANG': {
      const k = 0.34 / (1.34 + (n + 1) / (n - 1));
      const overnight = sampleVariance((row) => Math.log(open[row]! / close[row - 1]!), first, last);
      const day = sampleVariance((row) => Math.log(close[row]! / open[row]!), first, last);
      const rogersSatchell = mean((row) => Math.log(high[row]! / close[row]!) * Math.log(high[row]! / open[row]!) + Math.log(low[row]! / close[row]!) * Math.log(low[row]! / open[row]!));
      return overnight + k * day + (1 - k) * rogersSatchell;
    }
  }
}

function sampleVariance(term: (row: number) => number, first: number, last: number): number {
  const n = last - first + 1;
  const mean = sum(term, first, last) / n;
  return sum((row) => (term(row) - mean) ** 2, first, last) / (n - 1);
}

function sum(term: (row: number) => number, first: number, last: number): number {
  let total = 0;
  for (let row = first; row <= last; row++) total += term(row);
  return total;
}

function finiteOr(value: number, otherwise: number): number {
  return Number.isFinite(value) ? value : otherwise;
}
