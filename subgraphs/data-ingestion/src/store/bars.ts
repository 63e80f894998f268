// Imported history. An import is one transaction: rows are copied into a temporary table, the database finds what is new,
// what is there already and what contradicts, and the new bars leave through the outbox of the same commit.

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Interval } from '@mib/model/interval';
import { inTransaction } from '@mib/service/database';
import { writeOutbox } from '@mib/service/outbox';
import type { Bar, BarRow } from '../domain/bar.ts';
import { MAX_LISTED_REJECTS, RejectList, type ImportReport } from '../domain/import-report.ts';
import type { Instrument } from '../domain/instrument.ts';
import { BARS_TOPIC, barsRecord, MAX_BARS_PER_EVENT, type AnnouncedBar } from '../events.ts';

export interface ImportTarget {
  readonly instrument: Instrument;
  readonly interval: Interval;
}

/**
 * Stores what is new among `rows`. Of two rows with one time, in the file or in the store, the first wins; the second is a
 * duplicate when it says the same and a conflict when it does not.
 */
export async function importBars(pool: pg.Pool, target: ImportTarget, rows: AsyncIterable<readonly BarRow[]>): Promise<ImportReport> {
  return inTransaction(pool, (client) => importBarsIn(client, target, rows));
}

/** As `importBars`, inside the caller's transaction, once in each. */
export async function importBarsIn(client: pg.PoolClient, target: ImportTarget, rows: AsyncIterable<readonly BarRow[]>): Promise<ImportReport> {
  await lockInstrument(client, target.instrument);
  await client.query(CREATE_STAGED);
  const rejects = new RejectList();
  const staged = await stage(client, rows, rejects);
  const range = await store(client, target);
  const conflictRows = await findConflicts(client, target, rejects);
  await announce(client, target);
  return {
    totalRows: staged + rejects.count - conflictRows,
    importedRows: range.count,
    duplicateRows: staged - range.count - conflictRows,
    rejectedRows: rejects.count,
    rejects: rejects.first(),
    firstOpenTimeMs: range.firstMs,
    lastOpenTimeMs: range.lastMs,
  };
}

/** The latest bars of an instrument, oldest first; `close` is canonical text. */
export async function latestCloses(pool: pg.Pool, instrumentNumber: number, interval: Interval, count: number): Promise<readonly string[]> {
  const { rows } = await pool.query<{ close: string }>(
    `select trim_scale(close)::text as close from ingestion.bars where instrument_number = $1 and "interval" = $2 order by open_time desc limit $3`,
    [instrumentNumber, interval, count],
  );
  return rows.map((row) => row.close).reverse();
}

const CREATE_STAGED = `
  create temporary table staged (line int not null, open_time timestamptz not null, open numeric(38,18) not null,
    high numeric(38,18) not null, low numeric(38,18) not null, close numeric(38,18) not null, volume numeric(38,18)) on commit drop;
  create temporary table added (open_time timestamptz primary key) on commit drop`;

/** Two imports of one instrument take turns, so that their announcements stay in order. */
async function lockInstrument(client: pg.PoolClient, instrument: Instrument): Promise<void> {
  await client.query('select from ingestion.instruments where number = $1 for no key update', [instrument.number]);
}

async function stage(client: pg.PoolClient, rows: AsyncIterable<readonly BarRow[]>, rejects: RejectList): Promise<number> {
  const copy = client.query(copyFrom('copy staged from stdin'));
  await pipeline(Readable.from(copyText(rows, rejects), { objectMode: true, highWaterMark: 1 }), copy);
  await client.query('analyze staged');
  return copy.rowCount;
}

/** COPY's text format: tab between fields, `\N` for null. Every value here is a number or a time, nothing needs escaping. */
async function* copyText(rows: AsyncIterable<readonly BarRow[]>, rejects: RejectList): AsyncGenerator<string> {
  for await (const batch of rows) {
    let text = '';
    for (const row of batch) {
      if (row.kind === 'reject') rejects.add(row);
      else text += copyLine(row.line, row.bar);
    }
    if (text !== '') yield text;
  }
}

