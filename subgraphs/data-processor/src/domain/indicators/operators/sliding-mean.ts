// Mean and population variance of the last n values, by the blocks of sliding-sum.ts. Sums are of distances from a
// reference, the last value of the previous block: it lies in the window, so the squares are never more than n + 1 times
// what is left after the mean is taken off, and a price of 1e8 that moves by 1e-3 has its deviation to 1e-9 and better.
// A window of equal prices has the mean of exactly that price and the variance 0.

/** [next slot, sum, 1 once a block has been full, reference, ring]. */
export function slidingMeanSlots(period: number): number {
  return 4 + period;
}

/** NaN until there are `period` values; leading NaNs of `src` are not counted. */
export function slidingMean(state: Float64Array, at: number, stride: number, period: number, src: Float64Array, srcFrom: number, dst: Float64Array, dstFrom: number, rows: number): void {
  let slot = state[at]! | 0;
  let sum = state[at + 1]!;
  let full = state[at + 2]! | 0;
  let reference = state[at + 3]!;
  const last = period - 1;
  for (let row = 0; row < rows; row++) {
    if (stride !== 0 && row > 0) {
      state[at] = slot;
      state[at + 1] = sum;
      state[at + 2] = full;
      state[at + 3] = reference;
      at += stride;
      slot = state[at]! | 0;
      sum = state[at + 1]!;
      full = state[at + 2]! | 0;
      reference = state[at + 3]!;
    }
    // A series past its warm-up: nothing to look at but the block.
    if (stride === 0 && full === 1) {
      for (let place = at + 4 + slot; row < rows && slot < last; row++, slot++, place++) {
        const value = src[srcFrom + row]!;
        if (value !== value) break;
        sum += value - reference;
        state[place] = value;
        dst[dstFrom + row] = reference + (sum + state[place + 1]!) / period;
      }
      if (row === rows) break;
    }
    const value = src[srcFrom + row]!;
    let result = NaN;
    if (value === value) {
      const place = at + 4 + slot;
      state[place] = value;
      if (slot !== last) {
        if (slot === 0 && full === 0) reference = value;
        sum += value - reference;
        slot++;
        result = full === 1 ? reference + (sum + state[place + 1]!) / period : NaN;
      } else {
        distancesFromTheBack(state, at + 4, period);
        reference = value;
        result = reference + state[at + 4]! / period;
        slot = 0;
        sum = 0;
        full = 1;
      }
    }
    dst[dstFrom + row] = result;
  }
  state[at] = slot;
  state[at + 1] = sum;
  state[at + 2] = full;
  state[at + 3] = reference;
}

function distancesFromTheBack(state: Float64Array, ring: number, period: number): void {
  const reference = state[ring + period - 1]!;
  let sum = 0;
  for (let slot = ring + period - 1; slot >= ring; slot--) state[slot] = sum += state[slot]! - reference;
}

/** [next slot, sum, sum of squares, 1 once a block has been full, reference, ring of sums, ring of squares]. */
export function slidingVarianceSlots(period: number): number {
  return 5 + 2 * period;
}

/** Writes the mean to `means` and the population variance (divisor n) to `variances`, rows as in `dst` above. */
export function slidingVariance(state: Float64Array, at: number, stride: number, period: number, src: Float64Array, srcFrom: number, means: Float64Array, variances: Float64Array, dstFrom: number, rows: number): void {
  let slot = state[at]! | 0;
  let sum = state[at + 1]!;
  let squares = state[at + 2]!;
  let full = state[at + 3]! | 0;
  let reference = state[at + 4]!;
  const last = period - 1;
  for (let row = 0; row < rows; row++) {
    if (stride !== 0 && row > 0) {
      state[at] = slot;
      state[at + 1] = sum;
      state[at + 2] = squares;
      state[at + 3] = full;
      state[at + 4] = reference;
      at += stride;
      slot = state[at]! | 0;
      sum = state[at + 1]!;
      squares = state[at + 2]!;
      full = state[at + 3]! | 0;
      reference = state[at + 4]!;
    }
    // A series past its warm-up: nothing to look at but the block.
    if (stride === 0 && full === 1) {
      for (let place = at + 5 + slot; row < rows && slot < last; row++, slot++, place++) {
        const value = src[srcFrom + row]!;
        const distance = value - reference;
        sum += distance;
        squares += distance * distance;
        state[place] = value;
        const mean = (sum + state[place + 1]!) / period;
        const variance = (squares + state[place + 1 + period]!) / period - mean * mean;
        means[dstFrom + row] = reference + mean;
        variances[dstFrom + row] = variance < 0 ? 0 : variance;
      }
      if (row === rows) break;
    }
    const value = src[srcFrom + row]!;
    let place = at + 5 + slot;
    state[place] = value;
    let windowSum: number;
    let windowSquares: number;
    if (slot !== last) {
      if (slot === 0 && full === 0) reference = value;
      const distance = value - reference;
      sum += distance;
      squares += distance * distance;
      slot++;
      place++;
      windowSum = full === 1 ? sum + state[place]! : NaN;
      windowSquares = squares + state[place + period]!;
    } else {
      squaresFromTheBack(state, at + 5, period);
      reference = value;
      windowSum = state[at + 5]!;
      windowSquares = state[at + 5 + period]!;
      slot = 0;
      sum = 0;
      squares = 0;
      full = 1;
    }
    const mean = windowSum / period;
    const variance = windowSquares / period - mean * mean;
    means[dstFrom + row] = reference + mean;
    variances[dstFrom + row] = variance < 0 ? 0 : variance;
  }
  state[at] = slot;
  state[at + 1] = sum;
  state[at + 2] = squares;
  state[at + 3] = full;
  state[at + 4] = reference;
}

function squaresFromTheBack(state: Float64Array, ring: number, period: number): void {
  const reference = state[ring + period - 1]!;
  let sum = 0;
  let squares = 0;
  for (let slot = ring + period - 1; slot >= ring; slot--) {
    const distance = state[slot]! - reference;
    state[slot] = sum += distance;
    state[slot + period] = squares += distance * distance;
  }
}
