// What a hundred million rows of history cost a data-processor: its peak of resident memory after the same questions as over
// ten million, in a process with the flags of its container, against the container's limit and the size of the files.

import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startChild } from '@mib/testkit/child';
import globalSetup from '@mib/testkit/global-setup';
import globalTeardown from '@mib/testkit/global-teardown';
import { testDatabase } from '@mib/testkit/test-database';
import { row, type BenchRow } from '../harness.ts';
import { INSTRUMENTS, sizeOf, writeHistory } from './history-files.ts';
import { askAll } from './history-questions.ts';

const SMALL_ROWS = 10_000_000;
const LARGE_ROWS = 100_000_000;
/** Of the container in docker-compose.yml and deployments/kubernetes; more is an error of this bench. */
const CONTAINER_MIB = 512;
/** The flag of deployments/kubernetes/subgraphs/data-processor.yaml. */
const NODE_OPTIONS = '--max-old-space-size=256';
const MIB = 2 ** 20;
/** Nobody listens there: the history must not need the engine. */
const NO_ENGINE = '127.0.0.1:1';

interface Measured {
  readonly peakMib: number;
  /** Before the first question. */
  readonly startMib: number;
  readonly diskMib: number;
  readonly files: number;
  readonly questions: number;
  readonly pageMs: number;
  readonly seconds: number;
}

export async function run(): Promise<BenchRow[]> {
  await globalSetup();
  try {
    const small = await measure(SMALL_ROWS);
    const large = await measure(LARGE_ROWS);
    const note = `${millions(LARGE_ROWS)} rows, minutes and trades of ${INSTRUMENTS} instruments in ${large.files} files of the archiver's own writing; a data-processor with ${NODE_OPTIONS}, ${Math.round(large.startMib)} MiB before the first question; ${large.questions} questions over its graph, every answer checked (pages, walks, folds over whole series, windows of 1000, a screen, 500 corrected bars spread over all of it), ${large.seconds.toFixed(0)} s over ${millions(LARGE_ROWS)} rows and ${small.seconds.toFixed(0)} s over ${millions(SMALL_ROWS)}`;
    const shared = { runs: 1, note, better: 'lower' } as const;
    const peak = { ...shared, unit: 'MiB', ours: large.peakMib };
    return [
      row({ ...peak, name: `history: peak memory over ${millions(LARGE_ROWS)} rows`, peerName: `${millions(SMALL_ROWS)} rows`, peer: small.peakMib }),
      row({ ...peak, name: 'history: peak memory against the container', peerName: 'its limit', peer: CONTAINER_MIB }),
      row({ ...peak, name: 'history: peak memory against the files', peerName: 'their size on disk', peer: large.diskMib }),
      row({ ...shared, name: 'history: a page of 500 candles at any time', peerName: `${millions(SMALL_ROWS)} rows`, unit: 'ms', ours: large.pageMs, peer: small.pageMs }),
    ];
  } finally {
    await globalTeardown();
  }
}

async function measure(rows: number): Promise<Measured> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'mib-bench-history-'));
  try {
    await using database = await testDatabase();
    const size = sizeOf(rows);
    const writtenMs = performance.now();
    await writeHistory(database.url, directory, size);
    console.error(`${millions(rows)} rows written in ${Math.round((performance.now() - writtenMs) / 1_000)} s`);
    await using child = await startChild('subgraphs/data-processor/dist/main.js', {
      DATABASE_URL: database.url, ENGINE_ADDRESS: NO_ENGINE, ENGINE_TOKEN: 'a token of at least 32 characters!!!', MIB_INTERNAL_SECRET: 'a secret of at least 32 characters!', MIB_HISTORY_DIR: directory,
      HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'fatal', NODE_OPTIONS,
    });
    const startMib = await peakMibOf(child.pid);
    const startedMs = performance.now();
    const asked = await askAll(child.url, database.url, size);
    const seconds = (performance.now() - startedMs) / 1_000;
    const peakMib = await peakMibOf(child.pid);
    console.error(`${millions(rows)} rows: ${Math.round(peakMib)} MiB at most, ${Math.round(startMib)} before the first question, ${seconds.toFixed(1)} s of questions`);
    if (peakMib > CONTAINER_MIB) throw new Error(`peak memory must be at most ${CONTAINER_MIB} MiB, was ${peakMib.toFixed(0)} over ${millions(rows)} rows`);
    return { ...asked, ...(await sizeOnDisk(directory)), peakMib, startMib, seconds };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** High-water mark of resident memory. Linux only. */
async function peakMibOf(pid: number): Promise<number> {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))![1]) / 1_024;
}

async function sizeOnDisk(directory: string): Promise<{ diskMib: number; files: number }> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.parquet'));
  const sizes = await Promise.all(names.map(async (name) => (await stat(path.join(directory, name))).size));
  return { diskMib: sizes.reduce((a, b) => a + b, 0) / MIB, files: names.length };
}

function millions(rows: number): string {
  return `${rows / 1_000_000} M`;
}
