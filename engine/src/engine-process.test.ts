import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvalidValueError } from '@mib/model/invalid-value';
import { connectEngine, EngineUnavailableError, type CommandResult, type EngineClient, type EngineEvent } from '@mib/proto/engine-client';
import type { PlaceOrder } from '@mib/proto/engine-commands';
import { startEngine } from '@mib/testkit/engine-process';

const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));
const TEST_MS = 120_000;

describe('the engine process', () => {
  it('passes orders through gRPC: results, views, events from any sequence', async () => {
    await using engine = await startEngine();
    await using client = connectEngine(engine);
    await openMarket(client);
    const sell = await client.submit(order('s', 1000, 'SELL', 100, 5));
    const buy = await client.submit(order('b', 1001, 'BUY', 101, 3));
    expect([sell.status, buy.status, buy.filledLots]).toEqual(['ACCEPTED', 'FILLED', 3]);
    expect(await client.submit(order('b', 1001, 'BUY', 101, 3))).toEqual({ ...buy, replayed: true });
    const [book] = await client.books([1], 10);
    expect(book).toMatchObject({ bids: [], asks: [[100, 2, 1]], eventSequence: buy.lastEventSequence });
    const [quote] = await client.quotes([1]);
    expect(quote).toMatchObject({ bid: null, ask: [100, 2, 1], last: { priceTicks: 100, quantityLots: 3, takerSide: 'BUY' } });
    const accounts = await client.accounts([1000, 1001, 4711]);
    expect(accounts.map((one) => [one.accountNumber, one.cash[0]?.totalUnits, one.positions[0]?.quantityLots])).toEqual([
      [1000, 1_000_300, -3],
      [1001, 999_700, 3],
    ]);
    expect(await client.instruments()).toEqual([{ instrumentNumber: 1, instrumentId: 'A.XSIM', tickSize: '1', lotSize: '1', currency: 'USD', cashScale: 0 }]);
    const all = await collect(client, 0, buy.lastEventSequence);
    expect(all.map((event) => event.sequence)).toEqual(Array.from({ length: buy.lastEventSequence }, (_, i) => i + 1));
    expect(await collect(client, 5, buy.lastEventSequence)).toEqual(all.slice(5));
    const trades = await collect(client, 0, buy.lastEventSequence, ['Trade']);
    expect(trades).toEqual(all.filter((event) => event.kind === 'Trade'));
    expect(await client.status()).toMatchObject({ ready: true, lastCommandSequence: buy.sequence + 1, lastEventSequence: buy.lastEventSequence, consumedLag: 0 });
  }, TEST_MS);

  it('lets an order expire when its time comes and nothing else does, after a restart too', async () => {
    using folder = temporaryFolder();
    let first: CommandResult;
    {
      await using engine = await startEngine({ dataDirectory: folder.path });
      await using client = connectEngine(engine);
      await openMarket(client);
      first = await client.submit({ ...order('soon', 1000, 'BUY', 100, 5), tif: 'GTD', expireMicros: (Date.now() + 300) * 1_000 });
      expect(await expiryOf(client, first)).toMatchObject({ kind: 'OrderCanceled', orderId: first.orderId, reason: 'EXPIRED' });
      first = await client.submit({ ...order('later', 1000, 'BUY', 100, 5), tif: 'GTD', expireMicros: (Date.now() + 1_500) * 1_000 });
      await engine.kill('SIGKILL');
    }
    await using engine = await startEngine({ dataDirectory: folder.path });
    await using client = connectEngine(engine);
    expect(await expiryOf(client, first)).toMatchObject({ kind: 'OrderCanceled', orderId: first.orderId, reason: 'EXPIRED' });
  }, TEST_MS);

  it.each(['::1', '[::1]'])('binds HOST=%s', async (host) => {
    await using engine = await startEngine({ variables: { HOST: host } });
    expect(engine.address).toMatch(/^\[::1\]:\d+$/);
    await using client = connectEngine(engine);
    expect(await client.status()).toMatchObject({ ready: true });
  }, TEST_MS);

  it('names the value it refuses, at the client and at the door', async () => {
    await using engine = await startEngine();
    await using client = connectEngine(engine);
    await expect(client.submit(order('x', 1000, 'BUY', 100, 0))).rejects.toThrow('quantityLots must be an integer 1..2147483647, was 0');
    await expect(client.submit(order('two words', 1000, 'BUY', 100, 1))).rejects.toThrow(InvalidValueError);
    await expect(client.books([1], 0)).rejects.toThrow('depth must be an integer 1..1000, was 0');
    await using stranger = connectEngine({ address: engine.address, token: 'not-the-token-of-this-engine' });
    await expect(stranger.status()).rejects.toThrow(EngineUnavailableError);
    await expect(stranger.submit(order('x', 1000, 'BUY', 100, 1))).rejects.toThrow(/token is missing or wrong/);
  }, TEST_MS);

  it('serves a reader of events that is far behind while others trade', async () => {
    await using engine = await startEngine();
    await using client = connectEngine(engine);
    await openMarket(client);
    const slow = client.events({ after: 0 })[Symbol.asyncIterator]();
    const seen = [...(await slow.next()).value.events];
    let last = 0;
    for (let i = 0; i < 40; i++) {
      const results = await Promise.all(Array.from({ length: 500 }, (_, n) => client.submit({ kind: 'SetVenueLevel', accountNumber: 1, instrumentNumber: 1, side: 'BUY', priceTicks: 1 + (n % 90), quantityLots: 1 + i })));
      last = results.at(-1)!.lastEventSequence;
    }
    while (seen.at(-1)!.sequence < last) seen.push(...(await slow.next()).value.events);
    await slow.return?.();
    expect(seen.map((event) => event.sequence)).toEqual(Array.from({ length: last }, (_, i) => i + 1));
  }, TEST_MS);

  it('refuses a second engine on the same directory, and a network door without a token, in one line', async () => {
    await using engine = await startEngine();
    const run = (env: NodeJS.ProcessEnv) => spawnSync(process.execPath, [MAIN], { env: { PATH: process.env['PATH'], ...env }, encoding: 'utf8' });
    const second = run({ ENGINE_DATA_DIR: engine.dataDirectory });
    expect(second.status).toBe(1);
    expect(second.stderr).toBe(`engine: ENGINE_DATA_DIR ${engine.dataDirectory} is in use by another engine\n`);
    expect(run({ ENGINE_DATA_DIR: engine.dataDirectory, HOST: '0.0.0.0' }).stderr).toMatch(/^engine: ENGINE_TOKEN is required when HOST is not loopback, was HOST="0.0.0.0"\n$/);
    expect(run({}).stderr).toBe('engine: ENGINE_DATA_DIR is required\n');
  }, TEST_MS);

  it('drains on SIGTERM and has everything again', async () => {
    using folder = temporaryFolder();
    let hash: string;
    {
      await using engine = await startEngine({ dataDirectory: folder.path });
      await using client = connectEngine(engine);
      await openMarket(client);
      hash = (await client.status()).stateHash;
      await client[Symbol.asyncDispose]();
      await engine.kill('SIGTERM');
    }
    await using engine = await startEngine({ dataDirectory: folder.path });
    await using client = connectEngine(engine);
    expect((await client.status()).stateHash).toBe(hash);
  }, TEST_MS);
});

