// Multiplicative hashing (Knuth, The Art of Computer Programming, 6.4): the high bits of a product are the well mixed ones.

/** 2^32 divided by the golden ratio. */
const GOLDEN: i32 = 0x9e3779b1;
const MIX: i32 = 0x85ebca6b;

/** @param shift - 32 less the bits wanted: of a table's slots, a power of two, `clz(slots) + 1`. */
// @ts-ignore: decorator
@inline
export function hashOf(value: i32, shift: i32): i32 {
  return (value * GOLDEN) >>> shift;
}

// @ts-ignore: decorator
@inline
export function hashOfPair(a: i32, b: i32, shift: i32): i32 {
  return hashOf(a ^ (b * MIX), shift);
}
