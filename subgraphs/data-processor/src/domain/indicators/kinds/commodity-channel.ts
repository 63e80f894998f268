// Lambert's commodity channel index. The mean absolute deviation is around the mean of its own window, so it costs the
// window each bar; distances are taken from the newest price, which loses no digit and makes a flat window exactly 0.

import { bars, define } from '../definition.ts';
import type { Indicator } from '../indicator.ts';
import { SINGLE } from '../indicator.ts';
import { sumOfThree, tickScale } from '../operators/price-ticks.ts';

const LAMBERT = 0.015;

/** [next slot, values seen up to n, power of ten of the prices, ring of high + low + close]. */
const OWN_SLOTS = 3;

/** (typical - SMA(typical)) / (0.015 mean |typical - SMA|), typical price (high + low + close) / 3; 0 where either is 0. */
export const CCI = define({
  parameters: { period: bars(14) },
  make: ({ period }): Indicator => ({
    components: SINGLE,
    slots: OWN_SLOTS + period,
    warmup: period - 1,
    memory: period - 1,
    run: (state, at, stride, { high, low, close }, from, to, out) => {
      const values = out[0]!;
      for (let row = from; row < to; row++, at += stride) {
        const ring = at + OWN_SLOTS;
        if (state[at + 2] === 0) state[at + 2] = tickScale(high[row]!);
        const scale = state[at + 2]!;
        let slot = state[at]! | 0;
        let seen = state[at + 1]! | 0;
        const typical = sumOfThree(scale, high[row]!, low[row]!, close[row]!);
        state[ring + slot] = typical;
        slot = slot + 1 === period ? 0 : slot + 1;
        if (seen < period) seen++;
        values[row] = seen < period ? NaN : channelIndex(state, ring, period, slot, typical);
        state[at] = slot;
        state[at + 1] = seen;
      }
    },
  }),
});

/** Sums run from the oldest to the newest whatever the ring's turn, so the value depends on the window alone. */
function channelIndex(state: Float64Array, ring: number, period: number, oldest: number, typical: number): number {
  let sum = 0;
  for (let slot = ring + oldest; slot < ring + period; slot++) sum += state[slot]! - typical;
  for (let slot = ring; slot < ring + oldest; slot++) sum += state[slot]! - typical;
  const mean = sum / period;
  let deviations = 0;
  for (let slot = ring + oldest; slot < ring + period; slot++) deviations += Math.abs(state[slot]! - typical - mean);
  for (let slot = ring; slot < ring + oldest; slot++) deviations += Math.abs(state[slot]! - typical - mean);
  return deviations === 0 || mean === 0 ? 0 : -mean / (LAMBERT * (deviations / period));
}
