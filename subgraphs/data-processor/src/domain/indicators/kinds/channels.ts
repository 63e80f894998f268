// Bands around an average, and what is read off a window of closes: deviation and regression.

import { MAX_DEVIATIONS, bars, define, factor } from '../definition.ts';
import type { Indicator } from '../indicator.ts';
import { CHUNK_ROWS, EXPONENTIAL_MEMORY_PERIODS, SINGLE, WILDER_MEMORY_PERIODS, scratchColumn } from '../indicator.ts';
import { EXPONENTIAL_SLOTS, emaFactor, exponential } from '../operators/exponential.ts';
import { slidingExtremeSlots, slidingHighest, slidingLowest } from '../operators/sliding-extremes.ts';
import { slidingVariance, slidingVarianceSlots } from '../operators/sliding-mean.ts';
import type { WeightedForm } from '../operators/sliding-weighted.ts';
import { regressionEnd, regressionSlope, slidingWeighted, slidingWeightedSlots } from '../operators/sliding-weighted.ts';
import { TRUE_RANGE_SLOTS, trueRange } from '../operators/true-range.ts';

const first = scratchColumn();
const second = scratchColumn();

/** SMA(period) and `deviations` population deviations around it. */
export const BBANDS = define({
  parameters: { period: bars(20), deviations: factor(2, MAX_DEVIATIONS) },
  make: ({ period, deviations }): Indicator => ({
    components: ['upper', 'middle', 'lower'],
    slots: slidingVarianceSlots(period),
    warmup: period - 1,
    memory: 2 * period,
    run: (state, at, stride, { close }, from, to, out) => {
      const uppers = out[0]!;
      const middles = out[1]!;
      const lowers = out[2]!;
      for (let start = from; start < to; start += CHUNK_ROWS, at += CHUNK_ROWS * stride) {
        const rows = Math.min(CHUNK_ROWS, to - start);
        slidingVariance(state, at, stride, period, close, start, middles, uppers, start, rows);
        for (let row = start; row < start + rows; row++) {
          const width = deviations * Math.sqrt(uppers[row]!);
          uppers[row] = middles[row]! + width;
          lowers[row] = middles[row]! - width;
        }
      }
    },
  }),
});

/** `deviations` population deviations (divisor n) of the last `period` closes. */
export const STDDEV = define({
  parameters: { period: bars(5), deviations: factor(1, MAX_DEVIATIONS) },
  make: ({ period, deviations }): Indicator => ({
    components: SINGLE,
    slots: slidingVarianceSlots(period),
    warmup: period - 1,
    memory: 2 * period,
    run: (state, at, stride, { close }, from, to, out) => {
      const values = out[0]!;
      for (let start = from; start < to; start += CHUNK_ROWS, at += CHUNK_ROWS * stride) {
        const rows = Math.min(CHUNK_ROWS, to - start);
        slidingVariance(state, at, stride, period, close, start, first, second, 0, rows);
        for (let row = 0; row < rows; row++) values[start + row] = deviations * Math.sqrt(second[row]!);
      }
    },
  }),
});

/** EMA(period) of the close and `multiplier` times ATR(atrPeriod) around it. */
export const KELTNER = define({
  parameters: { period: bars(20), atrPeriod: bars(10), multiplier: factor(2, MAX_DEVIATIONS) },
  make: ({ period, atrPeriod, multiplier }): Indicator => {
    const ranges = EXPONENTIAL_SLOTS;
    const averages = ranges + TRUE_RANGE_SLOTS;
    return {
      components: ['upper', 'middle', 'lower'],
      slots: averages + EXPONENTIAL_SLOTS,
      warmup: Math.max(period - 1, atrPeriod),
      memory: Math.max((1 + EXPONENTIAL_MEMORY_PERIODS) * period, (1 + WILDER_MEMORY_PERIODS) * atrPeriod),
      run: (state, at, stride, all, from, to, out) => {
        const uppers = out[0]!;
        const middles = out[1]!;
        const lowers = out[2]!;
        for (let start = from; start < to; start += CHUNK_ROWS, at += CHUNK_ROWS * stride) {
          const rows = Math.min(CHUNK_ROWS, to - start);
          exponential(state, at, stride, period, emaFactor(period), all.close, start, first, 0, rows);
          trueRange(state, at + ranges, stride, all, start, second, 0, rows);
          exponential(state, at + averages, stride, atrPeriod, 1 / atrPeriod, second, 0, second, 0, rows);
          for (let row = 0; row < rows; row++) {
            const width = multiplier * second[row]!;
            uppers[start + row] = first[row]! + width;
            lowers[start + row] = first[row]! - width;
            middles[start + row] = first[row]! + width === first[row]! + width ? first[row]! : NaN;
          }
        }
      },
    };
  },
});

/** Highest high and lowest low of the last `period` bars, this one included, and the middle of them. */
export const DONCHIAN = define({
  parameters: { period: bars(20) },
  make: ({ period }): Indicator => ({
    components: ['upper', 'middle', 'lower'],
    slots: 2 * slidingExtremeSlots(period),
    warmup: period - 1,
    memory: period - 1,
    run: (state, at, stride, { high, low }, from, to, out) => {
      const uppers = out[0]!;
      const middles = out[1]!;
      const lowers = out[2]!;
      for (let start = from; start < to; start += CHUNK_ROWS, at += CHUNK_ROWS * stride) {
        const rows = Math.min(CHUNK_ROWS, to - start);
        slidingHighest(state, at, stride, period, high, start, uppers, start, rows);
        slidingLowest(state, at + slidingExtremeSlots(period), stride, period, low, start, lowers, start, rows);
        for (let row = start; row < start + rows; row++) middles[row] = (uppers[row]! + lowers[row]!) / 2;
      }
    },
  }),
});

/** Where the least-squares line of the last `period` closes ends. */
export const LINEARREG = define({ parameters: { period: bars(14) }, make: ({ period }) => regression(period, regressionEnd(period)) });

/** Rise per bar of that line. */
export const LINEARREG_SLOPE = define({ parameters: { period: bars(14) }, make: ({ period }) => regression(period, regressionSlope(period)) });

function regression(period: number, form: WeightedForm): Indicator {
  return {
    components: SINGLE,
    slots: slidingWeightedSlots(period),
    warmup: period - 1,
    memory: 2 * period,
    run: (state, at, stride, { close }, from, to, out) => slidingWeighted(state, at, stride, period, form, close, from, out[0]!, from, to - from),
  };
}
