// Ichimoku's lines as they are known at this bar: charts draw the two spans 26 bars ahead and the close 26 bars back,
// which is the reader's business; nothing here looks into the future.

import { bars, define, requireBelow } from '../definition.ts';
import type { Indicator } from '../indicator.ts';
import { CHUNK_ROWS, scratchColumn } from '../indicator.ts';
import { slidingExtremeSlots, slidingHighest, slidingLowest } from '../operators/sliding-extremes.ts';

const highest = scratchColumn();
const lowest = scratchColumn();

/** Middles of highest high and lowest low: conversion over `fast` bars, base over `period`, spanB over `slow`; spanA is the mean of the first two. */
export const ICHIMOKU = define({
  parameters: { fast: bars(9), period: bars(26, 3), slow: bars(52, 4) },
  check: ({ fast, period, slow }) => {
    requireBelow('fast', fast, 'period', period);
    requireBelow('period', period, 'slow', slow);
  },
  make: ({ fast, period, slow }): Indicator => {
    const baseAt = 2 * slidingExtremeSlots(fast);
    const spanAt = baseAt + 2 * slidingExtremeSlots(period);
    return {
      components: ['conversion', 'base', 'spanA', 'spanB'],
      slots: spanAt + 2 * slidingExtremeSlots(slow),
      warmup: slow - 1,
      memory: slow - 1,
      run: (state, at, stride, { high, low }, from, to, out) => {
        const conversions = out[0]!;
        const bases = out[1]!;
        const spansA = out[2]!;
        const spansB = out[3]!;
        for (let start = from; start < to; start += CHUNK_ROWS, at += CHUNK_ROWS * stride) {
          const rows = Math.min(CHUNK_ROWS, to - start);
          middles(state, at, stride, fast, high, low, start, conversions, rows);
          middles(state, at + baseAt, stride, period, high, low, start, bases, rows);
          middles(state, at + spanAt, stride, slow, high, low, start, spansB, rows);
          for (let row = start; row < start + rows; row++) {
            const ready = spansB[row] === spansB[row];
            spansA[row] = ready ? (conversions[row]! + bases[row]!) / 2 : NaN;
            if (!ready) conversions[row] = bases[row] = NaN;
          }
        }
      },
    };
  },
});

function middles(state: Float64Array, at: number, stride: number, period: number, high: Float64Array, low: Float64Array, from: number, dst: Float64Array, rows: number): void {
  slidingHighest(state, at, stride, period, high, from, highest, 0, rows);
  slidingLowest(state, at + slidingExtremeSlots(period), stride, period, low, from, lowest, 0, rows);
  for (let row = 0; row < rows; row++) dst[from + row] = (highest[row]! + lowest[row]!) / 2;
}
