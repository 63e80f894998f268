// A simulated disk for fault tests and the simulator. It does what the worst real one may: fail any operation, write
// short, run full, and on a crash forget, reorder and tear whatever was not synced, directory entries included. All of
// it follows the `random` given, so a seed repeats it.

import { dirname } from 'node:path';
import { SimulatedFile, type Chance, type Tearing } from './simulated-file.ts';
import type { OpenMode, Storage, StorageFile } from './storage.ts';

export interface Operation {
  readonly kind: 'open' | 'write' | 'sync' | 'truncate' | 'rename' | 'remove' | 'sync-directory';
  readonly path: string;
  /** Bytes to write, else 0. */
  readonly bytes: number;
}

/** Short write: only some of the bytes (writes only). Error: EIO after an unknown part. Crash: the power goes meanwhile. */
export type Fault = 'short-write' | 'io-error' | 'crash';

export class StorageCrashedError extends Error {
  override readonly name = 'StorageCrashedError';
}

/** A change of a directory that is not yet on the medium; no file means that the name goes. */
interface NameChange {
  readonly directory: string;
  readonly gone: string | undefined;
  readonly path: string | undefined;
  readonly file: SimulatedFile | undefined;
}

export class MemoryStorage implements Storage {
  readonly #chance: Chance;
  #seen = new Map<string, SimulatedFile>();
  readonly #kept = new Map<string, SimulatedFile>();
  #pending: NameChange[] = [];
  /** Counts crashes and kills; a file opened before one is of no use afterwards. */
  epoch = 0;
  /** The size of the disk; a write beyond it is short, then ENOSPC. */
  capacityBytes = Infinity;
  /** Asked before every operation that changes something; what it returns goes wrong with it. */
  fault: (operation: Operation) => Fault | undefined = () => undefined;

  constructor(options: { readonly random: () => number; readonly tearing?: Tearing }) {
    this.#chance = { random: options.random, tearing: options.tearing ?? 'byte' };
  }

