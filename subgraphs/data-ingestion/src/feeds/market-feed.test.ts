import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectEngine, type EngineClient } from '@mib/proto/engine-client';
import type { RunningService } from '@mib/service/lifecycle';
import { signViewer, VIEWER_HEADER, type Viewer } from '@mib/service/viewer';
import { startEngine, type EngineProcess } from '@mib/testkit/engine-process';
import { testDatabase, type TestDatabase } from '@mib/testkit/test-database';
import { untilReady } from '@mib/testkit/until-ready';
import { startFakeCoinbase, type FakeCoinbase } from '../connectors/coinbase/fake-coinbase.ts';
import { createRandom } from '../domain/random.ts';
import { start } from '../subgraph.ts';

const SECRET = 'secret-of-tests-0123456789-0123456789';
const OPERATOR: Viewer = { kind: 'user', userId: 'o', roles: ['operator'], scopes: ['market:write'] };

let database: TestDatabase;
let engineProcess: EngineProcess;
let engine: EngineClient;
let venue: FakeCoinbase;
let directory: string;
let service: RunningService;

beforeAll(async () => {
  [database, engineProcess, directory, venue] = await Promise.all([testDatabase(), startEngine(), mkdtemp(path.join(os.tmpdir(), 'mib-feed-')), startFakeCoinbase(['BTC-USD'], createRandom(5))]);
  engine = connectEngine(engineProcess);
  const feeds = path.join(directory, 'feeds.json');
  await writeFile(feeds, JSON.stringify({ feeds: [{ provider: 'coinbase', symbols: ['BTC-USD'], urls: venue.urls }] }));
  service = await start({
    HOST: '127.0.0.1', PORT: '0', DATABASE_URL: database.url, ENGINE_ADDRESS: engineProcess.address, ENGINE_TOKEN: engineProcess.token,
    MIB_INTERNAL_SECRET: SECRET, LOG_LEVEL: 'silent', MIB_SIMULATED_VENUE: 'off', MIB_FEEDS_FILE: feeds,
  });
  await untilReady(service.url);
});

afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await venue[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
  await engineProcess[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

describe('a live feed of the settings', () => {
  it('brings its venue and its instrument, by the venue\'s own rules', async () => {
    await until(async () => (await source()).state === 'LIVE');
    const { data } = await query('{ instrument(symbol: "BTC-USD") { id name assetClass currency tickSize lotSize minNotional tradable venue { id name synthetic isOpen } } }');
    expect(data.instrument).toEqual({
      id: 'BTC-USD.COINBASE', name: 'BTC in USD', assetClass: 'CRYPTO', currency: 'USD', tickSize: '0.01', lotSize: '0.01', minNotional: '1', tradable: true,
      venue: { id: 'COINBASE', name: 'Coinbase Exchange', synthetic: false, isOpen: true },
    });
  });

  it('shows the venue\'s book in the engine, withdraws it at a gap and shows the new one', async () => {
    for (let round = 0; round < 30; round++) venue.step();
    await until(equal);
    venue.faults.push('drop');
    venue.step();
    venue.step();
    await until(async () => (await source()).gapsDetected === 1);
    await until(async () => (await source()).resyncs === 1 && (await equal()));
  });

  it('is switched off and on by an operator', async () => {
    await setSource(false);
    expect((await engine.books([await number()], 10))[0]).toMatchObject({ bids: [], asks: [], feedState: 'OFF' });
    expect((await source()).state).toBe('DISABLED');
    await setSource(true);
    await until(equal);
  });
});

/** The engine's book is LIVE and the venue's: every price, quantities in whole lots. */
async function equal(): Promise<boolean> {
  const [book] = await engine.books([await number()], 100);
  const product = venue.products.get('BTC-USD')!;
  const lots = (levels: [string, string][]) => levels.slice(0, 100).map(([price, size]) => [Math.round(Number(price) * 100), Math.max(1, Math.floor(Math.round(Number(size) * 1e8) / 1e6)), 1]);
  return book?.feedState === 'LIVE' && JSON.stringify([book.bids, book.asks]) === JSON.stringify([lots(product.levels('buy')), lots(product.levels('sell'))]);
}

async function number(): Promise<number> {
  return (await engine.instruments()).find(({ instrumentId }) => instrumentId === 'BTC-USD.COINBASE')?.instrumentNumber ?? 9_999;
}

async function source() {
  const { data } = await query('{ dataSources { id state gapsDetected resyncs } }');
  return data.dataSources.find(({ id }: { id: string }) => id === 'coinbase');
}

async function setSource(enabled: boolean): Promise<void> {
  const { data } = await query(`mutation { setDataSourceState(input: { id: "coinbase", enabled: ${enabled} }) { userErrors { code } } }`);
  expect(data.setDataSourceState.userErrors).toEqual([]);
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers are checked by the expectations
async function query(text: string): Promise<any> {
  const response = await fetch(service.url, { method: 'POST', headers: { 'content-type': 'application/json', [VIEWER_HEADER]: signViewer(OPERATOR, SECRET, Date.now()) }, body: JSON.stringify({ query: text }) });
  return response.json();
}

/** Asks again until it holds; each question is a round trip. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds()));
}
