import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '@mib/testkit/random';
import { MemoryStorage } from '../storage/memory-storage.ts';
import { nodeStorage } from '../storage/node-storage.ts';
import type { Storage } from '../storage/storage.ts';
import { RECORD_WORDS } from '@mib/proto/layout-record';
import { DIRECTORY, fillBlock, numbers, readAll, SEGMENT_BYTES, writeBlocks } from '../testing/journal-harness.ts';
import { JOURNAL_START, JournalReader } from './journal-reader.ts';
import { JournalWriter } from './journal-writer.ts';
import { retainFrom } from './retention.ts';
import { JournalOutOfRangeError } from './segments.ts';

describe('a reader of the journal', () => {
  it('begins at any sequence, in the middle of a block too', () => {
    const disk = newDisk();
    const { lastSequence } = writeBlocks(disk, JOURNAL_START, [3, 40, 1, 25, 60, 2]);
    for (let from = 1; from <= lastSequence + 1; from++) expect(readAll(disk, from).values).toEqual(numbers(from, lastSequence));
  });

  it('follows a writer: nothing yet is no end, and a rolled segment no gap', () => {
    const disk = newDisk();
    const random = seededRandom(5);
    using writer = new JournalWriter(disk, DIRECTORY, JOURNAL_START, { segmentBytes: SEGMENT_BYTES });
    using reader = new JournalReader(disk, DIRECTORY);
    const seen: number[] = [];
    for (let round = 0; round < 300; round++) {
      for (let blocks = Math.floor(random() * 4); blocks > 0; blocks--) append(writer, 1 + Math.floor(random() * 20));
      if (random() < 0.5) seen.push(...take(reader));
      expect(seen).toEqual(numbers(1, reader.lastSequence));
    }
    seen.push(...take(reader));
    expect(seen).toEqual(numbers(1, writer.lastSequence));
    expect(reader.end()).toEqual(readAll(disk).end);
  });

  it('follows a writer on the machine\'s own files', () => {
    const directory = mkdtempSync(join(tmpdir(), 'mib-journal-'));
    try {
      using writer = new JournalWriter(nodeStorage, directory, JOURNAL_START, { segmentBytes: SEGMENT_BYTES });
      using reader = new JournalReader(nodeStorage, directory);
      const seen: number[] = [];
      for (const size of [1, 30, 30, 2, 50]) {
        append(writer, size);
        seen.push(...take(reader));
        expect(seen).toEqual(numbers(1, writer.lastSequence));
      }
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('waits for a journal that does not exist yet', () => {
    const disk = newDisk();
    using reader = new JournalReader(disk, DIRECTORY);
    expect(reader.next()).toBeUndefined();
    writeBlocks(disk, JOURNAL_START, [2]);
    expect(take(reader)).toEqual([1, 2]);
  });
});

describe('retention', () => {
  it('removes the segments that are wholly covered, and the rest still chains, reads and goes on', () => {
    const disk = newDisk();
    writeBlocks(disk, JOURNAL_START, Array.from({ length: 40 }, () => 15));
    const segments = disk.list(DIRECTORY).length;
    for (const sequence of [1, 2, 200, 400, 601]) {
      retainFrom(disk, DIRECTORY, sequence);
      expect(readAll(disk, sequence).values).toEqual(numbers(sequence, 600));
    }
    expect(disk.list(DIRECTORY).length).toBeLessThan(segments / 4);
    writeBlocksOn(disk, 601, [5, 50]);
    expect(readAll(disk, 601).values).toEqual(numbers(601, 655));
  });

  it('tells who asks for a removed sequence where the journal begins', () => {
    const disk = newDisk();
    writeBlocks(disk, JOURNAL_START, Array.from({ length: 10 }, () => 30));
    retainFrom(disk, DIRECTORY, 100);
    const refused = catchError(() => readAll(disk, 1)) as JournalOutOfRangeError;
    expect(refused).toBeInstanceOf(JournalOutOfRangeError);
    expect(refused.message).toBe(`command 1 is not in the journal any more: it begins with ${refused.firstAvailable}`);
    using reader = new JournalReader(disk, DIRECTORY);
    expect(take(reader)).toEqual(numbers(refused.firstAvailable, 300));
  });

  it('leaves no gap, wherever a crash interrupts it', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = seededRandom(seed);
      const disk = new MemoryStorage({ random });
      writeBlocks(disk, JOURNAL_START, Array.from({ length: 20 }, () => 30));
      let operations = Math.floor(random() * 20);
      disk.fault = () => (operations-- === 0 ? 'crash' : undefined);
      catchError(() => retainFrom(disk, DIRECTORY, 500));
      disk.fault = () => undefined;
      disk.crash();
      expect(readAll(disk, 500).values).toEqual(numbers(500, 600));
    }
  });
});

function newDisk(): MemoryStorage {
  return new MemoryStorage({ random: seededRandom(1) });
}

function append(writer: JournalWriter, count: number): void {
  fillBlock(writer, count);
  writer.append(count);
}

function writeBlocksOn(disk: Storage, from: number, sizes: readonly number[]): void {
  using writer = new JournalWriter(disk, DIRECTORY, readAll(disk, from).end, { segmentBytes: SEGMENT_BYTES });
  for (const size of sizes) append(writer, size);
}

function take(reader: JournalReader): number[] {
  const values: number[] = [];
  for (let block = reader.next(); block; block = reader.next()) {
    for (let i = block.first; i < block.first + block.count; i++) values.push(block.views.words[i * RECORD_WORDS]!);
  }
  return values;
}

function catchError(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}
