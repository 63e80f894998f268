// Linearly weighted sums of the last n values (weights 1..n, the newest the heaviest), by the blocks of sliding-sum.ts
// and with the reference of sliding-mean.ts. Weighted mean, end of the regression line and its slope are all
// a * (weighted sum) + b * (plain sum) of the distances from the reference.

/** [next slot, sum, weighted sum, 1 once a block has been full, reference, ring of sums, ring of weighted sums]. */
export function slidingWeightedSlots(period: number): number {
  return 5 + 2 * period;
}

/** value = reference * `ofReference` + `ofWeighted` * weighted sum + `ofSum` * sum, sums over distances from the reference. */
export interface WeightedForm {
  readonly ofReference: number;
  readonly ofWeighted: number;
  readonly ofSum: number;
}

/** Weights 1..n, divisor n (n + 1) / 2. */
export function weightedMean(period: number): WeightedForm {
  return { ofReference: 1, ofWeighted: 2 / (period * (period + 1)), ofSum: 0 };
}

/** Value of the least-squares line at the newest bar. */
export function regressionEnd(period: number): WeightedForm {
  return { ofReference: 1, ofWeighted: 6 / (period * (period + 1)), ofSum: -2 / period };
}

/** Rise of the least-squares line per bar. */
export function regressionSlope(period: number): WeightedForm {
  const ofWeighted = 12 / (period * (period * period - 1));
  return { ofReference: 0, ofWeighted, ofSum: (-6 / (period * (period - 1))) };
}

/** NaN until there are `period` values; leading NaNs of `src` are not counted. */
export function slidingWeighted(state: Float64Array, at: number, stride: number, period: number, form: WeightedForm, src: Float64Array, srcFrom: number, dst: Float64Array, dstFrom: number, rows: number): void {
  const { ofReference, ofWeighted, ofSum } = form;
  let slot = state[at]! | 0;
  let sum = state[at + 1]!;
  let weighted = state[at + 2]!;
  let full = state[at + 3]! | 0;
  let reference = state[at + 4]!;
  const last = period - 1;
  for (let row = 0; row < rows; row++) {
    if (stride !== 0 && row > 0) {
      state[at] = slot;
      state[at + 1] = sum;
      state[at + 2] = weighted;
      state[at + 3] = full;
      state[at + 4] = reference;
      at += stride;
      slot = state[at]! | 0;
      sum = state[at + 1]!;
      weighted = state[at + 2]!;
      full = state[at + 3]! | 0;
      reference = state[at + 4]!;
    }
    // A series past its warm-up: nothing to look at but the block.
    if (stride === 0 && full === 1) {
      for (let place = at + 6 + slot; row < rows && slot < last; row++, place++) {
        const value = src[srcFrom + row]!;
        const distance = value - reference;
        slot++;
        sum += distance;
        weighted += slot * distance;
        state[place - 1] = value;
        const windowWeighted = weighted + (period - slot) * sum + state[place + period]!;
        dst[dstFrom + row] = ofReference * reference + (ofWeighted * windowWeighted + ofSum * (sum + state[place]!));
      }
      if (row === rows) break;
    }
    const value = src[srcFrom + row]!;
    let result = NaN;
    if (value === value) {
      let place = at + 5 + slot;
      state[place] = value;
      if (slot !== last) {
        if (slot === 0 && full === 0) reference = value;
        const distance = value - reference;
        slot++;
        place++;
        sum += distance;
        weighted += slot * distance;
        // The older part has the weights 1..period - slot, so the newer values weigh that much more than in their block.
        const windowWeighted = weighted + (period - slot) * sum + state[place + period]!;
        result = full === 1 ? ofReference * reference + (ofWeighted * windowWeighted + ofSum * (sum + state[place]!)) : NaN;
      } else {
        weightsFromTheBack(state, at + 5, period);
        reference = value;
        result = ofReference * reference + (ofWeighted * state[at + 5 + period]! + ofSum * state[at + 5]!);
        slot = 0;
        sum = 0;
        weighted = 0;
        full = 1;
      }
    }
    dst[dstFrom + row] = result;
  }
  state[at] = slot;
  state[at + 1] = sum;
  state[at + 2] = weighted;
  state[at + 3] = full;
  state[at + 4] = reference;
}

function weightsFromTheBack(state: Float64Array, ring: number, period: number): void {
  const reference = state[ring + period - 1]!;
  let sum = 0;
  let weighted = 0;
  for (let slot = ring + period - 1; slot >= ring; slot--) {
    state[slot] = sum += state[slot]! - reference;
    state[slot + period] = weighted += sum;
  }
}
