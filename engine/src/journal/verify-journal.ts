// Checks everything that can be checked without applying a command: the chain of blocks, sequence, time and form of
// every command, place and order of every event. Whether the events are those that the commands give is verify.ts's to
// say. Damage is named by file and byte.

import { basename } from 'node:path';
import { decodeCommand } from '@mib/proto/decode-command';
import { decodeEvent } from '@mib/proto/decode-event';
import { COMMAND } from '@mib/proto/layout-command';
import { EVENT } from '@mib/proto/layout-event';
import { RECORD_BYTES, RECORD_NUMBERS, recordViews, type RecordViews } from '@mib/proto/layout-record';
import { eventFilePath, eventRange, EVENTS_PER_FILE, listEventFiles, placeOf, type EventRange } from '../event-log/event-log-files.ts';
import type { Storage } from '../storage/storage.ts';
import { segmentName } from './journal-format.ts';
import { JournalReader } from './journal-reader.ts';
import { firstSequenceOf, JournalDamagedError, listSegments } from './segments.ts';

const CHUNK_EVENTS = 4_096;

export interface JournalReport {
  readonly segments: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** Of a write that was cut short; the next start cuts it off. */
  readonly tornBytes: number;
  readonly firstEvent: number;
  readonly lastEvent: number;
  /** Events that a power cut took; the next start writes them again. */
  readonly lostEvents: number;
}

/** @throws {JournalDamagedError} naming file and byte of the first damage. */
export function verifyJournal(storage: Storage, directory: string): JournalReport {
  // First the range of events, then the commands: an engine at work has journalled what is in the log by then.
  const events = eventRange(storage, directory);
  const { lastSequence, tornBytes } = verifyCommands(storage, directory);
  return {
    segments: listSegments(storage, directory).length,
    firstSequence: firstSequenceOf(storage, directory) ?? 1,
    lastSequence,
    tornBytes,
    firstEvent: events.first,
    lastEvent: events.last,
    lostEvents: verifyEvents(storage, directory, events, lastSequence),
  };
}

function verifyCommands(storage: Storage, directory: string): { readonly lastSequence: number; readonly tornBytes: number } {
  using reader = new JournalReader(storage, directory);
  let lastTimeNs = 0n;
  for (let block = reader.next(); block; block = reader.next()) {
    for (let i = 0; i < block.count; i++) {
      const wrong = whatIsWrong(block.views, block.first + i, reader.lastSequence - block.count + 1 + i, lastTimeNs);
      if (wrong !== undefined) throw new JournalDamagedError(`${segmentName(block.segment)} is damaged at byte ${block.byte + i * RECORD_BYTES}: ${wrong}`);
      lastTimeNs = block.views.longs[(block.first + i) * RECORD_NUMBERS + COMMAND.TIMESTAMP_LONG]!;
    }
  }
  return reader.end();
}

function whatIsWrong(views: RecordViews, index: number, sequence: number, lastTimeNs: bigint): string | undefined {
  const number = index * RECORD_NUMBERS;
  if (views.numbers[number + COMMAND.SEQUENCE_NUMBER] !== sequence) return `command ${views.numbers[number + COMMAND.SEQUENCE_NUMBER]} stands where ${sequence} belongs`;
  if (views.longs[number + COMMAND.TIMESTAMP_LONG]! < lastTimeNs) return `command ${sequence} is dated before the one before it`;
  return failureOf(() => decodeCommand(views, index));
}

/** @returns records of zeros. */
function verifyEvents(storage: Storage, directory: string, { first, last }: EventRange, lastCommand: number): number {
  verifyEventFiles(storage, directory);
  const records = recordViews(new ArrayBuffer(CHUNK_EVENTS * RECORD_BYTES));
  let lost = 0;
  let lastSeen = 0;
  for (let sequence = first; sequence <= last; ) {
    const place = placeOf(sequence);
    const path = eventFilePath(directory, place.file);
    const count = Math.min(place.left, CHUNK_EVENTS, last - sequence + 1);
    using file = storage.open(path, 'read');
    file.read(records.bytes.subarray(0, count * RECORD_BYTES), place.byte);
    for (let i = 0; i < count; i++) {
      if (isZero(records, i)) {
        lost++;
        continue;
      }
      const wrong = whatIsWrongWithEvent(records, i, { sequence: sequence + i, lastSeen, lastCommand });
      if (wrong !== undefined) throw new JournalDamagedError(`${basename(path)} is damaged at byte ${place.byte + i * RECORD_BYTES}: ${wrong}`);
      lastSeen = records.numbers[i * RECORD_NUMBERS + EVENT.COMMAND_NUMBER]!;
    }
    sequence += count;
  }
  return lost;
}

/** No file is missing, and every one but the last is full. */
function verifyEventFiles(storage: Storage, directory: string): void {
  const files = listEventFiles(storage, directory);
  files.forEach((file, index) => {
    const expected = files[0]! + index;
    if (file !== expected) throw new JournalDamagedError(`${basename(eventFilePath(directory, expected))} is missing in ${directory}`);
    const bytes = storage.size(eventFilePath(directory, file));
    if (index < files.length - 1 && bytes !== EVENTS_PER_FILE * RECORD_BYTES) throw new JournalDamagedError(`${basename(eventFilePath(directory, file))} is damaged at byte ${bytes}: it ends there, but another file follows`);
  });
}

function whatIsWrongWithEvent(views: RecordViews, index: number, expected: { sequence: number; lastSeen: number; lastCommand: number }): string | undefined {
  const number = index * RECORD_NUMBERS;
  const sequence = views.numbers[number + EVENT.SEQUENCE_NUMBER]!;
  const command = views.numbers[number + EVENT.COMMAND_NUMBER]!;
  if (sequence !== expected.sequence) return `event ${sequence} stands where ${expected.sequence} belongs`;
  if (command < expected.lastSeen) return `event ${sequence} is of command ${command}, the one before of ${expected.lastSeen}`;
  if (command > expected.lastCommand) return `event ${sequence} is of command ${command}, which the journal does not hold`;
  return failureOf(() => decodeEvent(views, index));
}

function isZero(views: RecordViews, index: number): boolean {
  for (let i = 0; i < RECORD_NUMBERS; i++) if (views.longs[index * RECORD_NUMBERS + i] !== 0n) return false;
  return true;
}

function failureOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
