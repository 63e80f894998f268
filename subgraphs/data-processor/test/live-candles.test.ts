// data-processor alone with a real engine and a real database: trades become candles, indicators and subscriptions, and
// a restart counts nothing twice.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { connectEngine } from '@mib/proto/engine-client';
import type { EngineClient } from '@mib/proto/engine-client';
import { start } from '@mib/data-processor/subgraph';
import { startEngine } from '@mib/testkit/engine-process';
import type { EngineProcess } from '@mib/testkit/engine-process';
import { testDatabase } from '@mib/testkit/test-database';
import type { TestDatabase } from '@mib/testkit/test-database';

const SECRET = 'a secret of at least 32 characters!';
const SPX = 'SPX.XSIM';

let database: TestDatabase;
let engine: EngineProcess;
let client: EngineClient;

beforeAll(async () => {
  [database, engine] = await Promise.all([testDatabase(), startEngine()]);
  client = connectEngine({ address: engine.address, token: engine.token });
  await client.submit({ kind: 'RegisterInstrument', instrumentNumber: 1, instrumentId: SPX, tickSize: '0.01', lotSize: '0.1', currency: 'USD', cashScale: 4 });
  for (const accountNumber of [1, 2]) await client.submit({ kind: 'OpenAccount', accountNumber });
});
afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

describe('data-processor behind a real engine', () => {
  it('turns trades into candles and tells subscribers, and a restart counts nothing twice', async () => {
    {
      await using subgraph = await startSubgraph();
      await trade(287_456, 2);
      await monthOf(subgraph.url);
      const socket = createClient({ url: subgraph.url.replace('http', 'ws'), webSocketImpl: WebSocket });
      const candles = socket.iterate<{ candleUpdated: unknown }>({ query: `subscription { candleUpdated(instrumentId: "${SPX}", interval: MO1) { close final revision source synthetic instrument { id } } }` });
      const indicators = socket.iterate<{ indicatorUpdated: unknown }>({ query: `subscription { indicatorUpdated(instrumentId: "${SPX}", spec: { kind: SMA, period: 2 }, interval: MO1) { kind ready final synthetic components { name value } } }` });
      const [candle, indicator] = await tradingUntil(Promise.all([candles.next(), indicators.next()]));
      expect(candle.value.data).toEqual({ candleUpdated: { close: '2875', final: false, revision: 0, source: 'LIVE', synthetic: true, instrument: { id: SPX } } });
      expect(indicator.value.data).toEqual({ indicatorUpdated: { kind: 'SMA', ready: false, final: false, synthetic: true, components: [{ name: 'value', value: null }] } });
      await socket.dispose();
    }
    await trade(287_400, 3);
    await using again = await startSubgraph();
    const turnover = prints.reduce((sum, { priceTicks, lots }) => sum + priceTicks * lots, 0);
    const lots = prints.reduce((sum, each) => sum + each.lots, 0);
    expect(await monthOf(again.url)).toMatchObject({ open: '2874.56', high: '2875', low: '2874', close: '2874', volume: String(lots / 10), turnover: String(turnover / 1_000) });
  });

  it('refuses a subscription to what does not exist', async () => {
    await using subgraph = await startSubgraph();
    const socket = createClient({ url: subgraph.url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
    const refused = await socket.iterate({ query: 'subscription { candleUpdated(instrumentId: "NO.WHERE", interval: M1) { close } }' }).next().catch((error: unknown) => error);
    expect(JSON.stringify(refused)).toContain('NOT_FOUND');
    await socket.dispose();
  });
});

const prints: { priceTicks: number; lots: number }[] = [];

/** One venue shows an offer, the other takes it whole. */
async function trade(priceTicks: number, lots: number): Promise<void> {
  await client.submit({ kind: 'SetVenueLevel', accountNumber: 1, instrumentNumber: 1, side: 'SELL', priceTicks, quantityLots: lots });
  const { filledLots } = await client.submit({ kind: 'PlaceOrder', accountNumber: 2, clientOrderId: `take-${prints.length}`, instrumentNumber: 1, side: 'BUY', type: 'LIMIT', tif: 'IOC', limitPriceTicks: priceTicks, quantityLots: lots });
  expect(filledLots).toBe(lots);
  prints.push({ priceTicks, lots });
}

/** A subscription does not say when it has begun, so trades go on until it speaks. */
async function tradingUntil<T>(heard: Promise<T>): Promise<T> {
  let waiting = true;
  const stop = () => (waiting = false);
  heard.then(stop, stop);
  while (waiting) await trade(287_500, 1);
  return heard;
}

/** The month's candle once it holds every trade so far; jest's timeout is the bound. */
async function monthOf(url: string): Promise<Record<string, unknown>> {
  for (;;) {
    const query = `{ _entities(representations: [{ __typename: "Instrument", id: "${SPX}" }]) { ... on Instrument { candles(interval: MO1, first: 1) { edges { node { open high low close volume trades turnover } } } } } }`;
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) });
    const answer = (await response.json()) as { data: { _entities: { candles: { edges: { node: Record<string, unknown> }[] } }[] } };
    const candle = answer.data._entities[0]!.candles.edges[0]?.node;
    if (candle && (candle['trades'] as number) >= prints.length) {
      expect(candle['trades']).toBe(prints.length);
      return candle;
    }
  }
}

function startSubgraph(): ReturnType<typeof start> {
  return start({ DATABASE_URL: database.url, ENGINE_ADDRESS: engine.address, ENGINE_TOKEN: engine.token, MIB_INTERNAL_SECRET: SECRET, LOG_LEVEL: 'error' });
}
