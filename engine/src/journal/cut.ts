// Cuts the end off a journal, for good: the way back to an earlier point, or past damage that stops the start. What was
// derived from the commands goes first (snapshots, then events), then the commands, always from the end; the segment in
// which the cut lies is written anew and takes the old one's name at once. A crash in between leaves a sound directory
// that ends somewhere later, and the same cut finishes the work.

import { join } from 'node:path';
import { RECORD_BYTES } from '@mib/proto/layout-record';
import { cutEvents, eventsAfter } from '../event-log/cut-events.ts';
import type { EventRange } from '../event-log/event-log-files.ts';
import { listSnapshots, snapshotName } from '../snapshot/snapshot-files.ts';
import type { Storage, StorageFile } from '../storage/storage.ts';
import { writeWhole } from '../storage/write-whole.ts';
import { HEADER_BYTES, MAX_BLOCK_BYTES, readBlockHeader, segmentName, writeBlockHeader } from './journal-format.ts';
import { JournalReader } from './journal-reader.ts';
import { JournalOutOfRangeError, findSegment, firstSequenceOf, listSegments } from './segments.ts';

const SPARE_NAME = 'journal-next.tmp';
const COPY_BYTES = 1024 * 1024;

export interface Cut {
  /** Last command that stays. */
  readonly after: number;
  /** Last command that can be read; 0 commands go when it is `after`. */
  readonly lastSequence: number;
  /** What stops a start on this journal, if anything does. */
  readonly damage: string | undefined;
  readonly tornBytes: number;
  /** The segment in which the cut lies, and those behind it. */
  readonly segment: number;
  readonly segmentsBehind: readonly number[];
  readonly snapshots: readonly number[];
  readonly events: EventRange | undefined;
  readonly isEmpty: boolean;
}

/**
 * What a cut after command `after` takes away.
 *
 * @throws {RangeError} when the journal ends before, or nothing would be left to recover from.
 */
export function planCut(storage: Storage, directory: string, after: number): Cut {
  const first = firstSequenceOf(storage, directory);
  if (first === undefined) throw new RangeError(`there is no journal in ${directory}`);
  if (after < first - 1) throw new JournalOutOfRangeError(after, first);
  const { lastSequence, damage, tornBytes } = readToTheEnd(storage, directory);
  if (lastSequence < after) throw new RangeError(`the journal ends at ${lastSequence}, before ${after}`);
  const snapshots = listSnapshots(storage, directory);
  const kept = snapshots.filter((sequence) => sequence <= after);
  // A snapshot is of use only with the block that ends in its last command.
  if (first > 1 && !kept.some((sequence) => sequence >= first)) {
    throw new RangeError(`the journal begins at ${first} and no snapshot from ${first} to ${after} would be left to recover from`);
  }
  const segment = findSegment(storage, directory, Math.max(after, first))!;
  const segmentsBehind = listSegments(storage, directory).filter((number) => number > segment);
  const events = eventsAfter(storage, directory, after);
  const gone = snapshots.filter((sequence) => sequence > after);
  const isEmpty = lastSequence === after && damage === undefined && tornBytes === 0 && gone.length === 0 && events === undefined;
  return { after, lastSequence, damage, tornBytes, segment, segmentsBehind, snapshots: gone, events, isEmpty };
}

export function describeCut(cut: Cut): string {
  if (cut.isEmpty) return `the journal ends at ${cut.after}: there is nothing to cut\n`;
  const lines = [
    cut.lastSequence > cut.after ? `commands ${cut.after + 1}..${cut.lastSequence} go (${cut.lastSequence - cut.after})` : 'no readable command goes',
    ...(cut.damage === undefined ? [] : [`whatever lies behind the damage goes: ${cut.damage}`]),
    ...(cut.tornBytes > 0 ? [`${cut.tornBytes} bytes of a torn write go`] : []),
    `${segmentName(cut.segment)} is written anew`,
    ...cut.segmentsBehind.map((number) => `${segmentName(number)} goes`),
    ...cut.snapshots.map((sequence) => `${snapshotName(sequence)} goes`),
    ...(cut.events ? [`events ${cut.events.first}..${cut.events.last} go (${cut.events.last - cut.events.first + 1})`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** Does it; the caller holds the directory's lock. */
export function applyCut(storage: Storage, directory: string, cut: Cut): void {
  for (const sequence of cut.snapshots) removeForGood(storage, directory, snapshotName(sequence));
  if (cut.events) cutEvents(storage, directory, cut.events.first);
  for (const number of [...cut.segmentsBehind].reverse()) removeForGood(storage, directory, segmentName(number));
  rewriteSegment(storage, directory, cut);
}

function readToTheEnd(storage: Storage, directory: string): { readonly lastSequence: number; readonly damage: string | undefined; readonly tornBytes: number } {
  using reader = new JournalReader(storage, directory);
  try {
    while (reader.next());
    return { lastSequence: reader.lastSequence, damage: undefined, tornBytes: reader.end().tornBytes };
  } catch (error) {
    return { lastSequence: reader.lastSequence, damage: (error as Error).message, tornBytes: 0 };
  }
}

function removeForGood(storage: Storage, directory: string, name: string): void {
  storage.remove(join(directory, name));
  storage.syncDirectory(directory);
}

/** Header and blocks up to the cut, the block in which it lies shortened, then zeros. */
function rewriteSegment(storage: Storage, directory: string, cut: Cut): void {
  const path = join(directory, segmentName(cut.segment));
  const sparePath = join(directory, SPARE_NAME);
  {
    using old = storage.open(path, 'read');
    using spare = storage.open(sparePath, 'create');
    const place = findCut(old, cut.after);
    copy(old, spare, place.byte);
    if (place.block.length > 0) writeWhole(spare, place.block, place.byte);
    fillWithZeros(spare, place.byte + place.block.length, old.size());
    spare.sync();
  }
  storage.rename(sparePath, path);
  storage.syncDirectory(directory);
}

/** Byte up to which the segment stays as it is, and the shortened block to stand there, if one is cut through. */
function findCut(file: StorageFile, after: number): { readonly byte: number; readonly block: Buffer } {
  const bytes = Buffer.alloc(MAX_BLOCK_BYTES);
  for (let byte = HEADER_BYTES; ; ) {
    const there = file.read(bytes, byte);
    const header = there >= HEADER_BYTES ? readBlockHeader(bytes, 0) : undefined;
    const kept = header ? Math.min(header.count, after - header.firstSequence + 1) : 0;
    if (!header || kept <= 0) return { byte, block: Buffer.alloc(0) };
    if (kept < header.count) {
      writeBlockHeader(bytes, header.firstSequence, kept, header.previousCrc);
      return { byte, block: bytes.subarray(0, HEADER_BYTES + kept * RECORD_BYTES) };
    }
    byte += HEADER_BYTES + header.count * RECORD_BYTES;
  }
}

function copy(from: StorageFile, to: StorageFile, length: number): void {
  const bytes = Buffer.alloc(COPY_BYTES);
  for (let at = 0; at < length; at += COPY_BYTES) {
    const part = bytes.subarray(0, Math.min(COPY_BYTES, length - at));
    from.read(part, at);
    writeWhole(to, part, at);
  }
}

function fillWithZeros(file: StorageFile, from: number, to: number): void {
  const zeros = Buffer.alloc(COPY_BYTES);
  for (let at = from; at < to; at += COPY_BYTES) writeWhole(file, zeros.subarray(0, Math.min(COPY_BYTES, to - at)), at);
}
