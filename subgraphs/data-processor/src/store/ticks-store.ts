// Applies imported ticks: the trades themselves, and HISTORY candles of every interval. One transaction per batch, with
// the last row of each file that has been applied to each instrument; what a restart of the importer sends again is known
// by its rows, whatever its place on the bus.
//
// A candle made of ticks alone takes new ticks by a merge, which equals making it again. Where imported bars are in the
// way (they stay) or below (a candle of bars), the candle is made again from the level below it.

import type pg from 'pg';
import type { Interval } from '@mib/model/interval';
import { INTERVALS } from '@mib/model/interval';
import { inTransaction } from '@mib/service/database';
import type { Candle } from '../domain/candle.ts';
import { mergeCandles } from '../domain/candle.ts';
import type { CandleClock } from '../domain/candle-clock.ts';
import { UTC_CLOCK } from '../domain/candle-clock.ts';
import { allIntervals, LEVEL_BELOW } from '../domain/live-candles.ts';
import type { StoredCandle } from '../domain/stored-candle.ts';
import { candleKeyText, hasEnded } from '../domain/stored-candle.ts';
import type { TickColumns } from '../domain/tick-candles.ts';
import { aggregateTicks, candleOfTicks } from '../domain/tick-candles.ts';
import { announceCandles } from './announce-candles.ts';
import { findCandles } from './archived-candles.ts';
import { writeCandles } from './candle-rows.ts';
import { lockCheckpoint, moveCheckpoint } from './checkpoints.ts';
import type { CandleStores, StoresInTransaction } from './history-store.ts';
import { resampleLevel } from './history-store.ts';
import { writeTrades } from './trade-rows.ts';

/** Trades of one instrument in one file; `rows` rise and are the trades' sequence. */
export interface TickBatch {
  readonly instrumentId: string;
  /** Names the file. */
  readonly origin: string;
  readonly lastRow: number;
  readonly rows: readonly number[];
  readonly sides: readonly number[];
  readonly columns: TickColumns;
}

export interface OffsetTicks {
  readonly offset: bigint;
  readonly batch: TickBatch;
}

export interface AppliedTicks {
  /** Instruments whose candles changed. */
  readonly changed: ReadonlySet<string>;
  readonly trades: number;
}

/** Applies records of one partition of the bus, in order, in one transaction with the partition's checkpoint. */
export function applyTicks({ pool, ...stores }: CandleStores & { readonly pool: pg.Pool }, stream: string, records: readonly OffsetTicks[]): Promise<AppliedTicks> {
  return inTransaction(pool, async (client) => {
    const checkpoint = await lockCheckpoint(client, stream);
    const changed = new Set<string>();
    let trades = 0;
    for (const { offset, batch } of records) {
      if (offset <= checkpoint.position || !(await claim(client, batch))) continue;
      await applyBatch({ client, ...stores }, batch);
      changed.add(batch.instrumentId);
      trades += batch.rows.length;
    }
    const last = records.at(-1)?.offset ?? -1n;
    if (last > checkpoint.position) await moveCheckpoint(client, stream, { position: last, watermarkNs: 0n });
    return { changed, trades };
  });
}

/** @returns false when these rows of the file have been applied already. */
async function claim(client: pg.ClientBase, { instrumentId, origin, lastRow, columns }: TickBatch): Promise<boolean> {
  const newestNs = columns.baseTimeNs + BigInt(columns.offsetsNs.reduce((a, b) => Math.max(a, b), 0));
  const { rowCount } = await client.query(
    `insert into processor.tick_sources as known (instrument_id, origin, last_row, watermark_ns) values ($1, $2, $3, $4)
     on conflict (instrument_id, origin) do update set last_row = excluded.last_row, watermark_ns = greatest(known.watermark_ns, excluded.watermark_ns) where known.last_row < excluded.last_row`,
    [instrumentId, origin, lastRow, newestNs],
  );
  return rowCount === 1;
}

