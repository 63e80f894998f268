import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openingCommands } from '../core/naive/random-session.ts';
import { nodeStorage } from '../storage/node-storage.ts';
import { OneThreadEngine } from './one-thread-engine.ts';
import { listSnapshots } from './snapshot-files.ts';
import { Snapshotter } from './snapshotter.ts';

const FAULTY = new URL('../testing/faulty-snapshot-worker.js', import.meta.url);
const STALLED = new URL('../testing/stalled-snapshot-worker.js', import.meta.url);
const SOON_MS = 200;
/** The snapshot's thread has the lowest priority of a busy machine. */
const PATIENT_MS = 60_000;

describe('the taking of snapshots', () => {
  let directory: string;
  let told: string[];
  const reports = { onTaken: () => told.push('taken'), onFailure: (error: Error) => told.push(error.message) };

  beforeEach(() => {
    told = [];
    directory = join(mkdtempSync(join(tmpdir(), 'mib-snapshotter-')), 'engine');
    mkdirSync(directory);
    using engine = new OneThreadEngine(nodeStorage, directory);
    engine.submit(openingCommands());
  });

  afterEach(() => rmSync(join(directory, '..'), { recursive: true, force: true }));

  it('takes a last one when the engine stops', async () => {
    await new Snapshotter(directory, reports, { finishMs: PATIENT_MS }).finish();
    expect(told).toEqual(['taken']);
    expect(listSnapshots(nodeStorage, directory)).toEqual([openingCommands().length]);
  });

  it('is over after a sync that failed: only a start writes again what the disk may have lost', async () => {
    const snapshots = new Snapshotter(directory, reports, { worker: FAULTY, finishMs: PATIENT_MS });
    await snapshots.finish();
    snapshots.take(1);
    await snapshots.finish();
    expect(told).toEqual([expect.stringMatching(/i\/o error.*; no snapshot is taken until the engine is restarted/)]);
    expect(snapshots.metricsText()).toContain('mib_engine_snapshot_failures_total 1\n');
    expect(listSnapshots(nodeStorage, directory)).toEqual([]);
  });

  it('does not hold up the end for one that takes too long', async () => {
    const snapshots = new Snapshotter(directory, reports, { worker: STALLED, finishMs: SOON_MS });
    snapshots.take(Infinity);
    await snapshots.finish();
    expect(told).toEqual([]);
  });
});
