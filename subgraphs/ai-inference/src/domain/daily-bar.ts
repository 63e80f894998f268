// One day of a market as the models see it. Prices become binary floats here: everything computed from them is a statistic.

export interface DailyBar {
  /** Start of the day, UTC. The bar is known one day later. */
  readonly openTimeMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** From a simulator and not from a real market. */
  readonly synthetic: boolean;
}

export const DAY_MS = 86_400_000;

/** When the bar is complete: nothing computed from it may be used for an earlier time. */
export function knownAtMs(bar: DailyBar): number {
  return bar.openTimeMs + DAY_MS;
}
