// The latencies of one stage in the buckets of an HdrHistogram of two significant digits (Gil Tene), over shared memory:
// the thread that passes the stage counts, the main thread reads. Recording allocates nothing and needs no atomics: there
// is one writer, and a figure that is a moment old is good enough for a reader.
//
//   value v (ns): bucket b = how far v must be shifted to fit 8 bits; index = b * 128 + (v >>> b), the error below 1/128
//   words: COUNTS counts, then the sum of all values

const SUB_BUCKET_BITS = 8;
const HALF_BITS = SUB_BUCKET_BITS - 1;
const SUB_BUCKET_MASK = (1 << SUB_BUCKET_BITS) - 1;
/** Values past 31 bits are shifted by this much first; the top bucket ends at nine minutes. */
const FAR_SHIFT = 8;
const MAX_INT = 0x7fffffff;
const FAR = 2 ** 31;
const MAX_BUCKET = 32 - 1 - SUB_BUCKET_BITS + FAR_SHIFT;
const COUNTS = (MAX_BUCKET + 2) << HALF_BITS;
const SUM = COUNTS;

export const HISTOGRAM_WORDS = COUNTS + 1;
const NS_PER_MS = 1e6;

export class StageHistogram {
  readonly #counts: Float64Array;

  /** @param counts - HISTOGRAM_WORDS zeros; one thread only records. */
  constructor(counts: Float64Array) {
    this.#counts = counts;
  }

  /** Counts `count` commands that took this long; what a clock makes negative counts as nothing. */
  record(latencyMs: number, count: number): void {
    const ns = latencyMs > 0 ? latencyMs * NS_PER_MS : 0;
    this.#counts[indexOf(ns)]! += count;
    this.#counts[SUM]! += ns * count;
  }

  /** A copy of the counts, for figures since then. */
  snapshot(): Float64Array {
    return this.#counts.slice();
  }

  /** The figures of everything recorded since `base`, a snapshot, or of all. */
  read(base?: Float64Array): StageFigures {
    const counts = this.snapshot();
    if (base) for (let i = 0; i < HISTOGRAM_WORDS; i++) counts[i]! -= base[i]!;
    return new StageFigures(counts);
  }
}

export class StageFigures {
  readonly #counts: Float64Array;
  /** Commands recorded. */
  readonly count: number;

  constructor(counts: Float64Array) {
    this.#counts = counts;
    let total = 0;
    for (let i = 0; i < COUNTS; i++) total += counts[i]!;
    this.count = total;
  }

  get sumMs(): number {
    return this.#counts[SUM]! / NS_PER_MS;
  }

  /** The value that `fraction` of all do not exceed, in nanoseconds, at most 1/128 too high; 0 without any. */
  percentileNs(fraction: number): number {
    const rank = Math.max(1, Math.floor(fraction * this.count + 0.5));
    let seen = 0;
    for (let i = 0; i < COUNTS; i++) {
      seen += this.#counts[i]!;
      if (seen >= rank) return highestNs(i);
    }
    return 0;
  }

  maxNs(): number {
    for (let i = COUNTS - 1; i >= 0; i--) if (this.#counts[i]! > 0) return highestNs(i);
    return 0;
  }

  /** How many took at most `boundNs`, as exactly as the buckets tell. */
  countUpTo(boundNs: number): number {
    let total = 0;
    for (let i = 0; i <= indexOf(boundNs); i++) total += this.#counts[i]!;
    return total;
  }
}

function indexOf(ns: number): number {
  const isFar = ns >= FAR;
  const value = isFar ? Math.min(ns / (1 << FAR_SHIFT), MAX_INT) | 0 : ns | 0;
  const bucket = 32 - SUB_BUCKET_BITS - Math.clz32(value | SUB_BUCKET_MASK);
  return ((isFar ? bucket + FAR_SHIFT : bucket) << HALF_BITS) + (value >>> bucket);
}

/** The largest value that is counted at `index`. */
function highestNs(index: number): number {
  const bucket = Math.max(0, (index >> HALF_BITS) - 1);
  const sub = index - (bucket << HALF_BITS);
  return (sub + 1) * 2 ** bucket - 1;
}
