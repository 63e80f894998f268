// The machine's file system with one fault in it, for tests of a whole engine. The fault comes with the first write that
// holds the trigger, so a test decides when by what it sends.

import { readFileSync } from 'node:fs';
import type { Storage, StorageFile } from '../storage/storage.ts';

/** `stalled`: the write waits until someone writes to the named pipe `release`. `sync-failed`: the next sync after the trigger. */
export type FaultName = 'short-write' | 'io-error' | 'no-space' | 'sync-failed' | 'stalled';

export const TRIGGER = 'break-the-disk-now';

export class FaultyStorage implements Storage {
  readonly #inner: Storage;
  readonly #fault: FaultName;
  readonly #release: string;
  triggered = false;

  constructor(inner: Storage, fault: FaultName, release = '') {
    this.#inner = inner;
    this.#fault = fault;
    this.#release = release;
  }

  list(directory: string): string[] {
    return this.#inner.list(directory);
  }

  open(...[path, mode]: Parameters<Storage['open']>): StorageFile {
    const file = this.#inner.open(path, mode);
    return {
      read: (bytes, position) => file.read(bytes, position),
      readAsync: (bytes, position) => file.readAsync(bytes, position),
      write: (bytes, position) => this.#write(file, bytes, position),
      sync: () => this.#sync(file),
      truncate: (length) => file.truncate(length),
      size: () => file.size(),
      [Symbol.dispose]: () => file[Symbol.dispose](),
    };
  }

  rename(from: string, to: string): void {
    this.#inner.rename(from, to);
  }

  remove(path: string): void {
    this.#inner.remove(path);
  }

  syncDirectory(directory: string): void {
    this.#inner.syncDirectory(directory);
  }

  size(path: string): number {
    return this.#inner.size(path);
  }

  #write(file: StorageFile, bytes: Uint8Array, position: number): number {
    const first = !this.triggered && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(TRIGGER);
    this.triggered ||= first;
    if (first && this.#fault === 'stalled') readFileSync(this.#release);
    if (!this.triggered || this.#fault === 'stalled' || this.#fault === 'sync-failed') return file.write(bytes, position);
    if (first) file.write(bytes.subarray(0, bytes.byteLength >> 1), position);
    if (this.#fault === 'io-error') throw systemError('EIO', 'i/o error', 'write');
    if (this.#fault === 'no-space' && !first) throw systemError('ENOSPC', 'no space left on device', 'write');
    return first ? bytes.byteLength >> 1 : file.write(bytes, position);
  }

  #sync(file: StorageFile): void {
    if (this.triggered && this.#fault === 'sync-failed') throw systemError('EIO', 'i/o error', 'fdatasync');
    file.sync();
  }
}

function systemError(code: string, text: string, syscall: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${text}, ${syscall}`), { code, syscall });
}
