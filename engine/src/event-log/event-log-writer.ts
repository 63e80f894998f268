// Appends events; during recovery it first compares, as far as the files already reach. A record that lacks bytes, zeros
// in their place, is one that a power cut took. Any other difference means that journal and log do not belong together,
// and more events than the journal explains mean that acknowledged commands are gone from it: both stop the start.
// Events that are there are written again all the same: after a failed write a file may read well from the page cache
// while the medium has nothing, and no later sync would mend that (https://lwn.net/Articles/752063/).

import { RECORD_BYTES } from '@mib/proto/layout-record';
import type { Storage, StorageFile } from '../storage/storage.ts';
import { writeWhole } from '../storage/write-whole.ts';
import { eventFilePath, eventRange, KEPT_FILES, listEventFiles, placeOf } from './event-log-files.ts';

/** Events compared or looked through at a time during recovery. */
const CHUNK_EVENTS = 4_096;

export class EventLogDivergedError extends Error {
  override readonly name = 'EventLogDivergedError';
}

export class EventLogWriter implements Disposable {
  readonly #storage: Storage;
  readonly #directory: string;
  readonly #keptFiles: number;
  /** Oldest event kept; replay passes over what is older. */
  readonly #first: number;
  /** Last record that was there at the start and is not compared yet. */
  #known: number;
  #next: number;
  #number = 0;
  /** Numbers of the files that are there, ascending: thousands, listed once and not whenever one is full. */
  readonly #files: number[];
  #file: StorageFile | undefined;
  /** What recovery compares with. */
  readonly #there = Buffer.alloc(CHUNK_EVENTS * RECORD_BYTES);

  /**
   * @param options.after - last event that a snapshot covers; the log must hold all up to it.
   * @param options.keptFiles - files kept, the one being written included.
   * @throws {EventLogDivergedError} when the log ends before `after`: what is missing cannot be derived any more.
   */
  constructor(storage: Storage, directory: string, options: { readonly after?: number; readonly keptFiles?: number } = {}) {
    const { after = 0, keptFiles = KEPT_FILES } = options;
    const range = eventRange(storage, directory);
    if (range.last < after) throw new EventLogDivergedError(`the event log ends at event ${range.last}, the snapshot was taken after event ${after}`);
    this.#storage = storage;
    this.#directory = directory;
    this.#keptFiles = keptFiles;
    this.#files = listEventFiles(storage, directory);
    this.#first = range.first;
    this.#known = range.last;
    this.#next = after + 1;
  }

  /** Takes the next events, in order and without gaps: compares those already there, writes the others. */
  append(records: Uint8Array): void {
    for (let start = this.#passOver(records.byteLength / RECORD_BYTES) * RECORD_BYTES; start < records.byteLength; ) {
      const place = placeOf(this.#next);
      const known = this.#known - (this.#next - 1);
      const count = Math.min((records.byteLength - start) / RECORD_BYTES, place.left, known > 0 ? Math.min(known, CHUNK_EVENTS) : Infinity);
      const part = records.subarray(start, start + count * RECORD_BYTES);
      this.#open(place.file);
      if (known > 0) this.#compare(part, place.byte);
      else writeWhole(this.#file!, part, place.byte);
      this.#next += count;
      start += count * RECORD_BYTES;
    }
  }

  /** @throws {EventLogDivergedError} when the log holds events that the journal does not explain. */
  finishRecovery(): void {
    for (let sequence = this.#next; sequence <= this.#known; ) {
      const place = placeOf(sequence);
      const count = Math.min(this.#known - sequence + 1, place.left, CHUNK_EVENTS);
      this.#open(place.file);
      const unexplained = findNonZero(this.#read(count * RECORD_BYTES, place.byte));
      if (unexplained >= 0) {
        throw new EventLogDivergedError(`the event log holds event ${sequence + unexplained}, the journal ends at event ${this.#next - 1}: acknowledged commands are missing from the journal`);
      }
      sequence += count;
    }
    if (this.#known >= this.#next) this.#cut();
    this.#known = 0;
  }

  [Symbol.dispose](): void {
    this.#file?.[Symbol.dispose]();
    this.#file = undefined;
    this.#number = 0;
  }

  /** @returns of the next `count` events, those that retention has removed already. */
  #passOver(count: number): number {
    const removed = Math.max(0, Math.min(count, this.#first - this.#next));
    this.#next += removed;
    return removed;
  }

  #compare(part: Uint8Array, byte: number): void {
    const there = this.#read(part.byteLength, byte);
    const isWhole = there.equals(part);
    for (let at = 0; !isWhole && at < part.byteLength; at += RECORD_BYTES) {
      const record = part.subarray(at, at + RECORD_BYTES);
      const old = there.subarray(at, at + RECORD_BYTES);
      if (!old.equals(record) && !isPartOf(old, record)) throw new EventLogDivergedError(`event ${this.#next + at / RECORD_BYTES} of the log is not the one that the journal gives`);
    }
    writeWhole(this.#file!, part, byte);
  }

  /** Cuts zeros behind the last event. */
  #cut(): void {
    const place = placeOf(this.#next);
    while (this.#files.at(-1)! > place.file) this.#storage.remove(eventFilePath(this.#directory, this.#files.pop()!));
    this.#open(place.file);
    this.#file!.truncate(place.byte);
  }

  #open(number: number): void {
    if (this.#number === number) return;
    this[Symbol.dispose]();
    const isThere = this.#files.includes(number);
    this.#file = this.#storage.open(eventFilePath(this.#directory, number), isThere ? 'write' : 'create');
    if (!isThere) this.#files.push(number);
    this.#number = number;
    this.#removeBefore(number - this.#keptFiles + 1);
  }

  /** Each for good before the next, so that a crash leaves no gap. */
  #removeBefore(first: number): void {
    while (this.#files[0]! < first) {
      this.#storage.remove(eventFilePath(this.#directory, this.#files.shift()!));
      this.#storage.syncDirectory(this.#directory);
    }
  }

  /** Valid until the next read. */
  #read(length: number, byte: number): Buffer {
    const bytes = this.#there.subarray(0, length);
    bytes.fill(0, this.#file!.read(bytes, byte));
    return bytes;
  }
}

/** True when every byte is right or missing: no disk promises to write even a sector whole. */
function isPartOf(old: Uint8Array, record: Uint8Array): boolean {
  return old.every((byte, index) => byte === 0 || byte === record[index]);
}

/** Index of the first record that is not all zeros, or -1. */
function findNonZero(records: Buffer): number {
  const byte = records.findIndex((one) => one !== 0);
  return byte < 0 ? -1 : Math.floor(byte / RECORD_BYTES);
}
