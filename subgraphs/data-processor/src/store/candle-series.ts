// Reads the series of many instruments in one statement: per instrument the newest candles of a range, one per opening
// time, HISTORY before LIVE. Two shapes: whole candles for display, bare floats for indicators.

import type pg from 'pg';
import type { Interval } from '@mib/model/interval';
import type { TimestampNs } from '@mib/model/timestamp';
import { ClientError } from '@mib/service/errors';
import type { CandleClocks } from '../domain/candle-clock.ts';
import type { CandleSource, CandleView } from '../domain/stored-candle.ts';
import { viewOf } from '../domain/stored-candle.ts';
import type { BarSeries, SeriesBar } from '../domain/indicators/indicator-point.ts';
import { barSeriesOf } from '../domain/indicators/indicator-point.ts';
import type { CandleRow } from './candle-rows.ts';
import { CANDLE_COLUMNS, candleOfRow, isoTime } from './candle-rows.ts';

export interface SeriesRange {
  readonly interval: Interval;
  /** Null for both. */
  readonly source: CandleSource | null;
  /** Inclusive, null for no bound. */
  readonly fromMs: number | null;
  /** Exclusive, null for no bound. */
  readonly beforeMs: number | null;
  /** At most this many of each instrument, the newest. */
  readonly limit: number;
}

/** Rows of floats of one statement: 500 instruments with an RSI(14) from cold, some 100 MB while they are read. */
export const MAX_ROWS_PER_READ = 300_000;
/** A candle of decimals takes the memory of so many rows of floats. */
export const ROWS_OF_A_CANDLE = 4;

/** Of PostgreSQL alone. @returns newest first, by instrument; instruments without candles are absent. */
export async function readCandles(client: pg.ClientBase, instrumentIds: readonly string[], range: SeriesRange, clocks: CandleClocks): Promise<Map<string, CandleView[]>> {
  const { rows } = await client.query<CandleRow & { watermark_ns: string | null }>(statement(`${CANDLE_COLUMNS}, ${WATERMARK} as watermark_ns`), parameters(instrumentIds, range, MAX_ROWS_PER_READ / ROWS_OF_A_CANDLE));
  const series = new Map<string, CandleView[]>();
  for (const row of rows) push(series, row.instrument_id, viewOf(candleOfRow(row), BigInt(row.watermark_ns ?? 0), clocks.of(row.instrument_id)));
  return series;
}

/** Of PostgreSQL alone. @returns columns of floats, oldest first, by instrument; instruments without candles are absent. */
export async function readBars(client: pg.ClientBase, instrumentIds: readonly string[], range: SeriesRange, clocks: CandleClocks): Promise<Map<string, BarSeries>> {
  const columns = `c.instrument_id, (extract(epoch from c.open_time) * 1000)::float8, c.open::float8, c.high::float8, c.low::float8, c.close::float8, c.volume::float8, c.source, ${WATERMARK}`;
  const { rows } = await client.query<BarRow>({ text: statement(columns), values: parameters(instrumentIds, range, MAX_ROWS_PER_READ), rowMode: 'array' });
  const grouped = new Map<string, BarRow[]>();
  for (const row of rows) push(grouped, row[0], row);
  const watermarkNs: TimestampNs = BigInt(rows[0]?.[8] ?? 0);
  return new Map([...grouped].map(([instrumentId, own]) => [instrumentId, barSeriesOf({ instrumentId, interval: range.interval, watermarkNs, clock: clocks.of(instrumentId), rows: own.reverse().map(barOfRow) })]));
}

type BarRow = [instrumentId: string, openTimeMs: number, open: number, high: number, low: number, close: number, volume: number | null, source: CandleSource, watermarkNs: string | null];

const WATERMARK = `(select watermark_ns from processor.checkpoints where stream = 'engine')`;

function statement(columns: string): string {
  return `select ${columns} from unnest($1::text[]) i(id) cross join lateral (
    select distinct on (s.open_time) s.* from processor.candles s
    where s.instrument_id = i.id and s.interval = $2 and ($3::text is null or s.source = $3)
      and s.open_time >= coalesce($4::timestamptz, '-infinity') and s.open_time < coalesce($5::timestamptz, 'infinity')
    order by s.open_time desc, s.source limit $6) c
  order by c.instrument_id, c.open_time desc`;
}

function parameters(instrumentIds: readonly string[], { interval, source, fromMs, beforeMs, limit }: SeriesRange, maxRows: number): unknown[] {
  const distinct = [...new Set(instrumentIds)];
  if (distinct.length * limit > maxRows) {
    throw new ClientError('VALIDATION', `ask for fewer instruments or candles at once: ${distinct.length} instruments of up to ${limit} candles are more than ${maxRows}`);
  }
  return [distinct, interval, source, fromMs === null ? null : isoTime(fromMs), beforeMs === null ? null : isoTime(beforeMs), limit];
}

function barOfRow([, openTimeMs, open, high, low, close, volume, source]: BarRow): SeriesBar {
  return { openTimeMs, open, high, low, close, volume: volume ?? NaN, source };
}

function push<T>(groups: Map<string, T[]>, key: string, value: T): void {
  const group = groups.get(key);
  if (group) group.push(value);
  else groups.set(key, [value]);
}
