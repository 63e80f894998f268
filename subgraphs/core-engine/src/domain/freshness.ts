// How far a price can be trusted, said honestly.

export type Freshness = 'LIVE' | 'STALE' | 'RESYNCING' | 'CLOSED';

export interface FreshnessFacts {
  /** The engine's events are being followed without a gap. */
  readonly connected: boolean;
  readonly hasOrders: boolean;
  /** When book or last trade changed last, by the engine's clock; 0 before that. */
  readonly eventTimeNs: bigint;
}

export function freshnessOf(facts: FreshnessFacts, nowMs: number, staleAfterMs: number): Freshness {
  if (!facts.connected) return 'RESYNCING';
  const silentMs = nowMs - Number(facts.eventTimeNs / 1_000_000n);
  if (silentMs <= staleAfterMs) return 'LIVE';
  return facts.hasOrders ? 'STALE' : 'CLOSED';
}
