// The ring against the LMAX Disruptor (Java, from Debian's libdisruptor-java) and against what Node offers by itself, a
// MessageChannel. One producer thread, one consumer thread, 64-byte events, 65,536 slots.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MessageChannel, Worker } from 'node:worker_threads';
import { allocateRing } from '@mib/engine/ring/allocate-ring';
import { compare, type BenchRow } from './harness.ts';
import type { Consumed, RingWorkerData } from './ring-worker.ts';

const SLOTS = 65_536;
const SLOT_BYTES = 64;
const JAR = '/usr/share/java/disruptor.jar';
const JAVA_SOURCE = fileURLToPath(new URL('../java/RingPeer.java', import.meta.url));
const LMAX_RUNS = 9;
const CHANNEL_RUNS = 5;

/** Events per run, about half a second's worth for the slower side. */
const LMAX_EVENTS: Readonly<Record<number, number>> = { 1: 10_000_000, 16: 30_000_000, 256: 60_000_000 };
const CHANNEL_EVENTS: Readonly<Record<number, number>> = { 1: 100_000, 16: 1_000_000, 256: 4_000_000 };

export async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const batch of [1, 16, 256]) {
    rows.push(
      await compare({
        name: `ring, batch ${batch}`,
        peerName: 'MessageChannel',
        unit: 'M events/s',
        better: 'higher',
        runs: CHANNEL_RUNS,
        note: `1 producer and 1 consumer thread, 64-byte events, batches of ${batch} moved to the other thread as one transferred array there, at most 64 under way; sums checked`,
        ours: () => runRing(CHANNEL_EVENTS[batch]! * 10, batch),
        peer: () => runChannel(CHANNEL_EVENTS[batch]!, batch),
      }),
    );
  }
  return [...rows, ...(await againstLmax())];
}

async function againstLmax(): Promise<BenchRow[]> {
  const missing = [JAR].filter((path) => !existsSync(path)).concat(hasJava() ? [] : ['javac']);
  if (missing.length > 0) {
    console.error(`\n*** PEER ABSENT: ${missing.join(' and ')} not found; the LMAX Disruptor is NOT measured. apt-get install libdisruptor-java default-jdk-headless ***\n`);
    return [];
  }
  const classes = mkdtempSync(join(tmpdir(), 'mib-ring-peer-'));
  try {
    execFileSync('javac', ['-cp', JAR, '-d', classes, JAVA_SOURCE]);
    const rows: BenchRow[] = [];
    for (const batch of [1, 16, 256]) rows.push(await compareLmax(classes, batch));
    return rows;
  } finally {
    rmSync(classes, { recursive: true, force: true });
  }
}

function compareLmax(classes: string, batch: number): Promise<BenchRow> {
  const events = LMAX_EVENTS[batch]!;
  return compare({
    name: `ring, batch ${batch}, LMAX`,
    peerName: 'LMAX Disruptor 3.4.4, Java, yielding',
    unit: 'M events/s',
    better: 'higher',
    runs: LMAX_RUNS,
    note: `1 producer, 1 consumer, ${SLOTS} slots of 64 bytes, ${events} events; both warmed up in the same process; sums checked; both are bimodal on 2 cores`,
    ours: () => runRing(events, batch),
    peer: () => Number(execFileSync('java', ['-cp', `${JAR}:${classes}`, 'RingPeer', String(events), String(batch)], { encoding: 'utf8' })),
  });
}

function hasJava(): boolean {
  try {
    execFileSync('javac', ['-version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function runRing(events: number, batch: number): Promise<number> {
  const memory = allocateRing({ slotCount: SLOTS, slotBytes: SLOT_BYTES, consumers: { reader: [] }, firstSequence: 2 ** 31 - 10 });
  return measure(events, start({ role: 'ring-consumer', memory, events, batch }), start({ role: 'ring-producer', memory, events, batch }));
}

function runChannel(events: number, batch: number): Promise<number> {
  const { port1, port2 } = new MessageChannel();
  return measure(events, start({ role: 'channel-consumer', port: port2, events, batch }), start({ role: 'channel-producer', port: port1, events, batch }));
}

/** Both threads make two passes; the second counts. */
async function measure(events: number, consumer: Promise<unknown>, producer: Promise<unknown>): Promise<number> {
  const [consumed, startedMs] = (await Promise.all([consumer, producer])) as [Consumed, number];
  if (consumed.sum !== (events * (events - 1)) / 2) throw new Error(`the consumer's sum is ${consumed.sum}, not ${(events * (events - 1)) / 2}`);
  return events / (consumed.endedMs - startedMs) / 1_000;
}

async function start(data: RingWorkerData): Promise<unknown> {
  const transferList = 'port' in data ? [data.port] : [];
  const worker = new Worker(new URL('./ring-worker.js', import.meta.url), { workerData: data, transferList });
  const answer = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  await worker.terminate();
  return answer;
}
