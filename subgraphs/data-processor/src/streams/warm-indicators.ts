// Indicator states kept warm: one per (instrument, interval, spec), stepped through all candles but the newest, which is
// peeked at each of its changes. What is not warm is rebuilt from stored candles, many instruments in one read; what no
// longer fits (a late trade, an import, a full table) is simply forgotten. Watched ones tell their subscribers each value.

import type { Interval } from '@mib/model/interval';
import { LiveTopic } from '@mib/service/pubsub';
import type { CandleView } from '../domain/stored-candle.ts';
import { isSynthetic } from '../domain/stored-candle.ts';
import { decimalToNumber } from '@mib/model/decimal';
import type { BarSeries, IndicatorPoint, SeriesBar } from '../domain/indicators/indicator-point.ts';
import { candlesFor, isFinal, memoryIn, requireWhole } from '../domain/indicators/indicator-point.ts';
import type { IndicatorSpec } from '../domain/indicators/catalog.ts';
import { indicatorSpecKey } from '../domain/indicators/indicator-spec.ts';
import type { IndicatorBar } from '../domain/indicators/indicator-stream.ts';
import { IndicatorStream } from '../domain/indicators/indicator-stream.ts';
import { mapIterator } from './map-iterator.ts';

export interface IndicatorRequest {
  readonly instrumentId: string;
  readonly interval: Interval;
  readonly spec: IndicatorSpec;
}

/** Reads the newest `limit` candles of each instrument. */
export type ReadNewestBars = (instrumentIds: readonly string[], interval: Interval, limit: number) => Promise<ReadonlyMap<string, BarSeries>>;

/** States kept: at most 48 KB each with the longest windows, mostly under 1 KB. */
export const MAX_WARM_STATES = 2_000;

/** Values waiting for a slow subscriber; the oldest give way. */
const MAX_QUEUED_VALUES = 64;

interface WatchedPoint {
  readonly key: string;
  readonly point: IndicatorPoint;
}

interface WarmState {
  readonly request: IndicatorRequest;
  readonly stream: IndicatorStream;
  readonly newest: SeriesBar & { readonly final: boolean };
  readonly synthetic: boolean;
}

export class WarmIndicators {
  readonly #read: ReadNewestBars;
  readonly #maxStates: number;
  /** In order of use, the least recent first. */
  readonly #states = new Map<string, WarmState>();
  readonly #bySeries = new Map<string, Set<string>>();
  /** Series being read; one that changes meanwhile is answered but not kept. */
  readonly #reading = new Map<string, Set<{ stale: boolean }>>();
  /** Values of watched requests as they change. */
  readonly #values = new LiveTopic<WatchedPoint>();
  readonly #watched = new Map<string, { readonly request: IndicatorRequest; watchers: number; rebuilding: boolean }>();
  readonly #onError: (error: unknown) => void;

  constructor(options: { readonly read: ReadNewestBars; readonly onError: (error: unknown) => void; readonly maxStates?: number }) {
    this.#read = options.read;
    this.#onError = options.onError;
    this.#maxStates = options.maxStates ?? MAX_WARM_STATES;
  }

  get size(): number {
    return this.#states.size;
  }

