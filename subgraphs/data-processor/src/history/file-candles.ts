// Candles of files as statements of the columnar engine. A file may say something of a candle that a later file corrects:
// the word that moved last holds. Statements name the times they want, so that files are read where those lie and no
// further, and what they return is bounded by what was asked for.

import path from 'node:path';
import type { DuckDBDataChunk } from '@duckdb/node-api';
import type { SeriesBar } from '../domain/indicators/indicator-point.ts';
import type { CandleSource, StoredCandle } from '../domain/stored-candle.ts';
import type { CandleSeries, TimeSpan } from '../store/archived-candles.ts';
import type { CandleRow } from '../store/candle-rows.ts';
import { candleOfRow } from '../store/candle-rows.ts';
import type { SeriesRange } from '../store/candle-series.ts';
import type { Partition } from '../store/partitions.ts';
import type { Duck, Parameters } from './duck.ts';
import { literal } from './duck.ts';

export const EARLIEST_MS = -8_640_000_000_000_000;
export const LATEST_MS = 8_640_000_000_000_000;
/** Words read beside those of a page, since a candle may have more than one. */
const WORDS_MORE = 64;
/** Values that `max` of n values takes in DuckDB. */
const MAX_WORDS = 999_999;
/** Spans that one statement names. */
const MAX_SPANS = 500;
const BAR_COLUMNS = 'instrument_id, open_time_ms::double, open::double, high::double, low::double, close::double, volume::double, source';

/** One per opening time: HISTORY before LIVE, the word that moved last before the others. */
const ONE_EACH = 'qualify row_number() over (partition by f.instrument_id, f.open_time_ms order by f.source, f.moved_ms desc, f.revision desc) = 1';

type Files = readonly Pick<Partition, 'file'>[];
type ArchivedRow = Omit<CandleRow, 'open_time'> & { readonly open_time_ms: bigint };

export class FileCandles {
  readonly #duck: Duck;
  readonly #directory: string;

  constructor({ duck, directory }: { readonly duck: Duck; readonly directory: string }) {
    this.#duck = duck;
    this.#directory = directory;
  }

