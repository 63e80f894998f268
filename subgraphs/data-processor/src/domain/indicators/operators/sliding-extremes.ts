// Highest and lowest of the last n values, by the blocks of sliding-sum.ts with a comparison in place of the addition
// (van Herk's algorithm): 3 comparisons a value whatever n, and no branch that depends on where the extreme lies.

/** [next slot, extreme of this block, 1 once a block has been full, ring]. */
export function slidingExtremeSlots(period: number): number {
  return 3 + period;
}

/** NaN until there are `period` values; leading NaNs of `src` are not counted. */
export function slidingHighest(state: Float64Array, at: number, period: number, src: Float64Array, srcFrom: number, dst: Float64Array, dstFrom: number, rows: number): void {
  const ring = at + 3;
  let slot = state[at]! | 0;
  let highest = state[at + 1]!;
  let full = state[at + 2]! | 0;
  const last = period - 1;
  for (let row = 0; row < rows; row++) {
    for (; row < rows && slot < last; row++) {
      const value = src[srcFrom + row]!;
      if (value !== value) {
        dst[dstFrom + row] = NaN;
        continue;
      }
      highest = slot === 0 || value > highest ? value : highest;
      state[ring + slot] = value;
      slot++;
      const older = state[ring + slot]!;
      dst[dstFrom + row] = full === 0 ? NaN : older > highest ? older : highest;
    }
    if (row === rows) break;
    const value = src[srcFrom + row]!;
    dst[dstFrom + row] = NaN;
    if (value !== value) continue;
    dst[dstFrom + row] = slot === 0 || value > highest ? value : highest;
    state[ring + slot] = value;
    let back = value;
    for (let each = ring + period - 1; each >= ring; each--) {
      const other = state[each]!;
      state[each] = back = other > back ? other : back;
    }
    slot = 0;
    full = 1;
  }
  state[at] = slot;
  state[at + 1] = highest;
  state[at + 2] = full;
}

/** NaN until there are `period` values; leading NaNs of `src` are not counted. */
export function slidingLowest(state: Float64Array, at: number, period: number, src: Float64Array, srcFrom: number, dst: Float64Array, dstFrom: number, rows: number): void {
  const ring = at + 3;
  let slot = state[at]! | 0;
  let lowest = state[at + 1]!;
  let full = state[at + 2]! | 0;
  const last = period - 1;
  for (let row = 0; row < rows; row++) {
    for (; row < rows && slot < last; row++) {
      const value = src[srcFrom + row]!;
      if (value !== value) {
        dst[dstFrom + row] = NaN;
        continue;
      }
      lowest = slot === 0 || value < lowest ? value : lowest;
      state[ring + slot] = value;
      slot++;
      const older = state[ring + slot]!;
      dst[dstFrom + row] = full === 0 ? NaN : older < lowest ? older : lowest;
    }
    if (row === rows) break;
    const value = src[srcFrom + row]!;
    dst[dstFrom + row] = NaN;
    if (value !== value) continue;
    dst[dstFrom + row] = slot === 0 || value < lowest ? value : lowest;
    state[ring + slot] = value;
    let back = value;
    for (let each = ring + period - 1; each >= ring; each--) {
      const other = state[each]!;
      state[each] = back = other < back ? other : back;
    }
    slot = 0;
    full = 1;
  }
  state[at] = slot;
  state[at + 1] = lowest;
  state[at + 2] = full;
}
