// Latencies in logarithmic buckets, 16 to each doubling: a percentile is right within 6 percent, at constant memory.
// Two windows take turns, so the figures speak of the last one or two minutes.

const BUCKETS_PER_DOUBLING = 16;
const DOUBLINGS = 40;
const BUCKETS = BUCKETS_PER_DOUBLING * DOUBLINGS;
const WINDOW_MS = 60_000;
const MICROS_PER_MS = 1_000;

export class LatencyHistogram {
  #current = new Int32Array(BUCKETS);
  #previous = new Int32Array(BUCKETS);
  #windowStartMs: number;
  readonly #nowMs: () => number;

  /** @param nowMs - a monotonic clock. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#windowStartMs = nowMs();
  }

  add(latencyMs: number): void {
    this.#current[bucketOf(latencyMs * MICROS_PER_MS)]!++;
  }

  /** Upper edge of the bucket that holds the percentile, in microseconds; 0 without any value. */
  percentile(fraction: number): number {
    this.#turn();
    let total = 0;
    for (let i = 0; i < BUCKETS; i++) total += this.#current[i]! + this.#previous[i]!;
    const rank = Math.ceil(total * fraction);
    let seen = 0;
    for (let i = 0; i < BUCKETS && rank > 0; i++) {
      seen += this.#current[i]! + this.#previous[i]!;
      if (seen >= rank) return 2 ** ((i + 1) / BUCKETS_PER_DOUBLING);
    }
    return 0;
  }

  #turn(): void {
    const elapsed = this.#nowMs() - this.#windowStartMs;
    if (elapsed < WINDOW_MS) return;
    [this.#current, this.#previous] = [this.#previous, this.#current];
    if (elapsed >= 2 * WINDOW_MS) this.#previous.fill(0);
    this.#current.fill(0);
    this.#windowStartMs = this.#nowMs();
  }
}

function bucketOf(micros: number): number {
  if (micros <= 1) return 0;
  return Math.min(BUCKETS - 1, Math.floor(Math.log2(micros) * BUCKETS_PER_DOUBLING));
}
