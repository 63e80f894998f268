// Applies imported bars to candles: bars of their own interval, then all coarser intervals above it, each resampled from
// the level below. Repeating a batch changes nothing; a corrected bar raises the revision, and its coarser candles follow.
//
//   S1 ► M1 ► M5 ► M15 ► M30 ► H1 ─┬► H4
//                                  └► D1 ─┬► W1
//                                         └► MO1

import type pg from 'pg';
import type { Interval } from '@mib/model/interval';
import { INTERVALS } from '@mib/model/interval';
import { inTransaction } from '@mib/service/database';
import type { Bar, Candle } from '../domain/candle.ts';
import { candleOfBar, resample, sameFigures } from '../domain/candle.ts';
import type { CandleClocks } from '../domain/candle-clock.ts';
import { coarseStart, partsOf } from '../domain/candle-clock.ts';
import { LEVEL_BELOW } from '../domain/live-candles.ts';
import type { StoredCandle } from '../domain/stored-candle.ts';
import { candleKeyText } from '../domain/stored-candle.ts';
import { announceCandles } from './announce-candles.ts';
import type { ArchivedCandles, TimeSpan } from './archived-candles.ts';
import { findCandles, joinedSpans } from './archived-candles.ts';
import type { CandleRow } from './candle-rows.ts';
import { CANDLE_COLUMNS, candleOfRow, isoTime, writeCandles } from './candle-rows.ts';
import { lockCheckpoint, moveCheckpoint } from './checkpoints.ts';

/** Bars of one record of the bus. */
export interface BarBatch {
  readonly offset: bigint;
  readonly instrumentId: string;
  readonly interval: Interval;
  readonly bars: readonly Bar[];
}

/**
 * Applies records of one partition, in order of offset, in one transaction with the partition's checkpoint.
 *
 * @returns ids of the instruments whose candles changed.
 */
export function applyBars({ pool, ...stores }: CandleStores & { readonly pool: pg.Pool }, stream: string, batches: readonly BarBatch[]): Promise<Set<string>> {
  return inTransaction(pool, async (client) => {
    const checkpoint = await lockCheckpoint(client, stream);
    const changed = new Set<string>();
    for (const series of seriesOf(batches.filter((batch) => batch.offset > checkpoint.position))) {
      if (await applySeries({ client, ...stores }, series)) changed.add(series.instrumentId);
    }
    const last = batches.at(-1)?.offset ?? -1n;
    if (last > checkpoint.position) await moveCheckpoint(client, stream, { position: last, watermarkNs: 0n });
    return changed;
  });
}

/** What is beside PostgreSQL: candles in files, and the sessions of venues. */
export interface CandleStores {
  readonly archive: ArchivedCandles;
  readonly clocks: CandleClocks;
}

export type StoresInTransaction = CandleStores & { readonly client: pg.PoolClient };

interface Series {
  readonly instrumentId: string;
  readonly interval: Interval;
  /** By opening time: the last of several bars for one time counts. */
  readonly candles: Map<number, Candle>;
}

function seriesOf(batches: readonly BarBatch[]): Series[] {
  const series = new Map<string, Series>();
  for (const { instrumentId, interval, bars } of batches) {
    const key = `${instrumentId}|${interval}`;
    let own = series.get(key);
    if (!own) series.set(key, (own = { instrumentId, interval, candles: new Map() }));
    for (const bar of bars) own.candles.set(bar.openTimeMs, candleOfBar(bar));
  }
  return [...series.values()];
}

async function applySeries(stores: StoresInTransaction, { instrumentId, interval, candles }: Series): Promise<boolean> {
  const changed = new Map<Interval, readonly StoredCandle[]>();
  changed.set(interval, await applyLevel(stores, instrumentId, interval, [...candles.values()], false));
  for (const coarse of INTERVALS) {
    const fine = LEVEL_BELOW[coarse];
    const below = fine && changed.get(fine);
    if (!below || below.length === 0) continue;
    changed.set(coarse, await resampleLevel(stores, instrumentId, { fine, coarse, changed: below }));
  }
  await announceCandles(stores.client, [...changed.values()].flat());
  return changed.get(interval)!.length > 0;
}

/** Makes those candles of `coarse` again that changed candles of `fine` lie in. @returns what is new or different. */
export async function resampleLevel(stores: StoresInTransaction, instrumentId: string, { fine, coarse, changed }: { readonly fine: Interval; readonly coarse: Interval; readonly changed: readonly CandleTime[] }): Promise<StoredCandle[]> {
  const clock = stores.clocks.of(instrumentId);
  const startOf = (openTimeMs: number) => coarseStart(clock, coarse, fine, openTimeMs);
  const starts = [...new Set(changed.map((candle) => startOf(candle.openTimeMs)))];
  const made: StoredCandle[] = [];
  for (let from = 0; from < starts.length; from += MAX_MADE_AT_ONCE) {
    const spans = starts.slice(from, from + MAX_MADE_AT_ONCE).map((start) => partsOf(clock, coarse, fine, start));
    const parts = await readParts(stores, instrumentId, fine, joinedSpans(spans.map(({ fromMs, toMs }) => ({ fromMs, beforeMs: toMs })), 0));
    made.push(...(await applyLevel(stores, instrumentId, coarse, resample(parts, startOf), true)));
  }
  return made;
}

/** Candles made again at a time: their parts, 60 each at most, are in memory together. */
const MAX_MADE_AT_ONCE = 500;

type CandleTime = Pick<StoredCandle, 'openTimeMs'>;

/** Writes what is new or different; a candle derived from finer bars never replaces an imported one. */
async function applyLevel({ client, archive }: StoresInTransaction, instrumentId: string, interval: Interval, candles: readonly Candle[], derived: boolean): Promise<StoredCandle[]> {
  const keyed = candles.map((candle) => ({ ...candle, instrumentId, interval }));
  const stored = new Map((await findCandles(client, archive, 'HISTORY', keyed)).map((candle) => [candleKeyText(candle), candle]));
  const changed: StoredCandle[] = [];
  for (const candle of keyed) {
    const present = stored.get(candleKeyText(candle));
    const next = (revision: number): StoredCandle => ({ ...candle, source: 'HISTORY', derived, revision });
    if (!present) changed.push(next(0));
    else if (derived && !present.derived) continue;
    else if (!sameFigures(present, candle)) changed.push(next(present.revision + 1));
    else if (present.derived !== derived) changed.push(next(present.revision));
  }
  await writeCandles(client, changed);
  return changed;
}

/** All candles of an interval that open within `spans`. */
async function readParts({ client, archive }: StoresInTransaction, instrumentId: string, interval: Interval, spans: readonly TimeSpan[]): Promise<StoredCandle[]> {
  const { rows } = await client.query<CandleRow>(
    `select ${CANDLE_COLUMNS} from unnest($3::timestamptz[], $4::timestamptz[]) b(from_time, to_time)
     cross join lateral (select * from processor.candles c
       where c.instrument_id = $1 and c.interval = $2 and c.source = 'HISTORY' and c.open_time >= b.from_time and c.open_time < b.to_time offset 0) c
     order by c.open_time`,
    [instrumentId, interval, spans.map((span) => isoTime(span.fromMs)), spans.map((span) => isoTime(span.beforeMs))],
  );
  const recent = rows.map(candleOfRow);
  const known = new Set(recent.map((candle) => candle.openTimeMs));
  const moved = await archive.within(client, { instrumentId, interval, source: 'HISTORY' }, spans);
  return [...recent, ...moved.filter((candle) => !known.has(candle.openTimeMs))];
}
