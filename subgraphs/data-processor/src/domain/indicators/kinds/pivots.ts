// Floor traders' pivots of the bar before, for this bar: pivot P = (H + L + C) / 3, r1 = 2P - L, s1 = 2P - H,
// r2 = P + (H - L), s2 = P - (H - L), r3 = H + 2 (P - L), s3 = L - 2 (H - P). Daily pivots are those of D1 bars.

import { define } from '../definition.ts';
import type { Indicator } from '../indicator.ts';

/** [1 once there is a bar, its high, low, close]. */
const SLOTS = 4;

export const PIVOTS = define({
  parameters: {},
  make: (): Indicator => ({
    components: ['pivot', 'r1', 's1', 'r2', 's2', 'r3', 's3'],
    slots: SLOTS,
    warmup: 1,
    memory: 1,
    run: (state, at, stride, bars, from, to, out) => {
      for (let row = from; row < to; row++, at += stride) {
        if (state[at] === 1) levels(state[at + 1]!, state[at + 2]!, state[at + 3]!, row, out);
        else for (let column = 0; column < out.length; column++) out[column]![row] = NaN;
        state[at] = 1;
        state[at + 1] = bars.high[row]!;
        state[at + 2] = bars.low[row]!;
        state[at + 3] = bars.close[row]!;
      }
    },
  }),
});

function levels(high: number, low: number, close: number, row: number, out: readonly Float64Array[]): void {
  const pivot = (high + low + close) / 3;
  out[0]![row] = pivot;
  out[1]![row] = 2 * pivot - low;
  out[2]![row] = 2 * pivot - high;
  out[3]![row] = pivot + (high - low);
  out[4]![row] = pivot - (high - low);
  out[5]![row] = high + 2 * (pivot - low);
  out[6]![row] = low - 2 * (high - pivot);
}
