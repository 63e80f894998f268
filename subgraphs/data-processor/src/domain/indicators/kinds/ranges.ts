// Wilder's average true range, plain and in percent of the close.

import { bars, define } from '../definition.ts';
import type { Indicator } from '../indicator.ts';
import { CHUNK_ROWS, SINGLE, WILDER_MEMORY_PERIODS, scratchColumn } from '../indicator.ts';
import { EXPONENTIAL_SLOTS, exponential } from '../operators/exponential.ts';
import { TRUE_RANGE_SLOTS, trueRange } from '../operators/true-range.ts';

const ranges = scratchColumn();

export const ATR = define({ parameters: { period: bars(14) }, make: ({ period }) => averageRange(period, false) });

/** 100 ATR / close; 0 where the close is 0. */
export const NATR = define({ parameters: { period: bars(14) }, make: ({ period }) => averageRange(period, true) });

/** The true range itself. */
export const TRANGE = define({
  parameters: {},
  make: (): Indicator => ({
    components: SINGLE,
    slots: TRUE_RANGE_SLOTS,
    warmup: 1,
    memory: 1,
    run: (state, at, stride, all, from, to, out) => trueRange(state, at, stride, all, from, out[0]!, from, to - from),
  }),
});

function averageRange(period: number, ofClose: boolean): Indicator {
  return {
    components: SINGLE,
    slots: TRUE_RANGE_SLOTS + EXPONENTIAL_SLOTS,
    warmup: period,
    memory: (1 + WILDER_MEMORY_PERIODS) * period,
    run: (state, at, stride, all, from, to, out) => {
      const values = out[0]!;
      const { close } = all;
      for (let start = from; start < to; start += CHUNK_ROWS, at += CHUNK_ROWS * stride) {
        const rows = Math.min(CHUNK_ROWS, to - start);
        trueRange(state, at, stride, all, start, ranges, 0, rows);
        exponential(state, at + TRUE_RANGE_SLOTS, stride, period, 1 / period, ranges, 0, values, start, rows);
        if (!ofClose) continue;
        for (let row = start; row < start + rows; row++) values[row] = close[row] === 0 ? 0 : 100 * (values[row]! / close[row]!);
      }
    },
  };
}
