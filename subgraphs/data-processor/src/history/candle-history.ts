// Candles of both stores as one series: PostgreSQL holds the recent ones and those that changed after they had moved, files
// hold the rest. Where both know a candle PostgreSQL's word is the newer one; where two files do, the one moved later.

import path from 'node:path';
import type pg from 'pg';
import type { Interval } from '@mib/model/interval';
import type { CandleClocks } from '../domain/candle-clock.ts';
import type { BarSeries, SeriesBar } from '../domain/indicators/indicator-point.ts';
import { barSeriesOf } from '../domain/indicators/indicator-point.ts';
import type { CloseSeries } from '../domain/co-movement.ts';
import type { CandleView, StoredCandle } from '../domain/stored-candle.ts';
import { candleKeyText } from '../domain/stored-candle.ts';
import { decimalToNumber } from '@mib/model/decimal';
import type { ArchivedCandles, CandleSpan } from '../store/archived-candles.ts';
import type { CandleRow } from '../store/candle-rows.ts';
import { candleOfRow } from '../store/candle-rows.ts';
import { MAX_ROWS_PER_READ, readBars, readCandles, type SeriesRange } from '../store/candle-series.ts';
import type { Partition } from '../store/partitions.ts';
import { ENGINE_STREAM, readCheckpoint } from '../store/checkpoints.ts';
import { partitionsOf, seriesSpan } from '../store/partitions.ts';
import { keptOf } from './recent.ts';
import { literal } from './duck.ts';
import type { HistoryOptions } from './trade-history.ts';
import { snapshot, waves } from './trade-history.ts';

const DAY_MS = 86_400_000;
/** What one piece of a scan spans: at most some 90,000 candles. */
const PIECE_MS: Readonly<Record<Interval, number>> = {
  S1: DAY_MS, M1: 31 * DAY_MS, M5: 155 * DAY_MS, M15: 365 * DAY_MS, M30: 730 * DAY_MS, H1: 1_460 * DAY_MS, H4: 3_650 * DAY_MS, D1: 36_500 * DAY_MS, W1: 36_500 * DAY_MS, MO1: 36_500 * DAY_MS,
};
const EARLIEST_MS = -8_640_000_000_000_000;
const LATEST_MS = 8_640_000_000_000_000;

