// Wilder's parabolic stop and reverse, as TA-Lib: it begins with the second bar, in the direction of the first two (down
// where the low fell further than the high rose, else up), and never lies inside the two bars before. Falling is rising
// upside down, so there is one rule for both: prices times -1.

import { define, factor } from '../definition.ts';
import type { Indicator } from '../indicator.ts';
import { REVERSAL_MEMORY_BARS, SINGLE } from '../indicator.ts';
import { sumInTicks, tickScale } from '../operators/price-ticks.ts';

/** The stop is a rounded sum; a price that touches it must touch it: within four units in the last place. */
const TOUCH = 2 ** -50;

/** [bars seen up to 2, 1 long or -1 short, stop of the next bar, extreme, steps of acceleration, high, low before]. */
const SLOTS = 7;

/** `acceleration`: 0.02, added at each new extreme up to `maximum`, 0.2. */
export const SAR = define({
  parameters: { acceleration: factor(0.02, 1), maximum: factor(0.2, 1) },
  make: ({ acceleration, maximum }): Indicator => ({
    components: SINGLE,
    slots: SLOTS,
    warmup: 1,
    memory: REVERSAL_MEMORY_BARS,
    run: (state, at, stride, { high, low }, from, to, out) => {
      const values = out[0]!;
      for (let row = from; row < to; row++, at += stride) {
        if (state[at]! < 2) begin(state, at, high[row]!, low[row]!);
        values[row] = state[at] === 2 ? follow(state, at, high[row]!, low[row]!, acceleration, maximum) : NaN;
        state[at + 5] = high[row]!;
        state[at + 6] = low[row]!;
      }
    },
  }),
});

function begin(state: Float64Array, at: number, high: number, low: number): void {
  const bars = (state[at]! += 1);
  if (bars === 1) return;
  const highBefore = state[at + 5]!;
  const lowBefore = state[at + 6]!;
  const scale = tickScale(highBefore);
  const exact = sumInTicks(scale, high, low) - sumInTicks(scale, highBefore, lowBefore);
  const fallsFurther = exact === exact ? exact < 0 : lowBefore - low > high - highBefore;
  const short = lowBefore > low && fallsFurther;
  state[at + 1] = short ? -1 : 1;
  state[at + 2] = short ? highBefore : lowBefore;
  state[at + 3] = short ? low : high;
  state[at + 4] = 1;
  // TA-Lib takes the second bar for the one before itself.
  state[at + 5] = high;
  state[at + 6] = low;
}

/** @returns the stop of this bar; the state then holds that of the next. */
function follow(state: Float64Array, at: number, high: number, low: number, acceleration: number, maximum: number): number {
  const way = state[at + 1]!;
  const stop = state[at + 2]!;
  const against = way > 0 ? low : high;
  const along = way > 0 ? high : low;
  const extreme = state[at + 3]!;
  if (way * (against - stop) <= Math.abs(stop) * TOUCH) return reverse(state, at, high, low, acceleration, maximum);
  if (way * (along - extreme) > 0) {
    state[at + 3] = along;
    state[at + 4]! += 1;
  }
  const speed = Math.min(maximum, state[at + 4]! * acceleration);
  state[at + 2] = behind(way, stop + speed * (state[at + 3]! - stop), way > 0 ? state[at + 6]! : state[at + 5]!, against);
  return stop;
}

function reverse(state: Float64Array, at: number, high: number, low: number, acceleration: number, maximum: number): number {
  const way = -state[at + 1]!;
  const before = way > 0 ? state[at + 6]! : state[at + 5]!;
  const now = way > 0 ? low : high;
  const stop = behind(way, state[at + 3]!, before, now);
  const extreme = way > 0 ? high : low;
  state[at + 1] = way;
  state[at + 2] = behind(way, stop + Math.min(maximum, acceleration) * (extreme - stop), before, now);
  state[at + 3] = extreme;
  state[at + 4] = 1;
  return stop;
}

/** The stop, held below the lows (above the highs when short) of this bar and the one before. */
function behind(way: number, stop: number, before: number, now: number): number {
  if (way > 0) return Math.min(stop, before, now);
  return Math.max(stop, before, now);
}
