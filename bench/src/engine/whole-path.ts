// The whole path saturated: claim, journal with a synchronous write, gate, matching, positions, event log, event. The peer
// is the same path whose journal thread only numbers the commands.

import { compare, row, type BenchRow } from '../harness.ts';
import { encodeMix, runCore, SETUP_COMMANDS } from './core-book.ts';
import { makeOrderMix, MIXES, type Mix, type Tally } from './order-mix.ts';
import { openPath, saturate } from './path-run.ts';

const RUNS = 5;
const RESTING = 10_000;
/** Not timed: threads are new in every run, and so is their compiled code. */
const WARM_UP = 300_000;
const TIMED = 600_000;
const PER_FRAME = 256;
const BAR = 3;

export async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const mix of MIXES) rows.push(...(await measure(mix)));
  return rows;
}

async function measure(mix: Mix): Promise<BenchRow[]> {
  const stream = makeOrderMix(mix, RESTING, WARM_UP + TIMED);
  const records = encodeMix(stream);
  const { tally } = runCore(records, stream);
  const runOnce = (journal: boolean): Promise<number> => runPath(records, stream.fillCount, journal, tally);
  const note = `${mix} mix, ${RESTING} resting orders, ${TIMED} commands timed after ${WARM_UP} in the same run, frames of ${PER_FRAME}; every result OK, trades equal to the core's own; events written to the log on disk, not synced (they are derived); one process, three threads; no gRPC`;
  const path = await compare({ name: `whole path ${mix}`, peerName: 'the same without journal', unit: 'M commands/s', better: 'higher', runs: RUNS, note, ours: () => runOnce(true), peer: () => runOnce(false) });
  return [path, row({ name: `whole path ${mix}, bar`, peerName: `bar of ${BAR} M/s`, unit: path.unit, better: 'higher', runs: RUNS, note, ours: path.ours, peer: BAR })];
}

async function runPath(records: Parameters<typeof saturate>[1], fillCount: number, journal: boolean, expected: Tally): Promise<number> {
  await using path = await openPath({ journal });
  const warm = SETUP_COMMANDS.length + fillCount + WARM_UP;
  await saturate(path, records, 0, warm, PER_FRAME);
  const startedMs = performance.now();
  await saturate(path, records, warm, warm + TIMED, PER_FRAME);
  const tookMs = performance.now() - startedMs;
  if (JSON.stringify(path.tally) !== JSON.stringify(expected)) throw new Error(`the path traded ${JSON.stringify(path.tally)}, expected ${JSON.stringify(expected)}`);
  return TIMED / tookMs / 1_000;
}