  /** The power goes: what was synced stays, of all else each sector and each directory entry by chance. */
  crash(): void {
    const survival = this.#chance.random();
    for (const change of this.#pending) if (this.#chance.random() < survival) applyTo(this.#kept, change);
    this.#pending = [];
    for (const file of new Set([...this.#seen.values(), ...this.#kept.values()])) file.crash(this.#chance);
    this.#seen = new Map(this.#kept);
    this.epoch++;
  }

  /** The process dies and the machine does not: nothing is lost, but its files are closed. */
  kill(): void {
    this.epoch++;
  }

  list(directory: string): string[] {
    return [...this.#seen.keys()].filter((path) => dirname(path) === directory).map((path) => path.slice(directory.length + 1));
  }

  open(path: string, mode: OpenMode): StorageFile {
    if (mode !== 'read') this.guard({ kind: 'open', path, bytes: 0 });
    let file = this.#seen.get(path);
    if (mode === 'create') {
      if (file) file.truncate(0);
      else this.#change({ directory: dirname(path), gone: undefined, path, file: (file = new SimulatedFile()) });
    }
    if (!file) throw systemError('ENOENT', 'no such file or directory', 'open', path);
    return new MemoryFile(this, { path, file, isDurable: mode === 'write-durable' });
  }

  rename(from: string, to: string): void {
    this.guard({ kind: 'rename', path: from, bytes: 0 });
    const file = this.#seen.get(from);
    if (!file) throw systemError('ENOENT', 'no such file or directory', 'rename', from);
    this.#change({ directory: dirname(to), gone: from, path: to, file });
  }

  remove(path: string): void {
    this.guard({ kind: 'remove', path, bytes: 0 });
    if (this.#seen.has(path)) this.#change({ directory: dirname(path), gone: path, path: undefined, file: undefined });
  }

  syncDirectory(directory: string): void {
    this.guard({ kind: 'sync-directory', path: directory, bytes: 0 });
    for (const change of this.#pending) if (change.directory === directory) applyTo(this.#kept, change);
    this.#pending = this.#pending.filter((change) => change.directory !== directory);
  }

  size(path: string): number {
    const file = this.#seen.get(path);
    if (!file) throw systemError('ENOENT', 'no such file or directory', 'stat', path);
    return file.length;
  }

  /** Bytes of a write to `file` up to `end` for which the disk has room. */
  roomFor(file: SimulatedFile, position: number, bytes: number): number {
    if (this.capacityBytes === Infinity) return bytes;
    let used = 0;
    for (const one of new Set(this.#seen.values())) used += one.length;
    return Math.min(bytes, Math.max(0, file.length + this.capacityBytes - used - position));
  }

  /** Lets the operation fail if a fault is due that stops it. */
  guard(operation: Operation, file?: SimulatedFile): void {
    const fault = this.fault(operation);
    if (fault !== undefined && fault !== 'short-write') this.fail(fault, operation, file);
  }

  fail(fault: Exclude<Fault, 'short-write'>, operation: Operation, file?: SimulatedFile): never {
    if (fault === 'crash') {
      this.crash();
      throw new StorageCrashedError(`the machine crashed at ${operation.kind} ${operation.path}`);
    }
    file?.syncInPart(this.#chance);
    throw systemError('EIO', 'i/o error', operation.kind, operation.path);
  }

  shorten(bytes: Uint8Array): Uint8Array {
    return bytes.subarray(0, 1 + Math.floor(this.#chance.random() * (bytes.byteLength - 1)));
  }

  #change(change: NameChange): void {
    applyTo(this.#seen, change);
    this.#pending.push(change);
  }
}

interface Opened {
  readonly path: string;
  readonly file: SimulatedFile;
  readonly isDurable: boolean;
}

class MemoryFile implements StorageFile {
  readonly #disk: MemoryStorage;
  readonly #opened: Opened;
  readonly #epoch: number;

  constructor(disk: MemoryStorage, opened: Opened) {
    this.#disk = disk;
    this.#opened = opened;
    this.#epoch = disk.epoch;
  }

  read(bytes: Uint8Array, position: number): number {
    return this.#file().read(bytes, position);
  }

  async readAsync(bytes: Uint8Array, position: number): Promise<number> {
    return this.read(bytes, position);
  }

  write(bytes: Uint8Array, position: number): number {
    const { path, isDurable } = this.#opened;
    const file = this.#file();
    const room = this.#disk.roomFor(file, position, bytes.byteLength);
    if (room === 0 && bytes.byteLength > 0) throw systemError('ENOSPC', 'no space left on device', 'write', path);
    const operation: Operation = { kind: 'write', path, bytes: bytes.byteLength };
    const fault = this.#disk.fault(operation);
    const part = fault === 'short-write' ? this.#disk.shorten(bytes.subarray(0, room)) : bytes.subarray(0, room);
    // First written, then failed: what a failing write leaves is by chance, as for unsynced bytes.
    file.write(part, position);
    if (fault !== undefined && fault !== 'short-write') this.#disk.fail(fault, operation, file);
    if (isDurable) file.sync();
    return part.byteLength;
  }

  sync(): void {
    const file = this.#file();
    this.#disk.guard({ kind: 'sync', path: this.#opened.path, bytes: 0 }, file);
    file.sync();
  }

  truncate(length: number): void {
    const file = this.#file();
    this.#disk.guard({ kind: 'truncate', path: this.#opened.path, bytes: 0 });
    file.truncate(length);
  }

  size(): number {
    return this.#file().length;
  }

  [Symbol.dispose](): void {}

  #file(): SimulatedFile {
    if (this.#epoch !== this.#disk.epoch) throw new StorageCrashedError(`${this.#opened.path} was open when the machine crashed or the process died`);
    return this.#opened.file;
  }
}

function applyTo(names: Map<string, SimulatedFile>, change: NameChange): void {
  if (change.gone !== undefined) names.delete(change.gone);
  if (change.path !== undefined && change.file) names.set(change.path, change.file);
}

function systemError(code: string, text: string, call: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${text}, ${call} '${path}'`), { code, syscall: call, path });
}
