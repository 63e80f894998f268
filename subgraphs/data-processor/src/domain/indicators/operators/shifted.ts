/** [1 once begun, the first value]. */
export const SHIFTED_SLOTS = 2;

/**
 * Writes the distance from the column's first value. Differences of averages (MACD, PPO, TRIX) are taken of these
 * distances, so a price of 1e8 that moves by 1 loses no digit; the averages themselves are the same plus that value.
 */
export function shifted(state: Float64Array, at: number, stride: number, src: Float64Array, srcFrom: number, dst: Float64Array, dstFrom: number, rows: number): void {
  for (let row = 0; row < rows; row++, at += stride) {
    const value = src[srcFrom + row]!;
    if (state[at] === 0) {
      state[at] = 1;
      state[at + 1] = value;
    }
    dst[dstFrom + row] = value - state[at + 1]!;
  }
}
