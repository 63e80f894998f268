// One run of each kind: starts its threads, checks what they saw, ends them.

import { MessageChannel, Worker, type TransferListItem } from 'node:worker_threads';
import { allocateRing } from '@mib/engine/ring/allocate-ring';
import { haltRing } from '@mib/engine/ring/halt-ring';
import type { RingMemory, WaitStrategy } from '@mib/engine/ring/ring-memory';
import type { BareWorkerData } from './ring-bare-worker.ts';
import type { ChannelWorkerData } from './ring-channel-worker.ts';
import type { PingPongWorkerData } from './ring-ping-pong-worker.ts';
import type { Job, RingWorkerData } from './ring-worker.ts';

export const SLOTS = 65_536;
const PING_PONG_SLOTS = 1_024;
/** Every run passes the wrap of sequences. */
const FIRST_SEQUENCE = 2 ** 31 - 10;

/** Producers, consumers with their jobs, and the sum that each job must end in, given that of 0..events - 1. */
export interface Shape {
  readonly slotBytes: number;
  readonly producers: number;
  readonly wait: WaitStrategy;
  readonly consumers: Readonly<Record<string, readonly string[]>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const EXPECTED: Readonly<Record<Job, (sum: number, events: number) => number>> = {
  sum: (sum) => sum,
  'sum eight': (sum, events) => 8 * sum + 28 * events,
  left: (sum) => sum,
  right: (sum) => sum,
  'after left': (sum, events) => sum + events,
  last: (sum, events) => 2 * sum + 3 * events,
};

/** @returns million events a second, all producers together. @throws when a consumer's sum is wrong. */
export async function runRing(shape: Shape, events: number, batch: number): Promise<number> {
  const { producers, jobs } = shape;
  const ring: RingMemory = allocateRing({ ...shape, slotCount: SLOTS, firstSequence: FIRST_SEQUENCE });
  const start = new SharedArrayBuffer(4);
  const consuming = ring.consumers.map(({ name }) => threadOf<number>('ring-worker', { kind: 'consumer', ring, name, job: jobs[name]! } satisfies RingWorkerData));
  const producing = Array.from({ length: producers }, (_, number) => threadOf<number>('ring-worker', { kind: 'producer', ring, number, events, batch, start } satisfies RingWorkerData));
  const tookMs = Math.max(...(await Promise.all(producing)));
  haltRing(ring);
  const sums = await Promise.all(consuming);
  ring.consumers.forEach(({ name }, i) => check(`consumer ${name}'s sum`, sums[i]!, 2 * producers * EXPECTED[jobs[name]!](sumTo(events), events)));
  return (producers * events) / tookMs / 1_000;
}

/** @returns p50 and p99 of a round trip, in nanoseconds. */
export async function runPingPong(trips: number): Promise<[number, number]> {
  const [ping, pong] = [pingPongRing(), pingPongRing()];
  const pongs = threadOf('ring-ping-pong-worker', { side: 'pong', ping, pong, trips } satisfies PingPongWorkerData);
  const nanos = await threadOf<Float64Array>('ring-ping-pong-worker', { side: 'ping', ping, pong, trips } satisfies PingPongWorkerData);
  haltRing(ping);
  await pongs;
  return [nanos[Math.floor(trips / 2)]!, nanos[Math.floor(trips * 0.99)]!];
}

/** @returns million stores a second. */
export async function runBare(events: number): Promise<number> {
  const shared = { cursor: new SharedArrayBuffer(128), slots: new SharedArrayBuffer(SLOTS * 8), events };
  const reading = threadOf<number>('ring-bare-worker', { role: 'reader', ...shared } satisfies BareWorkerData);
  const tookMs = await threadOf<number>('ring-bare-worker', { role: 'writer', ...shared } satisfies BareWorkerData);
  check('the last number seen', await reading, 2 * events - 1);
  return events / tookMs / 1_000;
}

/** @returns million events a second. */
export async function runChannel(events: number, batch: number): Promise<number> {
  const { port1, port2 } = new MessageChannel();
  const consuming = threadOf<number>('ring-channel-worker', { role: 'consumer', port: port2, events, batch } satisfies ChannelWorkerData, [port2]);
  const tookMs = await threadOf<number>('ring-channel-worker', { role: 'producer', port: port1, events, batch } satisfies ChannelWorkerData, [port1]);
  check("the consumer's sum", await consuming, 2 * sumTo(events));
  return events / tookMs / 1_000;
}

function pingPongRing(): RingMemory {
  return allocateRing({ slotCount: PING_PONG_SLOTS, slotBytes: 8, consumers: { reader: [] }, wait: 'spin', firstSequence: FIRST_SEQUENCE });
}

/** Starts a worker. @returns its one message, once it has ended. */
async function threadOf<T>(name: string, workerData: object, transferList: TransferListItem[] = []): Promise<T> {
  const worker = new Worker(new URL(`./${name}.js`, import.meta.url), { workerData, transferList });
  const answer = await new Promise<T>((resolve, reject) => worker.once('message', resolve).once('error', reject));
  await worker.terminate();
  return answer;
}

function sumTo(events: number): number {
  return (events * (events - 1)) / 2;
}

function check(name: string, actual: number, expected: number): void {
  if (actual !== expected) throw new Error(`${name} is ${actual}, not ${expected}`);
}
