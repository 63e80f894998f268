// The directional system: +DI, -DI, DX and ADX.

import { bars, define } from '../definition.ts';
import type { Indicator } from '../indicator.ts';
import { CHAINED_WILDER_MEMORY_PERIODS, CHUNK_ROWS, SINGLE, WILDER_MEMORY_PERIODS, scratchColumn } from '../indicator.ts';
import { DIRECTIONAL_SLOTS, directional } from '../operators/directional.ts';

const plus = scratchColumn();
const minus = scratchColumn();

export const PLUS_DI = define({ parameters: { period: bars(14) }, make: ({ period }) => oneSide(period, plus) });
export const MINUS_DI = define({ parameters: { period: bars(14) }, make: ({ period }) => oneSide(period, minus) });

function oneSide(period: number, side: Float64Array): Indicator {
  return {
    components: SINGLE,
    slots: DIRECTIONAL_SLOTS,
    warmup: period,
    memory: (1 + WILDER_MEMORY_PERIODS) * period,
    run: (state, at, stride, all, from, to, out) => {
      const values = out[0]!;
      for (let start = from; start < to; start += CHUNK_ROWS, at += CHUNK_ROWS * stride) {
        const rows = Math.min(CHUNK_ROWS, to - start);
        directional(state, at, stride, period, all, start, plus, minus, 0, rows);
        for (let row = 0; row < rows; row++) values[start + row] = side[row]!;
      }
    },
  };
}

/** 100 |+DI - -DI| / (+DI + -DI); where both are 0 the value before it, at first 0. */
export const DX = define({
  parameters: { period: bars(14) },
  make: ({ period }): Indicator => ({
    components: SINGLE,
    // [directional movement, value before]
    slots: DIRECTIONAL_SLOTS + 1,
    warmup: period,
    memory: (1 + WILDER_MEMORY_PERIODS) * period,
    run: (state, at, stride, all, from, to, out) => {
      const values = out[0]!;
      for (let start = from; start < to; start += CHUNK_ROWS, at += CHUNK_ROWS * stride) {
        const rows = Math.min(CHUNK_ROWS, to - start);
        directional(state, at, stride, period, all, start, plus, minus, 0, rows);
        for (let row = 0, before = at + DIRECTIONAL_SLOTS; row < rows; row++, before += stride) {
          const total = plus[row]! + minus[row]!;
          if (total > 0) state[before] = 100 * (Math.abs(plus[row]! - minus[row]!) / total);
          values[start + row] = total === total ? state[before]! : NaN;
        }
      }
    },
  }),
});

/** Wilder's average of DX, begun with the mean of n of them; a bar where +DI and -DI are 0 leaves it as it is. */
export const ADX = define({
  parameters: { period: bars(14) },
  make: ({ period }): Indicator => ({
    components: SINGLE,
    // [directional movement, bars seen up to n, sum or average]
    slots: DIRECTIONAL_SLOTS + 2,
    warmup: 2 * period - 1,
    memory: (2 + CHAINED_WILDER_MEMORY_PERIODS) * period,
    run: (state, at, stride, all, from, to, out) => {
      const values = out[0]!;
      for (let start = from; start < to; start += CHUNK_ROWS, at += CHUNK_ROWS * stride) {
        const rows = Math.min(CHUNK_ROWS, to - start);
        directional(state, at, stride, period, all, start, plus, minus, 0, rows);
        averageIndex(state, at + DIRECTIONAL_SLOTS, stride, period, values, start, rows);
      }
    },
  }),
});

function averageIndex(state: Float64Array, at: number, stride: number, period: number, values: Float64Array, from: number, rows: number): void {
  const factor = 1 / period;
  let seen = state[at]! | 0;
  let average = state[at + 1]!;
  for (let row = 0; row < rows; row++) {
    if (stride !== 0 && row > 0) {
      state[at] = seen;
      state[at + 1] = average;
      at += stride;
      seen = state[at]! | 0;
      average = state[at + 1]!;
    }
    const total = plus[row]! + minus[row]!;
    if (total !== total) {
      values[from + row] = NaN;
      continue;
    }
    const index = total > 0 ? 100 * (Math.abs(plus[row]! - minus[row]!) / total) : NaN;
    if (seen < period) {
      if (index === index) average += index;
      if (++seen === period) average /= period;
    } else if (index === index) {
      average = (index - average) * factor + average;
    }
    values[from + row] = seen < period ? NaN : average;
  }
  state[at] = seen;
  state[at + 1] = average;
}
