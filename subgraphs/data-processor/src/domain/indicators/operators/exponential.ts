// Exponential averages over a column: EMA with factor 2 / (n + 1), Wilder's with 1 / n. Both are seeded by the plain
// mean of their first n values, which is TA-Lib's default.

/** [values seen while seeding, sum of them or the average]. */
export const EXPONENTIAL_SLOTS = 2;

export function emaFactor(period: number): number {
  return 2 / (period + 1);
}

/**
 * Writes the average of `src` rows to `dst` rows. Leading NaNs of `src` stay NaN and are not counted, so averages of
 * averages need no arithmetic of warm-ups; after the first number only numbers may come.
 */
export function exponential(state: Float64Array, at: number, period: number, factor: number, src: Float64Array, srcFrom: number, dst: Float64Array, dstFrom: number, rows: number): void {
  let seen = state[at]! | 0;
  let average = state[at + 1]!;
  let row = 0;
  for (; row < rows && seen < period; row++) {
    const value = src[srcFrom + row]!;
    let result = NaN;
    if (value === value) {
      average += value;
      if (++seen === period) result = average = average / period;
    }
    dst[dstFrom + row] = result;
  }
  for (; row < rows; row++) {
    average = (src[srcFrom + row]! - average) * factor + average;
    dst[dstFrom + row] = average;
  }
  state[at] = seen;
  state[at + 1] = average;
}
