import { describe, expect, it } from '@jest/globals';
import { crc32 } from 'node:zlib';
import { join } from 'node:path';
import { seededRandom } from '@mib/testkit/random';
import { RECORD_BYTES } from '@mib/proto/layout-record';
import { MemoryStorage } from '../storage/memory-storage.ts';
import { DIRECTORY, fillBlock, numbers, readAll, readFile, SEGMENT_BYTES, writeBlocks, writeFile } from '../testing/journal-harness.ts';
import { HEADER_BYTES, JournalVersionError, segmentName, VERSION } from './journal-format.ts';
import { JOURNAL_START } from './journal-reader.ts';
import { JournalWriter } from './journal-writer.ts';
import { JournalDamagedError } from './segments.ts';

const FIRST = join(DIRECTORY, segmentName(1));
const BOUND = Number.MAX_SAFE_INTEGER;

describe('the journal', () => {
  it('reads back what was written, over many segments', () => {
    const disk = newDisk();
    const sizes = [1, 5, 60, 2, 33, 1, 47, 12];
    writeBlocks(disk, JOURNAL_START, sizes);
    const { end, values } = readAll(disk);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    expect(values).toEqual(numbers(1, total));
    expect(end).toMatchObject({ lastSequence: total, tornBytes: 0 });
    expect(disk.list(DIRECTORY).length).toBeGreaterThan(2);
  });

  it('goes on where it ended', () => {
    const disk = newDisk();
    for (let round = 0; round < 6; round++) writeBlocks(disk, readAll(disk).end, [7, 20]);
    expect(readAll(disk).values).toEqual(numbers(1, 6 * 27));
  });

  it('cuts a last block torn at any byte, keeps all before, and goes on', () => {
    const disk = newDisk();
    const before = writeBlocks(disk, JOURNAL_START, [3, 2]);
    const without = readFile(disk, FIRST);
    writeBlocks(disk, before, [4]);
    const whole = readFile(disk, FIRST);
    const length = HEADER_BYTES + 4 * RECORD_BYTES;
    for (let kept = 0; kept < length; kept++) {
      const torn = Buffer.from(without);
      whole.copy(torn, before.offset, before.offset, before.offset + kept);
      writeFile(disk, FIRST, torn);
      const { end, values } = readAll(disk);
      // A cut that only loses zeros of the last record loses nothing.
      const lost = !whole.subarray(before.offset + kept, before.offset + length).every((byte) => byte === 0);
      expect(values).toEqual(numbers(1, lost ? 5 : 9));
      writeBlocks(disk, end, [2]);
      expect(readAll(disk)).toMatchObject({ values: numbers(1, end.lastSequence + 2), end: { tornBytes: 0 } });
    }
  });

  it('finds every flipped bit: damage stops the reading and names its place, at the very end it is cut off', () => {
    const disk = newDisk();
    const end = writeBlocks(disk, JOURNAL_START, [1, 2, 1]);
    const good = readFile(disk, FIRST);
    const lastBlock = end.offset - HEADER_BYTES - RECORD_BYTES;
    const wronglyRead: number[] = [];
    for (let bit = 0; bit < end.offset * 8; bit++) {
      const bad = Buffer.from(good);
      bad[bit >> 3]! ^= 1 << (bit & 7);
      writeFile(disk, FIRST, bad);
      if (bit >> 3 >= lastBlock) expect(readAll(disk)).toMatchObject({ values: [1, 2, 3], end: { lastSequence: 3, offset: lastBlock } });
      else if (!isRefused(() => readAll(disk))) wronglyRead.push(bit);
    }
    expect(wronglyRead).toEqual([]);
  });

  it('names file and byte of a bad block before a good one', () => {
    const disk = newDisk();
    writeBlocks(disk, JOURNAL_START, [1, 1, 1]);
    flip(disk, FIRST, HEADER_BYTES + HEADER_BYTES + RECORD_BYTES + 70);
    expect(() => readAll(disk)).toThrow('journal-000001.log is damaged at byte 256: the block there is bad, but a good one follows at byte 448');
  });

  it('refuses a damaged end of a segment that is not the last, and one missing in between', () => {
    const disk = newDisk();
    writeBlocks(disk, JOURNAL_START, [50, 50, 50]);
    flip(disk, FIRST, HEADER_BYTES + 3);
    expect(() => readAll(disk)).toThrow('journal-000001.log is damaged at byte 64: the block there is bad, but journal-000002.log follows');
    flip(disk, FIRST, HEADER_BYTES + 3);
    disk.remove(join(DIRECTORY, segmentName(2)));
    expect(() => readAll(disk)).toThrow('journal-000002.log is missing in /data');
  });

  it('refuses a segment of another journal in its row', () => {
    const disk = newDisk();
    const other = newDisk();
    writeBlocks(disk, JOURNAL_START, [50, 50]);
    writeBlocks(other, JOURNAL_START, [25, 25, 50]);
    writeFile(disk, join(DIRECTORY, segmentName(2)), readFile(other, join(DIRECTORY, segmentName(2))));
    expect(() => readAll(disk)).toThrow('journal-000002.log is damaged at byte 0');
  });

  it('refuses a journal of a newer engine by name, whatever part of it is newer', () => {
    for (const at of [0, HEADER_BYTES, HEADER_BYTES + HEADER_BYTES + RECORD_BYTES]) {
      const disk = newDisk();
      writeBlocks(disk, JOURNAL_START, [1, 1]);
      const bytes = readFile(disk, FIRST);
      bytes.writeUInt32LE(VERSION + 1, at + 4);
      bytes.writeUInt32LE(crc32(bytes.subarray(at, at + 60)), at + 60);
      writeFile(disk, FIRST, bytes);
      expect(() => readAll(disk)).toThrow(JournalVersionError);
      expect(() => readAll(disk)).toThrow(`the journal was written by a newer engine: its format is ${VERSION + 1}, this engine reads 1..${VERSION}`);
    }
  });

  it.each([2 ** 31 - 10, 2 ** 32 - 10, BOUND - 40])('counts on over a sequence of %i', (lastSequence) => {
    const disk = newDisk();
    writeBlocks(disk, { ...JOURNAL_START, lastSequence }, [7, 20, 13]);
    const { end, values } = readAll(disk, lastSequence + 8);
    expect(end.lastSequence).toBe(lastSequence + 40);
    expect(values).toEqual(Array.from({ length: 33 }, (_, i) => (lastSequence + 8 + i) | 0));
  });

  it('refuses a sequence that a number cannot hold exactly', () => {
    const disk = newDisk();
    using writer = new JournalWriter(disk, DIRECTORY, { ...JOURNAL_START, lastSequence: BOUND - 2 }, { segmentBytes: SEGMENT_BYTES });
    fillBlock(writer, 2);
    writer.append(2);
    expect(() => writer.append(1)).toThrow(`sequences end at ${BOUND}, the last one was ${BOUND}`);
    expect(readAll(disk, BOUND).end.lastSequence).toBe(BOUND);
  });
});

function newDisk(): MemoryStorage {
  return new MemoryStorage({ random: seededRandom(1) });
}

function flip(disk: MemoryStorage, path: string, byte: number): void {
  const bytes = readFile(disk, path);
  bytes[byte]! ^= 1;
  writeFile(disk, path, bytes);
}

function isRefused(read: () => unknown): boolean {
  try {
    read();
    return false;
  } catch (error) {
    if (error instanceof JournalDamagedError) return true;
    throw error;
  }
}
