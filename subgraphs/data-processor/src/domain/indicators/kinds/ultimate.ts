// Williams' ultimate oscillator: buying pressure over true range, of three windows, weighted 4, 2 and 1.

import { bars, define, requireBelow } from '../definition.ts';
import type { BarColumns, Indicator } from '../indicator.ts';
import { CHUNK_ROWS, SINGLE, scratchColumn } from '../indicator.ts';
import { slidingSum, slidingSumSlots } from '../operators/sliding-sum.ts';
import { TRUE_RANGE_SLOTS, trueRange } from '../operators/true-range.ts';

const pressures = scratchColumn();
const ranges = scratchColumn();
const pressure = scratchColumn();
const range = scratchColumn();

/** A window without any range counts 0. */
export const ULTOSC = define({
  parameters: { fast: bars(7, 1), period: bars(14), slow: bars(28, 3) },
  check: ({ fast, period, slow }) => {
    requireBelow('fast', fast, 'period', period);
    requireBelow('period', period, 'slow', slow);
  },
  make: ({ fast, period, slow }): Indicator => {
    // [1 once there is a close, that close, true range, six sums]
    const sums = 2 + TRUE_RANGE_SLOTS;
    const windows = [fast, period, slow];
    const starts = [sums, sums + 2 * slidingSumSlots(fast), sums + 2 * slidingSumSlots(fast) + 2 * slidingSumSlots(period)];
    return {
      components: SINGLE,
      slots: starts[2]! + 2 * slidingSumSlots(slow),
      warmup: slow,
      memory: slow,
      run: (state, at, stride, all, from, to, out) => {
        const values = out[0]!;
        for (let start = from; start < to; start += CHUNK_ROWS, at += CHUNK_ROWS * stride) {
          const rows = Math.min(CHUNK_ROWS, to - start);
          buyingPressure(state, at, stride, all, start, rows);
          trueRange(state, at + 2, stride, all, start, ranges, 0, rows);
          for (let row = start; row < start + rows; row++) values[row] = 0;
          for (let window = 0; window < 3; window++) {
            const bars = windows[window]!;
            const weight = (100 / 7) * (4 >> window);
            slidingSum(state, at + starts[window]!, stride, bars, pressures, 0, pressure, 0, rows);
            slidingSum(state, at + starts[window]! + slidingSumSlots(bars), stride, bars, ranges, 0, range, 0, rows);
            for (let row = 0; row < rows; row++) values[start + row]! += range[row] === 0 ? 0 : weight * (pressure[row]! / range[row]!);
          }
        }
      },
    };
  },
});

/** close - min(low, close before); NaN for the first bar. */
function buyingPressure(state: Float64Array, at: number, stride: number, { low, close }: BarColumns, from: number, rows: number): void {
  for (let row = 0; row < rows; row++, at += stride) {
    const now = close[from + row]!;
    const before = state[at + 1]!;
    const bottom = low[from + row]!;
    pressures[row] = state[at] === 0 ? NaN : now - (bottom < before ? bottom : before);
    state[at] = 1;
    state[at + 1] = now;
  }
}
