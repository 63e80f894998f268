// What every resolver of one request has: who asks, the stores, and loaders that batch what one answer needs.

import DataLoader from 'dataloader';
import type pg from 'pg';
import type { RequestContext } from '@mib/service/subgraph-server';
import type { CorporateAction } from './domain/corporate-action.ts';
import type { DataSources } from './data-sources.ts';
import { instrumentId, type Instrument } from './domain/instrument.ts';
import type { Venue } from './domain/venue.ts';
import type { ImportDependencies } from './import-history.ts';
import type { FileImports } from './imports/file-imports.ts';
import type { NewsArticle } from './domain/news.ts';
import { assetKey } from './domain/symbol-mapping.ts';
import type { LiveNews } from './live-news.ts';
import { actionsOfInstruments } from './store/corporate-actions.ts';
import type { InstrumentStore } from './store/instruments.ts';
import { aliasesOf, type SymbolAlias } from './store/symbol-aliases.ts';
import { instrumentIdsOfNews, newsByIds, newsOfInstruments, type NewsPlace } from './store/news.ts';

/** What lives as long as the process. */
export interface Services {
  readonly pool: pg.Pool;
  readonly instruments: InstrumentStore;
  readonly sources: DataSources;
  readonly news: LiveNews;
  readonly imports: ImportDependencies;
  readonly fileImports: FileImports;
  /** Called when an instrument was added. */
  readonly onInstrumentAdded: () => void;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export interface Context extends RequestContext, Services {
  readonly instrumentById: DataLoader<string, Instrument | null>;
  readonly venueById: DataLoader<string, Venue | null>;
  readonly newsById: DataLoader<string, NewsArticle | null>;
  readonly instrumentIdsOfNews: DataLoader<string, readonly string[]>;
  readonly newsOfInstrument: (instrumentNumber: number, page: NewsPage) => Promise<readonly NewsArticle[]>;
  readonly corporateActionsOf: (instrumentNumber: number, range: DateRange) => Promise<readonly CorporateAction[]>;
  readonly aliasesOf: (instrumentNumber: number, argument: null) => Promise<readonly SymbolAlias[]>;
  /** All instruments that have a key in common, by key; read once a request. */
  readonly instrumentsByAsset: () => Promise<ReadonlyMap<string, readonly Instrument[]>>;
  readonly instrumentBySymbol: (symbol: string, venueId: string) => Promise<Instrument | null>;
}

export interface NewsPage {
  readonly limit: number;
  readonly after: NewsPlace | undefined;
}

/** Dates, both included. */
export interface DateRange {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** Keys of one database query. */
const MAX_BATCH = 500;

export function createContext(services: Services, request: RequestContext): Context {
  const instrumentById = loader((ids) => services.instruments.byIds(ids));
  return {
    ...request,
    ...services,
    instrumentById,
    venueById: loader((ids) => services.instruments.venues(ids)),
    newsById: loader((ids) => newsByIds(services.pool, ids)),
    instrumentIdsOfNews: new DataLoader(async (ids) => {
      const found = await instrumentIdsOfNews(services.pool, ids);
      return ids.map((id) => found.get(id) ?? []);
    }, { maxBatchSize: MAX_BATCH }),
    newsOfInstrument: loaders((numbers, page: NewsPage) => newsOfInstruments(services.pool, numbers, page)),
    aliasesOf: loaders((numbers, _: null) => aliasesOf(services.pool, numbers)),
    instrumentsByAsset: once(async () => byAsset(await services.instruments.all())),
    corporateActionsOf: loaders((numbers, range: DateRange) => actionsOfInstruments(services.pool, numbers, range)),
    instrumentBySymbol: (symbol, venueId) => instrumentById.load(instrumentId(symbol, venueId)),
  };
}

function loader<T extends { readonly id: string }>(load: (ids: readonly string[]) => Promise<readonly T[]>): DataLoader<string, T | null> {
  return new DataLoader(async (ids) => {
    const found = new Map((await load(ids)).map((value) => [value.id as string, value]));
    return ids.map((id) => found.get(id) ?? null);
  }, { maxBatchSize: MAX_BATCH });
}

function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => (loading ??= load());
}

function byAsset(all: readonly Instrument[]): Map<string, Instrument[]> {
  const found = new Map<string, Instrument[]>();
  for (const instrument of all) {
    const key = assetKey(instrument);
    if (key !== null) found.set(key, [...(found.get(key) ?? []), instrument]);
  }
  return found;
}

/** A loader for each distinct set of arguments, whatever the number of instruments it is asked of. */
function loaders<A, T>(load: (instrumentNumbers: readonly number[], argument: A) => Promise<ReadonlyMap<number, readonly T[]>>): (instrumentNumber: number, argument: A) => Promise<readonly T[]> {
  const byArgument = new Map<string, DataLoader<number, readonly T[]>>();
  return (instrumentNumber, argument) => {
    const name = JSON.stringify(argument);
    let found = byArgument.get(name);
    if (!found) {
      found = new DataLoader(async (numbers) => {
        const rows = await load(numbers, argument);
        return numbers.map((number) => rows.get(number) ?? []);
      }, { maxBatchSize: MAX_BATCH });
      byArgument.set(name, found);
    }
    return found.load(instrumentNumber);
  };
}
