// Moving averages of the close. Conventions: TA-Lib's; HMA as Hull gave it, with n / 2 and sqrt(n) rounded down.

import { bars, define } from '../definition.ts';
import type { Indicator } from '../indicator.ts';
import { CHAINED_MEMORY_PERIODS, CHUNK_ROWS, EXPONENTIAL_MEMORY_PERIODS, SINGLE, scratchColumn } from '../indicator.ts';
import { EXPONENTIAL_SLOTS, emaFactor, exponential } from '../operators/exponential.ts';
import { slidingMean, slidingMeanSlots } from '../operators/sliding-mean.ts';
import { slidingWeighted, slidingWeightedSlots, weightedMean } from '../operators/sliding-weighted.ts';

const first = scratchColumn();
const second = scratchColumn();
const third = scratchColumn();

export const SMA = define({
  parameters: { period: bars(20) },
  make: ({ period }) => ({
    components: SINGLE,
    slots: slidingMeanSlots(period),
    warmup: period - 1,
    // A sum begins anew with each block, so a window may hold the rounding of the blocks it touches, of nothing older.
    memory: 2 * period,
    run: (state, at, stride, { close }, from, to, out) => slidingMean(state, at, stride, period, close, from, out[0]!, from, to - from),
  }),
});

export const EMA = define({
  parameters: { period: bars(20) },
  make: ({ period }) => ({
    components: SINGLE,
    slots: EXPONENTIAL_SLOTS,
    warmup: period - 1,
    memory: (1 + EXPONENTIAL_MEMORY_PERIODS) * period,
    run: (state, at, stride, { close }, from, to, out) => exponential(state, at, stride, period, emaFactor(period), close, from, out[0]!, from, to - from),
  }),
});

export const WMA = define({
  parameters: { period: bars(20) },
  make: ({ period }) => {
    const form = weightedMean(period);
    return {
      components: SINGLE,
      slots: slidingWeightedSlots(period),
      warmup: period - 1,
      memory: 2 * period,
      run: (state, at, stride, { close }, from, to, out) => slidingWeighted(state, at, stride, period, form, close, from, out[0]!, from, to - from),
    };
  },
});

/** 2 EMA - EMA(EMA). */
export const DEMA = define({ parameters: { period: bars(20) }, make: ({ period }) => chainedAverage(period, 2) });

/** 3 EMA - 3 EMA(EMA) + EMA(EMA(EMA)). */
export const TEMA = define({ parameters: { period: bars(20) }, make: ({ period }) => chainedAverage(period, 3) });

function chainedAverage(period: number, depth: 2 | 3): Indicator {
  const factor = emaFactor(period);
  return {
    components: SINGLE,
    slots: depth * EXPONENTIAL_SLOTS,
    warmup: depth * (period - 1),
    memory: (depth + CHAINED_MEMORY_PERIODS) * period,
    run: (state, at, stride, { close }, from, to, out) => {
      const values = out[0]!;
      for (let start = from; start < to; start += CHUNK_ROWS, at += CHUNK_ROWS * stride) {
        const rows = Math.min(CHUNK_ROWS, to - start);
        exponential(state, at, stride, period, factor, close, start, first, 0, rows);
        exponential(state, at + EXPONENTIAL_SLOTS, stride, period, factor, first, 0, second, 0, rows);
        if (depth === 2) {
          for (let row = 0; row < rows; row++) values[start + row] = 2 * first[row]! - second[row]!;
          continue;
        }
        exponential(state, at + 2 * EXPONENTIAL_SLOTS, stride, period, factor, second, 0, third, 0, rows);
        for (let row = 0; row < rows; row++) values[start + row] = 3 * (first[row]! - second[row]!) + third[row]!;
      }
    },
  };
}

/** WMA(2 WMA(n / 2) - WMA(n), sqrt(n)). */
export const HMA = define({
  parameters: { period: bars(16, 4) },
  make: ({ period }) => {
    const half = Math.floor(period / 2);
    const root = Math.floor(Math.sqrt(period));
    const [ofHalf, ofWhole, ofRoot] = [weightedMean(half), weightedMean(period), weightedMean(root)];
    const whole = slidingWeightedSlots(half);
    const outer = whole + slidingWeightedSlots(period);
    return {
      components: SINGLE,
      slots: outer + slidingWeightedSlots(root),
      warmup: period + root - 2,
      memory: 2 * (period + root),
      run: (state, at, stride, { close }, from, to, out) => {
        for (let start = from; start < to; start += CHUNK_ROWS, at += CHUNK_ROWS * stride) {
          const rows = Math.min(CHUNK_ROWS, to - start);
          slidingWeighted(state, at, stride, half, ofHalf, close, start, first, 0, rows);
          slidingWeighted(state, at + whole, stride, period, ofWhole, close, start, second, 0, rows);
          for (let row = 0; row < rows; row++) third[row] = 2 * first[row]! - second[row]!;
          slidingWeighted(state, at + outer, stride, root, ofRoot, third, 0, out[0]!, start, rows);
        }
      },
    };
  },
});
