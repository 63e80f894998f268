// Where the close stands between the extremes of the last n bars. No range at all gives 0, as TA-Lib.

import { bars, define } from '../definition.ts';
import type { Indicator } from '../indicator.ts';
import { CHUNK_ROWS, SINGLE, WILDER_MEMORY_PERIODS, scratchColumn } from '../indicator.ts';
import { RELATIVE_STRENGTH_SLOTS, relativeStrength } from '../operators/relative-strength.ts';
import { slidingExtremeSlots, slidingHighest, slidingLowest } from '../operators/sliding-extremes.ts';
import { slidingMean, slidingMeanSlots } from '../operators/sliding-mean.ts';

/** RSI is a quotient of averages: one that stands still still trembles in its last bits, and that is no range. */
const RSI_RANGE = 1e-10;

const highest = scratchColumn();
const lowest = scratchColumn();
const fast = scratchColumn();

/** k: SMA(smoothing) of 100 (close - lowest low) / (highest high - lowest low) over `period` bars; d: SMA(signal) of k. */
export const STOCH = define({
  parameters: { period: bars(5), smoothing: bars(3, 1), signal: bars(3, 1) },
  make: ({ period, smoothing, signal }): Indicator => {
    const lows = slidingExtremeSlots(period);
    const smooth = lows + slidingExtremeSlots(period);
    const slow = smooth + slidingMeanSlots(smoothing);
    return {
      components: ['k', 'd'],
      slots: slow + slidingMeanSlots(signal),
      warmup: period + smoothing + signal - 3,
      memory: period + 2 * (smoothing + signal),
      run: (state, at, stride, { high, low, close }, from, to, out) => {
        const ks = out[0]!;
        const ds = out[1]!;
        for (let start = from; start < to; start += CHUNK_ROWS, at += CHUNK_ROWS * stride) {
          const rows = Math.min(CHUNK_ROWS, to - start);
          slidingHighest(state, at, stride, period, high, start, highest, 0, rows);
          slidingLowest(state, at + lows, stride, period, low, start, lowest, 0, rows);
          for (let row = 0; row < rows; row++) {
            const range = highest[row]! - lowest[row]!;
            fast[row] = range === 0 ? 0 : 100 * ((close[start + row]! - lowest[row]!) / range);
          }
          slidingMean(state, at + smooth, stride, smoothing, fast, 0, ks, start, rows);
          slidingMean(state, at + slow, stride, signal, ks, start, ds, start, rows);
          for (let row = start; row < start + rows; row++) if (ds[row] !== ds[row]) ks[row] = NaN;
        }
      },
    };
  },
});

/** k: the stochastic of RSI(period) over `stochPeriod` bars, unsmoothed; d: SMA(signal) of k. */
export const STOCHRSI = define({
  parameters: { period: bars(14), stochPeriod: bars(5), signal: bars(3, 1) },
  make: ({ period, stochPeriod, signal }): Indicator => {
    const highs = RELATIVE_STRENGTH_SLOTS;
    const lows = highs + slidingExtremeSlots(stochPeriod);
    const slow = lows + slidingExtremeSlots(stochPeriod);
    return {
      components: ['k', 'd'],
      slots: slow + slidingMeanSlots(signal),
      warmup: period + stochPeriod + signal - 2,
      memory: (1 + WILDER_MEMORY_PERIODS) * period + stochPeriod + 2 * signal,
      run: (state, at, stride, { close }, from, to, out) => {
        const ks = out[0]!;
        const ds = out[1]!;
        for (let start = from; start < to; start += CHUNK_ROWS, at += CHUNK_ROWS * stride) {
          const rows = Math.min(CHUNK_ROWS, to - start);
          relativeStrength(state, at, stride, period, 0, close, start, fast, 0, rows);
          slidingHighest(state, at + highs, stride, stochPeriod, fast, 0, highest, 0, rows);
          slidingLowest(state, at + lows, stride, stochPeriod, fast, 0, lowest, 0, rows);
          for (let row = 0; row < rows; row++) {
            const range = highest[row]! - lowest[row]!;
            ks[start + row] = range <= RSI_RANGE ? 0 : 100 * ((fast[row]! - lowest[row]!) / range);
          }
          slidingMean(state, at + slow, stride, signal, ks, start, ds, start, rows);
          for (let row = start; row < start + rows; row++) if (ds[row] !== ds[row]) ks[row] = NaN;
        }
      },
    };
  },
});

/** -100 (highest high - close) / (highest high - lowest low): 0 at the top, -100 at the bottom. */
export const WILLR = define({
  parameters: { period: bars(14) },
  make: ({ period }): Indicator => {
    const lows = slidingExtremeSlots(period);
    return {
      components: SINGLE,
      slots: 2 * lows,
      warmup: period - 1,
      memory: period - 1,
      run: (state, at, stride, { high, low, close }, from, to, out) => {
        const values = out[0]!;
        for (let start = from; start < to; start += CHUNK_ROWS, at += CHUNK_ROWS * stride) {
          const rows = Math.min(CHUNK_ROWS, to - start);
          slidingHighest(state, at, stride, period, high, start, highest, 0, rows);
          slidingLowest(state, at + lows, stride, period, low, start, lowest, 0, rows);
          for (let row = 0; row < rows; row++) {
            const range = highest[row]! - lowest[row]!;
            values[start + row] = range === 0 ? 0 : -100 * ((highest[row]! - close[start + row]!) / range);
          }
        }
      },
    };
  },
});
