// Candles of both stores as one series: PostgreSQL holds the recent ones and those that changed after they had moved, files
// hold the rest. Where both know a candle PostgreSQL's word is the newer one; where two files do, the one moved later.
// Memory is bounded by the rows of the reads under way (row-budget.ts), whatever the length of the history.

import type pg from 'pg';
import type { Interval } from '@mib/model/interval';
import type { CandleClocks } from '../domain/candle-clock.ts';
import type { BarSeries, SeriesBar } from '../domain/indicators/indicator-point.ts';
import { barSeriesOf } from '../domain/indicators/indicator-point.ts';
import type { CloseSeries } from '../domain/co-movement.ts';
import type { CandleSource, CandleView, StoredCandle } from '../domain/stored-candle.ts';
import type { ArchivedCandles, CandleSeries, TimeSpan } from '../store/archived-candles.ts';
import { MAX_ROWS_PER_READ, readBars, readCandles, ROWS_OF_A_CANDLE, type SeriesRange } from '../store/candle-series.ts';
import type { Partition } from '../store/partitions.ts';
import { ENGINE_STREAM, readCheckpoint } from '../store/checkpoints.ts';
import { partitionsOf, seriesSpan } from '../store/partitions.ts';
import { keptOf } from './recent.ts';
import { EARLIEST_MS, FileCandles, LATEST_MS } from './file-candles.ts';
import type { HistoryOptions } from './trade-history.ts';
import { snapshot } from './trade-history.ts';

const DAY_MS = 86_400_000;
/** Candles of one piece of a scan. */
const PIECE_ROWS = 90_000;
/** What one piece of a scan spans: at most PIECE_ROWS candles. */
const PIECE_MS: Readonly<Record<Interval, number>> = {
  S1: DAY_MS, M1: 31 * DAY_MS, M5: 155 * DAY_MS, M15: 365 * DAY_MS, M30: 730 * DAY_MS, H1: 1_460 * DAY_MS, H4: 3_650 * DAY_MS, D1: 36_500 * DAY_MS, W1: 36_500 * DAY_MS, MO1: 36_500 * DAY_MS,
};

