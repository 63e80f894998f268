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
export function exponential(state: Float64Array, at: number, stride: number, period: number, factor: number, src: Float64Array, srcFrom: number, dst: Float64Array, dstFrom: number, rows: number): void {
  let seen = state[at]! | 0;
  let average = state[at + 1]!;
  for (let row = 0; row < rows; row++) {
    if (stride !== 0 && row > 0) {
      state[at] = seen;
      state[at + 1] = average;
      at += stride;
      seen = state[at]! | 0;
      average = state[at + 1]!;
    }
    const value = src[srcFrom + row]!;
    let result = NaN;
    if (seen === period) {
      average = (value - average) * factor + average;
      result = average;
    } else if (value === value) {
      average += value;
      if (++seen === period) result = average = average / period;
    }
    dst[dstFrom + row] = result;
  }
  state[at] = seen;
  state[at + 1] = average;
}
