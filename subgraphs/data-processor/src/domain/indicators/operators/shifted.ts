/** [1 once begun, the first value]. */
export const SHIFTED_SLOTS = 2;

/**
 * Writes the distance from the column's first value. Differences of averages (MACD, PPO, TRIX) are taken of these
 * distances, so a price of 1e8 that moves by 1 loses no digit; the averages themselves are the same plus that value.
 */
export function shifted(state: Float64Array, at: number, src: Float64Array, srcFrom: number, dst: Float64Array, dstFrom: number, rows: number): void {
  if (rows > 0 && state[at] === 0) {
    state[at] = 1;
    state[at + 1] = src[srcFrom]!;
  }
  const base = state[at + 1]!;
  for (let row = 0; row < rows; row++) dst[dstFrom + row] = src[srcFrom + row]! - base;
}
