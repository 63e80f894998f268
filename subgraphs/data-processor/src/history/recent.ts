// What counts as recent and stays in PostgreSQL, by age of the event.

import type { Interval } from '@mib/model/interval';

/** D1, W1 and MO1 are few and stay for ever. */
export const RECENT = {
  trades: { intervals: [], keptMs: 3_600_000 },
  seconds: { intervals: ['S1'], keptMs: 86_400_000 },
  bars: { intervals: ['M1', 'M5', 'M15', 'M30', 'H1', 'H4'], keptMs: 90 * 86_400_000 },
} as const satisfies Record<string, { readonly intervals: readonly Interval[]; readonly keptMs: number }>;

/** How long candles of an interval stay at least, or null for ever. */
export function keptOf(interval: Interval): number | null {
  const tier = [RECENT.seconds, RECENT.bars].find(({ intervals }: { readonly intervals: readonly Interval[] }) => intervals.includes(interval));
  return tier?.keptMs ?? null;
}
