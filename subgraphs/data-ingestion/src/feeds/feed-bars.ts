// Finished bars of a feed, stored as history is: in batches, each bar once, one that contradicts a stored bar refused. A
// venue that sends bars again after a reconnect, to fill what was missed, so changes nothing that is there.

import type pg from 'pg';
import { INTERVALS, intervalStart, nextIntervalStart, type Interval } from '@mib/model/interval';
import { parseDecimal } from '@mib/model/decimal';
import type { Logger } from '@mib/service/logger';
import { nextBackoffMs, type Clock } from '../connectors/clock.ts';
import type { FeedBar } from '../connectors/feed/contract.ts';
import type { BarRow } from '../domain/bar.ts';
import { canonical } from '../domain/csv-row.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { SourceHealth } from '../domain/source-health.ts';
import { importBars } from '../store/bars.ts';

/** Bars that wait for the database; beyond, the oldest are given up and counted. */
const MAX_WAITING_BARS = 20_000;
const BATCH_BARS = 5_000;

interface Waiting {
  readonly instrument: Instrument;
  readonly interval: Interval;
  readonly bars: FeedBar[];
}

export class FeedBars implements AsyncDisposable {
  readonly #options: { readonly pool: pg.Pool; readonly health: SourceHealth; readonly clock: Clock; readonly logger: Logger };
  readonly #waiting = new Map<string, Waiting>();
  readonly #stop = new AbortController();
  #count = 0;
  #writing: Promise<void> | undefined;

  constructor(options: { readonly pool: pg.Pool; readonly health: SourceHealth; readonly clock: Clock; readonly logger: Logger }) {
    this.#options = options;
  }

  /** One that may still change is of no interest here. */
  add(instrument: Instrument, bar: FeedBar): void {
    const interval = intervalOf(bar);
    if (!bar.closed || this.#stop.signal.aborted) return;
    if (!interval || this.#count >= MAX_WAITING_BARS) {
      this.#options.health.received(0, 1);
      return this.#options.health.failed(interval ? `more than ${MAX_WAITING_BARS} bars wait for the database` : `${instrument.symbol}: no interval has ${bar.intervalMs} ms`);
    }
    const key = `${instrument.number} ${interval}`;
    let waiting = this.#waiting.get(key);
    if (!waiting) this.#waiting.set(key, (waiting = { instrument, interval, bars: [] }));
    waiting.bars.push(bar);
    this.#count++;
    this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
  }

  /** What waits is written first, unless the database is away. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#writing;
  }

  async #write(): Promise<void> {
    const { pool, health, clock, logger } = this.#options;
    for (let failures = 0; this.#waiting.size > 0; ) {
      const [key, { instrument, interval, bars }] = this.#waiting.entries().next().value!;
      const batch = bars.slice(0, BATCH_BARS);
      try {
        const { rejectedRows, rejects } = await importBars(pool, { instrument, interval }, rowsOf(batch));
        health.received(0, rejectedRows);
        if (rejects[0]) health.failed(`${instrument.symbol}: bar refused: ${rejects[0].reason}`);
        bars.splice(0, batch.length);
        this.#count -= batch.length;
        if (bars.length === 0) this.#waiting.delete(key);
        failures = 0;
      } catch (error) {
        if (failures === 0) logger.warn({ err: error }, 'bars of a feed are not stored yet');
        if (this.#stop.signal.aborted) return;
        await clock.sleep(nextBackoffMs(failures), this.#stop.signal);
        failures += 1;
      }
    }
  }
}

/** The interval whose length this is; of months none. */
function intervalOf({ intervalMs, openTimeNs }: FeedBar): Interval | undefined {
  const openMs = Number(openTimeNs / 1_000_000n);
  return INTERVALS.find((interval) => interval !== 'MO1' && intervalStart(interval, openMs) === openMs && nextIntervalStart(interval, openMs) - openMs === intervalMs);
}

async function* rowsOf(bars: readonly FeedBar[]): AsyncGenerator<readonly BarRow[]> {
  const text = (value: string): string => canonical(parseDecimal(value));
  yield bars.map(({ openTimeNs, open, high, low, close, volume }, index): BarRow => ({
    kind: 'bar', line: index + 1,
    bar: { openTimeMs: Number(openTimeNs / 1_000_000n), open: text(open), high: text(high), low: text(low), close: text(close), volume: text(volume) },
  }));
}
