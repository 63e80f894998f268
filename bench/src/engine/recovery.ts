// How fast a start is: a directory with a million commands, written by the engine's own pipeline. Replay is the journal
// read, checked and applied by `verify`, a process of its own; recovery is the engine's start until it is ready.

import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { startEngine } from '@mib/testkit/engine-process';
import { REPOSITORY } from '@mib/testkit/repository';
import { median, row, type BenchRow } from '../harness.ts';
import { encodeMix, SETUP_COMMANDS } from './core-book.ts';
import { makeOrderMix } from './order-mix.ts';
import { openPath, saturate } from './path-run.ts';

const RUNS = 5;
const RESTING = 10_000;
const COMMANDS = 1_000_000;
const PER_FRAME = 256;
const BAR = 1;

export async function run(): Promise<BenchRow[]> {
  const { directory, commands } = await writeJournal();
  try {
    const replays: number[] = [];
    const starts: number[] = [];
    for (let i = 0; i < RUNS; i++) {
      replays.push(verify(directory, commands));
      starts.push(await start(directory, commands));
    }
    const note = `${commands} commands of the quoting mix, ${RESTING} resting orders; processes' own start included`;
    const common = { unit: 'M commands/s', better: 'higher', runs: RUNS, peerName: `bar of ${BAR} M/s`, peer: BAR } as const;
    return [
      row({ ...common, name: 'replay', note: `${note}; verify reads, checks and applies the journal and hashes the state`, ours: median(replays) }),
      row({ ...common, name: 'recovery', note: `${note}; the engine from spawn to ready: its newest snapshot, if it took one, then the journal, comparing the event log`, ours: median(starts) }),
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function writeJournal(): Promise<{ directory: string; commands: number }> {
  const stream = makeOrderMix('quoting', RESTING, COMMANDS);
  const records = encodeMix(stream);
  const commands = SETUP_COMMANDS.length + stream.fillCount + stream.count;
  await using run = await openPath({ journal: true, keep: true });
  await saturate(run, records, 0, commands, PER_FRAME);
  return { directory: run.directory, commands };
}

function verify(directory: string, commands: number): number {
  const startedMs = performance.now();
  const printed = execFileSync(process.execPath, [path.join(REPOSITORY, 'engine/dist/verify.js'), directory], { encoding: 'utf8' });
  const tookMs = performance.now() - startedMs;
  const { lastSequence } = JSON.parse(printed) as { lastSequence: number };
  if (lastSequence !== commands) throw new Error(`verify saw ${lastSequence} commands of ${commands}`);
  return commands / tookMs / 1_000;
}

async function start(dataDirectory: string, commands: number): Promise<number> {
  const startedMs = performance.now();
  await using _engine = await startEngine({ dataDirectory });
  return commands / (performance.now() - startedMs) / 1_000;
}
