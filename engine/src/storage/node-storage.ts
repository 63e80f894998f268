// The machine's file system. Files are made readable by their owner alone.

import { closeSync, constants, fdatasyncSync, fstatSync, fsyncSync, ftruncateSync, openSync, read, readdirSync, readSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import type { OpenMode, Storage, StorageFile } from './storage.ts';

const FLAGS: Readonly<Record<OpenMode, number>> = {
  read: constants.O_RDONLY,
  write: constants.O_RDWR,
  create: constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC,
  'write-durable': constants.O_RDWR | (constants.O_DSYNC ?? 0),
};
const OWNER_ONLY = 0o600;

export const nodeStorage: Storage = {
  list: (directory) => readdirSync(directory),
  open: (path, mode) => new NodeFile(openSync(path, FLAGS[mode], OWNER_ONLY), mode === 'write-durable' && constants.O_DSYNC === undefined),
  rename: renameSync,
  remove: (path) => rmSync(path, { force: true }),
  syncDirectory,
  size: (path) => statSync(path).size,
};

class NodeFile implements StorageFile {
  readonly #fd: number;
  readonly #syncsWrites: boolean;
  #open = true;

  /** @param syncsWrites - a durable file where the system has no O_DSYNC. */
  constructor(fd: number, syncsWrites: boolean) {
    this.#fd = fd;
    this.#syncsWrites = syncsWrites;
  }

  read(bytes: Uint8Array, position: number): number {
    let done = 0;
    while (done < bytes.byteLength) {
      const count = readSync(this.#fd, bytes, done, bytes.byteLength - done, position + done);
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  readAsync(bytes: Uint8Array, position: number): Promise<number> {
    return new Promise((resolve, reject) => read(this.#fd, bytes, 0, bytes.byteLength, position, (error, count) => (error ? reject(error) : resolve(count))));
  }

  write(bytes: Uint8Array, position: number): number {
    const count = writeSync(this.#fd, bytes, 0, bytes.byteLength, position);
    if (this.#syncsWrites) fdatasyncSync(this.#fd);
    return count;
  }

  sync(): void {
    fdatasyncSync(this.#fd);
  }

  truncate(length: number): void {
    ftruncateSync(this.#fd, length);
  }

  size(): number {
    return fstatSync(this.#fd).size;
  }

  [Symbol.dispose](): void {
    if (this.#open) closeSync(this.#fd);
    this.#open = false;
  }
}

function syncDirectory(directory: string): void {
  const fd = openSync(directory, constants.O_RDONLY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
