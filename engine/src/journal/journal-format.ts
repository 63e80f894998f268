// The journal on disk. Blocks are chained by checksum, so a stale or foreign block never passes for the next one.
//
//   segment  journal-000001.log, preallocated with zeros: [64-byte segment header][block][block]...[zeros]
//   block    [64-byte header][1..4096 command records of 128 bytes]
//   header   word 0 magic  1 version  2-3 first sequence  4 records (segment header: its number)
//            5 crc32 of the records  6 crc32 of the header before  15 crc32 of words 0-14
//
// Every header names its version: 1, and 2 since orders have triggers, displays and expiries. Both read alike, since a
// field that version 1 does not know is zero in it; a journal of any later version is refused by name.

import { crc32 } from 'node:zlib';
import { RECORD_BYTES } from '@mib/proto/layout-record';

export const HEADER_BYTES = 64;
export const MAX_BLOCK_RECORDS = 4_096;
export const MAX_BLOCK_BYTES = HEADER_BYTES + MAX_BLOCK_RECORDS * RECORD_BYTES;
/** Large enough that rolling is rare, small enough that retention gives space back soon. */
export const SEGMENT_BYTES = 16 * 1024 * 1024;

/** Version written; every one from 1 on is read. */
export const VERSION = 2;
const SEGMENT_MAGIC = 0x534a424d; // "MBJS"
const BLOCK_MAGIC = 0x424a424d; // "MBJB"
const WORD = { MAGIC: 0, VERSION: 4, FIRST_SEQUENCE: 8, COUNT: 16, RECORDS_CRC: 20, PREVIOUS_CRC: 24, HEADER_CRC: 60 } as const;

export interface Header {
  readonly version: number;
  readonly firstSequence: number;
  /** Records of a block, number of a segment. */
  readonly count: number;
  readonly recordsCrc: number;
  /** Own checksum of the header before this one: the chain. */
  readonly previousCrc: number;
  readonly headerCrc: number;
}

export class JournalVersionError extends Error {
  override readonly name = 'JournalVersionError';
}

export function segmentName(number: number): string {
  return `journal-${String(number).padStart(6, '0')}.log`;
}

/** Number of the segment that a file name stands for, or undefined. */
export function segmentNumber(name: string): number | undefined {
  const match = /^journal-(\d{6,})\.log$/.exec(name);
  return match ? Number(match[1]) : undefined;
}

/** Writes a segment header at the start of `bytes`. @returns its checksum, the head of the chain of its blocks. */
export function writeSegmentHeader(bytes: Buffer, number: number, firstSequence: number, previousCrc: number): number {
  return writeHeader(bytes, { magic: SEGMENT_MAGIC, firstSequence, count: number, recordsCrc: 0, previousCrc });
}

/** Writes the header of the block whose records already stand behind it. @returns its checksum. */
export function writeBlockHeader(bytes: Buffer, firstSequence: number, count: number, previousCrc: number): number {
  const recordsCrc = crc32(bytes.subarray(HEADER_BYTES, HEADER_BYTES + count * RECORD_BYTES));
  return writeHeader(bytes, { magic: BLOCK_MAGIC, firstSequence, count, recordsCrc, previousCrc });
}

/** The segment header at `offset`, if it is whole. @throws {JournalVersionError} for one of a later version. */
export function readSegmentHeader(bytes: Buffer, offset: number): Header | undefined {
  return readHeader(bytes, offset, SEGMENT_MAGIC);
}

/** The block header at `offset`, if it is whole; its records are not looked at. @throws {JournalVersionError} for one of a later version. */
export function readBlockHeader(bytes: Buffer, offset: number): Header | undefined {
  const header = readHeader(bytes, offset, BLOCK_MAGIC);
  return header && header.count >= 1 && header.count <= MAX_BLOCK_RECORDS ? header : undefined;
}

/** Whether the records behind the header at `offset` are the ones it was written for. */
export function recordsAreWhole(bytes: Buffer, offset: number, header: Header): boolean {
  const start = offset + HEADER_BYTES;
  return crc32(bytes.subarray(start, start + header.count * RECORD_BYTES)) === header.recordsCrc;
}

function writeHeader(bytes: Buffer, header: { magic: number; firstSequence: number; count: number; recordsCrc: number; previousCrc: number }): number {
  bytes.fill(0, 0, HEADER_BYTES);
  bytes.writeUInt32LE(header.magic, WORD.MAGIC);
  bytes.writeUInt32LE(VERSION, WORD.VERSION);
  bytes.writeDoubleLE(header.firstSequence, WORD.FIRST_SEQUENCE);
  bytes.writeUInt32LE(header.count, WORD.COUNT);
  bytes.writeUInt32LE(header.recordsCrc, WORD.RECORDS_CRC);
  bytes.writeUInt32LE(header.previousCrc, WORD.PREVIOUS_CRC);
  const headerCrc = crc32(bytes.subarray(0, WORD.HEADER_CRC));
  bytes.writeUInt32LE(headerCrc, WORD.HEADER_CRC);
  return headerCrc;
}

function readHeader(bytes: Buffer, offset: number, magic: number): Header | undefined {
  if (bytes.readUInt32LE(offset + WORD.MAGIC) !== magic) return undefined;
  const headerCrc = bytes.readUInt32LE(offset + WORD.HEADER_CRC);
  if (crc32(bytes.subarray(offset, offset + WORD.HEADER_CRC)) !== headerCrc) return undefined;
  const version = bytes.readUInt32LE(offset + WORD.VERSION);
  if (version > VERSION) throw new JournalVersionError(`the journal was written by a newer engine: its format is ${version}, this engine reads 1..${VERSION}`);
  const firstSequence = bytes.readDoubleLE(offset + WORD.FIRST_SEQUENCE);
  if (version < 1 || !Number.isSafeInteger(firstSequence) || firstSequence < 1) return undefined;
  return {
    version,
    firstSequence,
    count: bytes.readUInt32LE(offset + WORD.COUNT),
    recordsCrc: bytes.readUInt32LE(offset + WORD.RECORDS_CRC),
    previousCrc: bytes.readUInt32LE(offset + WORD.PREVIOUS_CRC),
    headerCrc,
  };
}
