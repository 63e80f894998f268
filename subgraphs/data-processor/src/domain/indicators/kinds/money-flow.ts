// Money flow index: an RSI of traded money. Whether the typical price rose is decided on exact sums (price-ticks.ts).

import { bars, define } from '../definition.ts';
import type { BarColumns, Indicator } from '../indicator.ts';
import { CHUNK_ROWS, SINGLE, scratchColumn } from '../indicator.ts';
import { sumOfThree, tickScale } from '../operators/price-ticks.ts';
import { slidingSum, slidingSumSlots } from '../operators/sliding-sum.ts';

/** [power of ten of the prices, 1 once there is a bar, its high + low + close]. */
const OWN_SLOTS = 3;

const rising = scratchColumn();
const falling = scratchColumn();

/**
 * 100 * (flow of rising bars) / (flow of rising and falling bars) over `period` bars, flow = (high + low + close) / 3 *
 * volume; a bar of the same typical price counts for neither. 0 without any flow.
 */
export const MFI = define({
  parameters: { period: bars(14) },
  make: ({ period }): Indicator => {
    const losses = OWN_SLOTS + slidingSumSlots(period);
    return {
      components: SINGLE,
      slots: losses + slidingSumSlots(period),
      warmup: period,
      memory: period,
      run: (state, at, stride, all, from, to, out) => {
        const values = out[0]!;
        for (let start = from; start < to; start += CHUNK_ROWS, at += CHUNK_ROWS * stride) {
          const rows = Math.min(CHUNK_ROWS, to - start);
          flows(state, at, stride, all, start, rows);
          slidingSum(state, at + OWN_SLOTS, stride, period, rising, 0, rising, 0, rows);
          slidingSum(state, at + losses, stride, period, falling, 0, falling, 0, rows);
          for (let row = 0; row < rows; row++) {
            const total = rising[row]! + falling[row]!;
            values[start + row] = total === 0 ? 0 : 100 * (rising[row]! / total);
          }
        }
      },
    };
  },
});

/** NaN in both columns for the first bar and for bars whose volume is unknown. */
function flows(state: Float64Array, at: number, stride: number, bars: BarColumns, from: number, rows: number): void {
  for (let row = 0; row < rows; row++, at += stride) {
    if (state[at] === 0) state[at] = tickScale(bars.high[from + row]!);
    const volume = bars.volume[from + row]!;
    rising[row] = NaN;
    falling[row] = NaN;
    if (volume !== volume) continue;
    const high = bars.high[from + row]!;
    const low = bars.low[from + row]!;
    const close = bars.close[from + row]!;
    const sum = sumOfThree(state[at]!, high, low, close);
    const change = sum - state[at + 2]!;
    if (state[at + 1] === 1) {
      rising[row] = change > 0 ? sum * volume : 0;
      falling[row] = change < 0 ? sum * volume : 0;
    }
    state[at + 1] = 1;
    state[at + 2] = sum;
  }
}
