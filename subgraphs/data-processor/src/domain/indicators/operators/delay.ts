/** [next slot, values seen up to n, ring]. */
export function delaySlots(bars: number): number {
  return 2 + bars;
}

/** Writes the value of `bars` rows ago, NaN while there is none. */
export function delay(state: Float64Array, at: number, stride: number, bars: number, src: Float64Array, srcFrom: number, dst: Float64Array, dstFrom: number, rows: number): void {
  let slot = state[at]! | 0;
  let seen = state[at + 1]! | 0;
  for (let row = 0; row < rows; row++) {
    if (stride !== 0 && row > 0) {
      state[at] = slot;
      state[at + 1] = seen;
      at += stride;
      slot = state[at]! | 0;
      seen = state[at + 1]! | 0;
    }
    const value = src[srcFrom + row]!;
    let past = NaN;
    if (seen === bars) past = state[at + 2 + slot]!;
    else seen++;
    state[at + 2 + slot] = value;
    slot = slot + 1 === bars ? 0 : slot + 1;
    dst[dstFrom + row] = past;
  }
  state[at] = slot;
  state[at + 1] = seen;
}