async function openMarket(client: EngineClient): Promise<void> {
  const register = await client.submit({ kind: 'RegisterInstrument', instrumentNumber: 1, instrumentId: 'A.XSIM', tickSize: '1', lotSize: '1', currency: 'USD', cashScale: 0 });
  expect(register.code).toBe('OK');
  for (const accountNumber of [1000, 1001]) {
    await client.submit({ kind: 'OpenAccount', accountNumber });
    await client.submit({ kind: 'AdjustCash', accountNumber, currency: 'USD', amountUnits: 1_000_000, clientOrderId: 'deposit' });
  }
}

function order(clientOrderId: string, accountNumber: number, side: 'BUY' | 'SELL', limitPriceTicks: number, quantityLots: number): PlaceOrder {
  return { kind: 'PlaceOrder', accountNumber, clientOrderId, instrumentNumber: 1, side, type: 'LIMIT', tif: 'GTC', limitPriceTicks, quantityLots };
}

/** The first event after those of the order's own command: nobody sends anything. */
async function expiryOf(client: EngineClient, placed: CommandResult): Promise<EngineEvent> {
  for await (const { events } of client.events({ after: placed.lastEventSequence })) if (events.length > 0) return events[0]!;
  throw new Error('the stream of events has ended');
}

async function collect(client: EngineClient, after: number, through: number, kinds?: EngineEvent['kind'][]): Promise<EngineEvent[]> {
  const events: EngineEvent[] = [];
  const abort = new AbortController();
  if (through <= after) return events;
  for await (const batch of client.events({ after, signal: abort.signal, kinds })) {
    events.push(...batch.events.filter((event) => event.sequence <= through));
    if (batch.through >= through) abort.abort();
  }
  return events;
}

function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'mib-engine-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
