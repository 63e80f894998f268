// Follows the engine's trades: applies each batch to the candles, then tells the warm indicators and the subscribers.
// Whatever fails, it starts again from the stored checkpoint; what it published twice is the same candle twice.

import type { Interval } from '@mib/model/interval';
import { NS_PER_MS } from '@mib/model/timestamp';
import type { EngineClient } from '@mib/proto/engine-client';
import { backOff } from '@mib/service/back-off';
import type { Logger } from '@mib/service/logger';
import { LiveTopic } from '@mib/service/pubsub';
import type { CandleClocks } from '../domain/candle-clock.ts';
import type { CandleView, StoredCandle } from '../domain/stored-candle.ts';
import { candleKeyText, hasEnded, viewOf } from '../domain/stored-candle.ts';
import type { LiveEvent, LiveStore } from '../store/live-store.ts';
import type { Telemetry } from '../telemetry.ts';

export interface LiveProjectorOptions {
  readonly engine: EngineClient;
  readonly store: LiveStore;
  readonly clocks: CandleClocks;
  /** Called for each changed candle before subscribers hear of it. */
  readonly onCandle: (candle: CandleView) => void;
  readonly telemetry: Telemetry;
  readonly logger: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A market this long without a trade lets its candles end by the clock. */
export const IDLE_CLOSE_MS = 5_000;
const TICK_MS = 1_000;
const RETRY_FIRST_MS = 100;
const RETRY_MAX_MS = 10_000;

export class LiveProjector implements AsyncDisposable {
  readonly candles = new LiveTopic<CandleView>();
  readonly #options: LiveProjectorOptions;
  readonly #stop = new AbortController();
  /** The newest candle of each series: at most ten per engine instrument. */
  readonly #open = new Map<string, StoredCandle>();
  #running: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #ticking: Promise<void> | undefined;
  #watermarkNs = 0n;
  #lastBatchMs: number;
  /** In a row. */
  #failures = 0;
  #failure: string | undefined;

  constructor(options: LiveProjectorOptions) {
    this.#options = options;
    this.#lastBatchMs = options.now();
  }

  /** What keeps it from following the engine, or undefined. */
  get problem(): string | undefined {
    return this.#failure;
  }

  start(): void {
    this.#running = this.#follow();
    this.#timer = setInterval(() => (this.#ticking ??= this.#tick().finally(() => (this.#ticking = undefined))), TICK_MS);
    this.#timer.unref();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#stop.abort();
    await Promise.all([this.#running, this.#ticking]);
  }

  /**
   * Ends candles by the clock when the market is idle and every trade the engine knows of has been applied.
   *
   * @returns true when the market's event time was moved.
   */
  async closeIdle(): Promise<boolean> {
    const { engine, store, now, clocks } = this.#options;
    const idleSinceMs = now() - IDLE_CLOSE_MS;
    const reached = BigInt(idleSinceMs) * NS_PER_MS;
    const due = [...this.#open.values()].some((candle) => !this.#isFinal(candle) && hasEnded(candle.interval, candle.openTimeMs, reached, clocks.of(candle.instrumentId)));
    if (this.#lastBatchMs > idleSinceMs || !due) return false;
    const instruments = await engine.instruments();
    const quotes = await engine.quotes(instruments.map((instrument) => instrument.instrumentNumber));
    if (quotes.some((quote) => quote.last && quote.last.timestampNs > this.#watermarkNs)) return false;
    this.#moveWatermark(await store.advance(reached));
    return true;
  }

  async #follow(): Promise<void> {
    const { engine, store, logger } = this.#options;
    const signal = this.#stop.signal;
    while (!signal.aborted) {
      try {
        await this.#begin();
        const { position } = await store.checkpoint();
        for await (const { events } of engine.events({ after: Math.max(0, Number(position)), kinds: ['Trade', 'InstrumentRegistered'], signal })) {
          if (events.length > 0) await this.#apply(events as readonly LiveEvent[]);
        }
      } catch (error) {
        if (signal.aborted) return;
        this.#failure = error instanceof Error ? error.message : String(error);
        logger.error({ err: error }, 'live candles interrupted');
        await backOff(++this.#failures, { firstMs: RETRY_FIRST_MS, maxMs: RETRY_MAX_MS, signal });
      }
    }
  }

  async #begin(): Promise<void> {
    const { candles, watermarkNs } = await this.#options.store.newest();
    this.#open.clear();
    this.#watermarkNs = watermarkNs;
    for (const candle of candles) this.#open.set(seriesKey(candle), candle);
  }

  async #apply(events: readonly LiveEvent[]): Promise<void> {
    const applied = await this.#options.store.apply(events);
    this.#lastBatchMs = this.#options.now();
    this.#failure = undefined;
    this.#failures = 0;
    this.#options.telemetry.tradesApplied(applied.trades);
    this.#moveWatermark(applied.watermarkNs, new Set(applied.candles.map(candleKeyText)));
    for (const candle of [...applied.candles].sort((a, b) => a.openTimeMs - b.openTimeMs)) {
      const open = this.#open.get(seriesKey(candle));
      if (!open || candle.openTimeMs >= open.openTimeMs) this.#open.set(seriesKey(candle), candle);
      this.#publish(candle);
    }
  }

  /** Publishes the open candles that end with the new event time, but for those that `except` names. */
  #moveWatermark(watermarkNs: bigint, except: ReadonlySet<string> = new Set()): void {
    const before = this.#watermarkNs;
    if (watermarkNs < before) return;
    this.#watermarkNs = watermarkNs;
    const { clocks } = this.#options;
    for (const candle of this.#open.values()) {
      if (except.has(candleKeyText(candle)) || hasEnded(candle.interval, candle.openTimeMs, before, clocks.of(candle.instrumentId))) continue;
      const view = viewOf(candle, watermarkNs, clocks.of(candle.instrumentId));
      if (view.final) this.#publish(view);
    }
  }

  #isFinal(candle: StoredCandle): boolean {
    return hasEnded(candle.interval, candle.openTimeMs, this.#watermarkNs, this.#options.clocks.of(candle.instrumentId));
  }

  #publish(candle: CandleView): void {
    this.#options.onCandle(candle);
    this.candles.publish(candle);
  }

  async #tick(): Promise<void> {
    try {
      await this.closeIdle();
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'idle candles not closed');
    }
  }
}

function seriesKey({ instrumentId, interval }: { readonly instrumentId: string; readonly interval: Interval }): string {
  return `${instrumentId}|${interval}`;
}
