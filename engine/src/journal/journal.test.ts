import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RECORD_BYTES, RECORD_WORDS } from '@mib/proto/layout-record';
import { HEADER_BYTES, segmentName } from './journal-format.ts';
import { nodeStorage } from '../storage/node-storage.ts';
import { JOURNAL_START as START, readJournal, type JournalEnd } from './journal-reader.ts';
import { JournalWriter } from './journal-writer.ts';
import { JournalDamagedError } from './segments.ts';

const SEGMENT_BYTES = 8 * 1024;

describe('the journal', () => {
  it('reads back what was written, over many segments', () => {
    using folder = temporaryFolder();
    const sizes = [1, 5, 60, 2, 33, 1, 47, 12];
    write(folder.path, START, sizes);
    const { end, values } = read(folder.path);
    expect(values).toEqual(numbers(1, sum(sizes)));
    expect(end).toMatchObject({ lastSequence: sum(sizes), tornBytes: 0 });
    expect(readdirSync(folder.path).length).toBeGreaterThan(2);
  });

  it('goes on where it ended', () => {
    using folder = temporaryFolder();
    for (let round = 0; round < 6; round++) write(folder.path, read(folder.path).end, [7, 20]);
    expect(read(folder.path).values).toEqual(numbers(1, 6 * 27));
  });

  it('cuts a last block torn at any byte, keeps all before, and goes on', () => {
    using folder = temporaryFolder();
    const before = write(folder.path, START, [3, 2]);
    const full = readFileSync(join(folder.path, segmentName(1)));
    write(folder.path, before, [4]);
    const whole = readFileSync(join(folder.path, segmentName(1)));
    const length = HEADER_BYTES + 4 * RECORD_BYTES;
    for (let kept = 0; kept < length; kept++) {
      const torn = Buffer.from(full);
      whole.copy(torn, before.offset, before.offset, before.offset + kept);
      writeFileSync(join(folder.path, segmentName(1)), torn);
      const { end, values } = read(folder.path);
      // A cut that only loses zeros of the last record loses nothing.
      const lost = !whole.subarray(before.offset + kept, before.offset + length).every((byte) => byte === 0);
      expect(values).toEqual(numbers(1, lost ? 5 : 9));
      if (kept % 64 !== 1) continue;
      write(folder.path, end, [2]);
      expect(read(folder.path)).toMatchObject({ values: [...numbers(1, end.lastSequence), end.lastSequence + 1, end.lastSequence + 2], end: { tornBytes: 0 } });
    }
  });

  it('finds every flipped bit: damage stops the reading and names its place, at the very end it is cut off', () => {
    using folder = temporaryFolder();
    const end = write(folder.path, START, [1, 2, 1]);
    const path = join(folder.path, segmentName(1));
    const good = readFileSync(path);
    const lastBlock = end.offset - HEADER_BYTES - RECORD_BYTES;
    for (let bit = 0; bit < end.offset * 8; bit++) {
      const bad = Buffer.from(good);
      bad[bit >> 3]! ^= 1 << (bit & 7);
      writeFileSync(path, bad);
      if (bit >> 3 >= lastBlock) expect(read(folder.path).end).toMatchObject({ lastSequence: 3, offset: lastBlock });
      else expect(() => read(folder.path)).toThrow(JournalDamagedError);
    }
  });

  it('names file and byte of a bad block before a good one', () => {
    using folder = temporaryFolder();
    write(folder.path, START, [1, 1, 1]);
    const path = join(folder.path, segmentName(1));
    const bytes = readFileSync(path);
    bytes[HEADER_BYTES + HEADER_BYTES + RECORD_BYTES + 70]! ^= 1;
    writeFileSync(path, bytes);
    expect(() => read(folder.path)).toThrow('journal-000001.log is damaged at byte 256: the block there is bad, but a good one follows at byte 448');
  });

  it('refuses a missing segment and a damaged end of one that is not the last', () => {
    using folder = temporaryFolder();
    write(folder.path, START, [50, 50, 50]);
    const first = join(folder.path, segmentName(1));
    const bytes = readFileSync(first);
    bytes[HEADER_BYTES + 3]! ^= 1;
    writeFileSync(first, bytes);
    expect(() => read(folder.path)).toThrow('journal-000001.log is damaged at byte 64: the block there is bad, but journal-000002.log follows');
    rmSync(first);
    expect(() => read(folder.path)).toThrow('command 1 is not in the journal any more: it begins with 51');
  });
});

function write(directory: string, end: JournalEnd, sizes: readonly number[]): JournalEnd {
  using writer = new JournalWriter(nodeStorage, directory, end, { segmentBytes: SEGMENT_BYTES });
  for (const size of sizes) {
    fill(writer, size);
    writer.append(size);
    while (writer.prepare());
  }
  return read(directory).end;
}

/** Records that carry their own sequence, and something in the last byte. */
function fill(writer: JournalWriter, count: number): void {
  const words = new Int32Array(writer.block.buffer, writer.block.byteOffset + HEADER_BYTES, count * RECORD_WORDS);
  words.fill(0);
  for (let i = 0; i < count; i++) {
    words[i * RECORD_WORDS] = writer.lastSequence + 1 + i;
    words[i * RECORD_WORDS + RECORD_WORDS - 1] = -1;
  }
}

function read(directory: string): { end: JournalEnd; values: number[] } {
  const values: number[] = [];
  const end = readJournal(nodeStorage, directory, (views, first, count) => {
    for (let i = first; i < first + count; i++) values.push(views.words[i * RECORD_WORDS]!);
  });
  return { end, values };
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'mib-journal-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
