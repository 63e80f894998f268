// Compares events that a replay gives with those in the log, and changes nothing: the log may be another thread's to
// write. What retention has removed from the log is passed over.

import { RECORD_BYTES } from '@mib/proto/layout-record';
import { eventFilePath, eventRange, placeOf } from '../event-log/event-log-files.ts';
import { EventLogDivergedError } from '../event-log/event-log-writer.ts';
import type { Storage, StorageFile } from '../storage/storage.ts';

export class EventLogCheck implements Disposable {
  readonly #storage: Storage;
  readonly #directory: string;
  /** Oldest event that the log still holds. */
  readonly #first: number;
  readonly #through: number;
  #next: number;
  #number = 0;
  #file: StorageFile | undefined;
  #there = Buffer.alloc(0);

  /** @param after - the next events come after this one. @param through - those after this one need not be there. */
  constructor(storage: Storage, directory: string, after: number, through = Infinity) {
    this.#storage = storage;
    this.#directory = directory;
    this.#first = eventRange(storage, directory).first;
    this.#through = through;
    this.#next = after + 1;
  }

  /** Takes the next events. @throws {EventLogDivergedError} when they are not those of the log. */
  compare(records: Uint8Array): void {
    const count = Math.max(0, Math.min(records.byteLength / RECORD_BYTES, this.#through - this.#next + 1));
    const removed = Math.max(0, Math.min(count, this.#first - this.#next));
    this.#next += removed;
    for (let done = removed; done < count; ) {
      const place = placeOf(this.#next);
      const part = Math.min(count - done, place.left);
      this.#comparePart(records.subarray(done * RECORD_BYTES, (done + part) * RECORD_BYTES), place);
      this.#next += part;
      done += part;
    }
  }

  [Symbol.dispose](): void {
    this.#file?.[Symbol.dispose]();
    this.#file = undefined;
  }

  #comparePart(part: Uint8Array, place: { readonly file: number; readonly byte: number }): void {
    if (this.#number !== place.file) {
      this[Symbol.dispose]();
      this.#file = this.#storage.open(eventFilePath(this.#directory, place.file), 'read');
      this.#number = place.file;
    }
    if (this.#there.length < part.byteLength) this.#there = Buffer.alloc(part.byteLength);
    const read = this.#file!.read(this.#there.subarray(0, part.byteLength), place.byte);
    if (this.#there.subarray(0, read).equals(part)) return;
    throw new EventLogDivergedError(`events ${this.#next} to ${this.#next + part.byteLength / RECORD_BYTES - 1} of the log are not those that the journal gives`);
  }
}
