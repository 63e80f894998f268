// Candle intervals and the UTC bucket a point in time falls into. Weeks begin on Monday (ISO 8601), months on the first.

export const INTERVALS = ['S1', 'M1', 'M5', 'M15', 'M30', 'H1', 'H4', 'D1', 'W1', 'MO1'] as const;
export type Interval = (typeof INTERVALS)[number];

const SECOND_MS = 1_000;
const DAY_MS = 86_400 * SECOND_MS;
const FIXED_MS: Readonly<Record<Exclude<Interval, 'MO1'>, number>> = {
  S1: SECOND_MS,
  M1: 60 * SECOND_MS,
  M5: 300 * SECOND_MS,
  M15: 900 * SECOND_MS,
  M30: 1_800 * SECOND_MS,
  H1: 3_600 * SECOND_MS,
  H4: 14_400 * SECOND_MS,
  D1: DAY_MS,
  W1: 7 * DAY_MS,
};
/** 1970-01-05 was the first Monday of the epoch. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

/** Opening time, in epoch milliseconds, of the candle that contains `timeMs`. */
export function intervalStart(interval: Interval, timeMs: number): number {
  if (interval === 'MO1') {
    const date = new Date(timeMs);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  }
  const origin = interval === 'W1' ? FIRST_MONDAY_MS : 0;
  const size = FIXED_MS[interval];
  return origin + Math.floor((timeMs - origin) / size) * size;
}

/** Opening time of the candle after the one that contains `timeMs`. */
export function nextIntervalStart(interval: Interval, timeMs: number): number {
  if (interval === 'MO1') {
    const date = new Date(timeMs);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  }
  return intervalStart(interval, timeMs) + FIXED_MS[interval];
}

/** True when candles of `fine` fill those of `coarse` without crossing a boundary. */
export function nests(fine: Interval, coarse: Interval): boolean {
  if (fine === coarse) return true;
  if (coarse === 'MO1') return fine !== 'W1';
  return fine !== 'MO1' && FIXED_MS[coarse] % FIXED_MS[fine] === 0;
}
