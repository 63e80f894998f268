// Live streams of one account, read from the tables themselves: whatever lies behind the last row sent, then, woken by the
// next commit, again. Replay and live are one path, so there is no seam where an event could be lost or sent twice, and a
// slow subscriber holds a cursor instead of a queue.

import type { LiveTopic } from '@mib/service/pubsub';
import type pg from 'pg';
import type { Place } from '../domain/cursor.ts';
import type { PositionRow } from '../domain/ledger.ts';
import type { Touched } from '../projection/projection.ts';
import { orderEventsAfter, type StoredOrderEvent } from '../store/order-reader.ts';
import { positionsChangedAfter } from '../store/position-reader.ts';

/** Rows read at a time, so a long replay is never in memory as a whole. */
const BATCH = 200;

export interface FollowOptions {
  readonly pool: pg.Pool;
  readonly touched: LiveTopic<Touched>;
  readonly accountNumber: number;
  readonly signal: AbortSignal;
}

/** Every order event of the account behind `after`, without end. */
export function followOrderEvents(options: FollowOptions, after: Place): AsyncGenerator<StoredOrderEvent> {
  return follow(options, after, (place) => orderEventsAfter(options.pool, options.accountNumber, place, BATCH));
}

/** The account's positions as they change after an engine event; states that were replaced before they were read are skipped. */
export function followPositions(options: FollowOptions, after: number): AsyncGenerator<PositionRow> {
  return follow(options, { sequence: after }, ({ sequence }) => positionsChangedAfter(options.pool, options.accountNumber, sequence, BATCH));
}

async function* follow<P, T extends P>({ touched, accountNumber, signal }: FollowOptions, after: P, read: (after: P) => Promise<T[]>): AsyncGenerator<T> {
  // One waiting wake-up says as much as many.
  const wakeUps = touched.subscribe({ filter: (change) => change.accountNumbers.has(accountNumber), maxQueued: 1, overflow: 'drop-oldest', signal });
  try {
    for (let place = after; !signal.aborted; ) {
      const rows = await read(place);
      for (const row of rows) yield (place = row);
      if (rows.length < BATCH && (await wakeUps.next()).done) return;
    }
  } finally {
    await wakeUps.return?.();
  }
}
