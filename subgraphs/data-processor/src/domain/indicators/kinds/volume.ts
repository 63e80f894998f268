// Indicators of traded volume. A bar whose volume is unknown has no value and is passed over.

import { bars, define } from '../definition.ts';
import type { BarColumns, Indicator } from '../indicator.ts';
import { CHUNK_ROWS, SINGLE, scratchColumn } from '../indicator.ts';
import { EXACT_SUM_SLOTS, addExactly } from '../operators/exact-sum.ts';
import { slidingSum, slidingSumSlots } from '../operators/sliding-sum.ts';

const flow = scratchColumn();
const volumes = scratchColumn();

/** Begins with the first bar's volume; then plus the volume of a bar that closes higher, minus of one that closes lower. */
export const OBV = define({
  parameters: {},
  make: (): Indicator => ({
    components: SINGLE,
    // [1 once there is a bar, its close, sum]
    slots: 2 + EXACT_SUM_SLOTS,
    warmup: 0,
    memory: Infinity,
    run: (state, at, stride, { close, volume }, from, to, out) => {
      const values = out[0]!;
      for (let row = from; row < to; row++, at += stride) {
        const traded = volume[row]!;
        if (traded !== traded) {
          values[row] = NaN;
          continue;
        }
        const price = close[row]!;
        const before = state[at + 1]!;
        const first = state[at] === 0;
        state[at] = 1;
        state[at + 1] = price;
        values[row] = addExactly(state, at + 2, first || price > before ? traded : price < before ? -traded : 0);
      }
    },
  }),
});

/** Chaikin's accumulation and distribution: the sum of volume times where the close stands in the bar, from -1 to 1. */
export const AD = define({
  parameters: {},
  make: (): Indicator => ({
    components: SINGLE,
    slots: EXACT_SUM_SLOTS,
    warmup: 0,
    memory: Infinity,
    run: (state, at, stride, all, from, to, out) => {
      const values = out[0]!;
      for (let row = from; row < to; row++, at += stride) {
        const moved = standing(all, row) * all.volume[row]!;
        values[row] = moved === moved ? addExactly(state, at, moved) : NaN;
      }
    },
  }),
});

/** Chaikin's money flow: that sum over `period` bars by their volume; 0 without any volume. */
export const CMF = define({
  parameters: { period: bars(20) },
  make: ({ period }): Indicator => ({
    components: SINGLE,
    slots: 2 * slidingSumSlots(period),
    warmup: period - 1,
    memory: period - 1,
    run: (state, at, stride, all, from, to, out) => {
      const values = out[0]!;
      for (let start = from; start < to; start += CHUNK_ROWS, at += CHUNK_ROWS * stride) {
        const rows = Math.min(CHUNK_ROWS, to - start);
        for (let row = 0; row < rows; row++) flow[row] = standing(all, start + row) * all.volume[start + row]!;
        slidingSum(state, at, stride, period, flow, 0, flow, 0, rows);
        slidingSum(state, at + slidingSumSlots(period), stride, period, all.volume, start, volumes, 0, rows);
        for (let row = 0; row < rows; row++) values[start + row] = volumes[row] === 0 ? 0 : flow[row]! / volumes[row]!;
      }
    },
  }),
});

const DAY_MS = 86_400_000;
/** Seconds of a day: the most bars that a day has. */
const DAY_BARS = 86_400;

/**
 * Mean of (high + low + close) / 3 weighted by volume, over `period` bars; without a period over the bars since 00:00 UTC
 * of the bar's day. No value where no volume traded.
 */
export const VWAP = define({
  parameters: { period: bars(undefined) },
  make: ({ period }) => ((period as number | undefined) === undefined ? vwapOfDay() : vwapOfWindow(period)),
});

function vwapOfWindow(period: number): Indicator {
  return {
    components: SINGLE,
    slots: 2 * slidingSumSlots(period),
    warmup: period - 1,
    memory: period - 1,
    run: (state, at, stride, all, from, to, out) => {
      const values = out[0]!;
      for (let start = from; start < to; start += CHUNK_ROWS, at += CHUNK_ROWS * stride) {
        const rows = Math.min(CHUNK_ROWS, to - start);
        for (let row = 0; row < rows; row++) flow[row] = typical(all, start + row) * all.volume[start + row]!;
        slidingSum(state, at, stride, period, flow, 0, flow, 0, rows);
        slidingSum(state, at + slidingSumSlots(period), stride, period, all.volume, start, volumes, 0, rows);
        for (let row = 0; row < rows; row++) values[start + row] = flow[row]! / volumes[row]!;
      }
    },
  };
}

function vwapOfDay(): Indicator {
  const volumeAt = 2 + EXACT_SUM_SLOTS;
  return {
    components: SINGLE,
    // [1 once there is a bar, its day, money, volume]
    slots: volumeAt + EXACT_SUM_SLOTS,
    warmup: 0,
    memory: DAY_BARS,
    forgetsDaily: true,
    run: (state, at, stride, all, from, to, out) => {
      const values = out[0]!;
      for (let row = from; row < to; row++, at += stride) {
        const day = Math.floor(all.openTimesMs[row]! / DAY_MS);
        if (state[at] === 0 || day !== state[at + 1]) {
          state.fill(0, at, at + volumeAt + EXACT_SUM_SLOTS);
          state[at] = 1;
          state[at + 1] = day;
        }
        const volume = all.volume[row]!;
        if (volume !== volume) {
          values[row] = NaN;
          continue;
        }
        const money = addExactly(state, at + 2, typical(all, row) * volume);
        values[row] = money / addExactly(state, at + volumeAt, volume);
      }
    },
  };
}

/** ((close - low) - (high - close)) / (high - low), 0 for a bar without range. */
function standing({ high, low, close }: BarColumns, row: number): number {
  const range = high[row]! - low[row]!;
  return range > 0 ? (close[row]! - low[row]! - (high[row]! - close[row]!)) / range : 0;
}

function typical({ high, low, close }: BarColumns, row: number): number {
  return (high[row]! + low[row]! + close[row]!) / 3;
}