export interface CandleHistoryOptions extends HistoryOptions {
  readonly clocks: CandleClocks;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export class CandleHistory implements ArchivedCandles {
  readonly #options: CandleHistoryOptions;
  readonly #files: FileCandles;

  constructor(options: CandleHistoryOptions) {
    this.#options = options;
    this.#files = new FileCandles(options);
  }

  /** At most `range.limit` candles of each instrument, newest first; instruments without candles are absent. */
  series(instrumentIds: readonly string[], range: SeriesRange): Promise<Map<string, CandleView[]>> {
    const { pool, clocks } = this.#options;
    const distinct = [...new Set(instrumentIds)];
    return this.#read(distinct.length * range.limit * ROWS_OF_A_CANDLE, async () => {
      const [recent, files] = await snapshot(pool, async (client) => [
        await readCandles(client, distinct, range, clocks),
        await this.#partitions(client, distinct, range),
      ] as const);
      return this.#withFiles(recent, { instrumentIds: distinct, limit: range.limit, files }, async (some, ids) => finished(await this.#files.newest(some, ids, range)));
    });
  }

  /** The same as columns of floats, oldest first. */
  bars(instrumentIds: readonly string[], range: SeriesRange): Promise<Map<string, BarSeries>> {
    const { pool, clocks } = this.#options;
    const distinct = [...new Set(instrumentIds)];
    return this.#read(distinct.length * range.limit, async () => {
      const [recent, files, watermarkNs] = await snapshot(pool, async (client) => [
        await readBars(client, distinct, range, clocks),
        await this.#partitions(client, distinct, range),
        (await readCheckpoint(client, ENGINE_STREAM)).watermarkNs,
      ] as const);
      if (files.length === 0) return recent;
      const rows = new Map([...recent].map(([id, own]) => [id, barsOf(own)]));
      const whole = await this.#withFiles(rows, { instrumentIds: distinct, limit: range.limit, files }, (some, ids) => this.#files.newestBars(some, ids, range));
      return new Map([...whole].map(([instrumentId, own]) => [instrumentId, barSeriesOf({ instrumentId, interval: range.interval, watermarkNs, clock: clocks.of(instrumentId), rows: own.reverse() })]));
    });
  }

  /**
   * Closes of a whole series, oldest first, one per opening time, in pieces of bounded size: what a fold over years of
   * seconds needs. Each piece sees the database at one moment.
   */
  async *closes(instrumentId: string, { interval, fromMs, beforeMs }: Pick<SeriesRange, 'interval' | 'fromMs' | 'beforeMs'>): AsyncGenerator<CloseSeries> {
    const { pool } = this.#options;
    const span = await seriesSpan(pool, instrumentId, interval);
    if (!span) return;
    const end = Math.min(beforeMs ?? LATEST_MS, span.maxMs + 1);
    for (let from = Math.max(fromMs ?? EARLIEST_MS, span.minMs); from < end; from += PIECE_MS[interval]) {
      const piece = await this.#closesBetween(instrumentId, { interval, source: null, fromMs: from, beforeMs: Math.min(end, from + PIECE_MS[interval]), limit: MAX_ROWS_PER_READ });
      if (piece.close.length > 0) yield piece;
    }
  }

  /** A read in its turn, which files wait for before they go. */
  #read<T>(rows: number, read: () => Promise<T>): Promise<T> {
    const { budget, readers } = this.#options;
    return budget.run(rows, () => readers.run(read));
  }

  #partitions(client: pg.ClientBase, instrumentIds: readonly string[], { interval, fromMs, beforeMs }: SeriesRange): Promise<Partition[]> {
    return partitionsOf(client, instrumentIds, interval, fromMs ?? EARLIEST_MS, (beforeMs ?? LATEST_MS) - 1);
  }

  #closesBetween(instrumentId: string, range: SeriesRange & { readonly fromMs: number; readonly beforeMs: number }): Promise<CloseSeries> {
    const { pool, clocks } = this.#options;
    return this.#read(PIECE_ROWS, async () => {
      const [recent, files] = await snapshot(pool, async (client) => [
        (await readBars(client, [instrumentId], range, clocks)).get(instrumentId),
        await this.#partitions(client, [instrumentId], range),
      ] as const);
      const times: number[] = [];
      const closes: number[] = [];
      const add = (time: number, close: number) => void (times.push(time), closes.push(close));
      let row = 0;
      const addRecentBefore = (time: number) => {
        for (; recent && row < recent.close.length && recent.openTimesMs[row]! < time; row++) add(recent.openTimesMs[row]!, recent.close[row]!);
      };
      if (files.length > 0) {
        for await (const [openTimes, prices, isHistory] of this.#files.closes(files, instrumentId, range)) {
          openTimes.forEach((time, index) => {
            addRecentBefore(time);
            const both = recent && row < recent.close.length && recent.openTimesMs[row] === time;
            if (both && (recent.synthetic[row] === 0 || !isHistory[index])) return addRecentBefore(time + 1);
            if (both) row++;
            add(time, prices[index]!);
          });
        }
      }
      addRecentBefore(Infinity);
      return { openTimesMs: Float64Array.from(times), close: Float64Array.from(closes) };
    });
  }

  async within(client: pg.ClientBase, series: CandleSeries, spans: readonly TimeSpan[]): Promise<readonly StoredCandle[]> {
    const keptMs = keptOf(series.interval);
    const old = keptMs === null ? [] : spans.filter((span) => span.fromMs < this.#options.now() - keptMs);
    if (old.length === 0) return [];
    return this.#options.readers.run(async () => {
      const [fromMs, toMs] = [Math.min(...old.map((span) => span.fromMs)), Math.max(...old.map((span) => span.beforeMs)) - 1];
      const files = (await partitionsOf(client, [series.instrumentId], series.interval, fromMs, toMs))
        .filter((file) => old.some((span) => span.fromMs <= file.maxTimeMs && span.beforeMs > file.minTimeMs));
      return files.length === 0 ? [] : this.#files.within(files, series, old);
    });
  }

  /** What is recent with what has moved, reading more and more files until the rest can add nothing. */
  async #withFiles<T extends Timed>(recent: ReadonlyMap<string, readonly T[]>, { instrumentIds, limit, files }: { instrumentIds: readonly string[]; limit: number; files: readonly Partition[] }, read: (files: readonly Partition[], instrumentIds: readonly string[]) => Promise<ReadonlyMap<string, readonly T[]>>): Promise<Map<string, T[]>> {
    const found = new Map([...recent].map(([id, own]) => [id, [...own]]));
    let short = instrumentIds;
    for (let taken = 0; taken < files.length; ) {
      const unreadMs = files[taken]!.maxTimeMs;
      short = short.filter((id) => {
        const own = found.get(id) ?? [];
        return own.length < limit || own[limit - 1]!.openTimeMs <= unreadMs;
      });
      if (short.length === 0) break;
      // 1, 3, 7 ...: most pages need one file, none needs as many statements as files.
      taken = Math.min(files.length, 2 * taken + 1);
      const moved = await read(files.slice(0, taken), short);
      for (const id of short) found.set(id, joined(recent.get(id) ?? [], moved.get(id) ?? [], limit));
    }
    return new Map([...found].filter(([, own]) => own.length > 0));
  }
}

/** What has moved had ended before. */
function finished(series: ReadonlyMap<string, readonly StoredCandle[]>): Map<string, CandleView[]> {
  return new Map([...series].map(([id, own]) => [id, own.map((candle) => ({ ...candle, final: true }))]));
}

interface Timed {
  readonly openTimeMs: number;
  readonly source: CandleSource;
}

/** One per opening time, newest first: HISTORY before LIVE, of one source the row of the database. */
function joined<T extends Timed>(recent: readonly T[], moved: readonly T[], limit: number): T[] {
  const byTime = new Map(moved.map((each) => [each.openTimeMs, each]));
  for (const each of recent) {
    if (byTime.get(each.openTimeMs)?.source !== 'HISTORY' || each.source === 'HISTORY') byTime.set(each.openTimeMs, each);
  }
  return [...byTime.values()].sort((a, b) => b.openTimeMs - a.openTimeMs).slice(0, limit);
}

/** Newest first. */
function barsOf({ openTimesMs, open, high, low, close, volume, synthetic }: BarSeries): SeriesBar[] {
  return Array.from(openTimesMs, (openTimeMs, row): SeriesBar => ({
    openTimeMs, open: open[row]!, high: high[row]!, low: low[row]!, close: close[row]!, volume: volume[row]!, source: synthetic[row] === 1 ? 'LIVE' : 'HISTORY',
  })).reverse();
}
