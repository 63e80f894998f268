// What the engine does with files, and nothing more: journal, event log and snapshots see only this. node-storage.ts is
// the real one; memory-storage.ts is a simulated disk that fails and forgets on demand. Positions and lengths are bytes.

/** `write` and `write-durable` want an existing file, `create` makes or empties one; all of them may also be read. */
export type OpenMode = 'read' | 'write' | 'create' | 'write-durable';

export interface Storage {
  /** Names of the files in a directory, in no order. */
  list(directory: string): string[];
  /** Opened `write-durable` (O_DSYNC), a write returns once its bytes are on the medium. */
  open(path: string, mode: OpenMode): StorageFile;
  /** Replaces `to` at once; lasting only after `syncDirectory`. */
  rename(from: string, to: string): void;
  /** Does nothing when there is no such file; lasting only after `syncDirectory`. */
  remove(path: string): void;
  syncDirectory(directory: string): void;
  size(path: string): number;
}

export interface StorageFile extends Disposable {
  /** @returns bytes read, fewer than asked only at the end of the file. */
  read(bytes: Uint8Array, position: number): number;
  /** The same without blocking, for the event loop's thread. */
  readAsync(bytes: Uint8Array, position: number): Promise<number>;
  /** @returns bytes written, at least one; fewer than asked where the disk is about to fail. */
  write(bytes: Uint8Array, position: number): number;
  /** fdatasync. Once it has failed, what was written since the last one may be lost whatever a later one says. */
  sync(): void;
  truncate(length: number): void;
  size(): number;
}
