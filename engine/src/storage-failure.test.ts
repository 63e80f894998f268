import { afterAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectEngine, EngineUnavailableError, type CommandResult, type EngineClient } from '@mib/proto/engine-client';
import type { PlaceOrder } from '@mib/proto/engine-commands';
import { startChild, type Child } from '@mib/testkit/child';
import { TEST_ENGINE_TOKEN } from '@mib/testkit/engine-process';
import { freePort } from '@mib/testkit/free-port';
import { TRIGGER, type FaultName } from './testing/faulty-storage.ts';

const FAULTY = 'engine/dist/testing/faulty-engine.js';
const SOUND = 'engine/dist/main.js';
const TEST_MS = 120_000;
const folders: string[] = [];

afterAll(() => folders.forEach((path) => rmSync(path, { recursive: true, force: true })));

interface Engine extends AsyncDisposable {
  readonly client: EngineClient;
  readonly child: Child;
  page(path: string): Promise<{ readonly code: number; readonly text: string }>;
}

describe('an engine whose journal cannot be written', () => {
  it.each<[FaultName, string]>([
    ['short-write', 'short_write'],
    ['io-error', 'io_error'],
    ['no-space', 'no_space'],
    ['sync-failed', 'sync_failed'],
  ])('after %s acknowledges nothing, says why, can be read, and has everything after a restart', async (fault, label) => {
    const directory = temporaryFolder();
    const acknowledged = new Map<string, CommandResult>();
    {
      await using engine = await start(FAULTY, directory, { MIB_TEST_FAULT: fault });
      await openMarket(engine.client);
      for (let i = 0; i < 50; i++) await place(engine.client, `before-${i}`, acknowledged);
      const refused = place(engine.client, TRIGGER, acknowledged).then(() => placeUntilRefused(engine.client, acknowledged));
      await expect(refused).rejects.toThrow(EngineUnavailableError);
      await expect(engine.client.submit(order('after'))).rejects.toThrow(/the engine accepts nothing: its journal has failed/);
      await expectItSaysWhy(engine, 'journal', label);
      expect((await engine.client.books([1], 10))[0]!.bids).not.toEqual([]);
      expect(await engine.client.status()).toMatchObject({ ready: false });
      await engine.child.kill('SIGTERM');
      expect(engine.child.process.exitCode).toBe(0);
    }
    await using engine = await start(SOUND, directory);
    await expectAllThere(engine.client, acknowledged);
  }, TEST_MS);

  it('lets no acknowledgement out while the journal stalls', async () => {
    const directory = temporaryFolder();
    const release = join(temporaryFolder(), 'release');
    execFileSync('mkfifo', [release]);
    await using engine = await start(FAULTY, directory, { MIB_TEST_FAULT: 'stalled', MIB_TEST_RELEASE: release });
    await openMarket(engine.client);
    let answered = 0;
    const stalled = [TRIGGER, ...Array.from({ length: 20 }, (_, i) => `stalled-${i}`)].map((id) => engine.client.submit(order(id)).finally(() => answered++));
    while (!/^mib_engine_journal_lag (2[1-9])$/m.test((await engine.page('/metrics')).text));
    expect(answered).toBe(0);
    writeFileSync(release, 'go');
    expect((await Promise.all(stalled)).map((result) => result.code)).toEqual(stalled.map(() => 'OK'));
  }, TEST_MS);
});

describe('an engine on a disk that is really full', () => {
  const mounted = tryMount();
  const itWithMount = mounted ? it : it.skip; // needs the right to mount a small tmpfs

  itWithMount('stops at an event log that cannot grow, and loses nothing', async () => {
    const acknowledged = new Map<string, CommandResult>();
    const filler = join(mounted!, 'filler');
    const directory = join(mounted!, 'engine');
    {
      await using engine = await start(SOUND, directory);
      await openMarket(engine.client);
      for (let i = 0; i < 20; i++) await place(engine.client, `before-${i}`, acknowledged);
      fillDisk(filler);
      await expect(placeUntilRefused(engine.client, acknowledged)).rejects.toThrow(EngineUnavailableError);
      await expectItSaysWhy(engine, 'event-log', 'no_space');
      expect((await engine.client.books([1], 10))[0]!.bids).not.toEqual([]);
    }
    rmSync(filler);
    await using engine = await start(SOUND, directory);
    await expectAllThere(engine.client, acknowledged);
  }, TEST_MS);
});

