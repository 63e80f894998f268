// The manifest of the history and the moving of rows into it, as statements. Rows leave PostgreSQL by DELETE ... RETURNING
// inside COPY, so what is written to a file is exactly what the transaction deletes, whatever arrives meanwhile.

import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { Interval } from '@mib/model/interval';
import { inTransaction } from '@mib/service/database';
import { isoTime } from './candle-rows.ts';
import { TRADE_COLUMNS } from './trade-rows.ts';

export type PartitionKind = 'trades' | 'candles';

export interface Partition {
  readonly id: bigint;
  readonly file: string;
  readonly rows: number;
  /** Of the series that was asked for; milliseconds, both inclusive. */
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
}

export interface NewPartition {
  readonly kind: PartitionKind;
  readonly monthMs: number;
  readonly file: string;
  readonly rows: number;
  readonly bytes: number;
  readonly series: readonly { readonly instrumentId: string; readonly series: string; readonly minTimeMs: number; readonly maxTimeMs: number }[];
}

/** Rows of one kind that may move: older than `beforeMs`, and for candles not written to since `untouchedSinceMs`. */
export interface DueRows {
  readonly kind: PartitionKind;
  /** Of candles only. */
  readonly intervals: readonly Interval[];
  readonly beforeMs: number;
  readonly untouchedSinceMs: number;
}

const CANDLE_CSV = `t.instrument_id, t.interval, (extract(epoch from t.open_time) * 1000)::bigint, t.source,
  trim_scale(t.open)::text, trim_scale(t.high)::text, trim_scale(t.low)::text, trim_scale(t.close)::text, trim_scale(t.volume)::text, trim_scale(t.turnover)::text,
  t.trades, t.revision, t.derived, t.first_time_ns, t.first_sequence, t.last_time_ns, t.last_sequence, (extract(epoch from clock_timestamp()) * 1000)::bigint`;

/** Columns of a partition with the types that DuckDB reads the text as, in the order in which they are moved. */
export const PARTITION_COLUMNS: Readonly<Record<PartitionKind, Readonly<Record<string, string>>>> = {
  trades: {
    instrument_id: 'VARCHAR', source: 'VARCHAR', origin: 'VARCHAR', time_ns: 'BIGINT', sequence: 'BIGINT',
    price_units: 'BIGINT', price_scale: 'TINYINT', quantity_units: 'BIGINT', quantity_scale: 'TINYINT', side: 'TINYINT',
  },
  candles: {
    instrument_id: 'VARCHAR', interval: 'VARCHAR', open_time_ms: 'BIGINT', source: 'VARCHAR', open: 'VARCHAR', high: 'VARCHAR', low: 'VARCHAR', close: 'VARCHAR',
    volume: 'VARCHAR', turnover: 'VARCHAR', trades: 'INTEGER', revision: 'INTEGER', derived: 'BOOLEAN',
    first_time_ns: 'BIGINT', first_sequence: 'BIGINT', last_time_ns: 'BIGINT', last_sequence: 'BIGINT', moved_ms: 'BIGINT',
  },
};

/** One transaction at a time changes the manifest, whichever process runs it. */
export function inManifestTurn<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  return inTransaction(pool, async (client) => {
    await client.query(`select pg_advisory_xact_lock(hashtextextended('processor.partitions', 0))`);
    return work(client);
  });
}

/** The oldest of the rows that may move, or null. */
export async function oldestDueMs(client: pg.ClientBase, due: DueRows): Promise<number | null> {
  const statement = due.kind === 'trades'
    ? `select (min(time_ns) / 1000000)::float8 as oldest from processor.trades t where ${condition(due, -Infinity)}`
    : `select (extract(epoch from min(open_time)) * 1000)::float8 as oldest from processor.candles t where ${condition(due, -Infinity)}`;
  const { rows } = await client.query<{ oldest: number | null }>(statement);
  return rows[0]?.oldest ?? null;
}

/** Counts rows that may move, up to `atMost`. */
export async function countDue(client: pg.ClientBase, due: DueRows, atMost: number): Promise<number> {
  const { rows } = await client.query<{ n: number }>(`select count(*)::int as n from (select 1 from processor.${due.kind} t where ${condition(due, -Infinity)} limit ${atMost}) d`);
  return rows[0]!.n;
}

/** Deletes at most `limit` rows of `[fromMs, due.beforeMs)`, oldest first, and writes them to `path` as CSV. @returns how many. */
export async function moveToCsv(client: pg.ClientBase, due: DueRows, fromMs: number, limit: number, path: string): Promise<number> {
  const [columns, order] = due.kind === 'trades' ? [TRADE_COLUMNS.map((name) => `t.${name}`).join(', '), 'time_ns'] : [CANDLE_CSV, 'open_time'];
  const copy = client.query(copyTo(`copy (
    with due as materialized (select t.ctid from processor.${due.kind} t where ${condition(due, fromMs)} order by t.${order} limit ${limit} for update skip locked)
    delete from processor.${due.kind} t using due where t.ctid = due.ctid returning ${columns}) to stdout (format csv)`));
  await pipeline(copy, createWriteStream(path));
  return copy.rowCount;
}

