// Wilder's averages of gains and losses, and what RSI and CMO make of them. Seeded by the plain means of the first n
// changes. A market that has not moved at all gives 0; zero is exactly zero here, where TA-Lib calls anything below 1e-14
// so and would call a market of tiny prices flat.

/** [1 once there is a close, that close, changes seen while seeding, average gain, average loss]. */
export const RELATIVE_STRENGTH_SLOTS = 5;

/** @param ofLoss - 0 for RSI: 100 gain / (gain + loss); 1 for CMO: 100 (gain - loss) / (gain + loss). */
export function relativeStrength(state: Float64Array, at: number, stride: number, period: number, ofLoss: 0 | 1, src: Float64Array, srcFrom: number, dst: Float64Array, dstFrom: number, rows: number): void {
  const factor = 1 / period;
  let begun = state[at]! | 0;
  let previous = state[at + 1]!;
  let seen = state[at + 2]! | 0;
  let gain = state[at + 3]!;
  let loss = state[at + 4]!;
  for (let row = 0; row < rows; row++) {
    if (stride !== 0 && row > 0) {
      state[at] = begun;
      state[at + 1] = previous;
      state[at + 2] = seen;
      state[at + 3] = gain;
      state[at + 4] = loss;
      at += stride;
      begun = state[at]! | 0;
      previous = state[at + 1]!;
      seen = state[at + 2]! | 0;
      gain = state[at + 3]!;
      loss = state[at + 4]!;
    }
    const value = src[srcFrom + row]!;
    const change = begun === 1 ? value - previous : 0;
    const size = Math.abs(change);
    previous = value;
    if (seen === period) {
      gain += ((size + change) / 2 - gain) * factor;
      loss += ((size - change) / 2 - loss) * factor;
    } else if (begun === 1) {
      gain += (size + change) / 2;
      loss += (size - change) / 2;
      if (++seen === period) {
        gain /= period;
        loss /= period;
      }
    }
    begun = 1;
    const total = gain + loss;
    // The quotient first: gain / (gain + 0) is exactly 1.
    dst[dstFrom + row] = seen !== period ? NaN : total > 0 ? 100 * ((gain - ofLoss * loss) / total) : 0;
  }
  state[at] = begun;
  state[at + 1] = previous;
  state[at + 2] = seen;
  state[at + 3] = gain;
  state[at + 4] = loss;
}
