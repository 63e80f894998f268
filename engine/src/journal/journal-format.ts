// The journal on disk. Blocks are chained by checksum, so a stale or foreign block never passes for the next one.
//
//   segment  journal-000001.log, preallocated with zeros: [64-byte segment header][block][block]...[zeros]
//   block    [64-byte header][1..4096 command records of 128 bytes]
//   header   word 0 magic  1 version  2-3 first sequence  4 records (segment header: its number)
//            5 crc32 of the records  6 crc32 of the header before  15 crc32 of words 0-14

import { crc32 } from 'node:zlib';
import { RECORD_BYTES } from '@mib/proto/layout-record';

export const HEADER_BYTES = 64;
export const MAX_BLOCK_RECORDS = 4_096;
export const MAX_BLOCK_BYTES = HEADER_BYTES + MAX_BLOCK_RECORDS * RECORD_BYTES;
/** Large enough that rolling is rare, small enough to read whole. */
export const SEGMENT_BYTES = 16 * 1024 * 1024;

const VERSION = 1;
const SEGMENT_MAGIC = 0x534a424d; // "MBJS"
const BLOCK_MAGIC = 0x424a424d; // "MBJB"
const WORD = { MAGIC: 0, VERSION: 4, FIRST_SEQUENCE: 8, COUNT: 16, RECORDS_CRC: 20, PREVIOUS_CRC: 24, HEADER_CRC: 60 } as const;

export interface Header {
  readonly firstSequence: number;
  /** Records of a block, number of a segment. */
  readonly count: number;
  readonly recordsCrc: number;
  /** Own checksum of the header before this one: the chain. */
  readonly previousCrc: number;
  readonly headerCrc: number;
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
  return writeHeader(bytes, SEGMENT_MAGIC, firstSequence, number, 0, previousCrc);
}

/** Writes the header of the block whose records already stand behind it. @returns its checksum. */
export function writeBlockHeader(bytes: Buffer, firstSequence: number, count: number, previousCrc: number): number {
  const recordsCrc = crc32(bytes.subarray(HEADER_BYTES, HEADER_BYTES + count * RECORD_BYTES));
  return writeHeader(bytes, BLOCK_MAGIC, firstSequence, count, recordsCrc, previousCrc);
}

/** The segment header at the start of `bytes`, if it is whole. */
export function readSegmentHeader(bytes: Buffer): Header | undefined {
  return readHeader(bytes, 0, SEGMENT_MAGIC);
}

/** The block at `offset`, if header and records are whole; whether it belongs there is for the caller to see. */
export function readBlock(bytes: Buffer, offset: number): Header | undefined {
  const header = readHeader(bytes, offset, BLOCK_MAGIC);
  if (!header || header.count < 1 || header.count > MAX_BLOCK_RECORDS) return undefined;
  const start = offset + HEADER_BYTES;
  const end = start + header.count * RECORD_BYTES;
  return end <= bytes.length && crc32(bytes.subarray(start, end)) === header.recordsCrc ? header : undefined;
}

function writeHeader(bytes: Buffer, magic: number, firstSequence: number, count: number, recordsCrc: number, previousCrc: number): number {
  bytes.fill(0, 0, HEADER_BYTES);
  bytes.writeUInt32LE(magic, WORD.MAGIC);
  bytes.writeUInt32LE(VERSION, WORD.VERSION);
  bytes.writeDoubleLE(firstSequence, WORD.FIRST_SEQUENCE);
  bytes.writeUInt32LE(count, WORD.COUNT);
  bytes.writeUInt32LE(recordsCrc, WORD.RECORDS_CRC);
  bytes.writeUInt32LE(previousCrc, WORD.PREVIOUS_CRC);
  const headerCrc = crc32(bytes.subarray(0, WORD.HEADER_CRC));
  bytes.writeUInt32LE(headerCrc, WORD.HEADER_CRC);
  return headerCrc;
}

function readHeader(bytes: Buffer, offset: number, magic: number): Header | undefined {
  if (offset + HEADER_BYTES > bytes.length || bytes.readUInt32LE(offset + WORD.MAGIC) !== magic) return undefined;
  const headerCrc = bytes.readUInt32LE(offset + WORD.HEADER_CRC);
  if (crc32(bytes.subarray(offset, offset + WORD.HEADER_CRC)) !== headerCrc) return undefined;
  if (bytes.readUInt32LE(offset + WORD.VERSION) !== VERSION) return undefined;
  return {
    firstSequence: bytes.readDoubleLE(offset + WORD.FIRST_SEQUENCE),
    count: bytes.readUInt32LE(offset + WORD.COUNT),
    recordsCrc: bytes.readUInt32LE(offset + WORD.RECORDS_CRC),
    previousCrc: bytes.readUInt32LE(offset + WORD.PREVIOUS_CRC),
    headerCrc,
  };
}