export async function addPartition(client: pg.ClientBase, { kind, monthMs, file, rows, bytes, series }: NewPartition): Promise<void> {
  await client.query(
    `with added as (insert into processor.partitions (kind, month, file, rows, bytes) values ($1, $2::date, $3, $4, $5) returning id)
     insert into processor.partition_series (instrument_id, series, partition_id, min_time_ms, max_time_ms)
     select s.instrument_id, s.series, added.id, s.min_time, s.max_time from added, unnest($6::text[], $7::text[], $8::bigint[], $9::bigint[]) s(instrument_id, series, min_time, max_time)`,
    [kind, isoTime(monthMs).slice(0, 10), file, rows, bytes, series.map((each) => each.instrumentId), series.map((each) => each.series), series.map((each) => each.minTimeMs), series.map((each) => each.maxTimeMs)],
  );
}

export async function removePartitions(client: pg.ClientBase, ids: readonly bigint[]): Promise<void> {
  await client.query('delete from processor.partitions where id = any($1::bigint[])', [ids]);
}

export async function knownFiles(client: pg.ClientBase): Promise<Set<string>> {
  const { rows } = await client.query<{ file: string }>('select file from processor.partitions');
  return new Set(rows.map((row) => row.file));
}

/** Small files of the month that has most of them, smallest first; empty when no month has `minimum`. */
export async function smallPartitions(client: pg.ClientBase, { smallRows, minimum }: { readonly smallRows: number; readonly minimum: number }): Promise<{ kind: PartitionKind; monthMs: number; files: { id: bigint; file: string; rows: number }[] } | null> {
  const { rows } = await client.query<{ kind: PartitionKind; month_ms: number; ids: string[]; files: string[]; counts: number[] }>(
    `select kind, (extract(epoch from month) * 1000)::float8 as month_ms, array_agg(id order by rows, id) as ids, array_agg(file order by rows, id) as files, array_agg(rows order by rows, id) as counts
     from processor.partitions where rows < $1 group by kind, month having count(*) >= $2 order by count(*) desc limit 1`,
    [smallRows, minimum],
  );
  const [row] = rows;
  return row ? { kind: row.kind, monthMs: row.month_ms, files: row.ids.map((id, index) => ({ id: BigInt(id), file: row.files[index]!, rows: row.counts[index]! })) } : null;
}

/** Files that hold any of a series between two times, both inclusive, newest first. */
export async function partitionsOf(client: pg.ClientBase, instrumentIds: readonly string[], series: string, fromMs: number, toMs: number): Promise<Partition[]> {
  const { rows } = await client.query<{ id: string; file: string; rows: number; min_time: number; max_time: number }>(
    `select p.id, p.file, p.rows, min(s.min_time_ms)::float8 as min_time, max(s.max_time_ms)::float8 as max_time
     from processor.partition_series s join processor.partitions p on p.id = s.partition_id
     where s.instrument_id = any($1::text[]) and s.series = $2 and s.max_time_ms >= $3 and s.min_time_ms <= $4
     group by p.id order by max_time desc, p.id`,
    [instrumentIds, series, fromMs, toMs],
  );
  return rows.map((row) => ({ id: BigInt(row.id), file: row.file, rows: row.rows, minTimeMs: row.min_time, maxTimeMs: row.max_time }));
}

/** First and last opening time of an instrument's candles of an interval in both stores, or null without any. */
export async function seriesSpan(pool: pg.Pool, instrumentId: string, interval: Interval): Promise<{ readonly minMs: number; readonly maxMs: number } | null> {
  const { rows } = await pool.query<{ lowest: number | null; highest: number | null }>(
    `select least(r.lowest, f.lowest)::float8 as lowest, greatest(r.highest, f.highest)::float8 as highest from
       (select extract(epoch from min(open_time)) * 1000 as lowest, extract(epoch from max(open_time)) * 1000 as highest from processor.candles where instrument_id = $1 and interval = $2) r,
       (select min(min_time_ms) as lowest, max(max_time_ms) as highest from processor.partition_series where instrument_id = $1 and series = $2) f`,
    [instrumentId, interval],
  );
  const { lowest, highest } = rows[0]!;
  return lowest === null || highest === null ? null : { minMs: lowest, maxMs: highest };
}

/** COPY takes no parameters, so every value is a number, or an interval's name from the closed list. */
function condition({ kind, intervals, beforeMs, untouchedSinceMs }: DueRows, fromMs: number): string {
  const from = Number.isFinite(fromMs);
  if (kind === 'trades') return [`t.time_ns < ${nanoseconds(beforeMs)}`, ...(from ? [`t.time_ns >= ${nanoseconds(fromMs)}`] : [])].join(' and ');
  return [
    `t.interval in (${intervals.map((interval) => `'${interval}'`).join(', ')})`, `t.open_time < '${isoTime(beforeMs)}'`, `t.touched_at < '${isoTime(untouchedSinceMs)}'`,
    ...(from ? [`t.open_time >= '${isoTime(fromMs)}'`] : []),
  ].join(' and ');
}

function nanoseconds(timeMs: number): bigint {
  return BigInt(Math.trunc(timeMs)) * 1_000_000n;
}
