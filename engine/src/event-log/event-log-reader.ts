// Reads events from any sequence. The file last read stays open, since readers mostly go forward through one file.

import { open, type FileHandle } from 'node:fs/promises';
import { RECORD_BYTES } from '@mib/proto/layout-record';
import { eventFilePath, placeOf } from './event-log-files.ts';

export class EventLogReader implements AsyncDisposable {
  readonly #directory: string;
  #file = 0;
  #handle: FileHandle | undefined;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Up to `max` records from `first` on, fewer at a file's end; the caller asks only for what was published. */
  async read(first: number, max: number): Promise<Uint8Array> {
    const place = placeOf(first);
    const handle = await this.#open(place.file);
    const bytes = Buffer.alloc(Math.min(max, place.left) * RECORD_BYTES);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, place.byte);
    if (bytesRead < RECORD_BYTES) throw new Error(`event ${first} is missing in the event log`);
    return bytes.subarray(0, bytesRead - (bytesRead % RECORD_BYTES));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    this.#file = 0;
    await handle?.close();
  }

  async #open(file: number): Promise<FileHandle> {
    if (this.#handle && this.#file === file) return this.#handle;
    await this[Symbol.asyncDispose]();
    this.#handle = await open(eventFilePath(this.#directory, file), 'r');
    this.#file = file;
    return this.#handle;
  }
}
