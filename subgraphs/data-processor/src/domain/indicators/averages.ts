// The three averages all indicators are made of, as steps over slots of one Float64Array: an indicator's whole state
// is that array, so a snapshot is a copy and a restored indicator goes on bit by bit the same. All zeros is the start.

/** Layout at `at`: [count, sum or average]. */
export const RECURSIVE_SLOTS = 2;

/**
 * Exponential average, seeded by the plain mean of the first `period` values (TA-Lib's default).
 *
 * @returns NaN until seeded.
 */
export function stepExponential(state: Float64Array, at: number, period: number, value: number): number {
  return stepRecursive(state, at, period, value, 2 / (period + 1));
}

/** Wilder's average: (average * (period - 1) + value) / period, seeded by the plain mean; NaN until seeded. */
export function stepWilder(state: Float64Array, at: number, period: number, value: number): number {
  const seeded = state[at]! >= period;
  if (!seeded) return stepRecursive(state, at, period, value, 0);
  return (state[at + 1] = (state[at + 1]! * (period - 1) + value) / period);
}

function stepRecursive(state: Float64Array, at: number, period: number, value: number, factor: number): number {
  const count = state[at]!;
  if (count >= period) return (state[at + 1] = (value - state[at + 1]!) * factor + state[at + 1]!);
  state[at] = count + 1;
  state[at + 1] = state[at + 1]! + value;
  if (count + 1 < period) return NaN;
  return (state[at + 1] = state[at + 1]! / period);
}

/** Layout at `at`: [count, next index, sum, ring of `period` values]. */
export function windowSlots(period: number): number {
  return 3 + period;
}

/**
 * Plain mean of the last `period` values; NaN until there are so many.
 *
 * The running sum is summed afresh once per turn of the ring, so rounding never piles up over a long series.
 */
export function stepWindow(state: Float64Array, at: number, period: number, value: number): number {
  const ring = at + 3;
  const index = state[at + 1]!;
  const next = index + 1 === period ? 0 : index + 1;
  const sum = state[at + 2]! - state[ring + index]! + value;
  state[ring + index] = value;
  state[at + 1] = next;
  state[at + 2] = next === 0 ? sumOf(state, ring, period) : sum;
  if (state[at]! < period) state[at] = state[at]! + 1;
  return state[at]! < period ? NaN : state[at + 2]! / period;
}

/** Population standard deviation (divisor n) of a full window around its `mean`, in two passes: no cancellation. */
export function windowDeviation(state: Float64Array, at: number, period: number, mean: number): number {
  let squares = 0;
  for (let slot = at + 3; slot < at + 3 + period; slot++) squares += (state[slot]! - mean) ** 2;
  return Math.sqrt(squares / period);
}

function sumOf(state: Float64Array, from: number, count: number): number {
  let sum = 0;
  for (let slot = from; slot < from + count; slot++) sum += state[slot]!;
  return sum;
}
