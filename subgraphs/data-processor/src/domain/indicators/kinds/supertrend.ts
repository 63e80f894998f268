// SuperTrend: a stop at the middle of the bar plus or minus a multiple of Wilder's ATR that only ever tightens, and turns
// when the close crosses it. It begins as a down trend with the first ATR, as the charting platforms have it.

import { MAX_DEVIATIONS, bars, define, factor } from '../definition.ts';
import type { BarColumns, Indicator } from '../indicator.ts';
import { CHUNK_ROWS, REVERSAL_MEMORY_BARS, WILDER_MEMORY_PERIODS, scratchColumn } from '../indicator.ts';
import { EXPONENTIAL_SLOTS, exponential } from '../operators/exponential.ts';
import { TRUE_RANGE_SLOTS, trueRange } from '../operators/true-range.ts';

const ranges = scratchColumn();

/** [direction: 1 up, -1 down, 0 not begun; upper stop; lower stop; close before]. */
const OWN_SLOTS = 4;

/** value: the stop; direction: 1 below an up trend, -1 above a down trend. */
export const SUPERTREND = define({
  parameters: { period: bars(10), multiplier: factor(3, MAX_DEVIATIONS) },
  make: ({ period, multiplier }): Indicator => ({
    components: ['value', 'direction'],
    slots: OWN_SLOTS + TRUE_RANGE_SLOTS + EXPONENTIAL_SLOTS,
    warmup: period,
    memory: REVERSAL_MEMORY_BARS + (1 + WILDER_MEMORY_PERIODS) * period,
    run: (state, at, stride, all, from, to, out) => {
      for (let start = from; start < to; start += CHUNK_ROWS, at += CHUNK_ROWS * stride) {
        const rows = Math.min(CHUNK_ROWS, to - start);
        trueRange(state, at + OWN_SLOTS, stride, all, start, ranges, 0, rows);
        exponential(state, at + OWN_SLOTS + TRUE_RANGE_SLOTS, stride, period, 1 / period, ranges, 0, ranges, 0, rows);
        trail(state, at, stride, multiplier, all, start, rows, out);
      }
    },
  }),
});

function trail(state: Float64Array, at: number, stride: number, multiplier: number, { high, low, close }: BarColumns, from: number, rows: number, out: readonly Float64Array[]): void {
  const values = out[0]!;
  const directions = out[1]!;
  let direction = state[at]!;
  let upper = state[at + 1]!;
  let lower = state[at + 2]!;
  let before = state[at + 3]!;
  for (let row = 0; row < rows; row++) {
    if (stride !== 0 && row > 0) {
      state[at] = direction;
      state[at + 1] = upper;
      state[at + 2] = lower;
      state[at + 3] = before;
      at += stride;
      direction = state[at]!;
      upper = state[at + 1]!;
      lower = state[at + 2]!;
      before = state[at + 3]!;
    }
    const width = multiplier * ranges[row]!;
    const now = close[from + row]!;
    if (width === width) {
      const middle = (high[from + row]! + low[from + row]!) / 2;
      const first = direction === 0;
      if (first || middle + width < upper || before > upper) upper = middle + width;
      if (first || middle - width > lower || before < lower) lower = middle - width;
      if (first) direction = -1;
      else if (direction < 0 && now > upper) direction = 1;
      else if (direction > 0 && now < lower) direction = -1;
    }
    values[from + row] = direction === 0 ? NaN : direction > 0 ? lower : upper;
    directions[from + row] = direction === 0 ? NaN : direction;
    before = now;
  }
  state[at] = direction;
  state[at + 1] = upper;
  state[at + 2] = lower;
  state[at + 3] = before;
}
