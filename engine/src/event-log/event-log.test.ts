import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RECORD_BYTES } from '@mib/proto/layout-record';
import { nodeStorage } from '../storage/node-storage.ts';
import { eventFilePath, eventRange, EVENTS_PER_FILE } from './event-log-files.ts';
import { EventLogReader } from './event-log-reader.ts';
import { EventLogDivergedError, EventLogWriter } from './event-log-writer.ts';

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
    other[3 * RECORD_BYTES + 9]! ^= 1;
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
});

/** As at a start: everything from the first event on, then the end of the recovery. */
function append(directory: string, bytes: Buffer): void {
  using writer = new EventLogWriter(nodeStorage, directory);
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
