// How far a price can be trusted, said honestly.

import { assertNever } from '@mib/model/assert-never';
import type { FeedState } from '@mib/model/trading';

export type Freshness = 'LIVE' | 'STALE' | 'RESYNCING' | 'CLOSED';

export interface FreshnessFacts {
  /** The engine's events are being followed without a gap. */
  readonly connected: boolean;
  readonly hasOrders: boolean;
  /** What the instrument's outside feed says of itself; null for one without. */
  readonly feedState: FeedState | null;
  /** When book, last trade or feed state changed last, by the engine's clock; 0 before that. */
  readonly eventTimeNs: bigint;
}

export function freshnessOf(facts: FreshnessFacts, nowMs: number, staleAfterMs: number): Freshness {
  if (!facts.connected) return 'RESYNCING';
  if (facts.feedState !== null && facts.feedState !== 'LIVE') return ofFeed(facts.feedState);
  const silentMs = nowMs - Number(facts.eventTimeNs / 1_000_000n);
  if (silentMs <= staleAfterMs) return 'LIVE';
  return facts.hasOrders ? 'STALE' : 'CLOSED';
}

function ofFeed(state: Exclude<FeedState, 'LIVE'>): Freshness {
  switch (state) {
    case 'SYNCING':
    case 'RESYNCING':
      return 'RESYNCING';
    case 'STALE':
      return 'STALE';
    case 'OFF':
      return 'CLOSED';
    default:
      return assertNever(state);
  }
}
