// What an engine costs that has nothing to do: processor time of all its threads, as the kernel counts it in nanoseconds,
// against the bar, with a Node process that only waits beside it.

import { fork } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startEngine } from '@mib/testkit/engine-process';
import { median, row, type BenchRow } from '../harness.ts';

const RUNS = 5;
const SETTLE_MS = 3_000;
const WINDOW_MS = 4_000;
const BAR_PERCENT = 0.5;

export async function run(): Promise<BenchRow[]> {
  await using engine = await startEngine();
  const waiting = fork(fileURLToPath(new URL('./waiting-process.js', import.meta.url)));
  try {
    await after(SETTLE_MS);
    const ours: number[] = [];
    const peer: number[] = [];
    for (let i = 0; i < RUNS; i++) {
      const before = [cpuNs(engine.pid), cpuNs(waiting.pid!)] as const;
      await after(WINDOW_MS);
      ours.push(percent(cpuNs(engine.pid) - before[0]));
      peer.push(percent(cpuNs(waiting.pid!) - before[1]));
    }
    const note = `all threads, ${WINDOW_MS} ms a window; no client connected; a Node process that waits, side by side, took ${median(peer).toPrecision(2)} %`;
    return [row({ name: 'idle engine', peerName: `bar of ${BAR_PERCENT} %`, unit: '% of a core', better: 'lower', runs: RUNS, note, ours: median(ours), peer: BAR_PERCENT })];
  } finally {
    waiting.disconnect();
  }
}

/** First figure of schedstat: nanoseconds on a processor. Linux only. */
function cpuNs(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).reduce((sum, task) => sum + Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]), 0);
}

function percent(ns: number): number {
  return (ns / 1e6 / WINDOW_MS) * 100;
}
