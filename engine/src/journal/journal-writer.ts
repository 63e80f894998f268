// The only writer of the journal. `append` returns when the block is on disk: segments are preallocated and written
// durably, so one write is one group commit. After any failure, a short write included, the writer refuses for good; a
// failed sync may have lost pages that a second try would not write again, so trying again would be a lie.

import { join } from 'node:path';
import { RECORD_BYTES } from '@mib/proto/layout-record';
import type { Storage, StorageFile } from '../storage/storage.ts';
import { writeWhole } from '../storage/write-whole.ts';
import { HEADER_BYTES, MAX_BLOCK_BYTES, SEGMENT_BYTES, segmentName, writeBlockHeader, writeSegmentHeader } from './journal-format.ts';
import type { JournalEnd } from './journal-reader.ts';

/** Zeros written per idle moment towards the next segment: about a millisecond's worth. */
const PREPARE_BYTES = 1024 * 1024;
const ZEROS = Buffer.alloc(PREPARE_BYTES);
const SPARE_NAME = 'journal-next.tmp';

export class JournalWriter implements Disposable {
  readonly #storage: Storage;
  readonly #directory: string;
  readonly #segmentBytes: number;
  #file: StorageFile | undefined;
  #segment: number;
  #offset: number;
  #chainCrc: number;
  #lastSequence: number;
  #failure: Error | undefined;
  #spare: StorageFile | undefined;
  #spareBytes = 0;
  /** Header and records of one block, side by side; fill the records, then `append`. */
  readonly block = Buffer.alloc(MAX_BLOCK_BYTES);

  /** Goes on at `end`, after wiping whatever a crash left behind it. */
  constructor(storage: Storage, directory: string, end: JournalEnd, options: { readonly segmentBytes?: number } = {}) {
    this.#storage = storage;
    this.#directory = directory;
    this.#segmentBytes = options.segmentBytes ?? SEGMENT_BYTES;
    this.#segment = end.segment;
    this.#offset = end.offset;
    this.#chainCrc = end.chainCrc;
    this.#lastSequence = end.lastSequence;
    storage.remove(join(directory, SPARE_NAME));
    if (end.segment === 0 || end.offset === 0) this.#create(Math.max(end.segment, 1));
    else this.#continue(end);
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
      this.#append(count);
    } catch (error) {
      this.#failure = error as Error;
      throw error;
    }
  }

  /** Does a slice of the next segment's preallocation; call when there is nothing else to do. @returns true while more is left. */
  prepare(): boolean {
    if (this.#failure || this.#offset < this.#segmentBytes / 2 || this.#spareBytes >= this.#segmentBytes) return false;
    try {
      this.#extendSpare();
    } catch (error) {
      this.#failure = error as Error;
      throw error;
    }
    return this.#spareBytes < this.#segmentBytes;
  }

  [Symbol.dispose](): void {
    this.#file?.[Symbol.dispose]();
    this.#spare?.[Symbol.dispose]();
  }

  #append(count: number): void {
    const length = HEADER_BYTES + count * RECORD_BYTES;
    if (this.#lastSequence + count > Number.MAX_SAFE_INTEGER) throw new RangeError(`sequences end at ${Number.MAX_SAFE_INTEGER}, the last one was ${this.#lastSequence}`);
    if (this.#offset + length > this.#segmentBytes) this.#create(this.#segment + 1);
    const crc = writeBlockHeader(this.block, this.#lastSequence + 1, count, this.#chainCrc);
    writeWhole(this.#file!, this.block.subarray(0, length), this.#offset);
    this.#chainCrc = crc;
    this.#offset += length;
    this.#lastSequence += count;
  }

  #continue(end: JournalEnd): void {
    const path = join(this.#directory, segmentName(end.segment));
    this.#settle(path, end);
    this.#file = this.#storage.open(path, 'write-durable');
  }

  /**
   * What recovery has read may be in the system's cache only: the last write may have failed, or the process died in it,
   * and after a failed write no sync brings the rest. So it is written again before anything is built on it.
   */
  #settle(path: string, end: JournalEnd): void {
    using file = this.#storage.open(path, 'write');
    const bytes = Buffer.alloc(end.offset);
    file.read(bytes, 0);
    writeWhole(file, bytes, 0);
    if (end.tornBytes > 0) writeZeros(file, end.offset, Math.max(file.size(), this.#segmentBytes));
    file.sync();
    this.#storage.syncDirectory(this.#directory);
  }

  /** Finishes the spare file, gives it its header, then its name: a segment with a name is whole. */
  #create(number: number): void {
    while (this.#spareBytes < this.#segmentBytes) this.#extendSpare();
    const header = Buffer.alloc(HEADER_BYTES);
    const crc = writeSegmentHeader(header, number, this.#lastSequence + 1, this.#chainCrc);
    writeWhole(this.#spare!, header, 0);
    this.#spare!.sync();
    this.#spare![Symbol.dispose]();
    this.#file?.[Symbol.dispose]();
    const path = join(this.#directory, segmentName(number));
    this.#storage.rename(join(this.#directory, SPARE_NAME), path);
    this.#storage.syncDirectory(this.#directory);
    this.#spare = undefined;
    this.#spareBytes = 0;
    this.#segment = number;
    this.#offset = HEADER_BYTES;
    this.#chainCrc = crc;
    this.#file = this.#storage.open(path, 'write-durable');
  }

  #extendSpare(): void {
    this.#spare ??= this.#storage.open(join(this.#directory, SPARE_NAME), 'create');
    const to = Math.min(this.#spareBytes + PREPARE_BYTES, this.#segmentBytes);
    writeZeros(this.#spare, this.#spareBytes, to);
    this.#spareBytes = to;
  }
}

function writeZeros(file: StorageFile, from: number, to: number): void {
  for (let at = from; at < to; at += PREPARE_BYTES) writeWhole(file, ZEROS.subarray(0, Math.min(PREPARE_BYTES, to - at)), at);
}
