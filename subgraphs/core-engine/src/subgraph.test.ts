import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectEngine, type EngineClient } from '@mib/proto/engine-client';
import { CONFIG_CHANGES_TOPIC, type ConfigChange } from '@mib/service/config-changes';
import { openEventBus } from '@mib/service/event-bus/open-event-bus';
import type { RunningService } from '@mib/service/lifecycle';
import { signViewer, VIEWER_HEADER, type Viewer } from '@mib/service/viewer';
import { startEngine, type EngineProcess } from '@mib/testkit/engine-process';
import { testDatabase, type TestDatabase } from '@mib/testkit/test-database';
import { createClient, type Client } from 'graphql-ws';
import WebSocket from 'ws';
import { start } from './subgraph.ts';

const SECRET = 'secret-of-tests-0123456789-0123456789';
const OPERATOR: Viewer = { kind: 'user', userId: 'u', roles: ['operator'], scopes: ['engine:read'] };
const [MAKER, TAKER] = [1, 2];
const STALE_KEY = 'core-engine.stale-after-seconds';
const APPLIED_WITHIN_MS = 2_000;

let database: TestDatabase;
let engineProcess: EngineProcess;
let engine: EngineClient;
let service: RunningService;
let live: Client;

beforeAll(async () => {
  [database, engineProcess] = await Promise.all([testDatabase(), startEngine()]);
  engine = connectEngine(engineProcess);
  for (const [instrumentNumber, instrumentId] of [[1, 'SPX.XSIM'], [2, 'ABC.REAL']] as const) {
    await engine.submit({ kind: 'RegisterInstrument', instrumentNumber, instrumentId, tickSize: '0.01', lotSize: '0.5', currency: 'USD', cashScale: 4 });
  }
  await engine.submit({ kind: 'OpenAccount', accountNumber: TAKER });
  service = await start({ HOST: '127.0.0.1', PORT: '0', DATABASE_URL: database.url, ENGINE_ADDRESS: engineProcess.address, ENGINE_TOKEN: engineProcess.token, MIB_INTERNAL_SECRET: SECRET, LOG_LEVEL: 'silent' });
  live = createClient({ url: service.url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
  await until(() => service.health.report().ready);
});

afterAll(async () => {
  await live?.dispose();
  await service[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
  await engineProcess[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

describe('core-engine', () => {
  it('shows a quote, a book and the last trade in decimals, exact', async () => {
    await level('BUY', 10_001, 4);
    await level('BUY', 9_999, 2);
    await level('SELL', 10_004, 6);
    await take('BUY', 10_004, 1);
    const { data } = await query(`{ _entities(representations: [{ __typename: "Instrument", id: "SPX.XSIM" }, { __typename: "Instrument", id: "NO.XSIM" }]) { ... on Instrument { id
      quote { bid ask bidSize askSize last mid freshness source instrument { id } } book(depth: 1) { bids { price quantity orders } asks { price quantity orders } imbalance freshness } lastTrade { price quantity side sequence } } } }`);
    expect(data._entities).toEqual([
      {
        id: 'SPX.XSIM',
        quote: { bid: '100.01', ask: '100.04', bidSize: '2.0', askSize: '2.5', last: '100.04', mid: '100.025', freshness: 'LIVE', source: 'XSIM (synthetic)', instrument: { id: 'SPX.XSIM' } },
        book: { bids: [{ price: '100.01', quantity: '2.0', orders: 1 }], asks: [{ price: '100.04', quantity: '2.5', orders: 1 }], imbalance: -5 / 45, freshness: 'LIVE' },
        lastTrade: { price: '100.04', quantity: '0.5', side: 'BUY', sequence: expect.stringMatching(/^\d+$/) },
      },
      { id: 'NO.XSIM', quote: null, book: null, lastTrade: null },
    ]);
  });

  it('shows an empty book of an instrument that nobody quotes', async () => {
    const { data } = await query('{ a: orderBook(instrumentId: "SPX.XSIM") { sequence } b: orderBook(instrumentId: "ABC.REAL") { bids { price } freshness } }');
    expect(Number(data.a.sequence)).toBeGreaterThan(0);
    expect(data.b.bids).toEqual([]);
  });

  it.each([
    ['{ orderBook(instrumentId: "SPX.XSIM", depth: 0) { sequence } }', 'depth must be 1..100, was 0'],
    ['{ orderBook(instrumentId: "SPX.XSIM", depth: 101) { sequence } }', 'depth must be 1..100, was 101'],
    ['{ orderBook(instrumentId: "SPX.XSIM", depth: null) { sequence } }', 'depth must be 1..100, was null'],
  ])('refuses %s', async (text, message) => {
    expect((await query(text)).errors).toMatchObject([{ message, extensions: { code: 'VALIDATION' } }]);
  });

  it('shows its status to everybody and internals to operators only', async () => {
    const text = '{ engine { ready freshness followedSequence lastEventSequence p99Micros latency { stage p50Micros maxMicros count } internals { ringSize stateHash } } }';
    const anonymous = await query(text);
    expect(anonymous.data.engine).toMatchObject({ ready: true, freshness: 'LIVE', internals: null });
    expect(anonymous.data.engine.latency.map(({ stage }: { stage: string }) => stage)).toEqual(['DECODE', 'JOURNAL', 'CORE', 'PUBLISH', 'TOTAL']);
    expect(Number(anonymous.data.engine.latency.at(-1).count)).toBeGreaterThan(0);
    expect(anonymous.errors).toMatchObject([{ path: ['engine', 'internals'], extensions: { code: 'UNAUTHENTICATED' } }]);
    const operator = await query(text, OPERATOR);
    expect(operator.data.engine.internals).toEqual({ ringSize: expect.any(Number), stateHash: expect.stringMatching(/^[0-9a-f]{16}$/) });
  });

  it('sends the current quote at once and then every change', async () => {
    const events = open('subscription { quoteUpdated(instrumentIds: ["ABC.REAL"]) { bid ask sequence } }');
    expect((await events.next()).quoteUpdated).toMatchObject({ bid: null, ask: null });
    await level('BUY', 500, 1, 2);
    await level('BUY', 501, 1, 2);
    expect((await events.next()).quoteUpdated.bid).toBe('5.00');
    expect((await events.next()).quoteUpdated.bid).toBe('5.01');
    await level('BUY', 500, 7, 2);
    await level('SELL', 600, 1, 2);
    expect((await events.next()).quoteUpdated).toMatchObject({ bid: '5.01', ask: '6.00' });
    await events.end();
  });

  it('shows no LIVE quote of an outside feed between a gap and the resync', async () => {
    await engine.submit({ kind: 'RegisterInstrument', instrumentNumber: 3, instrumentId: 'BTC/USD.KRAKEN', tickSize: '0.1', lotSize: '0.001', currency: 'USD', cashScale: 4 });
    const feed = (state: 'SYNCING' | 'LIVE' | 'RESYNCING' | 'OFF') => engine.submit({ kind: 'SetFeedState', accountNumber: MAKER, instrumentNumber: 3, state });
    const events = open('subscription { quoteUpdated(instrumentIds: ["BTC/USD.KRAKEN"]) { bid ask freshness } }');
    await feed('SYNCING');
    await level('BUY', 99, 1, 3);
    await level('SELL', 101, 1, 3);
    await feed('LIVE');
    await feed('RESYNCING');
    await level('BUY', 89, 1, 3);
    await level('SELL', 91, 1, 3);
    await feed('LIVE');
    await feed('OFF');
    const seen: string[] = [];
    while (!seen.at(-1)?.includes('CLOSED') || seen.length < 3) {
      const { bid, ask, freshness } = (await events.next()).quoteUpdated;
      seen.push(`${freshness} ${bid ?? '-'} ${ask ?? '-'}`);
    }
    await events.end();
    const from = seen.indexOf('RESYNCING - -');
    expect(seen.slice(from)).toEqual(['RESYNCING - -', 'RESYNCING 9.9 -', 'RESYNCING 9.9 10.1', 'LIVE 9.9 10.1', 'RESYNCING - -', 'RESYNCING 8.9 -', 'RESYNCING 8.9 9.1', 'LIVE 8.9 9.1', 'CLOSED - -']);
  });

  it('prints the trades of a venue once each, with its own number, time and exact quantity', async () => {
    const events = open('subscription { tradePrinted(instrumentIds: ["BTC/USD.KRAKEN"]) { price quantity side venueTradeId venueTime } }');
    const print = (venueTradeId: number) => engine.submit({ kind: 'PrintTrade', accountNumber: MAKER, instrumentNumber: 3, side: 'SELL', priceTicks: 95, quantityLots: 1, quantityUnits: 154_571, quantityScale: 8, venueTradeId, venueTimeNs: '1700000000123456789' });
    await until(async () => (await print(7), events.received() > 0 || (await query('{ _entities(representations: [{ __typename: "Instrument", id: "BTC/USD.KRAKEN" }]) { ... on Instrument { lastTrade { price } } } }')).data._entities[0].lastTrade !== null));
    for (const id of [7, 8, 8, 7, 9]) await print(id);
    const ids: string[] = [];
    while (ids.at(-1) !== '9') {
      const { tradePrinted: trade } = await events.next();
      expect(trade).toEqual({ price: '9.5', quantity: '0.00154571', side: 'SELL', venueTradeId: trade.venueTradeId, venueTime: '2023-11-14T22:13:20.123456789Z' });
      ids.push(trade.venueTradeId);
    }
    await events.end();
    expect(ids.slice(ids.indexOf('8'))).toEqual(['8', '9']);
  });

  it('sends a book at once, then its first change, and no other in conflateMs, whatever happens', async () => {
    const watch = (conflateMs: number) => open(`subscription { orderBookUpdated(instrumentId: "ABC.REAL", depth: 2, conflateMs: ${conflateMs}) { bids { price quantity } } }`);
    const [everything, oncePerMinute] = [watch(0), watch(60_000)];
    await oncePerMinute.next();
    for (let lots = 1; lots <= 20; lots += 1) await level('BUY', 501, lots, 2);
    while ((await everything.next()).orderBookUpdated.bids[0]?.quantity !== '10.0');
    expect(oncePerMinute.received()).toBeLessThanOrEqual(2);
    await everything.end();
    await oncePerMinute.end();
  });

  it('prints every trade once, resumes behind a cursor and reaches back to the first', async () => {
    await level('SELL', 700, 1_000, 2);
    await level('SELL', 600, 0, 2);
    const events = open('subscription { tradePrinted(instrumentIds: ["ABC.REAL"]) { quantity sequence cursor } }');
    await until(async () => (await take('BUY', 700, 1, 2), events.received() > 0));
    const first = (await events.next()).tradePrinted;
    await events.end();
    for (let lots = 2; lots <= 40; lots += 1) await take('BUY', 700, lots, 2);
    const resumed = open(`subscription { tradePrinted(instrumentIds: ["ABC.REAL"], after: "${first.cursor}") { quantity sequence } }`);
    const sequences: number[] = [];
    let quantity = '';
    for (; quantity !== '20.0'; ) {
      const trade = (await resumed.next()).tradePrinted;
      quantity = trade.quantity;
      sequences.push(Number(trade.sequence));
    }
    expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b));
    expect(sequences[0]).toBeGreaterThan(Number(first.sequence));
    await take('BUY', 700, 50, 2);
    expect((await resumed.next()).tradePrinted.quantity).toBe('25.0');
    await resumed.end();
  });

  it.each([
    ['quoteUpdated(instrumentIds: []) { bid }', 'VALIDATION'],
    ['quoteUpdated(instrumentIds: ["NO.XSIM"]) { bid }', 'NOT_FOUND'],
    ['quoteUpdated(instrumentIds: ["SPX.XSIM"], conflateMs: -1) { bid }', 'VALIDATION'],
    ['tradePrinted(instrumentIds: ["SPX.XSIM"], after: "x") { price }', 'VALIDATION'],
    [`tradePrinted(instrumentIds: ["SPX.XSIM"], after: "${Buffer.from('trade:999999999').toString('base64url')}") { price }`, 'VALIDATION'],
    ['orderBookUpdated(instrumentId: "SPX.XSIM", depth: 1000) { sequence }', 'VALIDATION'],
  ])('refuses to subscribe to %s', async (text, code) => {
    const events = open(`subscription { ${text} }`);
    await expect(events.next()).rejects.toMatchObject({ message: expect.stringContaining(code) });
  });

  it('calls quotes stale by the bound that is configured while it runs', async () => {
    await using bus = await openEventBus({ databaseUrl: database.url });
    const configure = (version: number, seconds: number) => bus.publish(CONFIG_CHANGES_TOPIC, [{ key: STALE_KEY, value: JSON.stringify({
      id: `SERVICE:core-engine:${STALE_KEY}`, key: STALE_KEY, scope: 'SERVICE', scopeId: 'core-engine', sensitive: false, value: String(seconds), version, updatedBy: null, at: '2026-11-22T00:00:00Z',
    } satisfies ConfigChange) }]);
    await level('BUY', 10_001, 5);
    const events = open('subscription { quoteUpdated(instrumentIds: ["SPX.XSIM"]) { freshness } }');
    const becomes = (freshness: string) => until(async () => (await events.next()).quoteUpdated.freshness === freshness);
    await becomes('LIVE');
    await configure(1, 1);
    await becomes('STALE');
    // Nothing happens in the market now, so only the new bound can make the quote live again.
    const beganMs = performance.now();
    await configure(2, 3_600);
    await becomes('LIVE');
    expect(performance.now() - beganMs).toBeLessThan(APPLIED_WITHIN_MS);
    await events.end();
  });

  it('says RESYNCING while the engine is away, answers from memory, and goes on behind it', async () => {
    await level('BUY', 10_002, 4);
    const events = open('subscription { quoteUpdated(instrumentIds: ["SPX.XSIM"]) { freshness bid } }');
    await engineProcess.kill('SIGKILL');
    await until(async () => (await events.next()).quoteUpdated.freshness === 'RESYNCING');
    const { data } = await query('{ engine { ready freshness lastEventSequence } orderBook(instrumentId: "SPX.XSIM", depth: 1) { freshness bids { price } } }');
    expect(data).toEqual({ engine: { ready: false, freshness: 'RESYNCING', lastEventSequence: null }, orderBook: { freshness: 'RESYNCING', bids: [{ price: '100.02' }] } });
    await using again = await startEngine({ dataDirectory: engineProcess.dataDirectory, port: Number(engineProcess.address.split(':')[1]) });
    expect(again.address).toBe(engineProcess.address);
    await until(async () => (await level('BUY', 10_003, 1).catch(() => undefined)) !== undefined);
    await until(async () => (await events.next()).quoteUpdated.bid === '100.03');
    await events.end();
  });
});

async function level(side: 'BUY' | 'SELL', priceTicks: number, quantityLots: number, instrumentNumber = 1) {
  return engine.submit({ kind: 'SetVenueLevel', accountNumber: MAKER, instrumentNumber, side, priceTicks, quantityLots });
}

async function take(side: 'BUY' | 'SELL', limitPriceTicks: number, quantityLots: number, instrumentNumber = 1) {
  return engine.submit({ kind: 'PlaceOrder', accountNumber: TAKER, clientOrderId: 't', instrumentNumber, side, type: 'LIMIT', tif: 'IOC', limitPriceTicks, quantityLots });
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers are checked by the expectations
async function query(text: string, viewer: Viewer = { kind: 'anonymous' }): Promise<any> {
  const response = await fetch(service.url, { method: 'POST', headers: { 'content-type': 'application/json', [VIEWER_HEADER]: signViewer(viewer, SECRET, Date.now()) }, body: JSON.stringify({ query: text }) });
  return response.json();
}

/** One subscription; `next` rejects with the errors' codes in its message. */
function open(text: string) {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
  const queue: any[] = [];
  let received = 0;
  let failure: Error | undefined;
  let wake = (): void => undefined;
  const end = live.subscribe({ query: text }, {
    next: (result) => { received += 1; queue.push(result); wake(); },
    error: (error) => { const { code: closeCode, reason } = error as { code?: number; reason?: string }; failure = new Error(`${JSON.stringify(error)} ${closeCode} ${reason}`); wake(); },
    complete: () => undefined,
  });
  return {
    received: () => received,
    async next() {
      while (queue.length === 0 && !failure) await new Promise<void>((resolve) => (wake = resolve));
      if (failure) throw failure;
      const { data, errors } = queue.shift();
      if (errors) throw new Error(JSON.stringify(errors));
      return data;
    },
    end: async () => end(),
  };
}

/** Tries until it holds; each try awaits an event or at least a turn of the loop. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}