  /** The newest `range.limit` candles of each instrument at least, newest first; instruments without any are absent. */
  async newest(files: Files, instrumentIds: readonly string[], range: SeriesRange): Promise<Map<string, StoredCandle[]>> {
    const found = new Map<string, StoredCandle[]>();
    const newest = await this.#newest(files, instrumentIds, range);
    if (!newest) return found;
    for (const row of await this.#duck.rows<ArchivedRow>(`select f.* ${newest.from}`, newest.parameters)) push(found, row.instrument_id, candleOfArchived(row));
    return found;
  }

  /** The same as floats. */
  async newestBars(files: Files, instrumentIds: readonly string[], range: SeriesRange): Promise<Map<string, SeriesBar[]>> {
    const found = new Map<string, SeriesBar[]>();
    const newest = await this.#newest(files, instrumentIds, range);
    if (!newest) return found;
    for await (const chunk of this.#duck.chunks(`select ${BAR_COLUMNS} ${newest.from}`, newest.parameters)) {
      const [ids, times, open, high, low, close, volume, source] = columnsOf<[string[], number[], number[], number[], number[], number[], (number | null)[], CandleSource[]]>(chunk);
      for (let row = 0; row < chunk.rowCount; row++) {
        push(found, ids[row]!, { openTimeMs: times[row]!, open: open[row]!, high: high[row]!, low: low[row]!, close: close[row]!, volume: volume[row] ?? NaN, source: source[row]! });
      }
    }
    return found;
  }

  /** Times and closes of one instrument within `range`, oldest first, and whether each is HISTORY. */
  async *closes(files: Files, instrumentId: string, range: Pick<SeriesRange, 'interval' | 'source' | 'fromMs' | 'beforeMs'>): AsyncGenerator<readonly [openTimesMs: number[], closes: number[], isHistory: boolean[]]> {
    const statement = `select f.open_time_ms::double, f.close::double, f.source = 'HISTORY' from ${this.#matching(files, [instrumentId])} ${ONE_EACH} order by f.open_time_ms`;
    for await (const chunk of this.#duck.chunks(statement, parametersOf(range))) yield columnsOf<[number[], number[], boolean[]]>(chunk);
  }

  /** The last word on each candle of a series whose opening time lies in any of `spans`. */
  async within(files: Files, { instrumentId, interval, source }: CandleSeries, spans: readonly TimeSpan[]): Promise<StoredCandle[]> {
    const found: StoredCandle[] = [];
    for (let from = 0; from < spans.length; from += MAX_SPANS) {
      const part = spans.slice(from, from + MAX_SPANS);
      const [fromMs, beforeMs] = [Math.min(...part.map((span) => span.fromMs)), Math.max(...part.map((span) => span.beforeMs))];
      const rows = await this.#duck.rows<ArchivedRow>(
        `select f.* from ${this.#matching(files, [instrumentId])} and exists (from (values ${part.map((span) => `(${span.fromMs}, ${span.beforeMs})`).join(', ')}) s(a, b) where f.open_time_ms >= s.a and f.open_time_ms < s.b) ${ONE_EACH}`,
        parametersOf({ interval, source, fromMs, beforeMs }),
      );
      for (const row of rows) found.push(candleOfArchived(row));
    }
    return found;
  }

  /** The rest of a statement over one row each of the newest times, or undefined without any. */
  async #newest(files: Files, instrumentIds: readonly string[], range: SeriesRange): Promise<{ from: string; parameters: Parameters } | undefined> {
    const matching = this.#matching(files, instrumentIds);
    const parameters = parametersOf(range);
    for (let words = range.limit + WORDS_MORE; ; words = Math.min(MAX_WORDS, 2 * words)) {
      const oldest = await this.#duck.rows<{ id: string; oldest: bigint; words: bigint; times: bigint }>(
        `select id, list_min(newest) as oldest, len(newest) as words, len(list_distinct(newest)) as times from (select f.instrument_id as id, max(f.open_time_ms, ${words}) as newest from ${matching} group by all)`, parameters);
      if (oldest.length === 0) return undefined;
      // Where a candle has many words, the times of fewer candles than asked for may have come.
      if (words < MAX_WORDS && oldest.some((each) => Number(each.words) === words && Number(each.times) < range.limit)) continue;
      const lowestMs = oldest.reduce((lowest, each) => (each.oldest < lowest ? each.oldest : lowest), oldest[0]!.oldest);
      const cutoffs = `(values ${oldest.map((each) => `(${literal(each.id)}, ${each.oldest})`).join(', ')}) c(id, oldest)`;
      return {
        from: `from (select f.* from ${matching} and f.open_time_ms >= ${lowestMs} ${ONE_EACH}) f join ${cutoffs} on f.instrument_id = c.id and f.open_time_ms >= c.oldest order by f.instrument_id, f.open_time_ms desc`,
        parameters,
      };
    }
  }

  #matching(files: Files, instrumentIds: readonly string[]): string {
    const names = files.map(({ file }) => literal(path.join(this.#directory, file))).join(', ');
    return `read_parquet([${names}]) f where f.instrument_id in (${instrumentIds.map(literal).join(', ')}) and f.interval = $interval and ($source = '' or f.source = $source) and f.open_time_ms >= $from and f.open_time_ms < $before`;
  }
}

function parametersOf({ interval, source, fromMs, beforeMs }: Pick<SeriesRange, 'interval' | 'source' | 'fromMs' | 'beforeMs'>): Parameters {
  return { interval, source: source ?? '', from: BigInt(fromMs ?? EARLIEST_MS), before: BigInt(beforeMs ?? LATEST_MS) };
}

function candleOfArchived(row: ArchivedRow): StoredCandle {
  return candleOfRow({
    ...row, open_time: new Date(Number(row.open_time_ms)),
    first_time_ns: String(row.first_time_ns), first_sequence: String(row.first_sequence), last_time_ns: String(row.last_time_ns), last_sequence: String(row.last_sequence),
  });
}

function columnsOf<T extends readonly unknown[][]>(chunk: DuckDBDataChunk): T {
  return Array.from({ length: chunk.columnCount }, (_, column) => chunk.getColumnValues(column)) as unknown as T;
}

function push<T>(groups: Map<string, T[]>, key: string, value: T): void {
  const group = groups.get(key);
  if (group) group.push(value);
  else groups.set(key, [value]);
}