export interface CandleHistoryOptions extends HistoryOptions {
  readonly clocks: CandleClocks;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export class CandleHistory implements ArchivedCandles {
  readonly #options: CandleHistoryOptions;

  constructor(options: CandleHistoryOptions) {
    this.#options = options;
  }

  /** At most `range.limit` candles of each instrument, newest first; instruments without candles are absent. */
  series(instrumentIds: readonly string[], range: SeriesRange): Promise<Map<string, CandleView[]>> {
    const { pool, readers, clocks } = this.#options;
    return readers.run(async () => {
      const distinct = [...new Set(instrumentIds)];
      const [recent, files] = await snapshot(pool, async (client) => [
        await readCandles(client, distinct, range, clocks),
        await partitionsOf(client, distinct, range.interval, range.fromMs ?? EARLIEST_MS, (range.beforeMs ?? LATEST_MS) - 1),
      ] as const);
      if (files.length === 0) return recent;
      const joined = new Map<string, CandleView[]>();
      for (const id of distinct) {
        const own = await this.#joined(id, range, recent.get(id) ?? [], files);
        if (own.length > 0) joined.set(id, own);
      }
      return joined;
    });
  }

  /** The same as columns of floats, oldest first. */
  bars(instrumentIds: readonly string[], range: SeriesRange): Promise<Map<string, BarSeries>> {
    const { pool, readers } = this.#options;
    return readers.run(async () => {
      const distinct = [...new Set(instrumentIds)];
      const [recent, files, watermarkNs] = await snapshot(pool, async (client) => [
        await readBars(client, distinct, range),
        await partitionsOf(client, distinct, range.interval, range.fromMs ?? EARLIEST_MS, (range.beforeMs ?? LATEST_MS) - 1),
        (await readCheckpoint(client, ENGINE_STREAM)).watermarkNs,
      ] as const);
      const newestMs = files[0]?.maxTimeMs ?? -Infinity;
      const short = distinct.filter((id) => {
        const own = recent.get(id);
        return files.length > 0 && (!own || own.close.length < range.limit || own.openTimesMs[0]! <= newestMs);
      });
      const joined = short.length > 0 ? await this.series(short, range) : new Map<string, CandleView[]>();
      return new Map(distinct.flatMap((id) => {
        const whole = joined.get(id);
        const own = whole ? barSeriesOf({ instrumentId: id, interval: range.interval, watermarkNs, rows: [...whole].reverse().map(barOfCandle) }) : recent.get(id);
        return own ? [[id, own] as const] : [];
      }));
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

  #closesBetween(instrumentId: string, range: SeriesRange & { readonly fromMs: number; readonly beforeMs: number }): Promise<CloseSeries> {
    const { pool, readers, duck } = this.#options;
    return readers.run(async () => {
      const [recent, files] = await snapshot(pool, async (client) => [
        (await readBars(client, [instrumentId], range)).get(instrumentId),
        await partitionsOf(client, [instrumentId], range.interval, range.fromMs, range.beforeMs - 1),
      ] as const);
      const times: number[] = [];
      const closes: number[] = [];
      const add = (time: number, close: number) => void (times.push(time), closes.push(close));
      let row = 0;
      const addRecentBefore = (time: number) => {
        for (; recent && row < recent.close.length && recent.openTimesMs[row]! < time; row++) add(recent.openTimesMs[row]!, recent.close[row]!);
      };
      if (files.length > 0) {
        // HISTORY before LIVE, the word that moved last before the others: the first of a time counts.
        const statement = `select open_time_ms::double, close::double, source = 'HISTORY' from ${this.#filesLiteral(files)}
          where instrument_id = $instrument and interval = $interval and open_time_ms >= $from and open_time_ms < $before order by open_time_ms, source, moved_ms desc, revision desc`;
        for await (const chunk of duck.chunks(statement, { instrument: instrumentId, interval: range.interval, from: BigInt(range.fromMs), before: BigInt(range.beforeMs) })) {
          const [openTimes, prices, history] = [chunk.getColumnValues(0), chunk.getColumnValues(1), chunk.getColumnValues(2)] as unknown as [number[], number[], boolean[]];
          for (let index = 0; index < chunk.rowCount; index++) {
            const time = openTimes[index]!;
            addRecentBefore(time);
            const both = recent && row < recent.close.length && recent.openTimesMs[row] === time;
            if (both && (recent.synthetic[row] === 0 || !history[index])) addRecentBefore(time + 1);
            else if (both) row++;
            if (times.at(-1) !== time) add(time, prices[index]!);
          }
        }
      }
      addRecentBefore(Infinity);
      return { openTimesMs: Float64Array.from(times), close: Float64Array.from(closes) };
    });
  }

  async between(client: pg.ClientBase, { instrumentId, interval, source, fromMs, beforeMs }: CandleSpan): Promise<readonly StoredCandle[]> {
    const keptMs = keptOf(interval);
    if (keptMs === null || fromMs >= this.#options.now() - keptMs) return [];
    return this.#options.readers.run(async () => {
      const files = await partitionsOf(client, [instrumentId], interval, fromMs, beforeMs - 1);
      return files.length === 0 ? [] : lastWords(await this.#archived(files, instrumentId, { interval, source, fromMs }, beforeMs, null));
    });
  }

  async #joined(instrumentId: string, range: SeriesRange, recent: readonly CandleView[], files: readonly Partition[]): Promise<CandleView[]> {
    const words: Word[] = [];
    let merged = [...recent];
    for (const wave of waves(files)) {
      if (merged.length >= range.limit && merged[range.limit - 1]!.openTimeMs > wave[0]!.maxTimeMs) break;
      words.push(...(await this.#newest(wave, instrumentId, range)));
      merged = oneEach([...recent, ...lastWords(words).map((candle) => ({ ...candle, final: true }))]).slice(0, range.limit);
    }
    return merged;
  }

  /** The words of some files on the newest `range.limit` opening times at least, however many there are on each. */
  async #newest(files: readonly Partition[], instrumentId: string, range: SeriesRange): Promise<Word[]> {
    const words: Word[] = [];
    let size = range.limit + WORDS_MORE;
    for (let beforeMs = range.beforeMs ?? LATEST_MS; ; ) {
      const page = await this.#archived(files, instrumentId, range, beforeMs, size);
      words.push(...page);
      // The oldest opening time of a full page may go on in the next one: it is asked for again.
      if (page.length < size || oneEach(words).length > range.limit) return words;
      const oldestMs = page.at(-1)!.openTimeMs;
      if (beforeMs === oldestMs + 1) size *= 2;
      beforeMs = oldestMs + 1;
    }
  }

  async #archived(files: readonly Partition[], instrumentId: string, range: Pick<SeriesRange, 'interval' | 'source' | 'fromMs'>, beforeMs: number, limit: number | null): Promise<Word[]> {
    const { duck } = this.#options;
    const rows = await duck.rows<ArchivedRow>(
      `select * from ${this.#filesLiteral(files)} where instrument_id = $instrument and interval = $interval and ($source = '' or source = $source) and open_time_ms >= $from and open_time_ms < $before
       order by open_time_ms desc, source, moved_ms desc, revision desc${limit === null ? '' : ` limit ${limit}`}`,
      { instrument: instrumentId, interval: range.interval, source: range.source ?? '', from: BigInt(range.fromMs ?? EARLIEST_MS), before: BigInt(beforeMs) },
    );
    return rows.map((row) => ({
      ...candleOfRow({ ...row, open_time: new Date(Number(row.open_time_ms)), first_time_ns: String(row.first_time_ns), first_sequence: String(row.first_sequence), last_time_ns: String(row.last_time_ns), last_sequence: String(row.last_sequence) }),
      movedMs: Number(row.moved_ms),
    }));
  }

  #filesLiteral(files: readonly Partition[]): string {
    return `read_parquet([${files.map((each) => literal(path.join(this.#options.directory, each.file))).join(', ')}])`;
  }
}

/** Rows read beside a page, since a candle may have more than one word. */
const WORDS_MORE = 64;

type ArchivedRow = Omit<CandleRow, 'open_time'> & { readonly open_time_ms: bigint; readonly moved_ms: bigint };

/** What one file says of a candle. */
interface Word extends StoredCandle {
  readonly movedMs: number;
}

function barOfCandle({ openTimeMs, open, high, low, close, volume, source }: CandleView): SeriesBar {
  return { openTimeMs, open: decimalToNumber(open), high: decimalToNumber(high), low: decimalToNumber(low), close: decimalToNumber(close), volume: volume ? decimalToNumber(volume) : NaN, source };
}

/** Of several words on a candle the one that moved last. */
function lastWords(words: readonly Word[]): Word[] {
  const last = new Map<string, Word>();
  for (const word of words) {
    const key = `${candleKeyText(word)}|${word.source}`;
    const present = last.get(key);
    if (!present || word.movedMs > present.movedMs || (word.movedMs === present.movedMs && word.revision > present.revision)) last.set(key, word);
  }
  return [...last.values()];
}

/** One per opening time, HISTORY before LIVE; newest first. */
function oneEach<T extends StoredCandle>(candles: readonly T[]): T[] {
  const byTime = new Map<number, T>();
  for (const candle of candles) {
    const present = byTime.get(candle.openTimeMs);
    if (!present || (present.source === 'LIVE' && candle.source === 'HISTORY')) byTime.set(candle.openTimeMs, candle);
  }
  return [...byTime.values()].sort((a, b) => b.openTimeMs - a.openTimeMs);
}
