import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { openingCommands, anyCommand } from './core/naive/random-session.ts';
import { OneThreadEngine } from './snapshot/one-thread-engine.ts';
import { takeSnapshot } from './snapshot/take-snapshot.ts';
import { nodeStorage } from './storage/node-storage.ts';

const VERIFY = fileURLToPath(new URL('./verify.js', import.meta.url));
const SEED = 11;
const BLOCKS = 120;
const SNAPSHOT_EVERY_BLOCKS = 50;
/** Other node binaries to compare with, separated by colons. */
const OTHER_NODES = (process.env['MIB_OTHER_NODES'] ?? '').split(':').filter((path) => path !== '');

const WAYS: readonly (readonly [name: string, node: string, flags: readonly string[]])[] = [
  ['once more', process.execPath, []],
  ['without the optimizing compiler', process.execPath, ['--no-opt']],
  ['with the core compiled by the baseline compiler only', process.execPath, ['--liftoff-only']],
  ['with the core compiled by the optimizing compiler at once', process.execPath, ['--no-liftoff']],
  ['compiled as late as can be', process.execPath, ['--max-lazy']],
  ['with everything compiled at once', process.execPath, ['--always-sparkplug']],
  ['while the heap is moved about', process.execPath, ['--stress-compaction']],
  ...OTHER_NODES.map((path) => [`by ${path}`, path, []] as const),
];

describe('the same commands', () => {
  const directory = mkdtempSync(join(tmpdir(), 'mib-determinism-'));
  let expected: unknown;

  beforeAll(() => {
    expected = recordSession(directory);
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it.each(WAYS)('give the same state and the same events %s', (_name, node, flags) => {
    expect(JSON.parse(execFileSync(node, [...flags, VERIFY, directory], { encoding: 'utf8' }))).toEqual(expected);
  });

  it('give the same state and the same events in a worker thread', async () => {
    const worker = new Worker(VERIFY, { argv: [directory], stdout: true });
    const [printed] = await Promise.all([text(worker.stdout), once(worker, 'exit')]);
    expect(JSON.parse(printed)).toEqual(expected);
  });
});

/** Trades in this process and leaves journal, events and snapshots behind. @returns what `verify` must find, which replays from each. */
function recordSession(directory: string): object {
  using engine = new OneThreadEngine(nodeStorage, directory);
  const snapshots: number[] = [];
  const blocks = fc.sample(fc.array(anyCommand, { minLength: 4, maxLength: 40 }), { numRuns: BLOCKS, seed: SEED });
  [openingCommands(), ...blocks].forEach((block, index) => {
    engine.submit(block);
    if (index % SNAPSHOT_EVERY_BLOCKS === SNAPSHOT_EVERY_BLOCKS - 1) snapshots.unshift(takeSnapshot(nodeStorage, directory)!.lastSequence);
  });
  const { lastSequence, stateHash } = engine;
  return { lastSequence, lastEventSequence: engine.core.lastEventSequence, stateHash, tornBytes: 0, from: [...snapshots, 0] };
}
