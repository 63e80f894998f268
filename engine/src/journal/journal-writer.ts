// The only writer of the journal. `append` returns when the block is on disk: segments are preallocated and opened with
// O_DSYNC, so one write is one durable group commit. After any failure the writer refuses for good; a failed sync may
// have lost pages that a second try would not write again, so trying again would be a lie.

import { closeSync, constants, existsSync, fdatasyncSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { RECORD_BYTES } from '@mib/proto/layout-record';
import { HEADER_BYTES, MAX_BLOCK_BYTES, SEGMENT_BYTES, segmentName, writeBlockHeader, writeSegmentHeader } from './journal-format.ts';
import type { JournalEnd } from './journal-reader.ts';

/** Zeros written per idle moment towards the next segment: about a millisecond's worth. */
const PREPARE_BYTES = 1024 * 1024;
const SPARE_NAME = 'journal-next.tmp';

/** Same shape as fs.writeSync; tests pass one that fails. */
export type Write = (fd: number, bytes: Buffer, offset: number, length: number, position: number) => number;

export class JournalWriter implements Disposable {
  readonly #directory: string;
  readonly #segmentBytes: number;
  readonly #write: Write;
  #fd: number;
  #segment: number;
  #offset: number;
  #chainCrc: number;
  #lastSequence: number;
  #failure: Error | undefined;
  #spareFd = -1;
  #spareBytes = 0;
  /** Header and records of one block, side by side; fill the records, then `append`. */
  readonly block = Buffer.alloc(MAX_BLOCK_BYTES);

  /** Goes on at `end`, after wiping whatever a crash left behind it. */
  constructor(directory: string, end: JournalEnd, options: { segmentBytes?: number; write?: Write } = {}) {
    this.#directory = directory;
    this.#segmentBytes = options.segmentBytes ?? SEGMENT_BYTES;
    this.#write = options.write ?? writeSync;
    this.#segment = end.segment;
    this.#offset = end.offset;
    this.#chainCrc = end.chainCrc;
    this.#lastSequence = end.lastSequence;
    rmSync(join(directory, SPARE_NAME), { force: true });
    this.#fd = this.#continue(end);
  }

  get lastSequence(): number {
    return this.#lastSequence;
  }

  /**
   * Makes `count` records of `block` durable as the next commands.
   *
   * @throws the first failure, and the same one ever after.
   */
  append(count: number): void {
    if (this.#failure) throw this.#failure;
    try {
      const length = HEADER_BYTES + count * RECORD_BYTES;
      if (this.#offset + length > this.#segmentBytes) this.#roll();
      const crc = writeBlockHeader(this.block, this.#lastSequence + 1, count, this.#chainCrc);
      this.#writeDurably(this.#fd, this.block, length, this.#offset);
      this.#chainCrc = crc;
      this.#offset += length;
      this.#lastSequence += count;
    } catch (error) {
      this.#failure = error as Error;
      throw error;
    }
  }

  /** Does a slice of the next segment's preallocation; call when there is nothing else to do. @returns true while more is left. */
  prepare(): boolean {
    if (this.#offset < this.#segmentBytes / 2 || this.#spareBytes >= this.#segmentBytes) return false;
    if (this.#spareFd < 0) this.#spareFd = openSync(join(this.#directory, SPARE_NAME), 'w', 0o600);
    const length = Math.min(PREPARE_BYTES, this.#segmentBytes - this.#spareBytes);
    this.#writeAll(this.#spareFd, Buffer.alloc(length), length, this.#spareBytes);
    this.#spareBytes += length;
    return this.#spareBytes < this.#segmentBytes;
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
    if (this.#spareFd >= 0) closeSync(this.#spareFd);
    rmSync(join(this.#directory, SPARE_NAME), { force: true });
  }

  #continue(end: JournalEnd): number {
    if (end.segment === 0 || end.offset === 0) return this.#create(Math.max(end.segment, 1));
    const path = join(this.#directory, segmentName(end.segment));
    if (end.tornBytes > 0) this.#wipe(path, end.offset);
    return openDurable(path);
  }

  #wipe(path: string, from: number): void {
    const fd = openSync(path, 'r+');
    this.#writeAll(fd, Buffer.alloc(this.#segmentBytes - from), this.#segmentBytes - from, from);
    fsyncSync(fd);
    closeSync(fd);
  }

  #roll(): void {
    closeSync(this.#fd);
    this.#fd = this.#create(this.#segment + 1);
  }

  /** Finishes the spare file, gives it its header and its name. */
  #create(number: number): number {
    this.#finishSpare();
    const header = Buffer.alloc(HEADER_BYTES);
    const crc = writeSegmentHeader(header, number, this.#lastSequence + 1, this.#chainCrc);
    this.#writeAll(this.#spareFd, header, HEADER_BYTES, 0);
    fsyncSync(this.#spareFd);
    closeSync(this.#spareFd);
    const path = join(this.#directory, segmentName(number));
    renameSync(join(this.#directory, SPARE_NAME), path);
    syncDirectory(this.#directory);
    this.#spareFd = -1;
    this.#spareBytes = 0;
    this.#segment = number;
    this.#offset = HEADER_BYTES;
    this.#chainCrc = crc;
    return openDurable(path);
  }

  #finishSpare(): void {
    if (this.#spareFd < 0) this.#spareFd = openSync(join(this.#directory, SPARE_NAME), 'w', 0o600);
    const left = this.#segmentBytes - this.#spareBytes;
    if (left > 0) this.#writeAll(this.#spareFd, Buffer.alloc(left), left, this.#spareBytes);
  }

  #writeDurably(fd: number, bytes: Buffer, length: number, position: number): void {
    this.#writeAll(fd, bytes, length, position);
    if (constants.O_DSYNC === undefined) fdatasyncSync(fd);
  }

  /** `write` may write less than asked before it reports a full disk. */
  #writeAll(fd: number, bytes: Buffer, length: number, position: number): void {
    for (let done = 0; done < length; ) {
      const written = this.#write(fd, bytes, done, length - done, position + done);
      if (written <= 0) throw new Error(`journal write stopped after ${done} of ${length} bytes`);
      done += written;
    }
  }
}

function openDurable(path: string): number {
  return openSync(path, constants.O_WRONLY | (constants.O_DSYNC ?? 0));
}

/** Makes a rename durable; where directories cannot be synced (not Linux) the file system does it by itself. */
function syncDirectory(directory: string): void {
  if (!existsSync(directory)) return;
  const fd = openSync(directory, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
