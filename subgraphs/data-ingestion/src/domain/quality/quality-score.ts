// One figure for how far a source can be trusted, out of what it did since the process started. Each kind of fault takes a
// share that grows with how often it happens, and faults that spoil data weigh more than those that only cost time.

import type { SourceSnapshot } from '../source-health.ts';

/** What a fault in every so many messages costs: at that rate its factor is one half. */
const HALF_AT = {
  rejectedMessages: 1 / 100,
  badPrints: 1 / 1_000,
  checksumFailures: 1 / 10_000,
  gapsDetected: 1 / 10_000,
} as const;
/** Faults are counted against at least so many messages, so that the first of a young source does not ruin it. */
const FEWEST_MESSAGES = 1_000;
/** Each field that came or went. */
const DRIFT_FACTOR = 0.9;
/** A source whose data is not whole at the moment. */
const STATE_FACTOR: Readonly<Record<SourceSnapshot['state'], number>> = { LIVE: 1, CONNECTING: 1, DISABLED: 1, RESYNCING: 0.8, BACKOFF: 0.5, STALE: 0.5 };

/** 0 (nothing of it can be used) to 1 (no fault seen): the product of one factor a kind of fault. */
export function qualityScore(source: Pick<SourceSnapshot, keyof typeof HALF_AT | 'messages' | 'schemaDrifts' | 'state'>): number {
  const messages = Math.max(source.messages, FEWEST_MESSAGES);
  const faults = Object.entries(HALF_AT).reduce((score, [name, half]) => score / (1 + source[name as keyof typeof HALF_AT] / messages / half), 1);
  return faults * DRIFT_FACTOR ** source.schemaDrifts * STATE_FACTOR[source.state];
}
