// The segments of a journal directory: which there are, and which one holds a sequence. Retention removes whole segments
// from the front, so the first need not be number 1, but there is never a gap.

import { join } from 'node:path';
import type { Storage } from '../storage/storage.ts';
import { HEADER_BYTES, readSegmentHeader, segmentName, segmentNumber, type Header } from './journal-format.ts';

export class JournalDamagedError extends Error {
  override readonly name = 'JournalDamagedError';
}

/** A sequence was asked for that retention has removed. */
export class JournalOutOfRangeError extends Error {
  override readonly name = 'JournalOutOfRangeError';
  readonly firstAvailable: number;

  constructor(sequence: number, firstAvailable: number) {
    super(`command ${sequence} is not in the journal any more: it begins with ${firstAvailable}`);
    this.firstAvailable = firstAvailable;
  }
}

/** Numbers of the segments, ascending. @throws {JournalDamagedError} when one is missing in between. */
export function listSegments(storage: Storage, directory: string): number[] {
  const numbers = storage
    .list(directory)
    .map(segmentNumber)
    .filter((number) => number !== undefined)
    .sort((a, b) => a - b);
  const gap = numbers.findIndex((number, index) => number !== numbers[0]! + index);
  if (gap > 0) throw new JournalDamagedError(`${segmentName(numbers[0]! + gap)} is missing in ${directory}`);
  return numbers;
}

/**
 * The segment to read from for `sequence`: the last one that begins at or before it.
 *
 * @returns undefined for a journal without a single good segment header.
 * @throws {JournalOutOfRangeError} when retention has removed it.
 */
export function findSegment(storage: Storage, directory: string, sequence: number): number | undefined {
  let firstAvailable: number | undefined;
  for (const number of listSegments(storage, directory).reverse()) {
    const header = readHeaderOf(storage, directory, number);
    if (header && header.firstSequence <= sequence) return number;
    firstAvailable = header?.firstSequence;
  }
  if (firstAvailable !== undefined) throw new JournalOutOfRangeError(sequence, firstAvailable);
  return undefined;
}

/** First sequence of the oldest segment, or undefined for an empty journal. */
export function firstSequenceOf(storage: Storage, directory: string): number | undefined {
  const [first] = listSegments(storage, directory);
  return first === undefined ? undefined : readHeaderOf(storage, directory, first)?.firstSequence;
}

function readHeaderOf(storage: Storage, directory: string, number: number): Header | undefined {
  using file = storage.open(join(directory, segmentName(number)), 'read');
  const bytes = Buffer.alloc(HEADER_BYTES);
  return file.read(bytes, 0) === HEADER_BYTES ? readSegmentHeader(bytes, 0) : undefined;
}
