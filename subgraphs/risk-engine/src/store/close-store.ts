// Daily closes as statistics need them: exact in the table, floats at reading.

import { inTransaction } from '@mib/service/database';
import type pg from 'pg';
import { DAY_MS, type DailyClose } from '../domain/returns.ts';
import { signal } from './signals.ts';

export const CLOSE_SOURCES = ['HISTORY', 'LIVE'] as const;
export type CloseSource = (typeof CLOSE_SOURCES)[number];

export interface StoredClose {
  readonly instrumentId: string;
  readonly openTimeMs: number;
  readonly source: CloseSource;
  /** Decimal text. */
  readonly close: string;
}

/** Newest closes read of one instrument: twice the window, as not every day is common to a whole portfolio. */
const MAX_CLOSES = 1_000;

/** Stores closes; of the same day HISTORY stays, and the same close twice changes nothing. */
export function storeCloses(pool: pg.Pool, closes: readonly StoredClose[]): Promise<void> {
  return inTransaction(pool, async (client) => {
    const rows = lastWords(closes);
    const { rows: changed } = await client.query<{ instrument_id: string }>(
      `insert into risk.daily_closes as c (instrument_id, open_time, source, close)
       select * from unnest($1::text[], $2::timestamptz[], $3::text[], $4::numeric[])
       on conflict (instrument_id, open_time) do update set source = excluded.source, close = excluded.close
         where (c.source, c.close) is distinct from (excluded.source, excluded.close) and not (c.source = 'HISTORY' and excluded.source = 'LIVE')
       returning instrument_id`,
      [rows.map((r) => r.instrumentId), rows.map((r) => new Date(r.openTimeMs).toISOString()), rows.map((r) => r.source), rows.map((r) => r.close)],
    );
    await signal(client, [...new Set(changed.map((row) => row.instrument_id))].map((instrumentId) => ({ kind: 'closes', instrumentId })));
  });
}

/** Closes of days that had ended at `nowMs`, oldest first, the newest MAX_CLOSES of each instrument. */
export async function readCloses(pool: pg.Pool, instrumentIds: readonly string[], nowMs: number): Promise<Map<string, DailyClose[]>> {
  const { rows } = await pool.query<{ id: string; open_time: Date; close: number }>(
    `select i.id, c.open_time, c.close::float8 as close from unnest($1::text[]) i(id) cross join lateral (
       select open_time, close from risk.daily_closes where instrument_id = i.id and open_time <= $2 order by open_time desc limit $3) c
     order by i.id, c.open_time`,
    [instrumentIds, new Date(nowMs - DAY_MS).toISOString(), MAX_CLOSES],
  );
  const closes = new Map<string, DailyClose[]>(instrumentIds.map((id) => [id, []]));
  for (const { id, open_time, close } of rows) closes.get(id)!.push({ dayMs: Math.floor(open_time.getTime() / DAY_MS) * DAY_MS, close });
  return closes;
}

/** One close a day, HISTORY before LIVE, in key order: two writers of the same rows wait for each other instead of dying together. */
function lastWords(closes: readonly StoredClose[]): StoredClose[] {
  const byKey = new Map<string, StoredClose>();
  for (const close of closes) {
    const key = `${close.instrumentId} ${close.openTimeMs}`;
    if (!(byKey.get(key)?.source === 'HISTORY' && close.source === 'LIVE')) byKey.set(key, close);
  }
  return [...byKey.values()].sort((a, b) => (a.instrumentId < b.instrumentId ? -1 : a.instrumentId > b.instrumentId ? 1 : a.openTimeMs - b.openTimeMs));
}
