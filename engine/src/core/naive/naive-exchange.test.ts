/** @jest-environment-options {"customExportConditions": ["node", "node-addons", "small-core"]} */

// The core against its naive twin. MIB_PROPERTY_RUNS multiplies the number of sessions (default 1).

import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { ORDER_TYPES, TIMES_IN_FORCE, type TimeInForce } from '@mib/model/trading';
import { propertyRuns } from '@mib/testkit/property-runs';
import { NaiveComparison } from './naive-comparison.ts';
import { openMarket, runSession, stepsOf, type Session } from './naive-sessions.ts';

const TIMEOUT_MS = propertyRuns(60_000);

const RESTING: readonly TimeInForce[] = ['GTC', 'GTC', 'DAY', 'GTD'];
const QUIET = ['cancel', 'level', 'amend', 'time', 'limits'] as const;
const EVERYTHING = ['cancel', 'level', 'repeat', 'cash', 'limits', 'trading', 'amend', 'massCancel', 'state', 'fees', 'feed', 'print', 'time'] as const;
const EVERY_TERM = ['display', 'postOnly', 'selfTradePrevention'] as const;
const narrow = { prices: 'narrow', terms: [], others: QUIET } as const;

describe('the core does what the naive exchange does', () => {
  it.each<[string, Session, number]>([
    ['market and limit orders', { ...narrow, types: ['MARKET', 'LIMIT', 'LIMIT'], tifs: [...RESTING, 'IOC', 'FOK'] }, 8],
    ['icebergs', { ...narrow, types: ['LIMIT'], tifs: [...RESTING, 'IOC', 'FOK'], terms: ['display'] }, 8],
    ['self-trade prevention and post-only', { ...narrow, types: ['MARKET', 'LIMIT', 'LIMIT'], tifs: [...RESTING, 'IOC', 'FOK'], terms: ['postOnly', 'selfTradePrevention'] }, 8],
    ['stops', { ...narrow, types: ['STOP', 'LIMIT'], tifs: RESTING }, 8],
    ['stop limits', { ...narrow, types: ['STOP_LIMIT', 'LIMIT'], tifs: RESTING, terms: ['display'] }, 8],
    ['trailing stops', { ...narrow, types: ['TRAILING_STOP', 'LIMIT'], tifs: RESTING }, 8],
    ['market-to-limit orders', { ...narrow, types: ['MARKET_TO_LIMIT', 'LIMIT'], tifs: RESTING }, 8],
    ['auctions', { ...narrow, types: ['LIMIT', 'STOP'], tifs: RESTING, terms: ['display'], others: [...QUIET, 'state', 'state', 'state'] }, 8],
    ['outside feeds', { ...narrow, types: ['LIMIT', 'STOP', 'TRAILING_STOP'], tifs: RESTING, others: [...QUIET, 'level', 'level', 'feed', 'feed', 'print', 'print', 'state'] }, 8],
    ['fees', { ...narrow, types: ['MARKET', 'LIMIT'], tifs: ['GTC', 'IOC'], others: ['cancel', 'level', 'fees', 'cash'] }, 8],
    ['everything at once', { prices: 'narrow', types: ORDER_TYPES, tifs: TIMES_IN_FORCE, terms: EVERY_TERM, others: EVERYTHING }, 30],
    ['everything at any price', { prices: 'whole range', types: ORDER_TYPES, tifs: TIMES_IN_FORCE, terms: EVERY_TERM, others: EVERYTHING }, 30],
  ])('with %s', (_, session, runs) => compareSessions(session, runs), TIMEOUT_MS);
});

function compareSessions(session: Session, runs: number): void {
  fc.assert(
    fc.property(stepsOf(session, 120), (steps) => {
      const comparison = new NaiveComparison();
      openMarket(comparison);
      runSession(comparison, steps);
    }),
    { numRuns: propertyRuns(runs) },
  );
}
