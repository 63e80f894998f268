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
export function slidingSum(state: Float64Array, at: number, period: number, src: Float64Array, srcFrom: number, dst: Float64Array, dstFrom: number, rows: number): void {
  const ring = at + 3;
  let slot = state[at]! | 0;
  let sum = state[at + 1]!;
  let full = state[at + 2]! | 0;
  const last = period - 1;
  for (let row = 0; row < rows; row++) {
    for (; row < rows && slot < last; row++) {
      const value = src[srcFrom + row]!;
      if (value !== value) {
        dst[dstFrom + row] = NaN;
        continue;
      }
      sum += value;
      state[ring + slot] = value;
      slot++;
      dst[dstFrom + row] = full === 1 ? sum + state[ring + slot]! : NaN;
    }
    if (row === rows) break;
    const value = src[srcFrom + row]!;
    dst[dstFrom + row] = sum + value;
    if (value !== value) continue;
    state[ring + slot] = value;
    sumFromTheBack(state, ring, period);
    slot = 0;
    sum = 0;
    full = 1;
  }
  state[at] = slot;
  state[at + 1] = sum;
  state[at + 2] = full;
}

function sumFromTheBack(state: Float64Array, ring: number, period: number): void {
  let sum = 0;
  for (let slot = ring + period - 1; slot >= ring; slot--) state[slot] = sum += state[slot]!;
}
