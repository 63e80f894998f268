// Extremes and exact sums of a candle's ticks. Volume and turnover are added up in doubles while every partial sum is known
// to fit 53 bits; where a product might not, both factors are cut into limbs of 18 bits, whose products and sums do:
//
//   price × quantity = (p0 + p1 b + p2 b²) × (q0 + q1 b + q2 b²), b = 2^18     each limb product below 2^36

/** Rows of one call of `add`. */
export const MAX_SUMMED_ROWS = 128;
/** Products up to here may be added in doubles: MAX_SUMMED_ROWS of them are at most 2^52. */
const MAX_EXACT = 2 ** 45;
/** A running sum that has reached this moves into the bigint; with one more call it is at most 2^53. */
const HAND_ON_AT = 2 ** 52;
const LIMB = 2 ** 18;
const LIMB_BITS = 18n;

export class TickSums {
  high: number;
  low: number;
  #volume = 0;
  #turnover = 0;
  #handedOnVolume = 0n;
  #handedOnTurnover = 0n;

  /** @param price - of any of the ticks. */
  constructor(price: number) {
    this.high = price;
    this.low = price;
  }

  get volume(): bigint {
    return this.#handedOnVolume + BigInt(this.#volume);
  }

  get turnover(): bigint {
    return this.#handedOnTurnover + BigInt(this.#turnover);
  }

  /** Takes the rows `[from, end)`, at most MAX_SUMMED_ROWS: whole numbers of at most 53 bits, quantities not negative. */
  add(prices: Float64Array, quantities: Float64Array, from: number, end: number): void {
    let high = this.high;
    let low = this.low;
    let largest = 0;
    // Two sums of every second row each: additions that do not wait for one another.
    let volume = 0;
    let turnover = 0;
    let oddVolume = 0;
    let oddTurnover = 0;
    let row = from;
    for (; row + 1 < end; row += 2) {
      const price = prices[row]!;
      const quantity = quantities[row]!;
      const oddPrice = prices[row + 1]!;
      const oddQuantity = quantities[row + 1]!;
      if (price > high) high = price;
      if (price < low) low = price;
      if (quantity > largest) largest = quantity;
      if (oddPrice > high) high = oddPrice;
      if (oddPrice < low) low = oddPrice;
      if (oddQuantity > largest) largest = oddQuantity;
      volume += quantity;
      turnover += price * quantity;
      oddVolume += oddQuantity;
      oddTurnover += oddPrice * oddQuantity;
    }
    if (row < end) {
      const price = prices[row]!;
      const quantity = quantities[row]!;
      if (price > high) high = price;
      if (price < low) low = price;
      if (quantity > largest) largest = quantity;
      volume += quantity;
      turnover += price * quantity;
    }
    this.high = high;
    this.low = low;
    if (largest <= MAX_EXACT && Math.max(Math.abs(high), Math.abs(low)) * largest <= MAX_EXACT) this.#hold(volume + oddVolume, turnover + oddTurnover);
    else this.#addLimbs(prices, quantities, from, end);
  }

  #hold(volume: number, turnover: number): void {
    this.#volume += volume;
    this.#turnover += turnover;
    if (this.#volume >= HAND_ON_AT || Math.abs(this.#turnover) >= HAND_ON_AT) {
      this.#handedOnVolume += BigInt(this.#volume);
      this.#handedOnTurnover += BigInt(this.#turnover);
      [this.#volume, this.#turnover] = [0, 0];
    }
  }

  #addLimbs(prices: Float64Array, quantities: Float64Array, from: number, end: number): void {
    let [v0, v1, v2] = [0, 0, 0];
    let [t0, t1, t2, t3, t4] = [0, 0, 0, 0, 0];
    for (let row = from; row < end; row++) {
      const price = prices[row]!;
      const quantity = quantities[row]!;
      const pUpper = Math.trunc(price / LIMB);
      const qUpper = Math.trunc(quantity / LIMB);
      const p2 = Math.trunc(pUpper / LIMB);
      const q2 = Math.trunc(qUpper / LIMB);
      const p0 = price - pUpper * LIMB;
      const q0 = quantity - qUpper * LIMB;
      const p1 = pUpper - p2 * LIMB;
      const q1 = qUpper - q2 * LIMB;
      v0 += q0;
      v1 += q1;
      v2 += q2;
      t0 += p0 * q0;
      t1 += p0 * q1 + p1 * q0;
      t2 += p0 * q2 + p1 * q1 + p2 * q0;
      t3 += p1 * q2 + p2 * q1;
      t4 += p2 * q2;
    }
    this.#handedOnVolume += joined([v0, v1, v2]);
    this.#handedOnTurnover += joined([t0, t1, t2, t3, t4]);
  }
}

/** Limbs with the lowest first, as one number. */
function joined(limbs: readonly number[]): bigint {
  return limbs.reduceRight((sum, limb) => (sum << LIMB_BITS) + BigInt(limb), 0n);
}
