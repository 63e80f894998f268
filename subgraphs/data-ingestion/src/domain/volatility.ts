// How much a price moves, measured from its own history. A statistic, so a binary float.
//
//   r_i      = ln(close_i / close_(i-1)), over the last VOLATILITY_WINDOW returns
//   daily    = sample standard deviation of r (n - 1 below)
//   annual   = daily * sqrt(252)
//   a step   = daily * sqrt(seconds / 86400): the simulated venue never closes, so one day's variance fills 24 hours

/** One year of daily returns. */
export const VOLATILITY_WINDOW = 252;
export const TRADING_DAYS_PER_YEAR = 252;
/** Fewer returns say too little. */
export const MIN_RETURNS = 20;
const SECONDS_PER_DAY = 86_400;

/**
 * Daily volatility of a series of closes, oldest first. Pairs with a price of zero or below have no logarithmic return
 * and are left out.
 *
 * @returns undefined with fewer than MIN_RETURNS returns or when nothing ever moved.
 */
export function dailyVolatility(closes: readonly number[]): number | undefined {
  const recent = closes.slice(-(VOLATILITY_WINDOW + 1));
  const returns = recent.slice(1).flatMap((close, index) => (close > 0 && recent[index]! > 0 ? [Math.log(close / recent[index]!)] : []));
  if (returns.length < MIN_RETURNS) return undefined;
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (returns.length - 1);
  return variance > 0 ? Math.sqrt(variance) : undefined;
}

export function annualVolatility(daily: number): number {
  return daily * Math.sqrt(TRADING_DAYS_PER_YEAR);
}

export function stepVolatility(daily: number, seconds: number): number {
  return daily * Math.sqrt(seconds / SECONDS_PER_DAY);
}
