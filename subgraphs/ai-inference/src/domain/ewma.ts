// The baseline to beat: the exponentially weighted moving average of RiskMetrics (J.P. Morgan, Technical Document, 4th
// edition 1996, §5.2), lambda 0.94 for daily data. Weights beyond a year sum to 2e-7 and are cut off, so that the figure
// depends on the last 252 days alone and is the same in training and live.

export const LAMBDA = 0.94;
export const BASELINE_DAYS = 252;

/** Weighted mean of `values[..index]`, the newest weighing most; weights sum to one however short the series. */
export function ewmaAt(values: readonly number[], index: number): number {
  let weighted = 0;
  let weights = 0;
  let weight = 1;
  for (let i = index; i >= 0 && i > index - BASELINE_DAYS; i -= 1) {
    weighted += weight * values[i]!;
    weights += weight;
    weight *= LAMBDA;
  }
  return weighted / weights;
}
