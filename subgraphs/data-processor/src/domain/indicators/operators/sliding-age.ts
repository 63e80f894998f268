// How many bars ago the extreme of the last n values was, the newest of equal ones: sliding-extremes.ts with the slot of
// each extreme kept beside it. Prices are compared as they are, never as sums, so equal prices are equal.

/** [next slot, extreme of this block, its slot, 1 once a block has been full, ring of extremes, ring of their slots]. */
export function slidingAgeSlots(period: number): number {
  return 4 + 2 * period;
}

/**
 * Writes the age of the highest value of `sign` * `src`: 0 is the newest value, period - 1 the oldest; NaN until there
 * are `period` values.
 *
 * @param sign - 1 for the highest, -1 for the lowest.
 */
export function slidingAge(state: Float64Array, at: number, stride: number, period: number, sign: number, src: Float64Array, srcFrom: number, dst: Float64Array, dstFrom: number, rows: number): void {
  let slot = state[at]! | 0;
  let extreme = state[at + 1]!;
  let where = state[at + 2]! | 0;
  let full = state[at + 3]! | 0;
  const last = period - 1;
  for (let row = 0; row < rows; row++) {
    if (stride !== 0 && row > 0) {
      state[at] = slot;
      state[at + 1] = extreme;
      state[at + 2] = where;
      state[at + 3] = full;
      at += stride;
      slot = state[at]! | 0;
      extreme = state[at + 1]!;
      where = state[at + 2]! | 0;
      full = state[at + 3]! | 0;
    }
    const value = sign * src[srcFrom + row]!;
    let place = at + 4 + slot;
    state[place] = value;
    if (slot === 0 || value >= extreme) {
      extreme = value;
      where = slot;
    }
    let age = slot - where;
    if (slot !== last) {
      slot++;
      place++;
      if (full === 0) age = NaN;
      else if (extreme < state[place]!) age = slot - 1 + period - state[place + period]!;
    } else {
      agesFromTheBack(state, at + 4, period);
      slot = 0;
      full = 1;
    }
    dst[dstFrom + row] = age;
  }
  state[at] = slot;
  state[at + 1] = extreme;
  state[at + 2] = where;
  state[at + 3] = full;
}

function agesFromTheBack(state: Float64Array, ring: number, period: number): void {
  let extreme = -Infinity;
  let where = 0;
  for (let slot = period - 1; slot >= 0; slot--) {
    const value = state[ring + slot]!;
    if (value > extreme) {
      extreme = value;
      where = slot;
    }
    state[ring + slot] = extreme;
    state[ring + period + slot] = where;
  }
}
