// Reads events from any sequence. The file last read stays open, since readers mostly go forward through one file.

import { RECORD_BYTES } from '@mib/proto/layout-record';
import type { Storage, StorageFile } from '../storage/storage.ts';
import { eventFilePath, EventOutOfRangeError, eventRange, placeOf } from './event-log-files.ts';

export class EventLogReader implements Disposable {
  readonly #storage: Storage;
  readonly #directory: string;
  #number = 0;
  #file: StorageFile | undefined;

  constructor(storage: Storage, directory: string) {
    this.#storage = storage;
    this.#directory = directory;
  }

  /**
   * Up to `max` records from `first` on, fewer at a file's end; the caller asks only for what was published.
   *
   * @throws {EventOutOfRangeError} naming the first event kept, when `first` is older.
   */
  async read(first: number, max: number): Promise<Uint8Array> {
    const place = placeOf(first);
    const bytes = Buffer.alloc(Math.min(max, place.left) * RECORD_BYTES);
    const count = await this.#open(place.file, first).readAsync(bytes, place.byte);
    if (count < RECORD_BYTES) throw new Error(`event ${first} is missing in the event log`);
    return bytes.subarray(0, count - (count % RECORD_BYTES));
  }

  [Symbol.dispose](): void {
    this.#file?.[Symbol.dispose]();
    this.#file = undefined;
    this.#number = 0;
  }

  #open(number: number, sequence: number): StorageFile {
    if (this.#file && this.#number === number) return this.#file;
    this[Symbol.dispose]();
    const range = eventRange(this.#storage, this.#directory);
    if (sequence < range.first) throw new EventOutOfRangeError(sequence, range.first);
    this.#file = this.#storage.open(eventFilePath(this.#directory, number), 'read');
    this.#number = number;
    return this.#file;
  }
}
