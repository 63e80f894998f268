// What a resolver gets per request: the viewer, the long-lived services and loaders that turn the same question about N
// instruments into one statement.

import DataLoader from 'dataloader';
import type { RequestContext } from '@mib/service/subgraph-server';
import type { Forecast } from './domain/forecast.ts';
import type { Manifest } from './registry/manifest.ts';
import type { Services } from './services.ts';
import { readForecastRecords, type ForecastRecord } from './store/forecast-records.ts';
import { readForecasts, readNewestForecasts, type ForecastPage } from './store/forecast-rows.ts';
import { readModels } from './store/model-rows.ts';

export interface ForecastsKey extends ForecastPage {
  readonly instrumentId: string;
}

export interface RecordKey {
  readonly instrumentId: string;
  readonly modelId: string;
}

export interface Context extends RequestContext {
  readonly services: Services;
  readonly model: DataLoader<string, Manifest | null>;
  readonly forecast: DataLoader<string, Forecast | null>;
  /** Newest first. */
  readonly forecasts: DataLoader<ForecastsKey, readonly Forecast[], string>;
  readonly forecastRecord: DataLoader<RecordKey, ForecastRecord | null, string>;
}

/** Keys of one load; a page of the router's entities is never longer. */
const MAX_BATCH = 500;

export function createContext(services: Services, request: RequestContext): Context {
  const { pool } = services;
  return {
    ...request,
    services,
    model: byId((ids) => readModels(pool, ids)),
    forecast: byId((ids) => readForecasts(pool, ids)),
    forecasts: grouped((ids, { modelId, limit, beforeMs }: ForecastsKey) => readNewestForecasts(pool, ids, { modelId, limit, beforeMs }), []),
    forecastRecord: grouped<RecordKey, ForecastRecord | null>((ids, { modelId }) => readForecastRecords(pool, ids, modelId), null),
  };
}

function byId<T extends { readonly id: string }>(load: (ids: readonly string[]) => Promise<readonly T[]>): DataLoader<string, T | null> {
  return new DataLoader(async (ids) => {
    const found = new Map((await load(ids)).map((row) => [row.id, row]));
    return ids.map((id) => found.get(id) ?? null);
  }, { maxBatchSize: MAX_BATCH });
}

/** One load per distinct question, whatever the number of instruments it is asked of. */
function grouped<K extends { readonly instrumentId: string }, V>(load: (instrumentIds: readonly string[], question: K) => Promise<ReadonlyMap<string, V>>, absent: V): DataLoader<K, V, string> {
  return new DataLoader<K, V, string>(
    async (keys) => {
      const questions = new Map<string, K[]>();
      for (const key of keys) questions.set(questionOf(key), [...(questions.get(questionOf(key)) ?? []), key]);
      const answers = new Map<string, ReadonlyMap<string, V>>();
      for (const [question, asked] of questions) answers.set(question, await load(asked.map((key) => key.instrumentId), asked[0]!));
      return keys.map((key) => answers.get(questionOf(key))!.get(key.instrumentId) ?? absent);
    },
    { cacheKeyFn: (key) => `${key.instrumentId} ${questionOf(key)}`, maxBatchSize: MAX_BATCH },
  );
}

function questionOf<K extends { readonly instrumentId: string }>(key: K): string {
  return JSON.stringify({ ...key, instrumentId: undefined });
}