function copyLine(line: number, bar: Bar): string {
  return `${line}\t${new Date(bar.openTimeMs).toISOString()}\t${bar.open}\t${bar.high}\t${bar.low}\t${bar.close}\t${bar.volume ?? '\\N'}\n`;
}

async function store(client: pg.PoolClient, { instrument, interval }: ImportTarget): Promise<{ count: number; firstMs: number | null; lastMs: number | null }> {
  await client.query(
    `with stored as (
       insert into ingestion.bars (instrument_number, "interval", open_time, open, high, low, close, volume)
       select distinct on (open_time) $1::int, $2, open_time, open, high, low, close, volume from staged order by open_time, line
       on conflict do nothing returning open_time)
     insert into added select open_time from stored`,
    [instrument.number, interval],
  );
  const { rows } = await client.query<{ count: number; first: Date | null; last: Date | null }>(
    'select count(*)::int as count, min(open_time) as first, max(open_time) as last from added',
  );
  const [{ count, first, last }] = rows as [(typeof rows)[0]];
  return { count, firstMs: first?.getTime() ?? null, lastMs: last?.getTime() ?? null };
}

/** Every staged row has a stored bar of its time by now; a row that differs from it was refused. */
async function findConflicts(client: pg.PoolClient, { instrument, interval }: ImportTarget, rejects: RejectList): Promise<number> {
  const { rows } = await client.query<{ line: number; time: Date; stored: string; given: string; total: number }>(
    `select s.line, s.open_time as time, count(*) over ()::int as total,
       concat_ws(' ', trim_scale(b.open), trim_scale(b.high), trim_scale(b.low), trim_scale(b.close), trim_scale(b.volume)) as stored,
       concat_ws(' ', trim_scale(s.open), trim_scale(s.high), trim_scale(s.low), trim_scale(s.close), trim_scale(s.volume)) as given
     from staged s join ingestion.bars b on b.instrument_number = $1 and b."interval" = $2 and b.open_time = s.open_time
     where (s.open, s.high, s.low, s.close, s.volume) is distinct from (b.open, b.high, b.low, b.close, b.volume)
     order by s.line limit ${MAX_LISTED_REJECTS}`,
    [instrument.number, interval],
  );
  for (const { line, time, stored, given } of rows) {
    rejects.add({ line, code: 'CONFLICT', reason: `${time.toISOString()} is stored as ${stored}, was ${given}` });
  }
  const total = rows[0]?.total ?? 0;
  rejects.addUnlisted(total - rows.length);
  return total;
}

async function announce(client: pg.PoolClient, target: ImportTarget): Promise<void> {
  let after: Date | string = '-infinity';
  for (;;) {
    const rows = await addedBars(client, target, after);
    if (rows.length === 0) return;
    const bars = rows.map(({ time, ...prices }) => ({ openTime: time.toISOString().replace('.000Z', 'Z'), ...prices }));
    await writeOutbox(client, 'ingestion', BARS_TOPIC, [barsRecord(target.instrument.id, target.interval, bars)]);
    after = rows.at(-1)!.time;
  }
}

type AddedBar = { readonly time: Date } & Omit<AnnouncedBar, 'openTime'>;

async function addedBars(client: pg.PoolClient, { instrument, interval }: ImportTarget, after: Date | string): Promise<readonly AddedBar[]> {
  const { rows } = await client.query<AddedBar>(
    `select a.open_time as time, trim_scale(b.open)::text as open, trim_scale(b.high)::text as high, trim_scale(b.low)::text as low,
       trim_scale(b.close)::text as close, trim_scale(b.volume)::text as volume
     from added a join ingestion.bars b on b.instrument_number = $1 and b."interval" = $2 and b.open_time = a.open_time
     where a.open_time > $3 order by a.open_time limit ${MAX_BARS_PER_EVENT}`,
    [instrument.number, interval, after],
  );
  return rows;
}
