// Daily closes become returns, and the returns of several instruments days of profit and loss of one portfolio.

export interface DailyClose {
  /** Midnight UTC of the day, epoch milliseconds. */
  readonly dayMs: number;
  readonly close: number;
}

/** Simple return from the close before, by day. */
export type Returns = ReadonlyMap<number, number>;

export const DAY_MS = 86_400_000;
/** Over a weekend with holidays two closes are neighbours; over a hole in the history they are not one day apart. */
export const MAX_GAP_DAYS = 7;

/** @param closes - oldest first, a day once. A close of zero or below has no return, as oil once had none. */
export function returnsOf(closes: readonly DailyClose[]): Returns {
  const returns = new Map<number, number>();
  for (let i = 1; i < closes.length; i++) {
    const [before, now] = [closes[i - 1]!, closes[i]!];
    if (now.dayMs - before.dayMs > MAX_GAP_DAYS * DAY_MS || before.close <= 0 || now.close <= 0) continue;
    returns.set(now.dayMs, now.close / before.close - 1);
  }
  return returns;
}

export interface Exposure {
  /** Signed money. */
  readonly value: number;
  readonly returns: Returns;
}

export interface ProfitHistory {
  /** Oldest first. */
  readonly profits: readonly number[];
  readonly newestDayMs: number | null;
}

/** What today's exposures would have made on the newest days, `limit` at most, on which everything has a return. */
export function profitHistory(exposures: readonly Exposure[], limit: number): ProfitHistory {
  const [first, ...others] = [...exposures].sort((a, b) => a.returns.size - b.returns.size);
  if (!first) return { profits: [], newestDayMs: null };
  const days = [...first.returns.keys()].filter((day) => others.every(({ returns }) => returns.has(day))).sort((a, b) => a - b).slice(-limit);
  const profits = days.map((day) => exposures.reduce((sum, { value, returns }) => sum + value * returns.get(day)!, 0));
  return { profits, newestDayMs: days.at(-1) ?? null };
}
