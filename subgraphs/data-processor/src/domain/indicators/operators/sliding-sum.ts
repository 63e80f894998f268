// Sums over the last n values that never subtract. The series is cut into blocks of n; a window is the end of the
// previous block plus the beginning of this one, and both are sums of their own:
//
//   previous block  [ . . . s s s s ]    ring[slot] holds the sum from that slot to the block's end
//   this block      [ p p p . . . . ]    one running sum; its values overwrite slots that no window needs any more
//
// When a block is full its values become sums from the back, in place. So a value that has left the window leaves
// nothing behind: no drift over a million bars, no residue of an outlier, and 3 additions a value.

/** [next slot, sum of this block, 1 once a block has been full, ring]. */
export function slidingSumSlots(period: number): number {
  return 3 + period;
}

/** NaN until there are `period` values; rows of `src` that are NaN are passed over. */
export function slidingSum(state: Float64Array, at: number, stride: number, period: number, src: Float64Array, srcFrom: number, dst: Float64Array, dstFrom: number, rows: number): void {
  let slot = state[at]! | 0;
  let sum = state[at + 1]!;
  let full = state[at + 2]! | 0;
  const last = period - 1;
  for (let row = 0; row < rows; row++) {
    if (stride !== 0 && row > 0) {
      state[at] = slot;
      state[at + 1] = sum;
      state[at + 2] = full;
      at += stride;
      slot = state[at]! | 0;
      sum = state[at + 1]!;
      full = state[at + 2]! | 0;
    }
    // A series past its warm-up: nothing to look at but the block.
    if (stride === 0 && full === 1) {
      for (let place = at + 3 + slot; row < rows && slot < last; row++, slot++, place++) {
        const value = src[srcFrom + row]!;
        if (value !== value) break;
        sum += value;
        state[place] = value;
        dst[dstFrom + row] = sum + state[place + 1]!;
      }
      if (row === rows) break;
    }
    const value = src[srcFrom + row]!;
    let result = NaN;
    if (value === value) {
      const place = at + 3 + slot;
      sum += value;
      result = sum;
      state[place] = value;
      if (slot !== last) {
        slot++;
        result = full === 1 ? sum + state[place + 1]! : NaN;
      } else {
        sumFromTheBack(state, at + 3, period);
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
}

function sumFromTheBack(state: Float64Array, ring: number, period: number): void {
  let sum = 0;
  for (let slot = ring + period - 1; slot >= ring; slot--) state[slot] = sum += state[slot]!;
}
