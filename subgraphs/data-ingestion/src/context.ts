// What every resolver of one request has: who asks, the stores, and loaders that batch what one answer needs.

import DataLoader from 'dataloader';
import type pg from 'pg';
import type { RequestContext } from '@mib/service/subgraph-server';
import type { DataSources } from './data-sources.ts';
import { instrumentId, type Instrument } from './domain/instrument.ts';
import type { Venue } from './domain/venue.ts';
import type { ImportDependencies } from './import-history.ts';
import type { InstrumentStore } from './store/instruments.ts';

/** What lives as long as the process. */
export interface Services {
  readonly pool: pg.Pool;
  readonly instruments: InstrumentStore;
  readonly sources: DataSources;
  readonly imports: ImportDependencies;
  /** Called when an instrument was added. */
  readonly onInstrumentAdded: () => void;
}

export interface Context extends RequestContext, Services {
  readonly instrumentById: DataLoader<string, Instrument | null>;
  readonly venueById: DataLoader<string, Venue | null>;
  readonly instrumentBySymbol: (symbol: string, venueId: string) => Promise<Instrument | null>;
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
    instrumentBySymbol: (symbol, venueId) => instrumentById.load(instrumentId(symbol, venueId)),
  };
}

function loader<T extends { readonly id: string }>(load: (ids: readonly string[]) => Promise<readonly T[]>): DataLoader<string, T | null> {
  return new DataLoader(async (ids) => {
    const found = new Map((await load(ids)).map((value) => [value.id as string, value]));
    return ids.map((id) => found.get(id) ?? null);
  }, { maxBatchSize: MAX_BATCH });
}
