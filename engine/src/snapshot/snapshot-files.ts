// Snapshots as files: one a point of the history, named by its last command. A file gets its name only when it is whole
// and on the medium, so a crash leaves at most a temporary one behind.

import { join } from 'node:path';
import type { Core } from '../core/core.ts';
import { stateHash } from '../core/state-hash.ts';
import { imageOf, loadImage, StateImageError } from '../core/state-image.ts';
import type { Storage, StorageFile } from '../storage/storage.ts';
import { writeWhole } from '../storage/write-whole.ts';
import { decodeHeader, decodeSections, encodeHeader, encodeSection, SNAPSHOT_HEADER_BYTES, SnapshotDamagedError, type HistoryPoint, type SnapshotHeader } from './snapshot-format.ts';

const TEMPORARY_NAME = 'snapshot-next.tmp';
const SEQUENCE_DIGITS = 16;
/** Small sections are gathered into writes of this size. */
const WRITE_BYTES = 1024 * 1024;

export function snapshotName(sequence: number): string {
  return `snapshot-${String(sequence).padStart(SEQUENCE_DIGITS, '0')}.snap`;
}

/** Last commands of the snapshots in the directory, newest first. */
export function listSnapshots(storage: Storage, directory: string): number[] {
  return storage
    .list(directory)
    .map((name) => Number(/^snapshot-(\d{16})\.snap$/.exec(name)?.[1]))
    .filter((sequence) => sequence > 0)
    .sort((a, b) => b - a);
}

/**
 * Writes the core's state as a temporary file and syncs it; `nameSnapshot` makes it count.
 *
 * @returns bytes written. @throws the storage's error; the temporary file is then of no use and is written over next time.
 */
export function writeSnapshot(storage: Storage, directory: string, core: Core, point: HistoryPoint): number {
  using file = storage.open(join(directory, TEMPORARY_NAME), 'create');
  const out = new GatheredWrites(file, SNAPSHOT_HEADER_BYTES);
  let sections = 0;
  imageOf(core, (section) => {
    const { head, padding } = encodeSection(section);
    out.write(head);
    out.write(section.bytes);
    out.write(padding);
    sections++;
  });
  out.flush();
  const { lastSequence, lastEventSequence, lastTimestampNs, chainCrc } = point;
  writeWhole(file, encodeHeader({ lastSequence, lastEventSequence, lastTimestampNs, chainCrc, stateHash: stateHash(core), sections, fileBytes: out.position }), 0);
  file.sync();
  return out.position;
}

export function nameSnapshot(storage: Storage, directory: string, sequence: number): void {
  storage.rename(join(directory, TEMPORARY_NAME), join(directory, snapshotName(sequence)));
  storage.syncDirectory(directory);
}

/** Removes all snapshots but these. */
export function keepSnapshots(storage: Storage, directory: string, kept: readonly number[]): void {
  for (const sequence of listSnapshots(storage, directory)) if (!kept.includes(sequence)) storage.remove(join(directory, snapshotName(sequence)));
  storage.syncDirectory(directory);
}

/**
 * Fills a fresh core from the snapshot.
 *
 * @throws {SnapshotDamagedError} when any bit of it is not as written, or its state is not this version's; the core is
 *   then of no use.
 */
export function loadSnapshot(storage: Storage, directory: string, sequence: number, core: Core): SnapshotHeader {
  const bytes = readFile(storage, join(directory, snapshotName(sequence)));
  const header = decodeHeader(bytes);
  if (header.lastSequence !== sequence) throw new SnapshotDamagedError(`it was taken after command ${header.lastSequence}`);
  const sections = decodeSections(bytes, header.sections);
  try {
    loadImage(core, sections);
  } catch (error) {
    if (error instanceof StateImageError) throw new SnapshotDamagedError(error.message);
    throw error;
  }
  const hash = stateHash(core);
  if (hash !== header.stateHash) throw new SnapshotDamagedError(`its state has hash ${hash} instead of ${header.stateHash}`);
  return header;
}

function readFile(storage: Storage, path: string): Buffer {
  using file = storage.open(path, 'read');
  const bytes = Buffer.alloc(file.size());
  return bytes.subarray(0, file.read(bytes, 0));
}

class GatheredWrites {
  readonly #file: StorageFile;
  readonly #buffer = Buffer.alloc(WRITE_BYTES);
  #gathered = 0;
  #written: number;

  constructor(file: StorageFile, position: number) {
    this.#file = file;
    this.#written = position;
  }

  /** Where the next byte goes in the file. */
  get position(): number {
    return this.#written + this.#gathered;
  }

  write(bytes: Uint8Array): void {
    if (this.#gathered + bytes.byteLength > WRITE_BYTES) this.flush();
    if (bytes.byteLength > WRITE_BYTES) {
      writeWhole(this.#file, bytes, this.#written);
      this.#written += bytes.byteLength;
    } else {
      this.#buffer.set(bytes, this.#gathered);
      this.#gathered += bytes.byteLength;
    }
  }

  flush(): void {
    if (this.#gathered > 0) writeWhole(this.#file, this.#buffer.subarray(0, this.#gathered), this.#written);
    this.#written += this.#gathered;
    this.#gathered = 0;
  }
}
