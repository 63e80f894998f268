// Wilder's true range: the bar's range, stretched to the close before it. The first bar has none.

import type { BarColumns } from '../indicator.ts';

/** [1 once there is a close, that close]. */
export const TRUE_RANGE_SLOTS = 2;

export function trueRange(state: Float64Array, at: number, stride: number, bars: BarColumns, from: number, dst: Float64Array, dstFrom: number, rows: number): void {
  const { high: highs, low: lows, close: closes } = bars;
  let begun = state[at]! | 0;
  let previous = state[at + 1]!;
  for (let row = 0; row < rows; row++) {
    if (stride !== 0 && row > 0) {
      state[at] = begun;
      state[at + 1] = previous;
      at += stride;
      begun = state[at]! | 0;
      previous = state[at + 1]!;
    }
    const high = highs[from + row]!;
    const low = lows[from + row]!;
    let range = high - low;
    const up = Math.abs(high - previous);
    const down = Math.abs(low - previous);
    if (up > range) range = up;
    if (down > range) range = down;
    dst[dstFrom + row] = begun === 0 ? NaN : range;
    begun = 1;
    previous = closes[from + row]!;
  }
  state[at] = begun;
  state[at + 1] = previous;
}