async function applyBatch(stores: StoresInTransaction, batch: TickBatch): Promise<void> {
  const { instrumentId, origin, rows, sides, columns } = batch;
  const { client, clocks } = stores;
  if (rows.length === 0) return;
  await writeTrades(client, rows.map((row, index) => ({
    instrumentId, source: 'HISTORY', origin, timeNs: columns.baseTimeNs + BigInt(columns.offsetsNs[index]!), sequence: BigInt(row), side: sides[index]!,
    price: { units: BigInt(columns.prices[index]!), scale: columns.priceScale }, quantity: { units: BigInt(columns.quantities[index]!), scale: columns.quantityScale },
  })));
  const clock = clocks.of(instrumentId);
  const finished = await finishedBefore(client, batch);
  const levels = allIntervals(secondsOf(batch), clock);
  const touched = new Map<Interval, readonly StoredCandle[]>();
  for (const interval of INTERVALS) {
    const fine = LEVEL_BELOW[interval];
    touched.set(interval, await applyLevel(stores, { instrumentId, interval, additions: levels.get(interval)!, below: fine && { fine, changed: touched.get(fine)! }, finished, clock }));
  }
  await announceCandles(client, [...touched.values()].flat());
}

interface Level {
  readonly instrumentId: string;
  readonly interval: Interval;
  readonly additions: readonly Candle[];
  readonly below: { readonly fine: Interval; readonly changed: readonly StoredCandle[] } | null;
  readonly finished: bigint;
  readonly clock: CandleClock;
}

/** @returns candles that changed. */
async function applyLevel(stores: StoresInTransaction, { instrumentId, interval, additions, below, finished, clock }: Level): Promise<StoredCandle[]> {
  const { client, archive } = stores;
  const keyed = additions.map((candle) => ({ ...candle, instrumentId, interval }));
  const stored = new Map((await findCandles(client, archive, 'HISTORY', keyed)).map((candle) => [candleKeyText(candle), candle]));
  const merged: StoredCandle[] = [];
  const mixed: StoredCandle[] = [];
  for (const candle of keyed) {
    const present = stored.get(candleKeyText(candle));
    if (!present) merged.push({ ...candle, source: 'HISTORY', derived: true, revision: 0 });
    else if (!present.derived) continue;
    else if (present.trades === null) mixed.push(present);
    else merged.push({ ...present, ...mergeCandles(present, candle), revision: present.revision + (hasEnded(interval, present.openTimeMs, finished, clock) ? candle.trades! : 0) });
  }
  await writeCandles(client, merged);
  if (mixed.length === 0 || !below) return merged;
  const inside = new Set(mixed.map((candle) => candle.openTimeMs));
  const made = await resampleLevel(stores, instrumentId, { fine: below.fine, coarse: interval, changed: below.changed });
  return [...merged.filter((candle) => !inside.has(candle.openTimeMs)), ...made];
}

/** One candle a second, merged where the file's ticks jump back. */
function secondsOf({ rows, columns }: TickBatch): Candle[] {
  const seconds = new Map<number, Candle>();
  for (const each of aggregateTicks(columns, (timeMs) => UTC_CLOCK.bucket('S1', timeMs))) {
    const candle = candleOfTicks(columns, each, (row) => rows[row]!);
    const present = seconds.get(candle.openTimeMs);
    seconds.set(candle.openTimeMs, present ? mergeCandles(present, candle) : candle);
  }
  return [...seconds.values()];
}

/** Up to here the candles of this instrument had been finished by other files: what this one adds to them is late. */
async function finishedBefore(client: pg.ClientBase, { instrumentId, origin }: TickBatch): Promise<bigint> {
  const { rows } = await client.query<{ newest: string | null }>('select max(watermark_ns) as newest from processor.tick_sources where instrument_id = $1 and origin <> $2', [instrumentId, origin]);
  return BigInt(rows[0]?.newest ?? 0);
}
