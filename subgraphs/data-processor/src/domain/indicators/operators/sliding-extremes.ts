// Highest and lowest of the last n values, by the blocks of sliding-sum.ts with a comparison in place of the addition
// (van Herk's algorithm): 3 comparisons a value whatever n, and no branch that depends on where the extreme lies.

/** [next slot, extreme of this block, 1 once a block has been full, ring]. */
export function slidingExtremeSlots(period: number): number {
  return 3 + period;
}

/** NaN until there are `period` values; leading NaNs of `src` are not counted. */
export function slidingHighest(state: Float64Array, at: number, stride: number, period: number, src: Float64Array, srcFrom: number, dst: Float64Array, dstFrom: number, rows: number): void {
  let slot = state[at]! | 0;
  let highest = state[at + 1]!;
  let full = state[at + 2]! | 0;
  const last = period - 1;
  for (let row = 0; row < rows; row++) {
    if (stride !== 0 && row > 0) {
      state[at] = slot;
      state[at + 1] = highest;
      state[at + 2] = full;
      at += stride;
      slot = state[at]! | 0;
      highest = state[at + 1]!;
      full = state[at + 2]! | 0;
    }
    // A series past its warm-up: nothing to look at but the block.
    if (stride === 0 && full === 1) {
      for (let place = at + 3 + slot; row < rows && slot < last; row++, slot++, place++) {
        const value = src[srcFrom + row]!;
        highest = slot === 0 || value > highest ? value : highest;
        state[place] = value;
        const older = state[place + 1]!;
        dst[dstFrom + row] = older > highest ? older : highest;
      }
      if (row === rows) break;
    }
    const value = src[srcFrom + row]!;
    let result = NaN;
    if (value === value) {
      const place = at + 3 + slot;
      highest = slot === 0 || value > highest ? value : highest;
      result = highest;
      state[place] = value;
      if (slot !== last) {
        slot++;
        const older = state[place + 1]!;
        result = full === 0 ? NaN : older > highest ? older : highest;
      } else {
        highestFromTheBack(state, at + 3, period);
        slot = 0;
        full = 1;
      }
    }
    dst[dstFrom + row] = result;
  }
  state[at] = slot;
  state[at + 1] = highest;
  state[at + 2] = full;
}

function highestFromTheBack(state: Float64Array, ring: number, period: number): void {
  let highest = state[ring + period - 1]!;
  for (let slot = ring + period - 2; slot >= ring; slot--) {
    const other = state[slot]!;
    highest = other > highest ? other : highest;
    state[slot] = highest;
  }
}

/** NaN until there are `period` values; leading NaNs of `src` are not counted. */
export function slidingLowest(state: Float64Array, at: number, stride: number, period: number, src: Float64Array, srcFrom: number, dst: Float64Array, dstFrom: number, rows: number): void {
  let slot = state[at]! | 0;
  let lowest = state[at + 1]!;
  let full = state[at + 2]! | 0;
  const last = period - 1;
  for (let row = 0; row < rows; row++) {
    if (stride !== 0 && row > 0) {
      state[at] = slot;
      state[at + 1] = lowest;
      state[at + 2] = full;
      at += stride;
      slot = state[at]! | 0;
      lowest = state[at + 1]!;
      full = state[at + 2]! | 0;
    }
    // A series past its warm-up: nothing to look at but the block.
    if (stride === 0 && full === 1) {
      for (let place = at + 3 + slot; row < rows && slot < last; row++, slot++, place++) {
        const value = src[srcFrom + row]!;
        lowest = slot === 0 || value < lowest ? value : lowest;
        state[place] = value;
        const older = state[place + 1]!;
        dst[dstFrom + row] = older < lowest ? older : lowest;
      }
      if (row === rows) break;
    }
    const value = src[srcFrom + row]!;
    let result = NaN;
    if (value === value) {
      const place = at + 3 + slot;
      lowest = slot === 0 || value < lowest ? value : lowest;
      result = lowest;
      state[place] = value;
      if (slot !== last) {
        slot++;
        const older = state[place + 1]!;
        result = full === 0 ? NaN : older < lowest ? older : lowest;
      } else {
        lowestFromTheBack(state, at + 3, period);
        slot = 0;
        full = 1;
      }
    }
    dst[dstFrom + row] = result;
  }
  state[at] = slot;
  state[at + 1] = lowest;
  state[at + 2] = full;
}

function lowestFromTheBack(state: Float64Array, ring: number, period: number): void {
  let lowest = state[ring + period - 1]!;
  for (let slot = ring + period - 2; slot >= ring; slot--) {
    const other = state[slot]!;
    lowest = other < lowest ? other : lowest;
    state[slot] = lowest;
  }
}
