import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectEngine, type BookSnapshot, type EngineClient } from '@mib/proto/engine-client';
import { createPostgresEventBus } from '@mib/service/event-bus/postgres-event-bus';
import type { RunningService } from '@mib/service/lifecycle';
import { signViewer, VIEWER_HEADER, type Viewer } from '@mib/service/viewer';
import { startEngine, type EngineProcess } from '@mib/testkit/engine-process';
import { untilReady } from '@mib/testkit/until-ready';
import { testDatabase, type TestDatabase } from '@mib/testkit/test-database';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { LADDER_LEVELS } from './domain/order-flow.ts';
import { start } from './subgraph.ts';

const SECRET = 'secret-of-tests-0123456789-0123456789';
const ANONYMOUS: Viewer = { kind: 'anonymous' };
const TRADER: Viewer = { kind: 'user', userId: 't', roles: ['trader'], scopes: ['orders:write'] };
const OPERATOR: Viewer = { kind: 'user', userId: 'o', roles: ['operator'], scopes: ['market:write'] };

let database: TestDatabase;
let engineProcess: EngineProcess;
let engine: EngineClient;
let service: RunningService;
let directory: string;

beforeAll(async () => {
  [database, engineProcess, directory] = await Promise.all([testDatabase(), startEngine(), mkdtemp(path.join(os.tmpdir(), 'mib-ingestion-'))]);
  engine = connectEngine(engineProcess);
  service = await open();
});

afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
  await engineProcess[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

describe('data-ingestion on an empty database', () => {
  it('is ready with instruments registered and two-sided books around the last real close', async () => {
    const known = await engine.instruments();
    expect(known.map((instrument) => instrument.instrumentId).sort()).toEqual(['BRENT.XSIM', 'SPX.XSIM', 'SPY.XSIM', 'VIX.XSIM', 'WTI.XSIM']);
    const books = await engine.books(known.map((instrument) => instrument.instrumentNumber), 1_000);
    for (const book of books) expect([book.bids.length, book.asks.length]).toEqual([LADDER_LEVELS, LADDER_LEVELS]);
    const spx = books.find((book) => book.instrumentNumber === known.find((instrument) => instrument.instrumentId === 'SPX.XSIM')!.instrumentNumber)!;
    expect(Math.abs(spx.bids[0]![0] / 287_456 - 1)).toBeLessThan(0.01);
  });

  it('prints trades, never shows one side only and never more than its ladder', async () => {
    let trades = 0;
    const book: BookSnapshot[] = [];
    const stop = new AbortController();
    for await (const { events } of engine.events({ after: 0, kinds: ['Trade'], signal: stop.signal })) {
      trades += events.length;
      book.push(...(await engine.books([1], 1_000)));
      if (trades >= 30) break;
    }
    stop.abort();
    for (const { bids, asks } of book) {
      expect(Math.min(bids.length, asks.length)).toBeGreaterThan(0);
      expect(Math.max(bids.length, asks.length)).toBeLessThanOrEqual(LADDER_LEVELS + 1); // one more in the middle of a move
    }
  });

  it('announces instruments and bars on the bus', async () => {
    await using bus = await createPostgresEventBus({ url: database.url });
    const seen = new Map<string, number>();
    let done = (): void => undefined;
    const complete = new Promise<void>((resolve) => (done = resolve));
    await using subscription = bus.subscribe({
      topics: ['reference.instruments', 'market.bars'], group: 'test', from: 'earliest',
      handle: async (records) => {
        for (const { topic, key, value } of records) {
          const bars = topic === 'market.bars' ? (JSON.parse(value) as { bars: unknown[] }).bars.length : 0;
          seen.set(`${topic} ${key}`, (seen.get(`${topic} ${key}`) ?? 0) + bars);
        }
        if (seen.get('market.bars SPX.XSIM') === 5_105 && seen.has('reference.instruments SPX.XSIM')) done();
      },
    });
    await complete;
    expect(subscription.failure).toBeUndefined();
  });
});

describe('the graph of data-ingestion', () => {
  it('finds an instrument by symbol, with its venue that says it is simulated', async () => {
    const { data } = await query('{ instrument(symbol: "SPX") { id name assetClass currency tickSize lotSize tradable venue { id name synthetic isOpen nextTransition } } none: instrument(symbol: "NO", venue: "XSIM") { id } }');
    expect(data).toEqual({
      instrument: {
        id: 'SPX.XSIM', name: 'S&P 500', assetClass: 'INDEX', currency: 'USD', tickSize: '0.01', lotSize: '1', tradable: true,
        venue: { id: 'XSIM', name: 'Simulated venue (synthetic)', synthetic: true, isOpen: true, nextTransition: null },
      },
      none: null,
    });
  });

  it('knows when its venues trade, by the calendar of each', async () => {
    const { data } = await query('{ venues { id timezone isOpen sessions(from: "2024-07-03", to: "2024-07-05") { date open close early } holidays(year: 2024) { date } } }');
    expect(data.venues.map(({ id, timezone, holidays }: { id: string; timezone: string; holidays: unknown[] }) => [id, timezone, holidays.length])).toEqual([['XNAS', 'America/New_York', 13], ['XNYS', 'America/New_York', 13], ['XSIM', 'UTC', 0]]);
    expect(data.venues[1].sessions).toEqual([
      { date: '2024-07-03', open: '2024-07-03T13:30:00Z', close: '2024-07-03T17:00:00Z', early: true }, { date: '2024-07-05', open: '2024-07-05T13:30:00Z', close: '2024-07-05T20:00:00Z', early: false },
    ]);
    for (const [text, message] of [['sessions(from: "2024-01-01", to: "2025-12-31") { date }', 'from and to must span at most 400 days, were 731'], ['holidays(year: 1970) { date }', 'year of XNAS must be 1990..2100, was "1970"']] as const) {
      expect((await query(`{ venues { ${text} } }`)).errors![0]).toMatchObject({ message, extensions: { code: 'VALIDATION' } });
    }
  });

  it('ranks the bars that look like bad prints, worst first', async () => {
    const { data } = await query('{ instrument(symbol: "SPX") { suspectBars(minScore: 1.5, first: 3) { interval openTime high score } none: suspectBars(from: "2020-01-01T00:00:00Z", minScore: 50) { score } } }');
    const scores: number[] = data.instrument.suspectBars.map(({ score }: { score: number }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect([scores.length, data.instrument.none]).toEqual([3, []]);
    expect((await query('{ instrument(symbol: "SPX") { suspectBars(minScore: -1) { score } } }')).errors![0]).toMatchObject({ message: 'minScore must be 0 or more, was -1' });
  });

  it('resolves references by both keys', async () => {
    const { data } = await query(`{ _entities(representations: [{ __typename: "Instrument", id: "WTI.XSIM" }, { __typename: "Instrument", symbol: "SPY", venue: { id: "XSIM" } },
      { __typename: "Instrument", id: "NO.XSIM" }, { __typename: "Venue", id: "XSIM" }, { __typename: "DataSource", id: "file-import" }]) { ... on Instrument { symbol venue { id } } ... on Venue { timezone } ... on DataSource { kind } } }`);
    expect(data._entities).toEqual([{ symbol: 'WTI', venue: { id: 'XSIM' } }, { symbol: 'SPY', venue: { id: 'XSIM' } }, null, { timezone: 'UTC' }, { kind: 'FILE_IMPORT' }]);
  });

  it('shows the news of an instrument, newest first, and says that the sample is invented', async () => {
    const { data } = await query('{ instrument(symbol: "VIX") { news(first: 2) { edges { cursor node { id headline url source publishedAt synthetic instruments { id } } } pageInfo { hasNextPage endCursor } } } }');
    const { edges, pageInfo } = data.instrument.news;
    expect(edges[0].node).toEqual({
      id: expect.stringMatching(/^news_/), headline: 'CBOE Volatility Index slips as demand for protection fades', url: expect.stringMatching(/^https:/), source: 'Synthetic sample news',
      publishedAt: '2026-11-19T20:30:00.000Z', synthetic: true, instruments: [{ id: 'VIX.XSIM' }],
    });
    expect(pageInfo).toEqual({ hasNextPage: true, endCursor: edges[1].cursor });
    const next = await query(`{ instrument(symbol: "VIX") { news(first: 1, after: "${pageInfo.endCursor}") { edges { node { id } } pageInfo { hasPreviousPage } } } _entities(representations: [{ __typename: "NewsArticle", id: "${edges[0].node.id}" }, { __typename: "NewsArticle", id: "none" }]) { ... on NewsArticle { headline } } }`);
    expect(next.data.instrument.news.pageInfo).toEqual({ hasPreviousPage: true });
    expect(next.data.instrument.news.edges[0].node.id).not.toBe(edges[1].node.id);
    expect(next.data._entities).toEqual([{ headline: edges[0].node.headline }, null]);
  });

  it('imports news for operators only', async () => {
    const mutation = 'mutation { importNews(input: { uri: "sample:news" }) { totalItems importedItems duplicateItems rejectedItems userErrors { code } } }';
    expect((await query(mutation, TRADER)).errors![0]!.extensions!['code']).toBe('FORBIDDEN');
    expect((await query(mutation, OPERATOR)).data.importNews).toEqual({ totalItems: 30, importedItems: 0, duplicateItems: 30, rejectedItems: 0, userErrors: [] });
  });

  it('pages through instruments by cursor', async () => {
    const ids: string[] = [];
    let after: string | null = null;
    for (let hasNextPage = true; hasNextPage; ) {
      const { data } = await query(`{ instruments(first: 2, after: ${JSON.stringify(after)}, filter: { venue: "XSIM", tradable: true }) { edges { node { id } } pageInfo { hasNextPage hasPreviousPage endCursor } } }`);
      expect(data.instruments.pageInfo.hasPreviousPage).toBe(after !== null);
      ids.push(...data.instruments.edges.map((edge: { node: { id: string } }) => edge.node.id));
      ({ hasNextPage, endCursor: after } = data.instruments.pageInfo);
    }
    expect(ids).toEqual(['BRENT.XSIM', 'SPX.XSIM', 'SPY.XSIM', 'VIX.XSIM', 'WTI.XSIM']);
  });

  it.each([
    ['{ text: "crude" }', ['BRENT.XSIM', 'WTI.XSIM']],
    ['{ text: "sp" }', ['BRENT.XSIM', 'SPX.XSIM', 'SPY.XSIM', 'WTI.XSIM']],
    ['{ assetClass: ETF }', ['SPY.XSIM']],
    ['{ ids: ["VIX.XSIM", "NO.XSIM"] }', ['VIX.XSIM']],
    ['{ text: "%" }', []],
  ])('filters instruments by %s', async (filter, expected) => {
    const { data } = await query(`{ instruments(filter: ${filter}) { edges { node { id } } } }`);
    expect(data.instruments.edges.map((edge: { node: { id: string } }) => edge.node.id)).toEqual(expected);
  });

  it.each([
    ['{ instruments(first: 0) { edges { cursor } } }', 'first must be 1..500, was 0'],
    ['{ instruments(first: 501) { edges { cursor } } }', 'first must be 1..500, was 501'],
    ['{ instruments(after: "%%%") { edges { cursor } } }', 'after must be a cursor of this list, was "%%%"'],
    ['{ instruments(filter: { text: "" }) { edges { cursor } } }', 'text must have 1..64 characters, had 0'],
  ])('refuses %s', async (text, message) => {
    expect((await query(text)).errors).toMatchObject([{ message, extensions: { code: 'VALIDATION' } }]);
  });

  const mutations = [
    'setDataSourceState(input: { id: "file-import", enabled: false }) { dataSource { id } }',
    'importHistory(input: { uri: "sample:spy", symbol: "SPY" }) { importedRows }',
    'registerInstrument(input: { symbol: "X", assetClass: EQUITY }) { instrument { id } }',
  ];
  it.each(mutations)('lets nobody without market:write do %s', async (text) => {
    expect((await query(`mutation { ${text} }`, ANONYMOUS)).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect((await query(`mutation { ${text} }`, TRADER)).errors).toMatchObject([{ message: 'scope market:write is required', extensions: { code: 'FORBIDDEN' } }]);
  });

  it('registers an instrument once and imports its history', async () => {
    const register = (tick: string) => query(`mutation { registerInstrument(input: { symbol: "ACME", assetClass: EQUITY, name: "Acme", tickSize: "${tick}", tradable: true }) { instrument { id tickSize } userErrors { code field message } } }`, OPERATOR);
    expect((await register('0.010')).data.registerInstrument).toEqual({ instrument: { id: 'ACME.XSIM', tickSize: '0.01' }, userErrors: [] });
    expect((await register('0.01')).data.registerInstrument.instrument).toEqual({ id: 'ACME.XSIM', tickSize: '0.01' });
    expect((await register('0.05')).data.registerInstrument).toMatchObject({ instrument: null, userErrors: [{ code: 'CONFLICT' }] });
    expect((await register('0.00001')).data.registerInstrument.userErrors).toMatchObject([{ code: 'VALIDATION', message: 'tickSize times lotSize must be a whole multiple of 0.0001, was "0.00001"' }]);
    await until(async () => (await engine.instruments()).some((instrument) => instrument.instrumentId === 'ACME.XSIM'));
    await writeFile(path.join(directory, 'acme.csv'), 'Date,Open,High,Low,Close\n2020-01-02,1,2,1,2\n2020-01-03,1,0,1,1\n');
    const { data } = await query(`mutation { importHistory(input: { format: CSV_OHLCV, uri: "file:acme.csv", symbol: "ACME" }) {
      instrument { id } totalRows importedRows duplicateRows rejectedRows firstOpenTime lastOpenTime rejects { line code reason } userErrors { code } } }`, OPERATOR);
    expect(data.importHistory).toEqual({
      instrument: { id: 'ACME.XSIM' }, totalRows: 2, importedRows: 1, duplicateRows: 0, rejectedRows: 1, firstOpenTime: '2020-01-02T00:00:00Z', lastOpenTime: '2020-01-02T00:00:00Z',
      rejects: [{ line: 3, code: 'NON_POSITIVE_PRICE', reason: 'prices must be above 0, was 0' }], userErrors: [],
    });
  });

  it.each([
    ['uri: "sample:spy", symbol: "NO"', 'NOT_FOUND'],
    ['uri: "file:../x.csv", symbol: "SPY"', 'FORBIDDEN'],
    ['uri: "ftp://x", symbol: "SPY"', 'VALIDATION'],
  ])('answers importHistory(%s) with %s as data', async (input, code) => {
    const { data } = await query(`mutation { importHistory(input: { ${input} }) { importedRows userErrors { code } } }`, OPERATOR);
    expect(data.importHistory).toEqual({ importedRows: 0, userErrors: [{ code }] });
  });

  it('refuses imports while the file source is off', async () => {
    await setSource('file-import', false);
    const { data } = await query('mutation { importHistory(input: { uri: "sample:spy", symbol: "SPY" }) { userErrors { code retryable } } }', OPERATOR);
    expect(data.importHistory.userErrors).toEqual([{ code: 'UNAVAILABLE', retryable: true }]);
    expect((await setSource('file-import', true)).dataSource).toMatchObject({ state: 'LIVE', enabled: true });
    expect((await setSource('nope', true)).userErrors).toEqual([{ code: 'NOT_FOUND' }]);
  });
});

describe('the simulated venue', () => {
  it('leaves when it is switched off, and stays off over a restart of the service', async () => {
    expect((await setSource('simulated-venue', false)).dataSource).toMatchObject({ state: 'DISABLED', enabled: false, synthetic: true });
    expect(await sidesOf(1)).toEqual([0, 0]);
    await service[Symbol.asyncDispose]();
    service = await open();
    expect(await sourceState()).toBe('DISABLED');
    expect(await sidesOf(1)).toEqual([0, 0]);
  });

  it('tells subscribers of its health at once and with every change', async () => {
    await using live = { client: createClient({ url: service.url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 }), [Symbol.asyncDispose]: async () => live.client.dispose() };
    const states: string[] = [];
    for await (const { data } of live.client.iterate<{ dataSourceHealth: { id: string; state: string } }>({ query: 'subscription { dataSourceHealth(id: "file-import") { id state } }' })) {
      states.push(data!.dataSourceHealth.state);
      if (states.length === 1) await setSource('file-import', false);
      if (states.at(-1) === 'DISABLED') await setSource('file-import', true);
      if (states.includes('DISABLED') && states.at(-1) === 'LIVE') break;
    }
    expect(new Set(states)).toEqual(new Set(['LIVE', 'DISABLED']));
  });

  it('goes on around the last traded price when it is switched on', async () => {
    const [quote] = await engine.quotes([1]);
    await setSource('simulated-venue', true);
    await until(async () => (await sourceState()) === 'LIVE');
    const [book] = await engine.books([1], 1);
    expect(Math.abs(book!.bids[0]![0] / quote!.last!.priceTicks - 1)).toBeLessThan(0.005);
  });

  it('backs off while the engine is away and is back behind it, without anything left over', async () => {
    await engineProcess.kill('SIGKILL');
    await until(async () => (await sourceState()) === 'BACKOFF');
    await using again = await startEngine({ dataDirectory: engineProcess.dataDirectory, port: Number(engineProcess.address.split(':')[1]) });
    expect(again.pid).not.toBe(engineProcess.pid);
    await until(async () => (await sourceState()) === 'LIVE');
    const { data } = await query('{ dataSources { id gapsDetected resyncs lastError messages rejectedMessages } }');
    expect(data.dataSources[0]).toMatchObject({ id: 'simulated-venue', gapsDetected: 1, resyncs: 1, rejectedMessages: 0, lastError: expect.any(String) });
    const [bids, asks] = await sidesOf(1);
    expect([bids! >= LADDER_LEVELS - 1 && bids! <= LADDER_LEVELS + 1, asks! >= LADDER_LEVELS - 1 && asks! <= LADDER_LEVELS + 1]).toEqual([true, true]);
    await setSource('simulated-venue', false);
    expect(await sidesOf(1)).toEqual([0, 0]);
  });
});

async function open(): Promise<RunningService> {
  const running = await start({
    HOST: '127.0.0.1', PORT: '0', DATABASE_URL: database.url, ENGINE_ADDRESS: engineProcess.address, ENGINE_TOKEN: engineProcess.token,
    MIB_INTERNAL_SECRET: SECRET, LOG_LEVEL: 'silent', MIB_IMPORT_DIR: directory, MIB_SIMULATED_RATE: '50',
  });
  await untilReady(running.url);
  return running;
}

async function sidesOf(instrumentNumber: number): Promise<number[]> {
  const [book] = await engine.books([instrumentNumber], 1_000);
  return [book!.bids.length, book!.asks.length];
}

async function sourceState(): Promise<string> {
  const { data } = await query('{ dataSources { id state } }');
  return data.dataSources.find((source: { id: string }) => source.id === 'simulated-venue').state;
}

async function setSource(id: string, enabled: boolean) {
  const { data } = await query(`mutation { setDataSourceState(input: { id: "${id}", enabled: ${enabled} }) { dataSource { state enabled synthetic } userErrors { code } } }`, OPERATOR);
  return data.setDataSourceState;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers are checked by the expectations
async function query(text: string, viewer: Viewer = ANONYMOUS): Promise<any> {
  const response = await fetch(service.url, { method: 'POST', headers: { 'content-type': 'application/json', [VIEWER_HEADER]: signViewer(viewer, SECRET, Date.now()) }, body: JSON.stringify({ query: text }) });
  return response.json();
}

/** Asks again until it holds; each question is a round trip. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds()));
}
