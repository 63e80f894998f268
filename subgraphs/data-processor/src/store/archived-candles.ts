// What the candles of PostgreSQL have to know of those that moved into files: a late trade or a corrected bar may concern
// one of them. It comes back as a row, merged, and that row is the newer word.

import type pg from 'pg';
import type { Interval } from '@mib/model/interval';
import type { CandleKey, CandleSource, StoredCandle } from '../domain/stored-candle.ts';
import { candleKeyText } from '../domain/stored-candle.ts';
import { readCandlesByKey } from './candle-rows.ts';

export interface CandleSpan {
  readonly instrumentId: string;
  readonly interval: Interval;
  readonly source: CandleSource;
  /** Inclusive. */
  readonly fromMs: number;
  /** Exclusive. */
  readonly beforeMs: number;
}

export interface ArchivedCandles {
  /** Candles of files, each as it was when it moved last. Asks the manifest through `client`, after the caller's own reads. */
  between(client: pg.ClientBase, span: CandleSpan): Promise<readonly StoredCandle[]>;
}

export const NO_ARCHIVE: ArchivedCandles = { between: () => Promise.resolve([]) };

/** Stored candles wherever they are, by exact keys. */
export async function findCandles(client: pg.ClientBase, archive: ArchivedCandles, source: CandleSource, keys: readonly CandleKey[]): Promise<StoredCandle[]> {
  const recent = await readCandlesByKey(client, source, keys);
  const known = new Set(recent.map(candleKeyText));
  const missing = new Map(keys.filter((key) => !known.has(candleKeyText(key))).map((key) => [candleKeyText(key), key]));
  const found = [...recent];
  for (const span of spansOf(source, [...missing.values()])) {
    found.push(...(await archive.between(client, span)).filter((candle) => missing.has(candleKeyText(candle))));
  }
  return found;
}

/** One span for each series. */
function spansOf(source: CandleSource, keys: readonly CandleKey[]): CandleSpan[] {
  const spans = new Map<string, CandleSpan>();
  for (const { instrumentId, interval, openTimeMs } of keys) {
    const key = `${instrumentId}|${interval}`;
    const present = spans.get(key);
    spans.set(key, {
      instrumentId, interval, source,
      fromMs: Math.min(present?.fromMs ?? Infinity, openTimeMs), beforeMs: Math.max(present?.beforeMs ?? -Infinity, openTimeMs + 1),
    });
  }
  return [...spans.values()];
}
