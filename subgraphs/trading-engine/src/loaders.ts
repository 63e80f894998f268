// Batched reads of one request: whatever a query asks of many accounts, orders or positions costs one round trip a kind.

import DataLoader from 'dataloader';
import type { AccountSnapshot, EngineClient, QuoteSnapshot } from '@mib/proto/engine-client';
import type pg from 'pg';
import type { CashRow, FillRow, PositionRow } from './domain/ledger.ts';
import type { AccountPerformance } from './domain/account-history.ts';
import type { InstrumentBook } from './domain/instrument-book.ts';
import type { LotMethod, LotState } from './domain/lots.ts';
import type { OrderRow } from './domain/order.ts';
import type { AccountRow, AccountStore } from './store/account-store.ts';
import { fillsByAccounts, fillsByOrders, fillsByPlaces, ordersByAccounts, ordersByIds, type FillPage, type OrderPage } from './store/order-reader.ts';
import { lotsOfPosition } from './store/lot-reader.ts';
import { performanceReader, type PerformanceQuestion } from './store/performance-reader.ts';
import { holdingsByAccounts, positionsByAccounts, positionsByNames, type PositionName } from './store/position-reader.ts';

export interface Holdings {
  readonly cash: readonly CashRow[];
  readonly positions: readonly PositionRow[];
}

export interface Loaders {
  readonly accountById: DataLoader<string, AccountRow | null>;
  readonly accountByNumber: DataLoader<number, AccountRow | null>;
  readonly accountsOfUser: DataLoader<string, readonly AccountRow[]>;
  readonly orderById: DataLoader<number, OrderRow | null>;
  readonly fillByPlace: DataLoader<{ readonly sequence: number; readonly leg: number }, FillRow | null, string>;
  readonly positionByName: DataLoader<PositionName, PositionRow | null, string>;
  readonly positionsOfAccount: DataLoader<number, readonly PositionRow[]>;
  readonly holdingsOfAccount: DataLoader<number, Holdings>;
  /** Null for an account or instrument that the engine does not know; rejects while the engine is away. */
  readonly engineAccount: DataLoader<number, AccountSnapshot | null>;
  readonly quote: DataLoader<number, QuoteSnapshot | null>;
  ordersOfAccount(accountNumber: number, page: OrderPage): Promise<readonly OrderRow[]>;
  fillsOfAccount(accountNumber: number, page: FillPage): Promise<readonly FillRow[]>;
  fillsOfOrder(orderId: number, page: FillPage): Promise<readonly FillRow[]>;
  performanceOfAccount(account: AccountRow, question: PerformanceQuestion): Promise<AccountPerformance>;
  /** Matched once a request, however many fields ask. */
  lotsOfPosition(position: PositionRow, method: LotMethod): Promise<LotState>;
}

export interface LoaderSources {
  readonly pool: pg.Pool;
  readonly store: AccountStore;
  readonly engine: Pick<EngineClient, 'accounts' | 'quotes'>;
  readonly instruments: () => InstrumentBook;
  /** Engine event up to which histories are read. */
  readonly through: number;
}

export function createLoaders({ pool, store, engine, instruments, through }: LoaderSources): Loaders {
  const placeKey = (place: { readonly sequence: number; readonly leg: number }) => `${place.sequence}.${place.leg}`;
  const nameKey = (name: PositionName) => `${name.accountNumber}:${name.instrumentNumber}`;
  const quote = single((numbers: readonly number[]) => engine.quotes(numbers), (each) => each.instrumentNumber);
  const performance = performanceReader({ pool, instruments, through, quote: (number) => quote.load(number) });
  return {
    accountById: single((ids) => store.byIds(ids), (account) => account.id),
    accountByNumber: single((numbers) => store.byNumbers(numbers), (account) => account.number),
    accountsOfUser: many((userIds) => store.byUsers(userIds), (account) => account.userId),
    orderById: single((ids) => ordersByIds(pool, ids), (order) => order.id),
    fillByPlace: new DataLoader(async (places) => aligned(places.map(placeKey), await fillsByPlaces(pool, places), placeKey), { cacheKeyFn: placeKey }),
    positionByName: new DataLoader(async (names) => aligned(names.map(nameKey), await positionsByNames(pool, names), nameKey), { cacheKeyFn: nameKey }),
    positionsOfAccount: many((numbers) => positionsByAccounts(pool, numbers), (position) => position.accountNumber),
    holdingsOfAccount: new DataLoader(async (numbers) => {
      const { cash, positions } = await holdingsByAccounts(pool, numbers);
      return numbers.map((number) => ({ cash: cash.filter((row) => row.accountNumber === number), positions: positions.filter((row) => row.accountNumber === number) }));
    }),
    engineAccount: single((numbers) => engine.accounts(numbers), (account) => account.accountNumber),
    quote,
    ordersOfAccount: paged((page: OrderPage) => many((numbers) => ordersByAccounts(pool, numbers, page), (order) => order.accountNumber)),
    fillsOfAccount: paged((page: FillPage) => many((numbers) => fillsByAccounts(pool, numbers, page), (fill) => fill.accountNumber)),
    fillsOfOrder: paged((page: FillPage) => many((ids) => fillsByOrders(pool, ids, page), (fill) => fill.orderId)),
    performanceOfAccount: paged((question: PerformanceQuestion) => new DataLoader((accounts: readonly AccountRow[]) => performance(accounts, question), { cacheKeyFn: (account) => account.number })),
    lotsOfPosition: lotsOnce(pool),
  };
}

function single<K extends string | number, R>(load: (keys: readonly K[]) => Promise<readonly R[]>, keyOf: (row: R) => K): DataLoader<K, R | null> {
  return new DataLoader(async (keys) => aligned(keys, await load(keys), keyOf));
}

function many<K extends string | number, R>(load: (keys: readonly K[]) => Promise<readonly R[]>, keyOf: (row: R) => K): DataLoader<K, readonly R[]> {
  return new DataLoader(async (keys) => {
    const groups = new Map<K, R[]>(keys.map((key) => [key, []]));
    for (const row of await load(keys)) groups.get(keyOf(row))?.push(row);
    return keys.map((key) => groups.get(key)!);
  });
}

/** A loader per distinct page; a document has only so many of them. */
function paged<P, K, R>(create: (page: P) => DataLoader<K, R>): (key: K, page: P) => Promise<R> {
  const loaders = new Map<string, DataLoader<K, R>>();
  return (key, page) => {
    const name = JSON.stringify(page);
    const loader = loaders.get(name) ?? create(page);
    loaders.set(name, loader);
    return loader.load(key);
  };
}

function lotsOnce(pool: pg.Pool): Loaders['lotsOfPosition'] {
  const states = new Map<string, Promise<LotState>>();
  return (position, method) => {
    const name = `${position.accountNumber}:${position.instrumentNumber}:${position.sequence}:${method}`;
    const state = states.get(name) ?? lotsOfPosition(pool, position, method);
    states.set(name, state);
    return state;
  };
}

function aligned<K, R>(keys: readonly K[], rows: readonly R[], keyOf: (row: R) => K): (R | null)[] {
  const byKey = new Map(rows.map((row) => [keyOf(row), row]));
  return keys.map((key) => byKey.get(key) ?? null);
}
