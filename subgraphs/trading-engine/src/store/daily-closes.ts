// Daily closes as rows. A LIVE close takes the place of an imported one of the same day, never the other way round.

import { parseDecimal } from '@mib/model/decimal';
import type pg from 'pg';
import type { ClosePoint, DailyClose } from '../domain/daily-closes.ts';

/** In order: of two closes for one instrument and day the later counts, and LIVE before HISTORY. */
export async function storeCloses(pool: pg.Pool, closes: readonly DailyClose[]): Promise<void> {
  const distinct = new Map<string, DailyClose>();
  for (const close of closes) {
    const key = `${close.instrumentId}|${close.day}`;
    if (distinct.get(key)?.source !== 'LIVE' || close.source === 'LIVE') distinct.set(key, close);
  }
  if (distinct.size === 0) return;
  const rows = [...distinct.values()];
  await pool.query(
    `insert into trading.daily_closes as present (instrument_id, day, source, close)
     select * from unnest($1::text[], $2::date[], $3::text[], $4::numeric[])
     on conflict (instrument_id, day) do update set source = excluded.source, close = excluded.close
     where present.source <> 'LIVE' or excluded.source = 'LIVE'`,
    [rows.map((row) => row.instrumentId), rows.map((row) => row.day), rows.map((row) => row.source), rows.map((row) => row.close)],
  );
}

/** Closes up to `throughDay`, oldest first, by instrument: those of `fromDay` on and the last one before it. */
export async function readCloses(pool: pg.Pool, instrumentIds: readonly string[], range: { readonly fromDay: string; readonly throughDay: string }): Promise<Map<string, ClosePoint[]>> {
  const { rows } = await pool.query<{ instrument_id: string; day: string; close: string }>(
    `select c.instrument_id, c.day::text as day, trim_scale(c.close)::text as close from unnest($1::text[]) i(id) cross join lateral (
       (select * from trading.daily_closes d where d.instrument_id = i.id and d.day < $2::date order by d.day desc limit 1)
       union all
       (select * from trading.daily_closes d where d.instrument_id = i.id and d.day >= $2::date and d.day <= $3::date)) c
     order by c.instrument_id, c.day`,
    [instrumentIds, range.fromDay, range.throughDay],
  );
  const series = new Map<string, ClosePoint[]>(instrumentIds.map((id) => [id, []]));
  for (const { instrument_id, day, close } of rows) series.get(instrument_id)!.push({ day, close: parseDecimal(close) });
  return series;
}
