/** @jest-environment-options {"customExportConditions": ["node", "node-addons", "small-core"]} */

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { EngineCommand } from '@mib/proto/engine-commands';
import { seededRandom } from '@mib/testkit/random';
import { openingCommands, anyCommand } from '../core/naive/random-session.ts';
import { stateHash } from '../core/state-hash.ts';
import { eventFilePath } from '../event-log/event-log-files.ts';
import { replay } from '../replay.ts';
import { MemoryStorage, StorageCrashedError } from '../storage/memory-storage.ts';
import type { Storage } from '../storage/storage.ts';
import { EventLogCheck } from './event-log-check.ts';
import { OneThreadEngine } from './one-thread-engine.ts';
import { keepSnapshots, listSnapshots, snapshotName } from './snapshot-files.ts';
import { decodeHeader, decodeSections, SnapshotDamagedError } from './snapshot-format.ts';
import { findStartingPoint } from './starting-point.ts';
import { takeSnapshot } from './take-snapshot.ts';

const DIRECTORY = '/engine';
const SEED = 4;
/** Operations between those after whose crash a test also goes on. */
const GO_ON_EVERY = 5;
/** Few commands to a segment, so that retention has something to give back. */
const SEGMENT_BYTES = 4 * 1024;

describe('a snapshot', () => {
  it('plus the journal after it gives the state and the events of the whole journal, wherever it was taken', () => {
    fc.assert(
      fc.property(fc.array(fc.array(anyCommand, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 8 }), (blocks) => {
        const storage = disk();
        const points: number[] = [];
        using engine = new OneThreadEngine(storage, DIRECTORY);
        for (const block of [openingCommands(), ...blocks]) {
          engine.submit(block);
          points.push(engine.lastSequence);
        }
        for (const point of points) {
          expect(takeSnapshot(storage, DIRECTORY, point)).toMatchObject({ lastSequence: point });
          expect(replayed(storage)).toEqual({ from: point, lastSequence: engine.lastSequence, stateHash: engine.stateHash });
          keepSnapshots(storage, DIRECTORY, []);
        }
      }),
      { numRuns: 2 },
    );
  }, 120_000);

  it('follows the one before it; two are kept, and the journal from the older one', () => {
    const storage = disk();
    const taken: number[] = [];
    const hashes = new Map<number, string>();
    using engine = new OneThreadEngine(storage, DIRECTORY, { segmentBytes: SEGMENT_BYTES });
    for (const block of session(10)) {
      engine.submit(block);
      hashes.set(engine.lastSequence, engine.stateHash);
      const snapshot = takeSnapshot(storage, DIRECTORY, engine.lastSequence);
      taken.push(snapshot!.lastSequence);
      expect(replayed(storage)).toEqual({ from: engine.lastSequence, lastSequence: engine.lastSequence, stateHash: engine.stateHash });
    }
    expect(listSnapshots(storage, DIRECTORY)).toEqual(taken.slice(-2).reverse());
    flipBit(storage, snapshotName(taken.at(-1)!), 8 * 500);
    expect(replayed(storage)).toEqual({ from: taken.at(-2), lastSequence: engine.lastSequence, stateHash: engine.stateHash });
    flipBit(storage, snapshotName(taken.at(-2)!), 8 * 500);
    expect(() => findStartingPoint(storage, DIRECTORY)).toThrow(
      new RegExp(`^nothing to start from in /engine: ${snapshotName(taken.at(-1)!)}: the section at byte \\d+ is bad; ${snapshotName(taken.at(-2)!)}: the section at byte \\d+ is bad; the beginning: command 1 is not in the journal any more: it begins with \\d+$`),
    );
  }, 120_000);

  it('is not taken when there is nothing new, and not of what may not be durable', () => {
    const storage = disk();
    using engine = new OneThreadEngine(storage, DIRECTORY);
    expect(takeSnapshot(storage, DIRECTORY)).toBeUndefined();
    const [first, second] = session(2);
    engine.submit(first!);
    engine.submit(second!);
    const through = engine.lastSequence - 1;
    expect(takeSnapshot(storage, DIRECTORY, through)).toMatchObject({ lastSequence: first!.length });
    expect(takeSnapshot(storage, DIRECTORY, through)).toBeUndefined();
  });

  it('shows every flipped bit', () => {
    const storage = disk();
    using engine = new OneThreadEngine(storage, DIRECTORY);
    engine.submit(openingCommands());
    takeSnapshot(storage, DIRECTORY);
    const bytes = readAll(storage, snapshotName(engine.lastSequence));
    decode(bytes);
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      let found = false;
      try {
        decode(bytes);
      } catch (error) {
        found = error instanceof SnapshotDamagedError;
      }
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      if (!found) throw new Error(`bit ${bit} of ${8 * bytes.length} flipped is not found`);
    }
    for (const length of [0, 1, 127, 128, 129, bytes.length - 1]) expect(() => decode(bytes.subarray(0, length))).toThrow(SnapshotDamagedError);
    expect(() => decode(Buffer.concat([bytes, Buffer.alloc(8)]))).toThrow(SnapshotDamagedError);
  }, 120_000);
});