  /** The newest value of each request, the forming candle included; null without any candle, an error where it cannot be read. */
  async latest(requests: readonly IndicatorRequest[]): Promise<(IndicatorPoint | null | Error)[]> {
    const missing = requests.filter((request) => !this.#states.has(stateKey(request)));
    const built = missing.length > 0 ? await this.#build(missing) : undefined;
    return requests.map((request) => {
      const state = this.#use(stateKey(request)) ?? built?.get(stateKey(request));
      if (state instanceof Error) return state;
      return state ? pointOf(state) : null;
    });
  }

  /** Takes a changed live candle into the states it concerns. */
  apply(candle: CandleView): void {
    const series = seriesKey(candle);
    for (const reading of this.#reading.get(series) ?? []) reading.stale = true;
    for (const key of [...(this.#bySeries.get(series) ?? [])]) this.#advance(key, candle);
    for (const [key, { request }] of this.#watched) if (seriesKey(request) === series) this.#tell(key);
  }

  /** The value after each change of the newest candle, its last one with `final: true`, until `signal` fires or `return`. */
  async watch(request: IndicatorRequest, signal: AbortSignal): Promise<AsyncIterableIterator<IndicatorPoint>> {
    const key = stateKey(request);
    const watched = this.#watched.get(key) ?? { request, watchers: 0, rebuilding: false };
    watched.watchers++;
    this.#watched.set(key, watched);
    const values = this.#values.subscribe({ filter: (value) => value.key === key, maxQueued: MAX_QUEUED_VALUES, overflow: 'drop-oldest', signal });
    const leave = once(() => --watched.watchers === 0 && this.#watched.delete(key));
    signal.addEventListener('abort', leave, { once: true });
    if (signal.aborted) leave();
    const [first] = await this.latest([request]);
    if (first instanceof Error) {
      leave();
      void values.return?.();
      throw first;
    }
    return mapIterator(values, ({ point }) => point, leave);
  }

  /** Drops everything known of an instrument, whose past has changed. */
  forget(instrumentId: string): void {
    for (const [key, { request }] of this.#states) if (request.instrumentId === instrumentId) this.#drop(key);
    for (const [series, readings] of this.#reading) if (series.startsWith(`${instrumentId}|`)) for (const reading of readings) reading.stale = true;
  }

  /** Publishes the value of a watched request; one that is not warm is rebuilt first, once however often it changes. */
  #tell(key: string): void {
    const state = this.#states.get(key);
    const watched = this.#watched.get(key)!;
    if (state) return this.#values.publish({ key, point: pointOf(state) });
    if (watched.rebuilding) return;
    watched.rebuilding = true;
    this.latest([watched.request])
      .then(([point]) => (point instanceof Error ? this.#onError(point) : point && this.#values.publish({ key, point })))
      .finally(() => (watched.rebuilding = false));
  }

  #advance(key: string, candle: CandleView): void {
    const state = this.#states.get(key)!;
    const { newest } = state;
    if (candle.openTimeMs < newest.openTimeMs) return this.#drop(key);
    // Where both sources have a candle of one time, the series holds HISTORY.
    if (candle.openTimeMs === newest.openTimeMs && newest.source !== candle.source) return;
    if (candle.openTimeMs > newest.openTimeMs) state.stream.step(newest);
    this.#states.set(key, { ...state, newest: barOfCandle(candle), synthetic: state.synthetic || isSynthetic(candle.source) });
  }

  async #build(requests: readonly IndicatorRequest[]): Promise<Map<string, WarmState | Error>> {
    const built = new Map<string, WarmState | Error>();
    const groups = new Map<string, IndicatorRequest[]>();
    for (const request of requests) {
      // Kinds that count from the first candle read all of it: the others' candles are not theirs to multiply.
      const group = `${request.interval} ${memoryIn(request.spec, request.interval) === Infinity}`;
      groups.set(group, [...(groups.get(group) ?? []), request]);
    }
    for (const group of groups.values()) {
      await this.#buildGroup(group[0]!.interval, group, built).catch((error: unknown) => {
        for (const request of group) if (!built.has(stateKey(request))) built.set(stateKey(request), asError(error));
      });
    }
    return built;
  }

  async #buildGroup(interval: Interval, requests: readonly IndicatorRequest[], built: Map<string, WarmState | Error>): Promise<void> {
    const limit = Math.max(...requests.map((request) => candlesFor(request.spec, interval, 1)));
    const instrumentIds = [...new Set(requests.map((request) => request.instrumentId))];
    const reading = { stale: false };
    const keys = instrumentIds.map((instrumentId) => seriesKey({ instrumentId, interval }));
    for (const key of keys) this.#reading.set(key, (this.#reading.get(key) ?? new Set()).add(reading));
    try {
      const series = await this.#read(instrumentIds, interval, limit);
      for (const request of requests) {
        const own = series.get(request.instrumentId);
        if (!own) continue;
        const state = warmUp(request, own);
        built.set(stateKey(request), state);
        if (!(state instanceof Error) && !reading.stale) this.#keep(state);
      }
    } finally {
      for (const key of keys) this.#endReading(key, reading);
    }
  }

  #endReading(series: string, reading: { stale: boolean }): void {
    const readings = this.#reading.get(series);
    readings?.delete(reading);
    if (readings?.size === 0) this.#reading.delete(series);
  }

  #keep(state: WarmState): void {
    const key = stateKey(state.request);
    const series = seriesKey(state.request);
    this.#states.set(key, state);
    this.#bySeries.set(series, (this.#bySeries.get(series) ?? new Set()).add(key));
    if (this.#states.size > this.#maxStates) this.#drop(this.#states.keys().next().value!);
  }

  #use(key: string): WarmState | undefined {
    const state = this.#states.get(key);
    if (!state) return undefined;
    this.#states.delete(key);
    this.#states.set(key, state);
    return state;
  }

  #drop(key: string): void {
    const series = seriesKey(this.#states.get(key)!.request);
    this.#states.delete(key);
    const keys = this.#bySeries.get(series);
    keys?.delete(key);
    if (keys?.size === 0) this.#bySeries.delete(series);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}

/** An error where the series is longer than the indicator can read. */
function warmUp(request: IndicatorRequest, series: BarSeries): WarmState | Error {
  try {
    requireWhole(request.spec, series);
  } catch (error) {
    return asError(error);
  }
  const stream = new IndicatorStream(request.spec);
  const last = series.close.length - 1;
  // A read for a longer memory serves all: older candles only bring the value nearer to that of the whole series.
  stream.skip(series, 0, last);
  const source = series.synthetic[last] === 1 ? 'LIVE' : 'HISTORY';
  return {
    request,
    stream,
    newest: { ...barAt(series, last), source, final: isFinal(series, last) },
    synthetic: series.synthetic.subarray(Math.max(0, last - memoryIn(request.spec, request.interval))).includes(1),
  };
}

function pointOf({ request, stream, newest, synthetic }: WarmState): IndicatorPoint {
  return { ...request, openTimeMs: newest.openTimeMs, final: newest.final, synthetic, values: stream.peek(newest) };
}

function barAt(series: BarSeries, index: number): IndicatorBar {
  return {
    openTimeMs: series.openTimesMs[index]!,
    open: series.open[index]!,
    high: series.high[index]!,
    low: series.low[index]!,
    close: series.close[index]!,
    volume: series.volume[index]!,
  };
}

function barOfCandle(candle: CandleView): WarmState['newest'] {
  const { openTimeMs, source, final, open, high, low, close, volume } = candle;
  return {
    openTimeMs,
    source,
    final,
    open: decimalToNumber(open),
    high: decimalToNumber(high),
    low: decimalToNumber(low),
    close: decimalToNumber(close),
    volume: volume ? decimalToNumber(volume) : NaN,
  };
}

function seriesKey({ instrumentId, interval }: { readonly instrumentId: string; readonly interval: Interval }): string {
  return `${instrumentId}|${interval}`;
}

function stateKey({ instrumentId, interval, spec }: IndicatorRequest): string {
  return `${instrumentId}|${interval}|${indicatorSpecKey(spec)}`;
}
