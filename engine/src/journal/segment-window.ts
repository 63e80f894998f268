// A window on one segment: a fixed stretch of memory that holds the bytes at the reader's place, so that reading needs
// the same memory for any journal and a block is never split. The window begins at multiples of 64 bytes of the file, as
// headers do; records lie at odd or even ones, hence two fixed sets of views instead of new ones for each block.

import { RECORD_BYTES, recordViews, type RecordViews } from '@mib/proto/layout-record';
import type { StorageFile } from '../storage/storage.ts';
import { HEADER_BYTES, MAX_BLOCK_BYTES, readBlockHeader, readSegmentHeader, recordsAreWhole, type Header } from './journal-format.ts';

/** Twice the largest block, so that most reads fetch many small ones. */
const WINDOW_BYTES = 2 * Math.ceil(MAX_BLOCK_BYTES / RECORD_BYTES) * RECORD_BYTES;
const ZEROS = Buffer.alloc(WINDOW_BYTES);

/** Where records stand: `first` counts records of `views`. Valid until the window moves. */
export interface WindowRecords {
  readonly views: RecordViews;
  readonly first: number;
}

export class SegmentWindow {
  readonly #memory = new ArrayBuffer(WINDOW_BYTES);
  readonly #bytes = Buffer.from(this.#memory);
  readonly #even = recordViews(this.#memory, 0);
  readonly #odd = recordViews(this.#memory, HEADER_BYTES, WINDOW_BYTES - RECORD_BYTES);
  #file: StorageFile | undefined;
  #start = 0;
  #length = 0;

  /** Moves to another file; the caller closes the one before. */
  show(file: StorageFile): void {
    this.#file = file;
    this.forget();
  }

  /** Drops what was read: the file may have changed since. */
  forget(): void {
    this.#start = 0;
    this.#length = 0;
  }

  segmentHeader(): Header | undefined {
    return this.#has(0, HEADER_BYTES) ? readSegmentHeader(this.#bytes, 0 - this.#start) : undefined;
  }

  /** The block at `offset`, if header and records are whole; whether it belongs there is for the caller to see. */
  block(offset: number): Header | undefined {
    if (!this.#has(offset, HEADER_BYTES)) return undefined;
    const header = readBlockHeader(this.#bytes, offset - this.#start);
    if (!header || !this.#has(offset, HEADER_BYTES + header.count * RECORD_BYTES)) return undefined;
    return recordsAreWhole(this.#bytes, offset - this.#start, header) ? header : undefined;
  }

  /** The records of the block at `offset`, which `block` has just returned. */
  records(offset: number): WindowRecords {
    const at = offset - this.#start + HEADER_BYTES;
    return at % RECORD_BYTES === 0 ? { views: this.#even, first: at / RECORD_BYTES } : { views: this.#odd, first: (at - HEADER_BYTES) / RECORD_BYTES };
  }

  /** Offset of a whole block at or after `from`. */
  findBlock(from: number): number | undefined {
    for (let offset = from; this.#has(offset, HEADER_BYTES); offset += HEADER_BYTES) {
      if (this.block(offset)) return offset;
    }
    return undefined;
  }

  /** Bytes that are not zero from `from` to the end of the file. */
  countNonZero(from: number): number {
    let count = 0;
    for (let offset = from; this.#has(offset, 1); offset = this.#start + this.#length) {
      const rest = this.#bytes.subarray(offset - this.#start, this.#length);
      if (rest.equals(ZEROS.subarray(0, rest.length))) continue;
      for (const byte of rest) if (byte !== 0) count++;
    }
    return count;
  }

  /** Whether the file has `length` bytes at `offset`, a multiple of 64; if so they are in the window. */
  #has(offset: number, length: number): boolean {
    if (offset >= this.#start && offset + length <= this.#start + this.#length) return true;
    this.#start = offset;
    this.#length = this.#file!.read(this.#bytes, offset);
    return length <= this.#length;
  }
}
