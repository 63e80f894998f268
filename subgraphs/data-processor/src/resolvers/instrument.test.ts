import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { GraphQLResolveInfo } from 'graphql';
import type pg from 'pg';
import { createPool } from '@mib/service/database';
import { LiveTopic } from '@mib/service/pubsub';
import { ANONYMOUS } from '@mib/service/viewer';
import { createPrisma } from '@mib/prisma/client';
import { parseDecimal } from '@mib/model/decimal';
import type { TestDatabase } from '@mib/testkit/test-database';
import { testDatabase } from '@mib/testkit/test-database';
import type { Context } from '../context.ts';
import { createContext } from '../context.ts';
import type { CandleView } from '../domain/stored-candle.ts';
import type { Services } from '../services.ts';
import { createLogger } from '@mib/service/logger';
import { openHistory, type History } from '../history/open-history.ts';
import { applyBars } from '../store/history-store.ts';
import { Screener } from '../streams/screener.ts';
import { WarmIndicators } from '../streams/warm-indicators.ts';
import { instrument } from './instrument.ts';
import { NO_ARCHIVE } from '../store/archived-candles.ts';
import { CandleClocks } from '../domain/candle-clock.ts';

const STORES = { archive: NO_ARCHIVE, clocks: new CandleClocks() };

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2020, 0, 1);
const IDS = Array.from({ length: 40 }, (_, index) => `I${index}.XSIM`);
const INFO = {} as GraphQLResolveInfo;

let database: TestDatabase;
let pool: pg.Pool;
let services: Services;
let history: History;
let statements = 0;

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool(database.url, { max: 4, applicationName: 'test' });
  const bars = (base: number) => Array.from({ length: 60 }, (_, day) => bar(day, base + ((day * 13) % 7)));
  await applyBars({ pool, ...STORES }, 'market.bars/0', IDS.map((instrumentId, index) => ({ offset: BigInt(index), instrumentId, interval: 'D1', bars: bars(100 + index) })));
  countReads(pool);
  history = openHistory({ pool, directory: mkdtempSync(path.join(tmpdir(), 'mib-history-')), clocks: STORES.clocks, logger: createLogger('test', { level: 'silent' }), telemetry: { rowsArchived: () => undefined }, now: Date.now });
  const indicators = new WarmIndicators({ read: (ids, interval, limit) => history.candles.bars(ids, { interval, source: null, fromMs: null, beforeMs: null, limit }), onError: (error) => { throw error; } });
  const candles = new LiveTopic<CandleView>();
  const screener = new Screener({ candles, read: (ids, interval, limit) => history.candles.bars(ids, { interval, source: null, fromMs: null, beforeMs: null, limit }) });
  services = { pool, indicators, screener, candles, prisma: createPrisma({ databaseUrl: database.url }), history, clocks: STORES.clocks };
});
afterAll(async () => {
  await history[Symbol.asyncDispose]();
  await services.prisma.$disconnect();
  await pool.end();
  await database[Symbol.asyncDispose]();
});

describe('a field of many instruments', () => {
  it.each<[string, Record<string, unknown>]>([
    ['candles', { interval: 'D1', first: 5 }],
    ['candles', { interval: 'MO1', first: 5, from: '2020-01-01T00:00:00Z' }],
    ['indicator', { interval: 'D1', spec: { kind: 'RSI' } }],
    ['indicator', { interval: 'D1', spec: { kind: 'MACD' }, at: '2020-02-20T00:00:00Z' }],
    ['indicatorSeries', { interval: 'D1', spec: { kind: 'BBANDS' }, first: 5 }],
    ['stats', { window: 20 }],
  ])('%s %j is one statement', async (field, args) => {
    const context = newContext();
    statements = 0;
    const answers = await Promise.all(IDS.map((id) => resolve(field, id, args, context)));
    expect(statements).toBe(1);
    expect(answers.every((answer) => answer !== null)).toBe(true);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(IDS.length);
  });

  it('costs nothing more once its indicators are warm', async () => {
    await Promise.all(IDS.map((id) => resolve('indicator', id, { interval: 'D1', spec: { kind: 'EMA' } }, newContext())));
    statements = 0;
    await Promise.all(IDS.map((id) => resolve('indicator', id, { interval: 'D1', spec: { kind: 'EMA' } }, newContext())));
    expect(statements).toBe(0);
  });
});

