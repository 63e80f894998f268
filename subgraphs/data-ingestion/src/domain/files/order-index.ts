// Open orders by their 64-bit number, in typed arrays: a trading day adds and removes hundreds of millions, and a Map of
// bigint would allocate for each. Open addressing over slot numbers, so a slot stays put while others come and go.

// Taken once: a look at the global for every byte costs a hundredfold where globals are intercepted, as under a test runner.
const { imul } = Math;
/** Orders open at once that an index holds unless told otherwise; a whole day of all NASDAQ symbols stays near 3 million. */
export const MAX_OPEN_ORDERS = 16_000_000;
const FIRST_CAPACITY = 1_024;

export class TooManyOrdersError extends Error {
  override readonly name = 'TooManyOrdersError';

  constructor(maxOrders: number) {
    super(`open orders must be at most ${maxOrders}`);
  }
}

export class OrderIndex {
  readonly #maxOrders: number;
  /** Slot + 1 by hash, 0 for none; at most half full. */
  #table = new Int32Array(2 * FIRST_CAPACITY);
  #high = new Uint32Array(FIRST_CAPACITY);
  #low = new Uint32Array(FIRST_CAPACITY);
  /** Slots given back, as a stack. */
  #free = new Int32Array(FIRST_CAPACITY);
  #freeCount = 0;
  #used = 0;
  #count = 0;

  constructor(maxOrders = MAX_OPEN_ORDERS) {
    this.#maxOrders = maxOrders;
  }

  get count(): number {
    return this.#count;
  }

  /** Slots are 0..capacity - 1: what a caller keeps for each order needs so many places. */
  get capacity(): number {
    return this.#high.length;
  }

  /** @returns the order's slot, -1 when it is not open. */
  find(high: number, low: number): number {
    const mask = this.#table.length - 1;
    for (let at = hashOf(high, low) & mask; ; at = (at + 1) & mask) {
      const slot = this.#table[at]! - 1;
      if (slot < 0) return -1;
      if (this.#low[slot] === low && this.#high[slot] === high) return slot;
    }
  }

  /**
   * Opens an order that is not open.
   *
   * @returns its slot, valid until `remove`.
   * @throws {TooManyOrdersError}
   */
  add(high: number, low: number): number {
    if (this.#count >= this.#maxOrders) throw new TooManyOrdersError(this.#maxOrders);
    if (this.#freeCount === 0 && this.#used === this.#high.length) this.#grow();
    const slot = this.#freeCount > 0 ? this.#free[--this.#freeCount]! : this.#used++;
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#count += 1;
    this.#enter(slot);
    return slot;
  }

  remove(slot: number): void {
    const mask = this.#table.length - 1;
    let hole = hashOf(this.#high[slot]!, this.#low[slot]!) & mask;
    while (this.#table[hole] !== slot + 1) hole = (hole + 1) & mask;
    // Later entries of the run move up, unless they stand at or behind their own hash already.
    for (let at = (hole + 1) & mask; this.#table[at] !== 0; at = (at + 1) & mask) {
      const other = this.#table[at]! - 1;
      const home = hashOf(this.#high[other]!, this.#low[other]!) & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      this.#table[hole] = other + 1;
      hole = at;
    }
    this.#table[hole] = 0;
    this.#free[this.#freeCount++] = slot;
    this.#count -= 1;
  }

  clear(): void {
    this.#table.fill(0);
    this.#freeCount = this.#used = this.#count = 0;
  }

  #enter(slot: number): void {
    const mask = this.#table.length - 1;
    let at = hashOf(this.#high[slot]!, this.#low[slot]!) & mask;
    while (this.#table[at] !== 0) at = (at + 1) & mask;
    this.#table[at] = slot + 1;
  }

  /** Every slot is in use here, so all of them enter the wider table. */
  #grow(): void {
    const capacity = 2 * this.#high.length;
    this.#high = widened(this.#high, new Uint32Array(capacity));
    this.#low = widened(this.#low, new Uint32Array(capacity));
    this.#free = new Int32Array(capacity);
    this.#table = new Int32Array(2 * capacity);
    for (let slot = 0; slot < this.#used; slot += 1) this.#enter(slot);
  }
}

/** Copies a column into a wider one, which it returns. */
export function widened<T extends Float64Array | Uint32Array | Int32Array>(narrow: T, wide: T): T {
  wide.set(narrow);
  return wide;
}

function hashOf(high: number, low: number): number {
  const mixed = imul(low ^ imul(high, 0x85ebca6b), 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}
