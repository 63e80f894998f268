// From spawn to ready, first on an empty directory, then again on the same one, and what all processes hold resident.
// The peers are the bars of the house (20 s, 1.5 GiB) and the part nobody can save: PostgreSQL's own first start.

import { readFile, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { freePort } from '@mib/testkit/free-port';
import { startPlatform, temporaryDirectory, type Platform } from '@mib/testkit/platform';
import { REPOSITORY } from '@mib/testkit/repository';
import { median, row, type BenchRow } from './harness.ts';

const RUNS = 5;
const BAR_SECONDS = 20;
const BAR_MIB = 1536;
const MIB = 1 / 1024;

export async function run(): Promise<BenchRow[]> {
  const first: number[] = [];
  const again: number[] = [];
  const memory: number[] = [];
  const postgres: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    const dataDirectory = await temporaryDirectory();
    first.push(await started(dataDirectory, (platform) => measureMemory(platform, memory)));
    again.push(await started(dataDirectory));
    postgres.push(await bareDatabase());
    await rm(dataDirectory, { recursive: true, force: true });
  }
  const common = { runs: RUNS, better: 'lower' } as const;
  return [
    row({ ...common, name: 'first start to ready', peerName: 'bar of 20 s', unit: 's', ours: median(first), peer: BAR_SECONDS, note: 'empty data directory: initdb, migrations, import of the shipped history, all processes ready; npm ci and build done before' }),
    row({ ...common, name: 'first start over bare database', peerName: "embedded PostgreSQL's own first start", unit: 's', ours: median(first), peer: median(postgres), note: 'the peer only makes and starts the database; the ratio says how much of our start it is' }),
    row({ ...common, name: 'second start to ready', peerName: 'bar of 20 s', unit: 's', ours: median(again), peer: BAR_SECONDS, note: 'same directory' }),
    row({ ...common, name: 'resident memory', peerName: 'bar of 1.5 GiB', unit: 'MiB', ours: median(memory), peer: BAR_MIB, note: 'sum of proportional set sizes (Pss) of the launcher and all it started, PostgreSQL backends included, right after ready' }),
  ];
}

async function started(dataDirectory: string, whileRunning: (platform: Platform) => Promise<void> = async () => {}): Promise<number> {
  await using platform = await startPlatform({ dataDirectory });
  await whileRunning(platform);
  return platform.readyMs / 1000;
}

async function bareDatabase(): Promise<number> {
  const { startEmbeddedPostgres } = (await import(pathToFileURL(path.join(REPOSITORY, 'launcher/dist/embedded-postgres.js')).href)) as { startEmbeddedPostgres(o: object): Promise<AsyncDisposable> };
  const directory = await temporaryDirectory();
  const startedMs = performance.now();
  const server = await startEmbeddedPostgres({ dataDirectory: path.join(directory, 'data'), port: await freePort(), password: 'bench' });
  const elapsed = (performance.now() - startedMs) / 1000;
  await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
  return elapsed;
}

/** Shared pages are counted once: Pss divides them among their users. Linux only. */
async function measureMemory(platform: Platform, into: number[]): Promise<void> {
  const roots = new Set(Object.values(platform.pids));
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    const stat = /^\d+$/.test(name) ? await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '') : '';
    if (stat) parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const launcher = parents.get([...roots][0]!)!;
  let kibibytes = 0;
  for (const pid of parents.keys()) {
    if (!descends(pid, launcher, parents)) continue;
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
    kibibytes += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
  }
  into.push(kibibytes * MIB);
}

function descends(pid: number, root: number, parents: ReadonlyMap<number, number>): boolean {
  for (let at: number | undefined = pid; at; at = parents.get(at)) if (at === root) return true;
  return false;
}
