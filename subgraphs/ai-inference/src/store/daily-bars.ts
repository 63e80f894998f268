// Daily bars as forecasts need them. Statistics only: decimals become floats at reading.

import type pg from 'pg';
import type { DailyBar } from '../domain/daily-bar.ts';

export const BAR_SOURCES = ['HISTORY', 'LIVE'] as const;
export type BarSource = (typeof BAR_SOURCES)[number];

/** Prices as decimal text. */
export interface StoredBar {
  readonly instrumentId: string;
  readonly openTimeMs: number;
  readonly source: BarSource;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
}

/** The only live venue there is today is the simulated one; a real feed will bring its own source. */
const SYNTHETIC: BarSource = 'LIVE';

/**
 * Stores bars; of the same day HISTORY stays.
 *
 * @param bars - at most one per instrument and day.
 * @returns the earliest changed day of each instrument that has one, in epoch milliseconds.
 */
export async function storeBars(client: pg.ClientBase, bars: readonly StoredBar[]): Promise<Map<string, number>> {
  // In key order, so that two writers of the same bars wait for each other instead of dying together.
  const sorted = [...bars].sort((a, b) => (a.instrumentId < b.instrumentId ? -1 : a.instrumentId > b.instrumentId ? 1 : a.openTimeMs - b.openTimeMs));
  const column = (pick: (bar: StoredBar) => string): string[] => sorted.map(pick);
  const { rows } = await client.query<{ instrument_id: string; open_time: Date }>(
    `insert into ai.daily_bars as b (instrument_id, open_time, source, open, high, low, close)
     select * from unnest($1::text[], $2::timestamptz[], $3::text[], $4::numeric[], $5::numeric[], $6::numeric[], $7::numeric[])
     on conflict (instrument_id, open_time) do update
       set source = excluded.source, open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close
       where (b.source, b.open, b.high, b.low, b.close) is distinct from (excluded.source, excluded.open, excluded.high, excluded.low, excluded.close)
         and not (b.source = 'HISTORY' and excluded.source = 'LIVE')
     returning instrument_id, open_time`,
    [column((b) => b.instrumentId), column((b) => new Date(b.openTimeMs).toISOString()), column((b) => b.source), column((b) => b.open), column((b) => b.high), column((b) => b.low), column((b) => b.close)],
  );
  const earliest = new Map<string, number>();
  for (const { instrument_id, open_time } of rows) earliest.set(instrument_id, Math.min(earliest.get(instrument_id) ?? Infinity, open_time.getTime()));
  return earliest;
}

/** Bars from `fromMs` on, oldest first, with up to `before` bars in front of them. */
export async function readBarsAround(client: pg.ClientBase, instrumentId: string, fromMs: number, before: number): Promise<DailyBar[]> {
  const { rows } = await client.query<{ open_time: Date; source: string; open: number; high: number; low: number; close: number }>(
    `select open_time, source, open::float8, high::float8, low::float8, close::float8 from (
       (select * from ai.daily_bars where instrument_id = $1 and open_time >= $2)
       union all
       (select * from ai.daily_bars where instrument_id = $1 and open_time < $2 order by open_time desc limit $3)
     ) as around order by open_time`,
    [instrumentId, new Date(fromMs).toISOString(), before],
  );
  return rows.map(({ open_time, source, ...prices }) => ({ ...prices, openTimeMs: open_time.getTime(), synthetic: source === SYNTHETIC }));
}
