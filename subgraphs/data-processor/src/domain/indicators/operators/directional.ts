// Wilder's directional movement: sums of +DM, -DM and true range, smoothed as TA-Lib does (bars 1 to n - 1 are added up,
// from bar n on sum - sum / n + new). Which movement of a bar is the larger is decided on exact sums (price-ticks.ts):
// high - high before > low before - low is the same as high + low > high before + low before.

import type { BarColumns } from '../indicator.ts';
import { sumInTicks, tickScale } from './price-ticks.ts';

/** [power of ten of the prices, changes seen up to n, high, low, close before, its high + low in ticks, +DM, -DM, range]. */
export const DIRECTIONAL_SLOTS = 9;

/** Writes +DI to `plus` and -DI to `minus` (0..100): NaN for the first n bars, 0 where there is no range. */
export function directional(state: Float64Array, at: number, stride: number, period: number, bars: BarColumns, from: number, plus: Float64Array, minus: Float64Array, dstFrom: number, rows: number): void {
  const factor = 1 / period;
  let scale = state[at]!;
  let seen = state[at + 1]! | 0;
  let highBefore = state[at + 2]!;
  let lowBefore = state[at + 3]!;
  let closeBefore = state[at + 4]!;
  let ticksBefore = state[at + 5]!;
  let rise = state[at + 6]!;
  let fall = state[at + 7]!;
  let ranges = state[at + 8]!;
  for (let row = 0; row < rows; row++) {
    if (stride !== 0 && row > 0) {
      state[at] = scale;
      state[at + 1] = seen;
      state[at + 2] = highBefore;
      state[at + 3] = lowBefore;
      state[at + 4] = closeBefore;
      state[at + 5] = ticksBefore;
      state[at + 6] = rise;
      state[at + 7] = fall;
      state[at + 8] = ranges;
      at += stride;
      scale = state[at]!;
      seen = state[at + 1]! | 0;
      highBefore = state[at + 2]!;
      lowBefore = state[at + 3]!;
      closeBefore = state[at + 4]!;
      ticksBefore = state[at + 5]!;
      rise = state[at + 6]!;
      fall = state[at + 7]!;
      ranges = state[at + 8]!;
    }
    const high = bars.high[from + row]!;
    const low = bars.low[from + row]!;
    const begun = scale !== 0;
    if (!begun) scale = tickScale(high);
    const ticks = sumInTicks(scale, high, low);
    let result = NaN;
    if (begun) {
      const up = high - highBefore;
      const down = lowBefore - low;
      const difference = ticks - ticksBefore;
      const order = difference === difference ? difference : up - down;
      const keep = seen < period - 1 ? 0 : factor;
      if (seen < period) seen++;
      rise = rise - rise * keep + (order > 0 && up > 0 ? up : 0);
      fall = fall - fall * keep + (order < 0 && down > 0 ? down : 0);
      ranges = ranges - ranges * keep + (Math.max(high, closeBefore) - Math.min(low, closeBefore));
      if (seen === period) result = ranges > 0 ? 100 / ranges : 0;
    }
    plus[dstFrom + row] = result * rise;
    minus[dstFrom + row] = result * fall;
    highBefore = high;
    lowBefore = low;
    closeBefore = bars.close[from + row]!;
    ticksBefore = ticks;
  }
  state[at] = scale;
  state[at + 1] = seen;
  state[at + 2] = highBefore;
  state[at + 3] = lowBefore;
  state[at + 4] = closeBefore;
  state[at + 5] = ticksBefore;
  state[at + 6] = rise;
  state[at + 7] = fall;
  state[at + 8] = ranges;
}
