// QLIKE, the loss that ranks variance forecasts rightly even though variance is only seen through a noisy proxy (Patton
// 2011, "Volatility forecast comparison using imperfect volatility proxies"). It is zero for a perfect forecast, does not
// care for units, and punishes a forecast that is too low more than one that is too high, as a risk manager would.

export function qlike(realised: number, forecast: number): number {
  const ratio = realised / forecast;
  return ratio - Math.log(ratio) - 1;
}

/**
 * Diebold and Mariano (1995): mean of the differences over its standard error, which allows for autocorrelation (Newey and
 * West 1987, Bartlett weights, lag n^(1/3)). Beyond 2 the difference is hardly chance.
 */
export function dieboldMariano(differences: readonly number[]): number {
  const count = differences.length;
  const mean = differences.reduce((sum, value) => sum + value, 0) / count;
  const lags = Math.floor(Math.cbrt(count));
  let variance = autocovariance(differences, mean, 0);
  for (let lag = 1; lag <= lags; lag += 1) variance += 2 * (1 - lag / (lags + 1)) * autocovariance(differences, mean, lag);
  return mean / Math.sqrt(variance / count);
}

function autocovariance(values: readonly number[], mean: number, lag: number): number {
  let sum = 0;
  for (let i = lag; i < values.length; i += 1) sum += (values[i]! - mean) * (values[i - lag]! - mean);
  return sum / values.length;
}
