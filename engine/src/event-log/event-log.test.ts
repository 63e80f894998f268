import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RECORD_BYTES } from '@mib/proto/layout-record';
import { seededRandom } from '@mib/testkit/random';
import { MemoryStorage } from '../storage/memory-storage.ts';
import { nodeStorage } from '../storage/node-storage.ts';
import { eventFilePath, EventOutOfRangeError, eventRange, EVENTS_PER_FILE, syncEvents } from './event-log-files.ts';
import { EventLogReader } from './event-log-reader.ts';
import { EventLogDivergedError, EventLogWriter } from './event-log-writer.ts';

const DIRECTORY = '/data';

describe('the event log', () => {
  it('reads from any sequence, over a file boundary', async () => {
    using folder = temporaryFolder();
    const total = EVENTS_PER_FILE + 100;
    append(folder.path, records(1, total));
    using reader = new EventLogReader(nodeStorage, folder.path);
    for (const first of [1, 77, EVENTS_PER_FILE, EVENTS_PER_FILE + 1, total]) {
      const bytes = await reader.read(first, 10);
      expect(Buffer.from(bytes).equals(records(first, Math.min(first + 9, first <= EVENTS_PER_FILE ? EVENTS_PER_FILE : total)))).toBe(true);
    }
  });

  it('is written again where a crash cut it, at any byte of the last record', () => {
    using folder = temporaryFolder();
    append(folder.path, records(1, 5));
    for (let cut = 4 * RECORD_BYTES; cut < 5 * RECORD_BYTES; cut++) {
      truncateSync(eventFilePath(folder.path, 1), cut);
      append(folder.path, records(1, 5));
      expect(readFileSync(eventFilePath(folder.path, 1)).equals(records(1, 5))).toBe(true);
    }
  });

  it('fills in a record that a power cut left as zeros', () => {
    using folder = temporaryFolder();
    append(folder.path, records(1, 5));
    const bytes = records(1, 5);
    bytes.fill(0, RECORD_BYTES, 2 * RECORD_BYTES);
    writeFileSync(eventFilePath(folder.path, 1), bytes);
    append(folder.path, records(1, 5));
    expect(readFileSync(eventFilePath(folder.path, 1)).equals(records(1, 5))).toBe(true);
  });

  it('refuses a log that is not the journal\'s', () => {
    using folder = temporaryFolder();
    append(folder.path, records(1, 5));
    const other = records(1, 5);
    other[4 * RECORD_BYTES - 1]! ^= 1;
    expect(() => append(folder.path, other)).toThrow('event 4 of the log is not the one that the journal gives');
  });

  it('refuses a journal that lost commands whose events are there', () => {
    using folder = temporaryFolder();
    append(folder.path, records(1, 5));
    expect(() => append(folder.path, records(1, 4))).toThrow(EventLogDivergedError);
  });

  it('cuts zeros behind its end', () => {
    using folder = temporaryFolder();
    writeFileSync(eventFilePath(folder.path, 1), Buffer.concat([records(1, 4), Buffer.alloc(3 * RECORD_BYTES)]));
    append(folder.path, records(1, 4));
    expect(eventRange(nodeStorage, folder.path)).toEqual({ first: 1, last: 4 });
  });

  it('keeps a bounded number of files, and tells who asks for an older event where it begins', async () => {
    const disk = new MemoryStorage({ random: seededRandom(1) });
    const total = 3 * EVENTS_PER_FILE + 5;
    const first = EVENTS_PER_FILE * 2 + 1;
    appendTo(disk, records(1, total), 2);
    expect(eventRange(disk, DIRECTORY)).toEqual({ first, last: total });
    using reader = new EventLogReader(disk, DIRECTORY);
    await expect(reader.read(first - 1, 10)).rejects.toThrow(EventOutOfRangeError);
    await expect(reader.read(first - 1, 10)).rejects.toMatchObject({ firstAvailable: first, message: `event ${first - 1} is not in the event log any more: it begins with ${first}` });
    expect(Buffer.from(await reader.read(first, 2)).equals(records(first, first + 1))).toBe(true);
    appendTo(disk, records(1, total), 2);
    expect(eventRange(disk, DIRECTORY)).toEqual({ first, last: total });
  });

  it('goes on after what a snapshot covers, and refuses to leave a hole', () => {
    const disk = new MemoryStorage({ random: seededRandom(1) });
    appendTo(disk, records(1, 5));
    {
      using writer = new EventLogWriter(disk, DIRECTORY, { after: 3 });
      writer.append(records(4, 8));
      writer.finishRecovery();
    }
    expect(eventRange(disk, DIRECTORY)).toEqual({ first: 1, last: 8 });
    expect(() => new EventLogWriter(disk, DIRECTORY, { after: 9 })).toThrow('the event log ends at event 8, the snapshot was taken after event 9');
  });

  it('has through a power cut what was synced for a snapshot, and derives the rest again', () => {
    for (let seed = 1; seed <= 100; seed++) {
      const disk = new MemoryStorage({ random: seededRandom(seed) });
      appendTo(disk, records(1, 40));
      syncEvents(disk, DIRECTORY, 1, 40);
      appendTo(disk, records(1, 90));
      disk.crash();
      expect(eventRange(disk, DIRECTORY).last).toBeGreaterThanOrEqual(40);
      using writer = new EventLogWriter(disk, DIRECTORY, { after: 40 });
      writer.append(records(41, 90));
      writer.finishRecovery();
      using file = disk.open(eventFilePath(DIRECTORY, 1), 'read');
      const bytes = Buffer.alloc(90 * RECORD_BYTES);
      file.read(bytes, 0);
      expect(bytes.equals(records(1, 90))).toBe(true);
    }
  });
});

function append(directory: string, bytes: Buffer): void {
  write(new EventLogWriter(nodeStorage, directory), bytes);
}

function appendTo(disk: MemoryStorage, bytes: Buffer, keptFiles?: number): void {
  write(new EventLogWriter(disk, DIRECTORY, keptFiles === undefined ? {} : { keptFiles }), bytes);
}

/** As at a start: everything from the first event on, then the end of the recovery. */
function write(opened: EventLogWriter, bytes: Buffer): void {
  using writer = opened;
  for (let at = 0; at < bytes.length; at += 1000 * RECORD_BYTES) writer.append(bytes.subarray(at, at + 1000 * RECORD_BYTES));
  writer.finishRecovery();
}

function records(from: number, to: number): Buffer {
  const bytes = Buffer.alloc((to - from + 1) * RECORD_BYTES);
  for (let sequence = from; sequence <= to; sequence++) {
    bytes.writeDoubleLE(sequence, (sequence - from) * RECORD_BYTES + 8);
    bytes[(sequence - from + 1) * RECORD_BYTES - 1] = 0xff;
  }
  return bytes;
}

function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'mib-events-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