async function start(entry: string, directory: string, environment: Record<string, string> = {}): Promise<Engine> {
  const port = await freePort();
  const child = await startChild(entry, { HOST: '127.0.0.1', ENGINE_TOKEN: TEST_ENGINE_TOKEN, ENGINE_DATA_DIR: directory, ENGINE_METRICS_PORT: String(port), LOG_LEVEL: 'silent', ...environment });
  const client = connectEngine({ address: child.url, token: TEST_ENGINE_TOKEN });
  return {
    client,
    child,
    async page(path) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      return { code: response.status, text: await response.text() };
    },
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await child[Symbol.asyncDispose]();
    },
  };
}

async function expectItSaysWhy(engine: Engine, part: string, fault: string): Promise<void> {
  const ready = await engine.page('/readyz');
  expect(ready.code).toBe(503);
  expect(ready.text).toMatch(new RegExp(`"${part}: ${fault}: .*nothing is accepted until the engine is restarted`));
  expect((await engine.page('/metrics')).text).toMatch(new RegExp(`mib_engine_failures_total\\{part="${part}",fault="${fault}".*\\} 1`));
  expect((await engine.page('/healthz')).code).toBe(200);
}

async function openMarket(client: EngineClient): Promise<void> {
  await client.submit({ kind: 'RegisterInstrument', instrumentNumber: 1, instrumentId: 'A.XSIM', tickSize: '1', lotSize: '1', currency: 'USD', cashScale: 0 });
  await client.submit({ kind: 'OpenAccount', accountNumber: 1000 });
  await client.submit({ kind: 'AdjustCash', accountNumber: 1000, currency: 'USD', amountUnits: 1_000_000_000, clientOrderId: 'deposit' });
}

function order(clientOrderId: string): PlaceOrder {
  return { kind: 'PlaceOrder', accountNumber: 1000, clientOrderId, instrumentNumber: 1, side: 'BUY', type: 'LIMIT', tif: 'GTC', limitPriceTicks: 100, quantityLots: 1 };
}

async function place(client: EngineClient, clientOrderId: string, acknowledged: Map<string, CommandResult>): Promise<void> {
  acknowledged.set(clientOrderId, await client.submit(order(clientOrderId)));
}

/** Several at once, until one is refused. */
async function placeUntilRefused(client: EngineClient, acknowledged: Map<string, CommandResult>): Promise<void> {
  for (let i = 0; ; i += 8) await Promise.all(Array.from({ length: 8 }, (_, lane) => place(client, `late-${i + lane}`, acknowledged)));
}

/** Asks every acknowledged command again: the answer must be the old one. */
async function expectAllThere(client: EngineClient, acknowledged: ReadonlyMap<string, CommandResult>): Promise<void> {
  for (const [id, result] of acknowledged) expect(await client.submit(order(id))).toEqual({ ...result, replayed: true });
  expect(acknowledged.size).toBeGreaterThan(10);
}

function fillDisk(path: string): void {
  const fd = openSync(path, 'w');
  try {
    for (;;) writeSync(fd, Buffer.alloc(4096));
  } catch {
    closeSync(fd);
  }
}

function temporaryFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'mib-failure-'));
  folders.push(path);
  return path;
}

/** A disk of 24 MiB, gone with the test; undefined where mounting is not allowed. */
function tryMount(): string | undefined {
  const path = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  afterAll(() => void execFileSync('umount', [path]));
  return path;
}