describe('a start', () => {
  it('passes over a bad snapshot, naming it, and replays the whole journal where it still has it', () => {
    const storage = disk();
    let hash: string;
    {
      using engine = new OneThreadEngine(storage, DIRECTORY);
      for (const block of session(3)) engine.submit(block);
      takeSnapshot(storage, DIRECTORY);
      hash = engine.stateHash;
    }
    const [newest] = listSnapshots(storage, DIRECTORY);
    flipBit(storage, snapshotName(newest!), 8 * 200);
    using engine = new OneThreadEngine(storage, DIRECTORY);
    expect(engine.stateHash).toBe(hash);
    expect(engine.startedFrom).toBe(0);
    expect(engine.passedOver).toEqual([expect.stringMatching(`^${snapshotName(newest!)}: the section at byte \\d+ is bad$`)]);
  });

  it('derives again what an event log has lost, as far as the journal goes back', () => {
    const storage = disk();
    let hash: string;
    {
      using engine = new OneThreadEngine(storage, DIRECTORY);
      for (const block of session(3)) engine.submit(block);
      takeSnapshot(storage, DIRECTORY);
      hash = engine.stateHash;
    }
    const log = readAll(storage, 'events-000001.log');
    {
      using file = storage.open(eventFilePath(DIRECTORY, 1), 'write');
      file.truncate(1_280);
    }
    using engine = new OneThreadEngine(storage, DIRECTORY);
    expect([engine.startedFrom, engine.stateHash]).toEqual([0, hash]);
    expect(engine.passedOver).toEqual([expect.stringMatching('the event log ends at event 10, the snapshot was taken after event \\d+$')]);
    expect(readAll(storage, 'events-000001.log').equals(log)).toBe(true);
  });

  it('refuses a snapshot of another journal, and a journal that ends before it', () => {
    const first = disk();
    using engine = new OneThreadEngine(first, DIRECTORY);
    for (const block of session(3)) engine.submit(block);
    takeSnapshot(first, DIRECTORY);
    const [sequence] = listSnapshots(first, DIRECTORY);
    const blocks = session(4, SEED + 1);
    const other = disk();
    using stranger = new OneThreadEngine(other, DIRECTORY);
    const join = (): readonly string[] => {
      copyFile(first, other, snapshotName(sequence!));
      return findStartingPoint(other, DIRECTORY).passedOver;
    };
    expect(join()[0]).toMatch(/the event log ends at event 0|the journal ends at command 0/);
    for (const block of blocks) stranger.submit(block);
    expect(join()[0]).toMatch(/is not the one that the snapshot was taken after|the event log ends at/);
  });

  it('has everything again wherever a crash stops the taking of a snapshot', () => {
    const random = seededRandom(SEED);
    for (let operation = 0, crashed = true; crashed; operation++) {
      const storage = disk();
      const reference = new Map<number, string>();
      let next: readonly EngineCommand[];
      {
        using engine = new OneThreadEngine(storage, DIRECTORY, { segmentBytes: SEGMENT_BYTES });
        const blocks = session(8);
        next = blocks.pop()!;
        blocks.forEach((block, index) => {
          engine.submit(block);
          if (index === 2 || index === 4) takeSnapshot(storage, DIRECTORY);
        });
        reference.set(engine.lastSequence, engine.stateHash);
        let count = 0;
        storage.fault = () => (count++ === operation ? 'crash' : undefined);
        crashed = fails(() => takeSnapshot(storage, DIRECTORY));
        storage.fault = () => undefined;
        if (crashed && random() < 0.5) storage.crash();
      }
      using engine = new OneThreadEngine(storage, DIRECTORY, { segmentBytes: SEGMENT_BYTES });
      expect({ operation, hash: engine.stateHash }).toEqual({ operation, hash: reference.get(engine.lastSequence) });
      if (operation % GO_ON_EVERY !== 0) continue;
      engine.submit(next);
      takeSnapshot(storage, DIRECTORY);
      expect(replayed(storage)).toEqual({ from: engine.lastSequence, lastSequence: engine.lastSequence, stateHash: engine.stateHash });
      expect(listSnapshots(storage, DIRECTORY)).toHaveLength(2);
    }
  }, 240_000);
});

function disk(): MemoryStorage {
  return new MemoryStorage({ random: seededRandom(SEED) });
}

/** The opening and `count - 1` further blocks of a busy market. */
function session(count: number, seed = SEED): EngineCommand[][] {
  const blocks = fc.sample(fc.array(anyCommand, { minLength: 4, maxLength: 30 }), { numRuns: count - 1, seed });
  return [openingCommands(), ...blocks];
}

/** Starts from what the storage holds and replays to the end, comparing all events with the log. */
function replayed(storage: Storage): { from: number; lastSequence: number; stateHash: string } {
  const start = findStartingPoint(storage, DIRECTORY);
  using _reader = start.reader;
  using check = new EventLogCheck(storage, DIRECTORY, start.point.lastEventSequence);
  const { lastSequence } = replay(start, { onEvents: (records) => check.compare(records) });
  return { from: start.point.lastSequence, lastSequence, stateHash: stateHash(start.core) };
}

function decode(bytes: Buffer): void {
  decodeSections(bytes, decodeHeader(bytes).sections);
}

function readAll(storage: Storage, name: string): Buffer {
  using file = storage.open(`${DIRECTORY}/${name}`, 'read');
  const bytes = Buffer.alloc(file.size());
  file.read(bytes, 0);
  return bytes;
}

function flipBit(storage: Storage, name: string, bit: number): void {
  const bytes = readAll(storage, name);
  bytes[bit >> 3]! ^= 1 << (bit & 7);
  using file = storage.open(`${DIRECTORY}/${name}`, 'write');
  file.write(bytes, 0);
}

function copyFile(from: Storage, to: Storage, name: string): void {
  const bytes = readAll(from, name);
  using file = to.open(`${DIRECTORY}/${name}`, 'create');
  file.write(bytes, 0);
}

/** @returns whether the machine crashed meanwhile. */
function fails(action: () => void): boolean {
  try {
    action();
    return false;
  } catch (error) {
    if (error instanceof StorageCrashedError) return true;
    throw error;
  }
}
