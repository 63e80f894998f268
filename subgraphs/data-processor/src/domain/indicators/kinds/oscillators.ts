// Differences of averages and of prices. All are taken of distances from the first close (operators/shifted.ts).

import { bars, define, requireBelow } from '../definition.ts';
import type { Indicator } from '../indicator.ts';
import { CHAINED_MEMORY_PERIODS, CHUNK_ROWS, EXPONENTIAL_MEMORY_PERIODS, SINGLE, scratchColumn } from '../indicator.ts';
import { delay, delaySlots } from '../operators/delay.ts';
import { EXPONENTIAL_SLOTS, emaFactor, exponential } from '../operators/exponential.ts';
import { SHIFTED_SLOTS, shifted } from '../operators/shifted.ts';
import { slidingMean, slidingMeanSlots } from '../operators/sliding-mean.ts';

const distance = scratchColumn();
const first = scratchColumn();
const second = scratchColumn();
const third = scratchColumn();

/** The fast average waits for bar slow - fast, so that its seed ends where the slow one's does (TA-Lib, TA_INT_MACD). */
export const MACD = define({
  parameters: { fast: bars(12), slow: bars(26, 3), signal: bars(9) },
  check: ({ fast, slow }) => requireBelow('fast', fast, 'slow', slow),
  make: ({ fast, slow, signal }): Indicator => {
    // [bars seen up to slow - fast, distances, slow average, fast average, signal]
    const slowAt = 1 + SHIFTED_SLOTS;
    const fastAt = slowAt + EXPONENTIAL_SLOTS;
    const signalAt = fastAt + EXPONENTIAL_SLOTS;
    return {
      components: ['macd', 'signal', 'histogram'],
      slots: signalAt + EXPONENTIAL_SLOTS,
      warmup: slow + signal - 2,
      memory: (1 + CHAINED_MEMORY_PERIODS) * (slow + signal),
      run: (state, at, stride, { close }, from, to, out) => {
        const lines = out[0]!;
        const signals = out[1]!;
        const histograms = out[2]!;
        for (let start = from; start < to; start += CHUNK_ROWS, at += CHUNK_ROWS * stride) {
          const rows = Math.min(CHUNK_ROWS, to - start);
          shifted(state, at + 1, stride, close, start, distance, 0, rows);
          exponential(state, at + slowAt, stride, slow, emaFactor(slow), distance, 0, first, 0, rows);
          awaitBars(state, at, stride, slow - fast, rows);
          exponential(state, at + fastAt, stride, fast, emaFactor(fast), distance, 0, second, 0, rows);
          for (let row = 0; row < rows; row++) second[row] = second[row]! - first[row]!;
          exponential(state, at + signalAt, stride, signal, emaFactor(signal), second, 0, signals, start, rows);
          for (let row = 0; row < rows; row++) {
            const histogram = second[row]! - signals[start + row]!;
            histograms[start + row] = histogram;
            lines[start + row] = histogram === histogram ? second[row]! : NaN;
          }
        }
      },
    };
  },
});

/** The first `count` distances are NaN; the state counts them. */
function awaitBars(state: Float64Array, at: number, stride: number, count: number, rows: number): void {
  for (let row = 0; row < rows; row++, at += stride) {
    if (state[at]! < count) {
      state[at]! += 1;
      distance[row] = NaN;
    } else if (stride === 0) return;
  }
}

