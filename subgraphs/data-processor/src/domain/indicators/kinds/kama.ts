// Kaufman's adaptive average with his fixed speeds 2 and 30, as TA-Lib: it begins at the close before its first value.

import { bars, define } from '../definition.ts';
import { CHUNK_ROWS, SINGLE, scratchColumn } from '../indicator.ts';
import { delay, delaySlots } from '../operators/delay.ts';
import { slidingSum, slidingSumSlots } from '../operators/sliding-sum.ts';

const SLOWEST = 2 / (30 + 1);
const SPEEDS = 2 / (2 + 1) - SLOWEST;
/** (1 - SLOWEST^2)^bars is below e^-40. */
const MEMORY_BARS = 9_600;

/** [1 once there is a close, that close, average]. */
const OWN_SLOTS = 3;

const past = scratchColumn();
const changes = scratchColumn();
const paths = scratchColumn();

export const KAMA = define({
  parameters: { period: bars(10) },
  make: ({ period }) => {
    const sums = OWN_SLOTS;
    const delays = sums + slidingSumSlots(period);
    return {
      components: SINGLE,
      slots: delays + delaySlots(period),
      warmup: period,
      memory: MEMORY_BARS + 2 * period,
      run: (state, at, stride, { close }, from, to, out) => {
        const values = out[0]!;
        for (let start = from; start < to; start += CHUNK_ROWS, at += CHUNK_ROWS * stride) {
          const rows = Math.min(CHUNK_ROWS, to - start);
          changesOf(state, at, stride, close, start, rows);
          slidingSum(state, at + sums, stride, period, changes, 0, paths, 0, rows);
          delay(state, at + delays, stride, period, close, start, past, 0, rows);
          adapt(state, at, stride, close, start, values, rows);
        }
      },
    };
  },
});

/** Sizes of the changes, NaN for the first bar. */
function changesOf(state: Float64Array, at: number, stride: number, close: Float64Array, from: number, rows: number): void {
  for (let row = 0; row < rows; row++, at += stride) {
    const value = close[from + row]!;
    changes[row] = state[at] === 0 ? NaN : Math.abs(value - state[at + 1]!);
    state[at] = 1;
    state[at + 1] = value;
  }
}

function adapt(state: Float64Array, at: number, stride: number, close: Float64Array, from: number, values: Float64Array, rows: number): void {
  let average = state[at + 2]!;
  for (let row = 0; row < rows; row++) {
    if (stride !== 0 && row > 0) {
      state[at + 2] = average;
      at += stride;
      average = state[at + 2]!;
    }
    const value = close[from + row]!;
    const path = paths[row]!;
    if (path !== path) {
      average = value;
      values[from + row] = NaN;
      continue;
    }
    const way = value - past[row]!;
    const efficiency = path <= way || path === 0 ? 1 : Math.abs(way / path);
    const speed = efficiency * SPEEDS + SLOWEST;
    average = (value - average) * (speed * speed) + average;
    values[from + row] = average;
  }
  state[at + 2] = average;
}
