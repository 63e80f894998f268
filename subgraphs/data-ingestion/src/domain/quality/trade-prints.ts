// Watches the trades of one instrument for prices that nobody around them traded at. A trade is judged once a few more have
// come: a price that holds is a move, one that the next trades take back was a bad print.

/** Trades before and behind the one that is judged. */
const BEFORE = 12;
const BEHIND = 3;
const WINDOW = BEFORE + 1 + BEHIND;
/** Steps between trades are often zero: a usual step is at least this part of the price. */
const SMALLEST_STEP_OF_PRICE = 1e-4;
/** Usual steps from both sides beyond which a trade is called suspect. */
export const SUSPECT_TRADE_SCORE = 12;

/** Constant memory, a few hundred nanoseconds a trade. */
export class TradeWatch {
  readonly #prices = new Float64Array(WINDOW);
  #count = 0;

  /**
   * Takes the next price.
   *
   * @returns the score of the trade that came BEHIND trades earlier, in usual steps between trades; undefined while fewer than a window have come.
   */
  see(price: number): number | undefined {
    this.#prices.copyWithin(0, 1);
    this.#prices[WINDOW - 1] = price;
    this.#count += 1;
    return this.#count < WINDOW ? undefined : scoreAt(this.#prices);
  }

  /** Forgets what came before, as behind an interruption: what is then new need not be wrong. */
  reset(): void {
    this.#count = 0;
  }
}

/** The distance to the nearer of the medians before and behind: a move is near to what follows, a print to neither. */
function scoreAt(window: Float64Array): number {
  const price = window[BEFORE]!;
  const distance = Math.min(Math.abs(price - median(window.slice(BEFORE - BEHIND, BEFORE))), Math.abs(price - median(window.slice(BEFORE + 1))));
  const steps = new Float64Array(WINDOW - 3);
  let length = 0;
  for (let index = 1; index < WINDOW; index += 1) if (index !== BEFORE && index !== BEFORE + 1) steps[length++] = Math.abs(window[index]! - window[index - 1]!);
  return distance / Math.max(mean(steps.subarray(0, length)), Math.abs(price) * SMALLEST_STEP_OF_PRICE, Number.MIN_VALUE);
}

function median(values: Float64Array): number {
  const sorted = values.sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
