// A snapshot on disk: what the state was after a command, and where journal and event log stood then. Every byte is under
// a checksum, padding included, so that a single flipped bit is found; the state hash in the header is compared after
// loading, so that what passes is the state and not just the bytes.
//
//   file     [128-byte header][section][section]...
//   section  [crc32 of what follows | bytes of the name | bytes (float64)][name, padded to 8][bytes, padded to 8]
//   header   0 magic  4 version  8 capacities  12 sections  16 last command  24 last event  32 last timestampNs
//            40 bytes of the file  48 journal's chain crc after the last command  52 state hash  124 crc32 of 0-123

import { crc32 } from 'node:zlib';
import * as capacities from '../core/capacities.ts';
import type { Section } from '../core/state-image.ts';

export const SNAPSHOT_HEADER_BYTES = 128;
export const SECTION_HEAD_BYTES = 16;
export const HASH_CHARACTERS = 16;

const MAGIC = 0x4e53424d; // "MBSN"
const VERSION = 2;
const AT = { MAGIC: 0, VERSION: 4, CAPACITIES: 8, SECTIONS: 12, SEQUENCE: 16, EVENT: 24, TIMESTAMP: 32, FILE_BYTES: 40, CHAIN_CRC: 48, HASH: 52, CRC: 124 } as const;
const SECTION = { CRC: 0, NAME_BYTES: 4, BYTES: 8 } as const;
const ALIGNMENT = 8;

/** A point of the history between two commands that ends a block of the journal. */
export interface HistoryPoint {
  /** Last command applied; 0 before the first. */
  readonly lastSequence: number;
  readonly lastEventSequence: number;
  readonly lastTimestampNs: bigint;
  /** Checksum of the header of the journal's block that ends here. */
  readonly chainCrc: number;
}

export interface SnapshotHeader extends HistoryPoint {
  readonly stateHash: string;
  readonly sections: number;
  readonly fileBytes: number;
}

export class SnapshotDamagedError extends Error {
  override readonly name = 'SnapshotDamagedError';
}

/** Changes with every figure of capacities.ts: other capacities refuse other commands, so the history would differ. */
const CAPACITIES_CRC = crc32(JSON.stringify(Object.entries(capacities).sort()));

export function encodeHeader(header: SnapshotHeader): Buffer {
  const bytes = Buffer.alloc(SNAPSHOT_HEADER_BYTES);
  bytes.writeUInt32LE(MAGIC, AT.MAGIC);
  bytes.writeUInt32LE(VERSION, AT.VERSION);
  bytes.writeUInt32LE(CAPACITIES_CRC, AT.CAPACITIES);
  bytes.writeUInt32LE(header.sections, AT.SECTIONS);
  bytes.writeDoubleLE(header.lastSequence, AT.SEQUENCE);
  bytes.writeDoubleLE(header.lastEventSequence, AT.EVENT);
  bytes.writeBigInt64LE(header.lastTimestampNs, AT.TIMESTAMP);
  bytes.writeDoubleLE(header.fileBytes, AT.FILE_BYTES);
  bytes.writeUInt32LE(header.chainCrc, AT.CHAIN_CRC);
  bytes.write(header.stateHash, AT.HASH, HASH_CHARACTERS, 'latin1');
  bytes.writeUInt32LE(crc32(bytes.subarray(0, AT.CRC)), AT.CRC);
  return bytes;
}

/** @throws {SnapshotDamagedError} saying what is wrong with it. */
export function decodeHeader(bytes: Buffer): SnapshotHeader {
  if (bytes.length < SNAPSHOT_HEADER_BYTES || bytes.readUInt32LE(AT.MAGIC) !== MAGIC || crc32(bytes.subarray(0, AT.CRC)) !== bytes.readUInt32LE(AT.CRC)) {
    throw new SnapshotDamagedError('its header is bad');
  }
  const version = bytes.readUInt32LE(AT.VERSION);
  if (version !== VERSION) throw new SnapshotDamagedError(`its format is version ${version}, this engine reads version ${VERSION}`);
  if (bytes.readUInt32LE(AT.CAPACITIES) !== CAPACITIES_CRC) throw new SnapshotDamagedError('it was taken by an engine with other capacities');
  const fileBytes = bytes.readDoubleLE(AT.FILE_BYTES);
  if (fileBytes !== bytes.length) throw new SnapshotDamagedError(`it has ${bytes.length} bytes instead of ${fileBytes}`);
  return {
    lastSequence: bytes.readDoubleLE(AT.SEQUENCE),
    lastEventSequence: bytes.readDoubleLE(AT.EVENT),
    lastTimestampNs: bytes.readBigInt64LE(AT.TIMESTAMP),
    chainCrc: bytes.readUInt32LE(AT.CHAIN_CRC),
    stateHash: bytes.toString('latin1', AT.HASH, AT.HASH + HASH_CHARACTERS),
    sections: bytes.readUInt32LE(AT.SECTIONS),
    fileBytes,
  };
}

/** Head and name of a section, and the zeros behind its bytes. */
export function encodeSection({ name, bytes }: Section): { readonly head: Buffer; readonly padding: Buffer } {
  const nameBytes = Buffer.byteLength(name, 'latin1');
  const head = Buffer.alloc(SECTION_HEAD_BYTES + padded(nameBytes));
  const padding = Buffer.alloc(padded(bytes.byteLength) - bytes.byteLength);
  head.writeUInt32LE(nameBytes, SECTION.NAME_BYTES);
  head.writeDoubleLE(bytes.byteLength, SECTION.BYTES);
  head.write(name, SECTION_HEAD_BYTES, 'latin1');
  const crc = crc32(padding, crc32(bytes, crc32(head.subarray(SECTION.NAME_BYTES))));
  head.writeUInt32LE(crc, SECTION.CRC);
  return { head, padding };
}

/** All sections of a whole file, each checked. @throws {SnapshotDamagedError} naming the byte where a bad one begins. */
export function decodeSections(file: Buffer, count: number): Section[] {
  const sections: Section[] = [];
  let at = SNAPSHOT_HEADER_BYTES;
  for (let i = 0; i < count; i++) {
    if (at + SECTION_HEAD_BYTES > file.length) throw new SnapshotDamagedError(`section ${i + 1} of ${count} is missing`);
    const nameBytes = file.readUInt32LE(at + SECTION.NAME_BYTES);
    const byteLength = file.readDoubleLE(at + SECTION.BYTES);
    const start = at + SECTION_HEAD_BYTES + padded(nameBytes);
    const end = start + padded(byteLength);
    if (!(end >= start && end <= file.length) || crc32(file.subarray(at + SECTION.NAME_BYTES, end)) !== file.readUInt32LE(at + SECTION.CRC)) {
      throw new SnapshotDamagedError(`the section at byte ${at} is bad`);
    }
    const name = file.toString('latin1', at + SECTION_HEAD_BYTES, at + SECTION_HEAD_BYTES + nameBytes);
    sections.push({ name, bytes: file.subarray(start, start + byteLength) });
    at = end;
  }
  if (at !== file.length) throw new SnapshotDamagedError(`bytes follow its last section at byte ${at}`);
  return sections;
}

function padded(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
