// Decisions between sums of prices (did the typical price rise, which movement was the larger) must not hang on the
// rounding of decimals in binary: 10.1 + 10.2 + 10.3 and 10.0 + 10.3 + 10.3 are equal and their doubles are not. So such
// prices are taken back to the integers they are written as: an exact test says whether a double is a decimal of at most
// fourteen digits, then sums and comparisons are of integers below 2^53. Prices that are no such decimals (adjusted ones)
// are compared as the doubles they are.

/** All powers of ten that a double holds exactly. */
const POWERS = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22] as const;
/** Digits before and behind the point together; the rest up to 2^53 is room for a rise of the price and for sums. */
const DIGITS = 13;
const SCALE_OF_ZERO = 1e8;

/** Power of ten at which the prices of a series are integers, chosen by its first price. */
export function tickScale(price: number): number {
  const size = Math.abs(price);
  if (!(size > 0)) return SCALE_OF_ZERO;
  return POWERS[Math.min(POWERS.length - 1, Math.max(0, DIGITS - Math.floor(Math.log10(size))))]!;
}

/** The sum of three prices: where all are decimals, the double nearest to the exact sum, so equal sums are equal doubles. */
export function sumOfThree(scale: number, a: number, b: number, c: number): number {
  const ticksA = Math.round(a * scale);
  const ticksB = Math.round(b * scale);
  const ticksC = Math.round(c * scale);
  if (ticksA / scale === a && ticksB / scale === b && ticksC / scale === c) return (ticksA + ticksB + ticksC) / scale;
  return a + b + c;
}

/** The sum of two prices in ticks, exact; NaN where one of them is no decimal. */
export function sumInTicks(scale: number, a: number, b: number): number {
  const ticksA = Math.round(a * scale);
  const ticksB = Math.round(b * scale);
  return ticksA / scale === a && ticksB / scale === b ? ticksA + ticksB : NaN;
}
