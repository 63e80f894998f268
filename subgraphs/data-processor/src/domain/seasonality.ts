// Seasonality: log returns grouped by a part of the calendar, in UTC, of the bar whose close ends the return. One pass with
// Welford's update (Technometrics 4, 1962), constant memory.

export const SEASONS = ['HOUR_OF_DAY', 'DAY_OF_WEEK', 'MONTH_OF_YEAR'] as const;
export type Season = (typeof SEASONS)[number];

export interface SeasonBucket {
  /** 0..23, 1 (Monday)..7, or 1..12. */
  readonly part: number;
  readonly returns: number;
  /** Of log returns. */
  readonly mean: number;
  /** Sample deviation, divisor n - 1; null below two returns. */
  readonly deviation: number | null;
  /** Share of returns above zero. */
  readonly positive: number;
}

export class SeasonFold {
  readonly #season: Season;
  readonly #buckets = new Map<number, { n: number; mean: number; squares: number; positive: number }>();
  #before = NaN;

  constructor(season: Season) {
    this.#season = season;
  }

  /** Closes oldest first; a return with a close that is not positive is left out. */
  add(openTimeMs: number, close: number): void {
    const change = Math.log(close / this.#before);
    this.#before = close;
    if (!Number.isFinite(change)) return;
    const part = partOf(this.#season, new Date(openTimeMs));
    let bucket = this.#buckets.get(part);
    if (!bucket) this.#buckets.set(part, (bucket = { n: 0, mean: 0, squares: 0, positive: 0 }));
    bucket.n += 1;
    const delta = change - bucket.mean;
    bucket.mean += delta / bucket.n;
    bucket.squares += delta * (change - bucket.mean);
    if (change > 0) bucket.positive += 1;
  }

  /** Parts that have any return, in order. */
  result(): SeasonBucket[] {
    return [...this.#buckets].sort(([a], [b]) => a - b).map(([part, { n, mean, squares, positive }]) => ({
      part, returns: n, mean, deviation: n < 2 ? null : Math.sqrt(squares / (n - 1)), positive: positive / n,
    }));
  }
}

function partOf(season: Season, time: Date): number {
  switch (season) {
    case 'HOUR_OF_DAY':
      return time.getUTCHours();
    case 'DAY_OF_WEEK':
      return time.getUTCDay() || 7;
    case 'MONTH_OF_YEAR':
      return time.getUTCMonth() + 1;
  }
}
