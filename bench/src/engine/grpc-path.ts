// Over gRPC from another process: commands to a real engine that journals with a synchronous write, and back. The peers do
// less: a bare unix socket that answers, an empty unary call on the same gRPC stack, a bare synchronous write.

import { fork, type ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { credentials, Metadata } from '@grpc/grpc-js';
import { CHANNEL_OPTIONS, openPackedStream } from '@mib/proto/client/channel-options';
import { connectEngine, type EngineClient } from '@mib/proto/engine-client';
import { encodeCommand } from '@mib/proto/encode-command';
import type { PlaceOrder } from '@mib/proto/engine-commands';
import { HealthClient } from '@mib/proto/generated/grpc/health/v1/health';
import { EngineClient as GrpcEngineClient, OrderType, SelfTradePrevention, Side, TimeInForce, type SubmitRequest } from '@mib/proto/generated/mib/engine/v1/engine';
import { RECORD_BYTES, recordViews } from '@mib/proto/layout-record';
import { RESULT, RESULT_BYTES } from '@mib/proto/layout-result';
import { startEngine, type EngineProcess } from '@mib/testkit/engine-process';
import { compare, median, row, type BenchRow } from '../harness.ts';
import { framesOf, writeFrame } from './frames.ts';
import { openSyncedFile, type SyncedFile } from './synced-file.ts';

const RUNS = 5;
const PACKED_COMMANDS = 256 * 1_024;
const PER_MESSAGE = 128;
/** Messages under way: 8192 commands. */
const MESSAGE_WINDOW = 64;
const UNARY_CALLS = 4_000;
const UNARY_WINDOW = 128;
const COALESCED_COMMANDS = 64_000;
const COALESCED_WINDOW = 1_024;
const SYNCED_WRITES = 3_000;
const BAR = 1_000;
const CODE_OK = 1;
const SINGLE_COMMANDS = 300;

export async function run(): Promise<BenchRow[]> {
  await using engine = await startEngine();
  await using client = connectEngine(engine);
  const registered = await client.submit({ kind: 'RegisterInstrument', instrumentNumber: 1, instrumentId: 'BENCH.XSIM', tickSize: '0.01', lotSize: '1', currency: 'USD', cashScale: 4 });
  if (registered.code !== 'OK') throw new Error(`registration was answered ${registered.code}`);
  const bare = await startServer('./bare-grpc-server.js');
  const socket = await startServer('./bare-socket-server.js');
  const health = new HealthClient(bare.url, credentials.createInsecure());
  try {
    using file = openSyncedFile(SYNCED_WRITES);
    return await measureAll(engine, client, { health, socket: socket.url }, file);
  } finally {
    bare.child.disconnect();
    socket.child.disconnect();
    health.close();
  }
}

async function measureAll(engine: EngineProcess, client: EngineClient, peers: { health: HealthClient; socket: string }, file: SyncedFile): Promise<BenchRow[]> {
  const { health, socket } = peers;
  const packedNote = `a venue account's orders at 7 prices, every second one trades; ${PER_MESSAGE} a message, ${MESSAGE_WINDOW} messages under way; each durable (O_DSYNC) and applied before its acknowledgement; every result checked`;
  const throughput = { unit: 'k commands/s', better: 'higher', runs: RUNS } as const;
  const packed = await compare({ ...throughput, name: 'packed stream', peerName: 'bare unix socket, length-prefixed', note: `${packedNote}; peer: the same messages and answers of the same size from another process, nothing done with them`, ours: () => runPacked(engine), peer: () => runSocket(socket) });
  return [
    packed,
    row({ ...throughput, name: 'packed stream, bar', peerName: `bar of ${BAR / 1_000} M/s`, note: packedNote, ours: packed.ours, peer: BAR }),
    await compare({ ...throughput, name: 'unary', peerName: 'empty grpc-js unary call', note: `${UNARY_WINDOW} calls under way on both sides; ours durable and applied, results checked; the peer's handler is empty`, ours: () => runUnaryEngine(engine), peer: () => runUnary(() => callEmpty(health)) }),
    await compare({ ...throughput, name: 'client.submit, coalesced', peerName: 'empty grpc-js unary call', note: `${COALESCED_WINDOW} concurrent submit() calls through connectEngine; peer as above`, ours: () => runCoalesced(client), peer: () => runUnary(() => callEmpty(health)) }),
    await compare({ unit: 'ms', better: 'lower', runs: RUNS, name: 'one command at a time, p50', peerName: 'empty unary call, then a synchronous write', note: 'round trip with nothing else under way; both sides wait for one synchronous write', ours: () => singleLatency(client), peer: () => bareLatency(health, file) }),
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
  const grpc = new GrpcEngineClient(engine.address, credentials.createInsecure(), CHANNEL_OPTIONS);
  const views = recordViews(new ArrayBuffer(PER_MESSAGE * RECORD_BYTES));
  for (let i = 0; i < PER_MESSAGE; i++) encodeCommand(views, i, orderOf(i), i);
  const records = Buffer.from(views.bytes);
  const call = openPackedStream(grpc, metadata);
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

/** Frames of the same size, the same window, answered in order. */
function runSocket(address: string): Promise<number> {
  const body = Buffer.alloc(PER_MESSAGE * RECORD_BYTES, 1);
  const socket = connect(address);
  return new Promise((resolve, reject) => {
    let sent = 0;
    let answered = 0;
    let startedMs = 0;
    const pump = (): void => {
      while (sent < PACKED_COMMANDS && sent - answered <= (MESSAGE_WINDOW - 1) * PER_MESSAGE) {
        writeFrame(socket, body);
        sent += PER_MESSAGE;
      }
    };
    socket.on('error', reject);
    socket.on('connect', () => {
      startedMs = performance.now();
      pump();
    });
    socket.on(
      'data',
      framesOf((results) => {
        answered += results.byteLength / RESULT_BYTES;
        if (answered < PACKED_COMMANDS) return pump();
        socket.destroy();
        resolve(PACKED_COMMANDS / (performance.now() - startedMs));
      }),
    );
  });
}

/** Looks at the code of each; decoding them whole would measure the bench. */
function checkResults(results: Buffer): void {
  for (let at = RESULT.OUTCOME * 4; at < results.byteLength; at += RESULT_BYTES) {
    if (results[at] !== CODE_OK) throw new Error(`a command was answered with code ${results[at]}`);
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

async function runUnaryEngine(engine: EngineProcess): Promise<number> {
  const grpc = new GrpcEngineClient(engine.address, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${engine.token}`);
  const rate = await runUnary((index) => submitUnary(grpc, metadata, index));
  grpc.close();
  return rate;
}

async function runUnary(call: (index: number) => Promise<void>): Promise<number> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < UNARY_CALLS) await call(next++);
  };
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: UNARY_WINDOW }, lane));
  return UNARY_CALLS / (performance.now() - startedMs);
}

function submitUnary(grpc: GrpcEngineClient, metadata: Metadata, index: number): Promise<void> {
  return new Promise((resolve, reject) => {
    grpc.submit(requestOf(index), metadata, (error, { code }) => (error ? reject(error) : code === CODE_OK ? resolve() : reject(new Error(`a command was answered ${code}`))));
  });
}

function requestOf(index: number): SubmitRequest {
  const pair = index >> 1;
  const side = index & 1 ? Side.SIDE_BUY : Side.SIDE_SELL;
  const terms = { triggerTicks: 0, displayLots: 0, expireMicros: 0n, postOnly: false, selfTradePrevention: SelfTradePrevention.SELF_TRADE_PREVENTION_UNSPECIFIED };
  const value = { accountNumber: 1, clientOrderId: '', instrumentNumber: 1, side, type: OrderType.ORDER_TYPE_LIMIT, tif: TimeInForce.TIME_IN_FORCE_GTC, limitPriceTicks: 10_000 + (pair % 7), quantityLots: 1 + (pair % 5), ...terms };
  return { command: { $case: 'placeOrder', value } };
}

function callEmpty(health: HealthClient): Promise<void> {
  return new Promise((resolve, reject) => {
    health.check({ service: '' }, (error, response) => (error ? reject(error) : response.status === 1 ? resolve() : reject(new Error('peer is not serving'))));
  });
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

async function startServer(module: string): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(fileURLToPath(new URL(module, import.meta.url)));
  const { url } = await new Promise<{ url: string }>((resolve, reject) => {
    child.once('message', (message) => resolve(message as { url: string }));
    child.once('error', reject);
  });
  return { child, url };
}
