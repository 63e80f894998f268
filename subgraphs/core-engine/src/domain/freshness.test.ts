import { describe, expect, it } from '@jest/globals';
import type { FeedState } from '@mib/model/trading';
import { freshnessOf, type Freshness } from './freshness.ts';

const NOW_MS = 1_000_000;
const STALE_AFTER_MS = 30_000;

describe('the freshness of a quote', () => {
  it.each<[string, boolean, boolean, FeedState | null, number, Freshness]>([
    ['just changed', true, true, null, 0, 'LIVE'],
    ['silent up to the bound', true, true, null, 30_000, 'LIVE'],
    ['silent beyond it', true, true, null, 30_001, 'STALE'],
    ['silent with nothing resting', true, false, null, 30_001, 'CLOSED'],
    ['of an engine that is away', false, true, null, 0, 'RESYNCING'],
    ['of a live feed', true, true, 'LIVE', 0, 'LIVE'],
    ['of a live feed that nobody has confirmed for long', true, true, 'LIVE', 30_001, 'STALE'],
    ['of a feed that takes its first book', true, true, 'SYNCING', 0, 'RESYNCING'],
    ['of a feed after a gap, however fresh its levels', true, true, 'RESYNCING', 0, 'RESYNCING'],
    ['of a feed after a gap, long ago', true, false, 'RESYNCING', 90_000, 'RESYNCING'],
    ['of a silent feed', true, false, 'STALE', 0, 'STALE'],
    ['of a feed switched off', true, false, 'OFF', 0, 'CLOSED'],
    ['of a feed switched off behind an engine that is away', false, false, 'OFF', 0, 'RESYNCING'],
  ])('%s', (_, connected, hasOrders, feedState, silentMs, expected) => {
    const eventTimeNs = BigInt(NOW_MS - silentMs) * 1_000_000n;
    expect(freshnessOf({ connected, hasOrders, feedState, eventTimeNs }, NOW_MS, STALE_AFTER_MS)).toBe(expected);
  });
});
