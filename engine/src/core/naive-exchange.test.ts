// The core against its naive twin. MIB_PROPERTY_RUNS multiplies the number of sessions (default 1).

import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { NaiveComparison } from './naive-comparison.ts';
import { openMarket, runSession, stepsOf, type Session } from './naive-sessions.ts';

const RUNS = Number(process.env['MIB_PROPERTY_RUNS'] ?? 1);
const TIMEOUT_MS = 60_000 * RUNS;

const TODAY = ['cancel', 'level', 'repeat', 'cash', 'limits', 'trading'] as const;

describe('the core does what the naive exchange does', () => {
  it.each<[string, Session, number]>([
    ['with today\'s orders in a narrow market', { prices: 'narrow', types: ['MARKET', 'LIMIT', 'LIMIT'], tifs: ['GTC', 'GTC', 'IOC', 'FOK'], terms: [], others: TODAY }, 20],
    ['with today\'s orders at any price', { prices: 'whole range', types: ['MARKET', 'LIMIT', 'LIMIT'], tifs: ['GTC', 'GTC', 'IOC', 'FOK'], terms: [], others: TODAY }, 20],
  ])('%s', (_, session, runs) => compareSessions(session, runs), TIMEOUT_MS);
});

function compareSessions(session: Session, runs: number): void {
  fc.assert(
    fc.property(stepsOf(session, 120), (steps) => {
      const comparison = new NaiveComparison();
      openMarket(comparison);
      runSession(comparison, steps);
    }),
    { numRuns: runs * RUNS },
  );
}
