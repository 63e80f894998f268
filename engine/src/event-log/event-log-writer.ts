// Appends events; during recovery it compares instead, as far as the files already reach. A record of zeros is one that
// a power cut took and is written again. Any other difference means that journal and log do not belong together, and
// more events than the journal explains mean that acknowledged commands are gone from it: both stop the start.

import { closeSync, openSync, readSync, truncateSync, writeSync } from 'node:fs';
import { RECORD_BYTES } from '@mib/proto/layout-record';
import { countEvents, eventFilePath, placeOf } from './event-log-files.ts';

export class EventLogDivergedError extends Error {
  override readonly name = 'EventLogDivergedError';
}

export class EventLogWriter implements Disposable {
  readonly #directory: string;
  /** Records that were there at the start and are not compared yet. */
  #known: number;
  #next = 1;
  #file = 0;
  #fd = -1;

  constructor(directory: string) {
    this.#directory = directory;
    this.#known = countEvents(directory);
  }

  /** Takes the next events, in order and without gaps: compares those already there, writes the others. */
  append(records: Uint8Array): void {
    for (let start = 0; start < records.byteLength; ) {
      const place = placeOf(this.#next);
      const known = this.#known - (this.#next - 1);
      const count = Math.min((records.byteLength - start) / RECORD_BYTES, place.left, known > 0 ? known : Infinity);
      const part = records.subarray(start, start + count * RECORD_BYTES);
      this.#open(place.file);
      if (known > 0) this.#compare(part, place.byte);
      else this.#write(part, place.byte);
      this.#next += count;
      start += count * RECORD_BYTES;
    }
  }

  /** @throws {EventLogDivergedError} when the log holds events that the journal does not explain. */
  finishRecovery(): void {
    for (let sequence = this.#next; sequence <= this.#known; sequence++) {
      const place = placeOf(sequence);
      this.#open(place.file);
      if (!isZero(this.#read(RECORD_BYTES, place.byte))) {
        throw new EventLogDivergedError(`the event log holds event ${sequence}, the journal ends at event ${this.#next - 1}: acknowledged commands are missing from the journal`);
      }
    }
    if (this.#known >= this.#next) this.#cut();
    this.#known = 0;
  }

  [Symbol.dispose](): void {
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = -1;
    this.#file = 0;
  }

  #compare(part: Uint8Array, byte: number): void {
    const there = this.#read(part.byteLength, byte);
    if (there.equals(part)) return;
    for (let at = 0; at < part.byteLength; at += RECORD_BYTES) {
      const record = part.subarray(at, at + RECORD_BYTES);
      const old = there.subarray(at, at + RECORD_BYTES);
      if (old.equals(record)) continue;
      if (!isZero(old)) throw new EventLogDivergedError(`event ${this.#next + at / RECORD_BYTES} of the log is not the one that the journal gives`);
      this.#write(record, byte + at);
    }
  }

  #cut(): void {
    const place = placeOf(this.#next);
    this.#open(place.file);
    truncateSync(eventFilePath(this.#directory, place.file), place.byte);
  }

  #open(file: number): void {
    if (this.#file === file) return;
    this[Symbol.dispose]();
    this.#fd = openSync(eventFilePath(this.#directory, file), 'a');
    closeSync(this.#fd);
    this.#fd = openSync(eventFilePath(this.#directory, file), 'r+');
    this.#file = file;
  }

  #read(length: number, byte: number): Buffer {
    const bytes = Buffer.alloc(length);
    readSync(this.#fd, bytes, 0, length, byte);
    return bytes;
  }

  #write(bytes: Uint8Array, byte: number): void {
    for (let done = 0; done < bytes.byteLength; ) done += writeSync(this.#fd, bytes, done, bytes.byteLength - done, byte + done);
  }
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}
