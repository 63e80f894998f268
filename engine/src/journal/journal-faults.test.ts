import { describe, expect, it } from '@jest/globals';
import { propertyRuns } from '@mib/testkit/property-runs';
import { seededRandom } from '@mib/testkit/random';
import { MemoryStorage, type Fault, type Operation } from '../storage/memory-storage.ts';
import { storageFault } from '../storage/storage-fault.ts';
import { DIRECTORY, fillBlock, numbers, readAll, SEGMENT_BYTES } from '../testing/journal-harness.ts';
import { JournalWriter } from './journal-writer.ts';

const SESSIONS = propertyRuns(80);

describe('a journal on a failing disk', () => {
  it.each([
    ['a short write', 'short_write', (disk: MemoryStorage) => failAt(disk, 'write', 'short-write')],
    ['EIO on a write', 'io_error', (disk: MemoryStorage) => failAt(disk, 'write', 'io-error')],
    ['EIO on a sync', 'sync_failed', (disk: MemoryStorage) => failAt(disk, 'sync', 'io-error')],
    ['a full disk', 'no_space', (disk: MemoryStorage) => void (disk.capacityBytes = 2.5 * SEGMENT_BYTES)],
  ])('acknowledges nothing after %s, and has everything acknowledged before at the next start', (_, fault, breakDisk) => {
    for (let seed = 1; seed <= 50; seed++) {
      const disk = new MemoryStorage({ random: seededRandom(seed) });
      using writer = openWriter(disk);
      breakDisk(disk);
      const failure = appendUntilItFails(writer, 1_000);
      const acknowledged = writer.lastSequence;
      expect(storageFault(failure)).toBe(fault);
      disk.fault = () => undefined;
      disk.capacityBytes = Infinity;
      expect(() => append(writer, 1)).toThrow(failure as Error);
      expect(writer.prepare()).toBe(false);
      expect(writer.lastSequence).toBe(acknowledged);
      if (seed % 2 === 0) disk.crash();
      expectAllThere(disk, acknowledged);
    }
  });

  it('keeps every acknowledged command over power cuts at any moment', () => {
    for (let seed = 1; seed <= SESSIONS; seed++) {
      const random = seededRandom(seed);
      const disk = new MemoryStorage({ random, tearing: random() < 0.5 ? 'sector' : 'byte' });
      let acknowledged = 0;
      for (let round = 0; round < 4; round++) {
        let operations = Math.floor(random() * 60);
        disk.fault = () => (operations-- === 0 ? 'crash' : undefined);
        acknowledged = writeUntilCrash(disk, random, acknowledged);
        disk.fault = () => undefined;
        disk.crash();
        acknowledged = expectAllThere(disk, acknowledged, `seed ${seed}`);
      }
    }
  });

  it('recovers from a fault that strikes while it recovers', () => {
    for (let seed = 1; seed <= SESSIONS; seed++) {
      const random = seededRandom(seed);
      const disk = new MemoryStorage({ random });
      disk.fault = (operation) => (operation.kind === 'write' && operation.path.endsWith('.log') && random() < 0.05 ? 'io-error' : undefined);
      const acknowledged = writeUntilCrash(disk, random, 0);
      disk.fault = () => (random() < 0.3 ? 'crash' : random() < 0.3 ? 'io-error' : undefined);
      for (let attempt = 0; attempt < 5; attempt++) attemptTo(() => openWriter(disk)[Symbol.dispose]());
      disk.fault = () => undefined;
      expectAllThere(disk, acknowledged, `seed ${seed}`);
    }
  });
});

function openWriter(disk: MemoryStorage): JournalWriter {
  return new JournalWriter(disk, DIRECTORY, readAll(disk).end, { segmentBytes: SEGMENT_BYTES });
}

/** The next operation of this kind goes wrong. */
function failAt(disk: MemoryStorage, kind: Operation['kind'], fault: Fault): void {
  let left = 3;
  disk.fault = (operation) => (operation.kind === kind && --left === 0 ? fault : undefined);
}

function appendUntilItFails(writer: JournalWriter, most: number): unknown {
  try {
    for (let i = 0; i < most; i++) append(writer, 1 + (i % 30));
  } catch (error) {
    return error;
  }
  throw new Error('nothing failed');
}

function append(writer: JournalWriter, count: number): void {
  fillBlock(writer, count);
  writer.append(count);
}

/** @returns the last sequence that was acknowledged. */
function writeUntilCrash(disk: MemoryStorage, random: () => number, acknowledged: number): number {
  let last = acknowledged;
  attemptTo(() => {
    const writer = openWriter(disk);
    for (let i = 0; i < 60; i++) {
      append(writer, 1 + Math.floor(random() * 30));
      last = writer.lastSequence;
      if (random() < 0.3) while (writer.prepare());
    }
  });
  return last;
}

function attemptTo(run: () => void): void {
  try {
    run();
  } catch {
    // What failed is what the test is about; what counts is what the disk holds.
  }
}

/** As at a start; more than was acknowledged may be there, less or other never. @returns the last sequence. */
function expectAllThere(disk: MemoryStorage, acknowledged: number, label = ''): number {
  const { end, values } = readAll(disk);
  expect({ label, values, enough: end.lastSequence >= acknowledged }).toEqual({ label, values: numbers(1, end.lastSequence), enough: true });
  using writer = new JournalWriter(disk, DIRECTORY, end, { segmentBytes: SEGMENT_BYTES });
  append(writer, 3);
  expect(readAll(disk)).toMatchObject({ values: numbers(1, end.lastSequence + 3), end: { tornBytes: 0 } });
  return writer.lastSequence;
}
