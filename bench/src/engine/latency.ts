// Latency at an offered load, open loop: commands are due by the clock whether or not earlier ones are answered, and time
// counts from when a command was due, so a stall shows in all whom it delays. Beside it, the bare synchronous write.

import { median, row, type BenchRow } from '../harness.ts';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { encodeMix, SETUP_COMMANDS } from './core-book.ts';
import { makeOrderMix } from './order-mix.ts';
import { openPath, saturate, type PathRun } from './path-run.ts';
import { openSyncedFile } from './synced-file.ts';
import type { RecordViews } from '@mib/proto/layout-record';

const RUNS = 5;
const RATES_PER_SECOND = [10_000, 200_000] as const;
const SECONDS = 2;
const RESTING = 1_000;
const WARM_UP = 200_000;
const PER_FRAME = 256;
const SYNCED_WRITES = 2_000;
const QUANTILES = { p50: 0.5, p99: 0.99, 'p99.9': 0.999 } as const;
type Quantile = keyof typeof QUANTILES;
const NAMES = Object.keys(QUANTILES) as Quantile[];

export async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const rate of RATES_PER_SECOND) rows.push(...(await measure(rate)));
  return rows;
}

async function measure(rate: number): Promise<BenchRow[]> {
  const stream = makeOrderMix('quoting', RESTING, WARM_UP + rate * SECONDS);
  const records = encodeMix(stream);
  const warm = SETUP_COMMANDS.length + stream.fillCount + WARM_UP;
  const ours: Float64Array[] = [];
  const bare: Float64Array[] = [];
  for (let i = 0; i <= RUNS; i++) {
    await using path = await openPath({ journal: true });
    await saturate(path, records, 0, warm, PER_FRAME);
    ours.push(await offerLoad(path, records, warm, rate));
    bare.push(writeBare());
  }
  const note = `quoting mix, ${RESTING} resting orders, ${rate} commands/s for ${SECONDS} s, open loop, from due to the result in the output ring; durable, every result OK; the sender polls the clock on the main thread; first run not counted; peer: 128 bytes, O_DSYNC, preallocated, same disk, ${SYNCED_WRITES} one after the other`;
  return NAMES.map((name) => {
    const of = (all: Float64Array[]): number => median(all.slice(1).map((one) => one[Math.floor(QUANTILES[name] * (one.length - 1))]!));
    return row({ name: `latency ${name} at ${rate / 1_000}k/s`, peerName: `bare synced write, ${name}`, unit: 'ms', better: 'lower', runs: RUNS, note, ours: of(ours), peer: of(bare) });
  });
}

/** @returns latencies in milliseconds, sorted. */
async function offerLoad(path: PathRun, records: RecordViews, from: number, rate: number): Promise<Float64Array> {
  const count = rate * SECONDS;
  const latencies = new Float64Array(count);
  const perMs = rate / 1_000;
  const startedMs = performance.now();
  path.onAnswer = (index) => {
    latencies[index - from] = performance.now() - (startedMs + (index - from) / perMs);
  };
  let sent = 0;
  while (path.answered < from + count) {
    const due = Math.min(count, Math.floor((performance.now() - startedMs) * perMs) + 1);
    if (due > sent && path.offer(records, from + sent, from + Math.min(due, sent + PER_FRAME))) sent = Math.min(due, sent + PER_FRAME);
    await nextTurn();
  }
  await path.waitUntilAnswered(from + count);
  return latencies.sort();
}

function writeBare(): Float64Array {
  using file = openSyncedFile(SYNCED_WRITES);
  const latencies = new Float64Array(SYNCED_WRITES);
  for (let i = 0; i < SYNCED_WRITES; i++) {
    const startedMs = performance.now();
    file.write(i);
    latencies[i] = performance.now() - startedMs;
  }
  return latencies.sort();
}
