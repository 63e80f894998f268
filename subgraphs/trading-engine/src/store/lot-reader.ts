// Lots of a position by a method, from its fills read in batches: a long history is never in memory as a whole.

import { ClientError } from '@mib/service/errors';
import type pg from 'pg';
import type { Place } from '../domain/cursor.ts';
import type { PositionRow } from '../domain/ledger.ts';
import { createLotMatcher, type LotMethod, type LotState } from '../domain/lots.ts';
import { fillsOfPosition } from './order-reader.ts';

const BATCH = 5_000;
/** Beyond this a request would hold a connection for seconds; average cost is kept by the projection and always there. */
export const LONGEST_HISTORY = 500_000;

/** @throws {ClientError} UNAVAILABLE for a history longer than LONGEST_HISTORY. */
export async function lotsOfPosition(pool: pg.Pool, position: PositionRow, method: LotMethod): Promise<LotState> {
  const matcher = createLotMatcher(method);
  let after: Place = { sequence: 0, leg: 1 };
  for (let count = 0; count < LONGEST_HISTORY; count += BATCH) {
    const fills = await fillsOfPosition(pool, position, after, BATCH);
    for (const { side, priceTicks, quantityLots, atNs: timestampNs } of fills) matcher.apply({ side, priceTicks, quantityLots, timestampNs });
    if (fills.length < BATCH) return matcher.state();
    after = fills.at(-1)!;
  }
  throw new ClientError('UNAVAILABLE', `the position has more than ${LONGEST_HISTORY} fills: ask for AVERAGE_COST`);
}