/** 100 (fast - slow) / slow; 0 where the slow average is 0. */
export const PPO = define({
  parameters: { fast: bars(12), slow: bars(26, 3), average: 'SMA' },
  check: ({ fast, slow }) => requireBelow('fast', fast, 'slow', slow),
  make: ({ fast, slow, average }): Indicator => {
    const simple = average === 'SMA';
    const slowAt = SHIFTED_SLOTS;
    const fastAt = slowAt + (simple ? slidingMeanSlots(slow) : EXPONENTIAL_SLOTS);
    return {
      components: SINGLE,
      slots: fastAt + (simple ? slidingMeanSlots(fast) : EXPONENTIAL_SLOTS),
      warmup: slow - 1,
      memory: simple ? 2 * slow : (1 + EXPONENTIAL_MEMORY_PERIODS) * slow,
      run: (state, at, stride, { close }, from, to, out) => {
        const values = out[0]!;
        for (let start = from; start < to; start += CHUNK_ROWS, at += CHUNK_ROWS * stride) {
          const rows = Math.min(CHUNK_ROWS, to - start);
          shifted(state, at, stride, close, start, distance, 0, rows);
          if (simple) {
            slidingMean(state, at + slowAt, stride, slow, distance, 0, first, 0, rows);
            slidingMean(state, at + fastAt, stride, fast, distance, 0, second, 0, rows);
          } else {
            exponential(state, at + slowAt, stride, slow, emaFactor(slow), distance, 0, first, 0, rows);
            exponential(state, at + fastAt, stride, fast, emaFactor(fast), distance, 0, second, 0, rows);
          }
          for (let row = 0, base = at + 1; row < rows; row++, base += stride) {
            const slowest = state[base]! + first[row]!;
            values[start + row] = slowest === 0 ? 0 : 100 * ((second[row]! - first[row]!) / slowest);
          }
        }
      },
    };
  },
});

/** Percent change of the EMA of the EMA of the EMA from one bar to the next. */
export const TRIX = define({
  parameters: { period: bars(30) },
  make: ({ period }): Indicator => {
    // [previous value of the third average (NaN-free once `begun`), begun, distances, three averages]
    const averages = 2 + SHIFTED_SLOTS;
    const factor = emaFactor(period);
    return {
      components: SINGLE,
      slots: averages + 3 * EXPONENTIAL_SLOTS,
      warmup: 3 * (period - 1) + 1,
      memory: (3 + CHAINED_MEMORY_PERIODS) * period,
      run: (state, at, stride, { close }, from, to, out) => {
        const values = out[0]!;
        for (let start = from; start < to; start += CHUNK_ROWS, at += CHUNK_ROWS * stride) {
          const rows = Math.min(CHUNK_ROWS, to - start);
          shifted(state, at + 2, stride, close, start, distance, 0, rows);
          exponential(state, at + averages, stride, period, factor, distance, 0, first, 0, rows);
          exponential(state, at + averages + EXPONENTIAL_SLOTS, stride, period, factor, first, 0, second, 0, rows);
          exponential(state, at + averages + 2 * EXPONENTIAL_SLOTS, stride, period, factor, second, 0, third, 0, rows);
          for (let row = 0, own = at; row < rows; row++, own += stride) {
            const previous = state[own + 1] === 0 ? NaN : state[own]!;
            const before = state[own + 3]! + previous;
            const value = third[row]!;
            values[start + row] = before === 0 ? 0 : 100 * ((value - previous) / before);
            if (value !== value) continue;
            state[own] = value;
            state[own + 1] = 1;
          }
        }
      },
    };
  },
});

/** close - close of `period` bars ago. */
export const MOM = define({ parameters: { period: bars(10, 1) }, make: ({ period }) => change(period, false) });

/** 100 (close / close of `period` bars ago - 1); 0 where that is 0. */
export const ROC = define({ parameters: { period: bars(10, 1) }, make: ({ period }) => change(period, true) });

function change(period: number, percent: boolean): Indicator {
  return {
    components: SINGLE,
    slots: delaySlots(period),
    warmup: period,
    memory: period,
    run: (state, at, stride, { close }, from, to, out) => {
      const values = out[0]!;
      for (let start = from; start < to; start += CHUNK_ROWS, at += CHUNK_ROWS * stride) {
        const rows = Math.min(CHUNK_ROWS, to - start);
        delay(state, at, stride, period, close, start, first, 0, rows);
        for (let row = 0; row < rows; row++) {
          const past = first[row]!;
          const difference = close[start + row]! - past;
          values[start + row] = !percent ? difference : past === 0 ? 0 : 100 * (difference / past);
        }
      }
    },
  };
}
