// What the candles of PostgreSQL have to know of those that moved into files: a late trade or a corrected bar may concern
// one of them. It comes back as a row, merged, and that row is the newer word.

import type pg from 'pg';
import type { Interval } from '@mib/model/interval';
import { nextIntervalStart } from '@mib/model/interval';
import type { CandleKey, CandleSource, StoredCandle } from '../domain/stored-candle.ts';
import { candleKeyText } from '../domain/stored-candle.ts';
import { readCandlesByKey } from './candle-rows.ts';

export interface CandleSeries {
  readonly instrumentId: string;
  readonly interval: Interval;
  readonly source: CandleSource;
}

/** Of opening times: `fromMs` inclusive, `beforeMs` exclusive. */
export interface TimeSpan {
  readonly fromMs: number;
  readonly beforeMs: number;
}

export interface ArchivedCandles {
  /** Candles of files, each as it was when it moved last. Asks the manifest through `client`, after the caller's own reads. */
  within(client: pg.ClientBase, series: CandleSeries, spans: readonly TimeSpan[]): Promise<readonly StoredCandle[]>;
}

export const NO_ARCHIVE: ArchivedCandles = { within: () => Promise.resolve([]) };

/** Candles between two keys that are read along, so that keys close to each other are one span. */
const MAX_BETWEEN = 16;

/** Stored candles wherever they are, by exact keys. */
export async function findCandles(client: pg.ClientBase, archive: ArchivedCandles, source: CandleSource, keys: readonly CandleKey[]): Promise<StoredCandle[]> {
  const recent = await readCandlesByKey(client, source, keys);
  const known = new Set(recent.map(candleKeyText));
  const missing = new Map(keys.filter((key) => !known.has(candleKeyText(key))).map((key) => [candleKeyText(key), key]));
  const found = [...recent];
  for (const own of bySeries([...missing.values()])) {
    const { instrumentId, interval } = own[0]!;
    const gapMs = MAX_BETWEEN * nextIntervalStart(interval, 0);
    const spans = joinedSpans(own.map(({ openTimeMs }) => ({ fromMs: openTimeMs, beforeMs: openTimeMs + 1 })), gapMs);
    found.push(...(await archive.within(client, { instrumentId, interval, source }, spans)).filter((candle) => missing.has(candleKeyText(candle))));
  }
  return found;
}

/** Spans in order of time, those with at most `gapMs` between them as one. */
export function joinedSpans(spans: readonly TimeSpan[], gapMs: number): TimeSpan[] {
  const joined: { fromMs: number; beforeMs: number }[] = [];
  for (const { fromMs, beforeMs } of [...spans].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = joined.at(-1);
    if (last && fromMs - last.beforeMs <= gapMs) last.beforeMs = Math.max(last.beforeMs, beforeMs);
    else joined.push({ fromMs, beforeMs });
  }
  return joined;
}

function bySeries(keys: readonly CandleKey[]): CandleKey[][] {
  const series = new Map<string, CandleKey[]>();
  for (const key of keys) {
    const name = `${key.instrumentId}|${key.interval}`;
    const own = series.get(name);
    if (own) own.push(key);
    else series.set(name, [key]);
  }
  return [...series.values()];
}
