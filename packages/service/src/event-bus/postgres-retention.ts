// Deletes what lies further back than a partition keeps, like a Kafka log does: whether read or not. Any process may do
// it; an advisory lock lets one at a time, and small steps keep locks and WAL short.

import type pg from 'pg';

const INTERVAL_MS = 60_000;
const STEP_ROWS = 5_000;
const LOCK = "hashtextextended('bus:retention', 0)";

export function startRetention(pool: pg.Pool, retainedRecords: number): AsyncDisposable {
  let running = Promise.resolve();
  // A failed pass is made up by the next one.
  const timer = setInterval(() => (running = trim(pool, retainedRecords).then(() => undefined, () => undefined)), INTERVAL_MS);
  timer.unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await running;
    },
  };
}

/** @returns how many records were deleted, at most STEP_ROWS. */
export async function trim(pool: pg.Pool, retainedRecords: number): Promise<number> {
  const { rowCount } = await pool.query(
    `with may as (select pg_try_advisory_xact_lock(${LOCK}) as mine),
      old as (
        select e.ctid from may, bus.heads h join bus.events e on e.topic = h.topic and e.partition = h.partition and e."offset" < h.next - $1::bigint
        where may.mine limit $2)
    delete from bus.events where ctid in (select ctid from old)`,
    [retainedRecords, STEP_ROWS],
  );
  return rowCount ?? 0;
}
