// Screens as queries and as subscriptions. A subscription keeps its own screen over the live candles and computes what to
// say when its reader asks for more: a slow reader gets one larger change, never a queue.

import type { Interval } from '@mib/model/interval';
import { decimalToNumber } from '@mib/model/decimal';
import { ClientError } from '@mib/service/errors';
import type { LiveTopic } from '@mib/service/pubsub';
import type { BarSeries } from '../domain/indicators/indicator-point.ts';
import { candlesFor } from '../domain/indicators/indicator-point.ts';
import { changeBetween, Screen, type ScreenChange, type ScreenMember } from '../domain/screen/screen.ts';
import type { ScreenSpec } from '../domain/screen/screen-spec.ts';
import type { CandleView } from '../domain/stored-candle.ts';
import { isSynthetic } from '../domain/stored-candle.ts';

export interface ScreenerOptions {
  /** Reads the newest `limit` candles of each instrument. */
  readonly read: (instrumentIds: readonly string[], interval: Interval, limit: number) => Promise<ReadonlyMap<string, BarSeries>>;
  readonly candles: LiveTopic<CandleView>;
}

/** Instruments of one screen. */
export const MAX_SCREENED = 5_000;
/** Screens that are kept up to date at a time: some 5 MB each at worst. */
export const MAX_LIVE_SCREENS = 32;
/** Rows of one read while a screen is built. */
const ROWS_PER_READ = 100_000;
/** Candles that wait while a reader is being answered; with more the screen is built again. */
const MAX_QUEUED_CANDLES = 20_000;
/** Between two changes of one subscription. */
const PERIOD_MS = 250;

export class Screener {
  readonly #options: ScreenerOptions;
  readonly #live = new Set<LiveScreen>();

  constructor(options: ScreenerOptions) {
    this.#options = options;
  }

  /** The members now, in order. */
  async query(spec: ScreenSpec, instrumentIds: readonly string[]): Promise<ScreenMember[]> {
    const screen = new Screen(spec);
    await this.load(screen, instrumentIds);
    return screen.members();
  }

  /** All members as the first change, then each change of membership or rank, until `signal` fires or `return`. */
  subscribe(spec: ScreenSpec, instrumentIds: readonly string[], signal: AbortSignal): AsyncIterableIterator<ScreenChange> {
    if (this.#live.size >= MAX_LIVE_SCREENS) throw new ClientError('UNAVAILABLE', `${MAX_LIVE_SCREENS} screens are being watched already; try again later`);
    const live = new LiveScreen(this, { spec, instrumentIds, signal, candles: this.#options.candles, onEnd: (ended) => this.#live.delete(ended) });
    if (!signal.aborted) this.#live.add(live);
    return live;
  }

  /** The past of an instrument has changed. */
  forget(instrumentId: string): void {
    for (const live of this.#live) live.forget(instrumentId);
  }

  async load(screen: Screen, instrumentIds: readonly string[]): Promise<void> {
    const { interval, indicators } = screen.spec;
    const limit = Math.max(2, ...indicators.map((spec) => candlesFor(spec, interval, 1)));
    const size = Math.max(1, Math.floor(ROWS_PER_READ / limit));
    for (let from = 0; from < instrumentIds.length; from += size) {
      const series = await this.#options.read(instrumentIds.slice(from, from + size), interval, limit);
      for (const own of series.values()) screen.load(own);
    }
  }
}

class LiveScreen implements AsyncIterableIterator<ScreenChange> {
  readonly #screener: Screener;
  readonly #screen: Screen;
  readonly #instrumentIds: ReadonlySet<string>;
  readonly #end = new AbortController();
  readonly #candles: AsyncIterableIterator<CandleView>;
  readonly #onEnd: (ended: LiveScreen) => void;
  /** Newest candle of each instrument that has changed since the last look. */
  readonly #changed = new Map<string, CandleView>();
  /** Instruments to load again. */
  readonly #stale: Set<string>;
  #members: readonly ScreenMember[] = [];
  #first = true;
  #lastMs = 0;
  #wake: () => void = () => undefined;

  constructor(screener: Screener, { spec, instrumentIds, signal, candles, onEnd }: { spec: ScreenSpec; instrumentIds: readonly string[]; signal: AbortSignal; candles: LiveTopic<CandleView>; onEnd: (ended: LiveScreen) => void }) {
    this.#screener = screener;
    this.#screen = new Screen(spec);
    this.#instrumentIds = new Set(instrumentIds);
    this.#stale = new Set(instrumentIds);
    this.#onEnd = onEnd;
    this.#candles = candles.subscribe({ filter: (candle) => candle.interval === spec.interval && this.#instrumentIds.has(candle.instrumentId), maxQueued: MAX_QUEUED_CANDLES, overflow: 'drop-oldest', signal: this.#end.signal });
    signal.addEventListener('abort', () => this.#stop(), { once: true });
    if (signal.aborted) this.#stop();
    void this.#follow();
  }

  async next(): Promise<IteratorResult<ScreenChange>> {
    while (!this.#end.signal.aborted) {
      await this.#settle();
      const members = this.#screen.members();
      const change = changeBetween(this.#members, members) ?? (this.#first ? { entered: [], moved: [], left: [], members: 0 } : null);
      this.#first = false;
      this.#members = members;
      if (change) return { value: change, done: false };
      await this.#somethingNew();
    }
    return { value: undefined, done: true };
  }

  return(): Promise<IteratorResult<ScreenChange>> {
    this.#stop();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  forget(instrumentId: string): void {
    if (!this.#instrumentIds.has(instrumentId)) return;
    this.#stale.add(instrumentId);
    this.#wake();
  }

  async #follow(): Promise<void> {
    for await (const candle of this.#candles) {
      const waiting = this.#changed.get(candle.instrumentId);
      // A candle that is not the newest any more has to be stepped through: its instrument is loaded again.
      if (waiting && waiting.openTimeMs !== candle.openTimeMs) this.#stale.add(candle.instrumentId);
      this.#changed.set(candle.instrumentId, candle);
      this.#wake();
    }
  }

  /** Takes in what has changed; what changes while it loads waits for the next look. */
  async #settle(): Promise<void> {
    for (const [instrumentId, candle] of this.#changed) {
      if (!this.#stale.has(instrumentId) && !this.#screen.apply(instrumentId, barOf(candle), isSynthetic(candle.source))) this.#stale.add(instrumentId);
    }
    this.#changed.clear();
    if (this.#stale.size === 0) return;
    const stale = [...this.#stale];
    this.#stale.clear();
    await this.#screener.load(this.#screen, stale).catch((error: unknown) => {
      for (const each of stale) this.#stale.add(each);
      throw error;
    });
  }

  async #somethingNew(): Promise<void> {
    if (this.#changed.size === 0 && this.#stale.size === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    const waitMs = Math.max(0, this.#lastMs + PERIOD_MS - performance.now());
    if (waitMs > 0 && !this.#end.signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitMs);
        this.#end.signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
      });
    }
    this.#lastMs = performance.now();
  }

  #stop(): void {
    if (this.#end.signal.aborted) return;
    this.#end.abort();
    this.#onEnd(this);
    this.#wake();
  }
}

function barOf({ openTimeMs, open, high, low, close, volume }: CandleView) {
  return { openTimeMs, open: decimalToNumber(open), high: decimalToNumber(high), low: decimalToNumber(low), close: decimalToNumber(close), volume: volume ? decimalToNumber(volume) : NaN };
}
