// Batched reads of one request: whatever a query asks of many accounts, orders or positions costs one round trip a kind.

import DataLoader from 'dataloader';
import type { AccountSnapshot, EngineClient, QuoteSnapshot } from '@mib/proto/engine-client';
import type pg from 'pg';
import type { AccountRow } from './domain/account.ts';
import type { LimitVersion, TradingStateVersion } from './domain/intent.ts';
import type { Returns } from './domain/returns.ts';
import type { Arrivals } from './following/arrivals.ts';
import type { ReturnHistory } from './portfolio/return-history.ts';
import type { Projection } from './projection/projection.ts';
import { accountsByIds, accountsByNumbers } from './store/account-store.ts';
import { checksByOrders, type OrderCheckRow } from './store/check-store.ts';
import { limitsHistory, newestLimits, tradingStateHistory, type VersionPage } from './store/intent-store.ts';

/** How long a request waits for an account or order outcome that is still on its way from trading-engine or the engine. */
const ARRIVES_WITHIN_MS = 1_000;

export interface Loaders {
  /** Both null for an account that is not here, and not within a second. */
  readonly accountById: DataLoader<string, AccountRow | null>;
  readonly accountByNumber: DataLoader<number, AccountRow | null>;
  readonly orderCheck: DataLoader<number, OrderCheckRow | null>;
  /** Null for an account or instrument that the engine does not know; rejects while the engine is away. */
  readonly engineAccount: DataLoader<number, AccountSnapshot | null>;
  readonly quote: DataLoader<number, QuoteSnapshot | null>;
  readonly returns: DataLoader<string, Returns>;
  /** Null while nothing was ever set. */
  readonly limits: DataLoader<number, LimitVersion | null>;
  limitsHistory(accountNumber: number, page: VersionPage): Promise<readonly LimitVersion[]>;
  tradingStateHistory(accountNumber: number, page: VersionPage): Promise<readonly TradingStateVersion[]>;
}

export interface LoaderSources {
  readonly pool: pg.Pool;
  readonly engine: Pick<EngineClient, 'accounts' | 'quotes'>;
  readonly projection: Pick<Projection, 'reachedOrder'>;
  readonly history: ReturnHistory;
  readonly accountArrivals: Arrivals;
}

export function createLoaders({ pool, engine, projection, history, accountArrivals }: LoaderSources): Loaders {
  return {
    accountById: single((ids) => arrived(ids, accountArrivals, (keys) => accountsByIds(pool, keys), (account) => account.id), (account) => account.id),
    accountByNumber: single((numbers) => arrived(numbers, accountArrivals, (keys) => accountsByNumbers(pool, keys), (account) => account.number), (account) => account.number),
    orderCheck: single((ids) => arrivedChecks(pool, projection, ids), (check) => check.orderId),
    engineAccount: single((numbers) => engine.accounts(numbers), (account) => account.accountNumber),
    quote: single((numbers) => engine.quotes(numbers), (quote) => quote.instrumentNumber),
    returns: new DataLoader(async (ids) => {
      const found = await history.load(ids);
      return ids.map((id) => found.get(id)!);
    }),
    limits: single((numbers) => newestLimits(pool, numbers), (version) => version.accountNumber),
    limitsHistory: paged((page) => many((numbers) => limitsHistory(pool, numbers, page), (version) => version.accountNumber)),
    tradingStateHistory: paged((page) => many((numbers) => tradingStateHistory(pool, numbers, page), (version) => version.accountNumber)),
  };
}

/** The accounts, those on their way through the bus awaited: a user opens an account and asks for its risk at once. */
async function arrived<K extends string | number>(keys: readonly K[], arrivals: Arrivals, load: (keys: readonly K[]) => Promise<AccountRow[]>, keyOf: (account: AccountRow) => K): Promise<AccountRow[]> {
  const found = await load(keys);
  const missing = missingOf(keys, found.map(keyOf));
  if (missing.length === 0) return found;
  const waiting = Promise.all(missing.map((key) => arrivals.wait(key, ARRIVES_WITHIN_MS)));
  // What has come between the first look and the waiting.
  for (const account of await load(missing)) arrivals.arrived(keyOf(account));
  await waiting;
  return [...found, ...(await load(missing))];
}

/** The outcomes, those awaited that the engine has published and the projection has not reached. */
async function arrivedChecks(pool: pg.Pool, projection: Pick<Projection, 'reachedOrder'>, ids: readonly number[]): Promise<OrderCheckRow[]> {
  const found = await checksByOrders(pool, ids);
  const missing = missingOf(ids, found.map((check) => check.orderId));
  if (missing.length === 0) return found;
  await projection.reachedOrder(Math.max(...missing), ARRIVES_WITHIN_MS);
  return [...found, ...(await checksByOrders(pool, missing))];
}

function missingOf<K>(keys: readonly K[], found: readonly K[]): K[] {
  const known = new Set(found);
  return keys.filter((key) => !known.has(key));
}

function single<K extends string | number, R>(load: (keys: readonly K[]) => Promise<readonly R[]>, keyOf: (row: R) => K): DataLoader<K, R | null> {
  return new DataLoader(async (keys) => {
    const byKey = new Map((await load(keys)).map((row) => [keyOf(row), row]));
    return keys.map((key) => byKey.get(key) ?? null);
  });
}

function many<K extends string | number, R>(load: (keys: readonly K[]) => Promise<readonly R[]>, keyOf: (row: R) => K): DataLoader<K, readonly R[]> {
  return new DataLoader(async (keys) => {
    const groups = new Map<K, R[]>(keys.map((key) => [key, []]));
    for (const row of await load(keys)) groups.get(keyOf(row))?.push(row);
    return keys.map((key) => groups.get(key)!);
  });
}

/** A loader per distinct page; a document has only so many of them. */
function paged<R>(create: (page: VersionPage) => DataLoader<number, readonly R[]>): (key: number, page: VersionPage) => Promise<readonly R[]> {
  const loaders = new Map<string, DataLoader<number, readonly R[]>>();
  return (key, page) => {
    const name = JSON.stringify(page);
    const loader = loaders.get(name) ?? create(page);
    loaders.set(name, loader);
    return loader.load(key);
  };
}
