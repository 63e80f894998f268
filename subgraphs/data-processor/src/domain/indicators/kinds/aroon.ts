// Aroon: how long ago the extremes of the last n + 1 bars were, 100 for this bar and 0 for n bars ago. Of equal extremes
// the newest counts, as TA-Lib.

import { bars, define } from '../definition.ts';
import type { Indicator } from '../indicator.ts';
import { CHUNK_ROWS } from '../indicator.ts';
import { slidingAge, slidingAgeSlots } from '../operators/sliding-age.ts';

export const AROON = define({
  parameters: { period: bars(14) },
  make: ({ period }): Indicator => {
    const lows = slidingAgeSlots(period + 1);
    return {
      components: ['up', 'down'],
      slots: 2 * lows,
      warmup: period,
      memory: period,
      run: (state, at, stride, { high, low }, from, to, out) => {
        const ups = out[0]!;
        const downs = out[1]!;
        for (let start = from; start < to; start += CHUNK_ROWS, at += CHUNK_ROWS * stride) {
          const rows = Math.min(CHUNK_ROWS, to - start);
          slidingAge(state, at, stride, period + 1, 1, high, start, ups, start, rows);
          slidingAge(state, at + lows, stride, period + 1, -1, low, start, downs, start, rows);
          for (let row = start; row < start + rows; row++) {
            ups[row] = (100 * (period - ups[row]!)) / period;
            downs[row] = (100 * (period - downs[row]!)) / period;
          }
        }
      },
    };
  },
});