describe('an indicator', () => {
  it('is the same at a time, in a series and as the newest value', async () => {
    const context = newContext();
    const spec = { kind: 'ATR', period: 5 };
    const newest = (await resolve('indicator', IDS[0]!, { interval: 'D1', spec }, context)) as { openTime: string; at: string; components: unknown };
    const at = await resolve('indicator', IDS[0]!, { interval: 'D1', spec, at: newest.at }, context);
    const series = (await resolve('indicatorSeries', IDS[0]!, { interval: 'D1', spec, first: 1 }, context)) as { edges: { node: unknown }[] };
    expect(at).toEqual(newest);
    expect(series.edges[0]!.node).toEqual(newest);
  });

  it('sees only candles that had ended by then', async () => {
    const point = (at: string) => resolve('indicator', IDS[0]!, { interval: 'D1', spec: { kind: 'SMA', period: 2 }, at }, newContext()) as Promise<{ openTime: string }>;
    expect((await point('2020-01-10T23:59:59.999999999Z')).openTime).toBe('2020-01-09T00:00:00Z');
    expect((await point('2020-01-11T00:00:00Z')).openTime).toBe('2020-01-10T00:00:00Z');
    expect(await point('2020-01-01T12:00:00Z')).toBeNull();
  });

  it('has null components and ready: false during warm-up', async () => {
    const value = await resolve('indicator', IDS[0]!, { interval: 'D1', spec: { kind: 'MACD', slow: 59 } }, newContext());
    expect(value).toMatchObject({ ready: false, final: true, synthetic: false, components: [{ name: 'macd', value: null }, { name: 'signal', value: null }, { name: 'histogram', value: null }] });
  });
});

describe('pages of candles', () => {
  it('meet without gap or overlap and stay as they are when a newer candle arrives', async () => {
    const read = async (first: number, after?: string) => (await resolve('candles', IDS[1]!, { interval: 'D1', first, after }, newContext())) as Page;
    const all = await read(60);
    const one = await read(25);
    await applyBars({ pool, ...STORES }, 'market.bars/1', [{ offset: 0n, instrumentId: IDS[1]!, interval: 'D1', bars: [bar(60, 9)] }]);
    const two = await read(25, one.pageInfo.endCursor);
    const three = await read(25, two.pageInfo.endCursor);
    expect([...one.edges, ...two.edges, ...three.edges]).toEqual(all.edges);
    expect([one, two, three].map((page) => [page.pageInfo.hasNextPage, page.pageInfo.hasPreviousPage])).toEqual([[true, false], [true, true], [false, true]]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['candles', { interval: 'D1', first: 0 }, 'first must be 1..500, was 0'],
    ['candles', { interval: 'D1', first: 501 }, 'first must be 1..500, was 501'],
    ['candles', { interval: 'D1', first: 1, after: 'x' }, 'after must be a cursor of an earlier page, was "x"'],
    ['candles', { interval: 'D1', first: 1, from: 'yesterday' }, 'from must be an RFC 3339 date-time such as 2020-04-17T20:00:00Z, was "yesterday"'],
    ['indicatorSeries', { interval: 'D1', first: 1, spec: { kind: 'SMA', period: 0 } }, 'period must be 2..1000, was 0'],
    ['indicator', { interval: 'D1', spec: { kind: 'SMA' }, at: '' }, 'at must be an RFC 3339 date-time such as 2020-04-17T20:00:00Z, was ""'],
    ['stats', { window: 1001 }, 'window must be 2..1000, was 1001'],
  ])('%s %j is refused', async (field, args, message) => {
    await expect((async () => resolve(field, IDS[0]!, args, newContext()))()).rejects.toThrow(message);
  });

  it('take times that no calendar of PostgreSQL has as the bounds they are', async () => {
    const page = (await resolve('candles', IDS[0]!, { interval: 'D1', first: 500, from: '0000-01-01T00:00:00Z', to: '9999-12-31T23:59:59-12:00' }, newContext())) as Page;
    expect(page.edges).toHaveLength(60);
  });
});

interface Page {
  readonly edges: readonly { readonly cursor: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean; readonly endCursor: string };
}

type Resolve = (parent: { id: string }, args: Record<string, unknown>, context: Context, info: GraphQLResolveInfo) => unknown;

function resolve(field: string, id: string, args: Record<string, unknown>, context: Context): unknown {
  return (instrument as unknown as Record<string, Resolve>)[field]!({ id }, args, context, INFO);
}

/** Counts statements that read candles, on whichever connection. */
function countReads(counted: pg.Pool): void {
  const connect = counted.connect.bind(counted) as () => Promise<pg.PoolClient>;
  const wrapped = new WeakSet<pg.PoolClient>();
  counted.connect = (async () => {
    const client = await connect();
    if (wrapped.has(client)) return client;
    wrapped.add(client);
    const query = client.query.bind(client) as (...parameters: unknown[]) => unknown;
    client.query = ((...parameters: unknown[]) => {
      if (JSON.stringify(parameters[0]).includes('processor.candles')) statements++;
      return query(...parameters);
    }) as typeof client.query;
    return client;
  }) as typeof counted.connect;
}

function newContext(): Context {
  return createContext(services, { viewer: ANONYMOUS, signal: new AbortController().signal, requestId: 'test' });
}

function bar(day: number, close: number): { openTimeMs: number; open: ReturnType<typeof parseDecimal>; high: ReturnType<typeof parseDecimal>; low: ReturnType<typeof parseDecimal>; close: ReturnType<typeof parseDecimal>; volume: ReturnType<typeof parseDecimal> } {
  const price = parseDecimal(String(close));
  return { openTimeMs: START_MS + day * DAY_MS, open: price, high: parseDecimal(String(close + 1)), low: price, close: price, volume: parseDecimal('10') };
}
