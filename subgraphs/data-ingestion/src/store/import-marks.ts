// Takes a batch of ticks for instruments that may have had the same rows before: marks say up to which row each file has
// been taken for each instrument. Batches of one file are cut at the same rows in every run, so a batch is new to an
// instrument as a whole or not at all.

import type pg from 'pg';
import { writeOutbox } from '@mib/service/outbox';
import type { StepCounts } from '../domain/file-import.ts';
import { PRICE_SCALE, type TickBatch } from '../domain/files/tick-batch.ts';
import type { Instrument } from '../domain/instrument.ts';
import { MAX_TICKS_PER_EVENT, ticksRecord, TICKS_TOPIC, type AnnouncedTicks } from '../events.ts';

export interface TickTarget {
  /** Of the file's content. */
  readonly sha256: string;
  /** As the batch numbers them. */
  readonly instruments: readonly Instrument[];
  /** Midnight of the trading day, nanoseconds since the epoch. */
  readonly baseTimeNs: bigint;
}

/** Announces what is new in the batch and moves the marks, in the caller's transaction. */
export async function takeBatch(client: pg.PoolClient, target: TickTarget, batch: TickBatch): Promise<StepCounts> {
  const { sha256, instruments } = target;
  const seen = instruments.flatMap((instrument, index) => (batch.taken[index]! > 0 ? [{ index, number: instrument.number }] : []));
  const marks = await lockMarks(client, sha256, seen.map(({ number }) => number));
  const counts = { importedRows: 0, duplicateRows: 0, ticks: 0 };
  const isNew = new Uint8Array(instruments.length);
  for (const { index, number } of seen) {
    isNew[index] = marks.get(number)! < batch.lastRow ? 1 : 0;
    counts[isNew[index] === 1 ? 'importedRows' : 'duplicateRows'] += batch.taken[index]!;
  }
  for (const records of recordsOf(target, batch, isNew)) {
    counts.ticks += records.rows.length;
    await writeOutbox(client, 'ingestion', TICKS_TOPIC, [ticksRecord(records)]);
  }
  await client.query('update ingestion.import_marks set last_row = $3 where sha256 = $1 and instrument_number = any($2) and last_row < $3', [sha256, seen.map(({ number }) => number), batch.lastRow]);
  const { skippedRows, rejectedRows, rejects } = batch;
  return { ...counts, totalRows: batch.lastRow - batch.firstRow + 1, skippedRows, rejectedRows, rejects };
}

/** In the order of numbers, so that two imports of one file wait for each other instead of locking each other out. */
async function lockMarks(client: pg.PoolClient, sha256: string, numbers: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const sorted = numbers.toSorted((a, b) => a - b);
  await client.query('insert into ingestion.import_marks (sha256, instrument_number, last_row) select $1, n, 0 from unnest($2::int[]) with ordinality u(n, at) order by at on conflict do nothing', [sha256, sorted]);
  const { rows } = await client.query<{ instrument_number: number; last_row: string }>(
    'select instrument_number, last_row from ingestion.import_marks where sha256 = $1 and instrument_number = any($2) order by instrument_number for update',
    [sha256, sorted],
  );
  return new Map(rows.map((row) => [row.instrument_number, Number(row.last_row)]));
}

type Columns = Pick<AnnouncedTicks, 'rows' | 'offsetsNs' | 'prices' | 'quantities' | 'sides'>;
type OpenColumns = { readonly [K in keyof Columns]: number[] };

/** One instrument after the other, each in the order of the file. */
function* recordsOf({ sha256, instruments, baseTimeNs }: TickTarget, batch: TickBatch, isNew: Uint8Array): Generator<AnnouncedTicks> {
  const open = new Map<number, OpenColumns>();
  const close = (index: number, columns: OpenColumns): AnnouncedTicks => ({
    instrumentId: instruments[index]!.id, source: sha256, firstRow: columns.rows[0]!, lastRow: columns.rows.at(-1)!,
    priceScale: PRICE_SCALE, quantityScale: 0, baseTimeNs: String(baseTimeNs), ...columns,
  });
  for (let at = 0; at < batch.count; at += 1) {
    const index = batch.instruments[at]!;
    if (isNew[index] === 0) continue;
    let columns = open.get(index);
    if (!columns) open.set(index, (columns = { rows: [], offsetsNs: [], prices: [], quantities: [], sides: [] }));
    columns.rows.push(batch.rows[at]!);
    columns.offsetsNs.push(batch.offsetsNs[at]!);
    columns.prices.push(batch.prices[at]!);
    columns.quantities.push(batch.quantities[at]!);
    columns.sides.push(batch.sides[at]!);
    if (columns.rows.length < MAX_TICKS_PER_EVENT) continue;
    yield close(index, columns);
    open.delete(index);
  }
  for (const [index, columns] of open) yield close(index, columns);
}
