// Reads the journal from its beginning and says where it ends. A bad stretch at the very end is a write that a crash cut
// short: nothing in it was acknowledged, and the writer will cut it off. A bad stretch with good blocks after it is
// damage, and the engine must not start on it. Reading changes nothing on disk.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RECORD_BYTES, recordViews, type RecordViews } from '@mib/proto/layout-record';
import { HEADER_BYTES, readBlock, readSegmentHeader, segmentName, segmentNumber, type Header } from './journal-format.ts';

/** Where writing goes on. Plain data: it travels to the journal's thread. */
export interface JournalEnd {
  /** 0 before the first segment exists. */
  readonly segment: number;
  readonly offset: number;
  readonly lastSequence: number;
  readonly chainCrc: number;
  /** Bytes of the segment behind the end that are not zero: a write that was cut short. */
  readonly tornBytes: number;
}

export class JournalDamagedError extends Error {
  override readonly name = 'JournalDamagedError';
}

/** Called with blocks in order: `count` command records from the start of `views`, valid only during the call. */
export type OnBlock = (views: RecordViews, count: number) => void;

/** @throws {JournalDamagedError} naming file and byte. */
export function readJournal(directory: string, onBlock: OnBlock): JournalEnd {
  let end: JournalEnd = { segment: 0, offset: 0, lastSequence: 0, chainCrc: 0, tornBytes: 0 };
  const numbers = listSegments(directory);
  numbers.forEach((number, index) => {
    if (number !== index + 1) throw new JournalDamagedError(`${segmentName(index + 1)} is missing in ${directory}`);
    end = readSegment(directory, number, index === numbers.length - 1, end, onBlock);
  });
  return end;
}

function listSegments(directory: string): number[] {
  return readdirSync(directory)
    .map(segmentNumber)
    .filter((number) => number !== undefined)
    .sort((a, b) => a - b);
}

function readSegment(directory: string, number: number, isLast: boolean, before: JournalEnd, onBlock: OnBlock): JournalEnd {
  const bytes = readFileSync(join(directory, segmentName(number)));
  const header = readSegmentHeader(bytes);
  if (!header || header.firstSequence !== before.lastSequence + 1 || header.previousCrc !== before.chainCrc || header.count !== number) {
    return refuseOrCut(bytes, number, isLast, { ...before, segment: number, offset: 0 });
  }
  let end: JournalEnd = { segment: number, offset: HEADER_BYTES, lastSequence: before.lastSequence, chainCrc: header.headerCrc, tornBytes: 0 };
  for (;;) {
    const block = readBlock(bytes, end.offset);
    if (!block || block.firstSequence !== end.lastSequence + 1 || block.previousCrc !== end.chainCrc) return refuseOrCut(bytes, number, isLast, end);
    onBlock(recordsOf(bytes, end.offset, block), block.count);
    end = {
      segment: number,
      offset: end.offset + HEADER_BYTES + block.count * RECORD_BYTES,
      lastSequence: end.lastSequence + block.count,
      chainCrc: block.headerCrc,
      tornBytes: 0,
    };
  }
}

/** Nothing good follows at `end`: fine where the journal, or a full segment, ends; damage anywhere else. */
function refuseOrCut(bytes: Buffer, number: number, isLast: boolean, end: JournalEnd): JournalEnd {
  const follower = findGoodBlock(bytes, end.offset);
  if (follower !== undefined) {
    throw new JournalDamagedError(`${segmentName(number)} is damaged at byte ${end.offset}: the block there is bad, but a good one follows at byte ${follower}`);
  }
  const tornBytes = countNonZero(bytes, end.offset);
  if (!isLast && (tornBytes > 0 || end.offset === 0)) {
    throw new JournalDamagedError(`${segmentName(number)} is damaged at byte ${end.offset}: the block there is bad, but ${segmentName(number + 1)} follows`);
  }
  return { ...end, tornBytes };
}

/** Records lie at multiples of 64 bytes, but a Buffer of a file need not: copies when it must. */
function recordsOf(bytes: Buffer, offset: number, block: Header): RecordViews {
  const start = bytes.byteOffset + offset + HEADER_BYTES;
  const length = block.count * RECORD_BYTES;
  if (start % 8 === 0) return recordViews(bytes.buffer, start, length);
  const copy = recordViews(new ArrayBuffer(length));
  copy.bytes.set(bytes.subarray(offset + HEADER_BYTES, offset + HEADER_BYTES + length));
  return copy;
}

/** Offset of a whole block after `from`; blocks begin at multiples of 64 bytes. */
function findGoodBlock(bytes: Buffer, from: number): number | undefined {
  for (let offset = from + HEADER_BYTES; offset + HEADER_BYTES <= bytes.length; offset += HEADER_BYTES) {
    if (readBlock(bytes, offset)) return offset;
  }
  return undefined;
}

function countNonZero(bytes: Buffer, from: number): number {
  let count = 0;
  for (let i = from; i < bytes.length; i++) if (bytes[i] !== 0) count++;
  return count;
}
