// From a client's command to its acknowledgement: over gRPC, journalled with a synchronous write, matched, answered.
// The peers do less: an empty unary call on the same gRPC stack, and a bare synchronous write of one record.

import { fork, type ChildProcess } from 'node:child_process';
import { closeSync, constants, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { credentials, Metadata } from '@grpc/grpc-js';
import { connectEngine, type EngineClient } from '@mib/proto/engine-client';
import { decodeResult } from '@mib/proto/decode-result';
import { encodeCommand } from '@mib/proto/encode-command';
import type { PlaceOrder } from '@mib/proto/engine-commands';
import { HealthClient } from '@mib/proto/generated/grpc/health/v1/health';
import { EngineClient as GrpcEngineClient } from '@mib/proto/generated/mib/engine/v1/engine';
import { alignedViews, RECORD_BYTES, recordViews } from '@mib/proto/layout-record';
import { RESULT_BYTES, RESULT_WORDS } from '@mib/proto/layout-result';
import { startEngine, type EngineProcess } from '@mib/testkit/engine-process';
import { compare, median, type BenchRow } from './harness.ts';

const RUNS = 5;
const PACKED_COMMANDS = 256 * 1_024;
const PER_MESSAGE = 128;
/** Messages under way: 8192 commands. */
const MESSAGE_WINDOW = 64;
const UNARY_CALLS = 8_000;
const UNARY_WINDOW = 128;
const COALESCED_COMMANDS = 64_000;
const COALESCED_WINDOW = 1_024;
const SYNCED_WRITES = 3_000;
const SINGLE_COMMANDS = 1_000;

export async function run(): Promise<BenchRow[]> {
  await using engine = await startEngine();
  await using client = connectEngine(engine);
  const registered = await client.submit({ kind: 'RegisterInstrument', instrumentNumber: 1, instrumentId: 'BENCH.XSIM', tickSize: '0.01', lotSize: '1', currency: 'USD', cashScale: 4 });
  if (registered.code !== 'OK') throw new Error(`registration was answered ${registered.code}`);
  const bare = await startBareServer();
  const folder = mkdtempSync(join(tmpdir(), 'mib-order-path-'));
  try {
    using file = syncedFile(folder);
    return await measureAll(engine, client, bare.health, file);
  } finally {
    bare.child.disconnect();
    bare.health.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureAll(engine: EngineProcess, client: EngineClient, health: HealthClient, file: SyncedFile): Promise<BenchRow[]> {
  const packed = `a venue account's orders at 7 prices, every second one trades; packed stream, ${PER_MESSAGE} a message, ${MESSAGE_WINDOW} messages under way; each durable (O_DSYNC) and applied before its acknowledgement; every result checked`;
  const throughput = { unit: 'k commands/s', better: 'higher', runs: RUNS } as const;
  const coalesced = () => runCoalesced(client);
  return [
    await compare({ ...throughput, name: 'packed stream', peerName: 'empty grpc-js unary call', note: `${packed}; peer: ${UNARY_WINDOW} calls under way that do nothing`, ours: () => runPacked(engine), peer: () => runUnary(health) }),
    await compare({ ...throughput, name: 'packed stream', peerName: 'one synchronous write a command', note: `${packed}; peer: 128 bytes, O_DSYNC, preallocated, no network, no matching`, ours: () => runPacked(engine), peer: () => runSynced(file) }).then((one) => ({ ...one, name: 'packed stream over bare write' })),
    await compare({ ...throughput, name: 'client.submit, coalesced', peerName: 'empty grpc-js unary call', note: `${COALESCED_WINDOW} concurrent submit() calls through connectEngine; peer as above`, ours: coalesced, peer: () => runUnary(health) }),
    await compare({ unit: 'ms', better: 'lower', runs: RUNS, name: 'one command at a time, p50', peerName: 'empty unary call, then a synchronous write', note: 'round trip with nothing else under way; both sides wait for one synchronous write, whose time jumps between 0.07 and 3 ms when other processes sync to the same disk: believe this row on a quiet machine only', ours: () => singleLatency(client), peer: () => bareLatency(health, file) }),
  ];
}

/** A sell that rests, then a buy that takes it whole: the book stays small however long the bench runs. */
function orderOf(i: number): PlaceOrder {
  const pair = i >> 1;
  return { kind: 'PlaceOrder', accountNumber: 1, clientOrderId: '', instrumentNumber: 1, side: i & 1 ? 'BUY' : 'SELL', type: 'LIMIT', tif: 'GTC', limitPriceTicks: 10_000 + (pair % 7), quantityLots: 1 + (pair % 5) };
}

/** Encoding is done beforehand: this measures the engine, not the bench. */
function runPacked(engine: EngineProcess): Promise<number> {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${engine.token}`);
  const grpc = new GrpcEngineClient(engine.address, credentials.createInsecure());
  const views = recordViews(new ArrayBuffer(PER_MESSAGE * RECORD_BYTES));
  for (let i = 0; i < PER_MESSAGE; i++) encodeCommand(views, i, orderOf(i), i);
  const records = Buffer.from(views.bytes);
  const call = grpc.submitPacked(metadata);
  return new Promise((resolve, reject) => {
    let sent = 0;
    let answered = 0;
    let startedMs = 0;
    const pump = (): void => {
      while (sent < PACKED_COMMANDS && sent - answered <= (MESSAGE_WINDOW - 1) * PER_MESSAGE) {
        call.write({ records });
        sent += PER_MESSAGE;
      }
    };
    call.on('error', reject);
    call.on('data', ({ records: results }: { records: Buffer }) => {
      checkResults(results);
      answered += results.byteLength / RESULT_BYTES;
      if (answered < PACKED_COMMANDS) return pump();
      const seconds = (performance.now() - startedMs) / 1000;
      call.end();
      grpc.close();
      resolve(PACKED_COMMANDS / seconds / 1000);
    });
    grpc.waitForReady(Date.now() + 5_000, (error) => {
      if (error) return reject(error);
      startedMs = performance.now();
      pump();
    });
  });
}

function checkResults(results: Buffer): void {
  const views = alignedViews(results);
  for (let word = 0; word < results.byteLength / 4; word += RESULT_WORDS) {
    const { code } = decodeResult(views, word);
    if (code !== 'OK') throw new Error(`a command was answered ${code}`);
  }
}

async function runCoalesced(client: EngineClient): Promise<number> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < COALESCED_COMMANDS) {
      const { code } = await client.submit(orderOf(next++));
      if (code !== 'OK') throw new Error(`a command was answered ${code}`);
    }
  };
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: COALESCED_WINDOW }, lane));
  return COALESCED_COMMANDS / (performance.now() - startedMs);
}

async function runUnary(health: HealthClient): Promise<number> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next++ < UNARY_CALLS) await callEmpty(health);
  };
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: UNARY_WINDOW }, lane));
  return UNARY_CALLS / (performance.now() - startedMs);
}

function callEmpty(health: HealthClient): Promise<void> {
  return new Promise((resolve, reject) => {
    health.check({ service: '' }, (error, response) => (error ? reject(error) : response.status === 1 ? resolve() : reject(new Error('peer is not serving'))));
  });
}

function runSynced(file: SyncedFile): number {
  const startedMs = performance.now();
  for (let i = 0; i < SYNCED_WRITES; i++) file.write(i);
  return SYNCED_WRITES / (performance.now() - startedMs);
}

async function singleLatency(client: EngineClient): Promise<number> {
  const latencies: number[] = [];
  for (let i = 0; i < SINGLE_COMMANDS; i++) {
    const startedMs = performance.now();
    await client.submit(orderOf(i));
    latencies.push(performance.now() - startedMs);
  }
  return median(latencies);
}

async function bareLatency(health: HealthClient, file: SyncedFile): Promise<number> {
  const latencies: number[] = [];
  for (let i = 0; i < SINGLE_COMMANDS; i++) {
    const startedMs = performance.now();
    await callEmpty(health);
    file.write(i);
    latencies.push(performance.now() - startedMs);
  }
  return median(latencies);
}

type SyncedFile = Disposable & { write(index: number): void };

/** Preallocated, opened once for synchronous writes, as the journal is: a new file's first syncs cost far more. */
function syncedFile(folder: string): SyncedFile {
  const path = join(folder, 'synced.bin');
  const filler = openSync(path, 'w');
  writeSync(filler, Buffer.alloc(SYNCED_WRITES * RECORD_BYTES));
  fsyncSync(filler); // or every write would pay for allocating its block
  closeSync(filler);
  const fd = openSync(path, constants.O_WRONLY | constants.O_DSYNC);
  const record = Buffer.alloc(RECORD_BYTES, 1);
  return { write: (index) => void writeSync(fd, record, 0, RECORD_BYTES, index * RECORD_BYTES), [Symbol.dispose]: () => closeSync(fd) };
}

async function startBareServer(): Promise<{ child: ChildProcess; health: HealthClient }> {
  const child = fork(fileURLToPath(new URL('./bare-grpc-server.js', import.meta.url)));
  const { url } = await new Promise<{ url: string }>((resolve, reject) => {
    child.once('message', (message) => resolve(message as { url: string }));
    child.once('error', reject);
  });
  return { child, health: new HealthClient(url, credentials.createInsecure()) };
}
