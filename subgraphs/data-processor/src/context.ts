// What a resolver gets per request: the viewer, the long-lived services and loaders that turn the same question about N
// instruments into one statement.

import DataLoader from 'dataloader';
import type { RequestContext } from '@mib/service/subgraph-server';
import type { Adjustment } from './domain/adjustment.ts';
import type { IndicatorPoint } from './domain/indicators/indicator-point.ts';
import { candlesFor, newestPoints } from './domain/indicators/indicator-point.ts';
import type { IndicatorSpec } from './domain/indicators/catalog.ts';
import type { CandleView } from './domain/stored-candle.ts';
import type { StoredWatchlist } from './domain/watchlist.ts';
import { adjustedBars } from './history/adjusted-bars.ts';
import { adjustedSeries } from './history/adjusted-candles.ts';
import type { Services } from './services.ts';
import type { SeriesRange } from './store/candle-series.ts';
import { findWatchlists, findWatchlistsOf } from './store/watchlists.ts';
import type { IndicatorRequest } from './streams/warm-indicators.ts';

export interface CandlesKey {
  readonly instrumentId: string;
  readonly range: SeriesRange;
  /** Absent is NONE. */
  readonly adjustment?: Adjustment;
}

/** `range.limit` counts values; the candles of the indicator's memory are read beside. */
export interface PointsKey extends CandlesKey {
  readonly spec: IndicatorSpec;
  /** Corporate actions after this moment are not known yet; absent knows all. */
  readonly asOfMs?: number;
}

export interface Context extends RequestContext {
  readonly services: Services;
  /** Newest first. */
  readonly candles: DataLoader<CandlesKey, readonly CandleView[], string>;
  /** Newest first. */
  readonly points: DataLoader<PointsKey, readonly IndicatorPoint[], string>;
  readonly latestPoint: DataLoader<IndicatorRequest, IndicatorPoint | null, string>;
  readonly watchlist: DataLoader<string, StoredWatchlist | undefined>;
  readonly watchlistsOfUser: DataLoader<string, readonly StoredWatchlist[]>;
}

/** Keys of one load; a page of the router's entities is never longer. */
const MAX_BATCH = 500;

export function createContext(services: Services, request: RequestContext): Context {
  const { pool, history, clocks, prisma, indicators } = services;
  return {
    ...request,
    services,
    candles: grouped((ids, { range, adjustment = 'NONE' }: CandlesKey) => adjustedSeries({ pool, candles: history.candles, clocks }, ids, range, adjustment), []),
    points: grouped((ids, key: PointsKey) => readPoints(services, ids, key), []),
    latestPoint: new DataLoader((requests) => indicators.latest(requests), { cacheKeyFn: JSON.stringify, maxBatchSize: MAX_BATCH }),
    watchlist: new DataLoader(async (ids) => {
      const found = new Map((await findWatchlists(prisma, ids)).map((list) => [list.id, list]));
      return ids.map((id) => found.get(id));
    }, { maxBatchSize: MAX_BATCH }),
    watchlistsOfUser: new DataLoader(async (userIds) => {
      const found = await findWatchlistsOf(prisma, userIds);
      return userIds.map((userId) => found.filter((list) => list.userId === userId));
    }, { maxBatchSize: MAX_BATCH }),
  };
}

async function readPoints({ pool, history, clocks }: Services, ids: readonly string[], { spec, range, adjustment = 'NONE', asOfMs }: PointsKey): Promise<Map<string, readonly IndicatorPoint[]>> {
  // `from` bounds the values, not the candles that they remember.
  const series = await adjustedBars({ pool, candles: history.candles, clocks }, ids, { ...range, fromMs: null, limit: candlesFor(spec, range.interval, range.limit) }, adjustment, asOfMs);
  const fromMs = range.fromMs ?? -Infinity;
  return new Map([...series].map(([id, own]) => [id, newestPoints(spec, own, range.limit).filter((point) => point.openTimeMs >= fromMs)]));
}

/** One load per distinct question, whatever the number of instruments it is asked of. */
function grouped<K extends { readonly instrumentId: string }, V>(load: (instrumentIds: readonly string[], question: K) => Promise<ReadonlyMap<string, V>>, absent: V): DataLoader<K, V, string> {
  return new DataLoader<K, V, string>(
    async (keys) => {
      const questions = new Map<string, K[]>();
      for (const key of keys) questions.set(questionOf(key), [...(questions.get(questionOf(key)) ?? []), key]);
      const answers = new Map<string, ReadonlyMap<string, V> | Error>();
      for (const [question, asked] of questions) answers.set(question, await load(asked.map((key) => key.instrumentId), asked[0]!).catch(asError));
      return keys.map((key) => {
        const answer = answers.get(questionOf(key))!;
        return answer instanceof Error ? answer : (answer.get(key.instrumentId) ?? absent);
      });
    },
    { cacheKeyFn: (key) => `${key.instrumentId} ${questionOf(key)}`, maxBatchSize: MAX_BATCH },
  );
}

function questionOf<K extends { readonly instrumentId: string }>(key: K): string {
  return JSON.stringify({ ...key, instrumentId: undefined });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
