// Event records lie one after the other in files of a fixed number of them, so the place of a sequence is arithmetic:
// no index, no header. The log is derived: whatever the machine loses of it, replaying the journal writes again. It
// keeps a bounded number of files; readers of what is older are told where it begins.

import { join } from 'node:path';
import { RECORD_BYTES } from '@mib/proto/layout-record';
import type { Storage } from '../storage/storage.ts';

/** 16 MiB a file. */
export const EVENTS_PER_FILE = 131_072;
/** Files kept unless told otherwise: 32 GiB, the last 268 million events. */
export const KEPT_FILES = 2_048;

export interface EventPlace {
  readonly file: number;
  readonly byte: number;
  /** Events from this one to the end of its file. */
  readonly left: number;
}

/** Sequences that the files hold; `last` is 0 for none. */
export interface EventRange {
  readonly first: number;
  readonly last: number;
}

/** An event was asked for that retention has removed. */
export class EventOutOfRangeError extends Error {
  override readonly name = 'EventOutOfRangeError';
  readonly firstAvailable: number;

  constructor(sequence: number, firstAvailable: number) {
    super(`event ${sequence} is not in the event log any more: it begins with ${firstAvailable}`);
    this.firstAvailable = firstAvailable;
  }
}

export function placeOf(sequence: number): EventPlace {
  const index = sequence - 1;
  const within = index % EVENTS_PER_FILE;
  return { file: Math.floor(index / EVENTS_PER_FILE) + 1, byte: within * RECORD_BYTES, left: EVENTS_PER_FILE - within };
}

export function eventFilePath(directory: string, file: number): string {
  return join(directory, `events-${String(file).padStart(6, '0')}.log`);
}

/** Numbers of the files, ascending. */
export function listEventFiles(storage: Storage, directory: string): number[] {
  return storage
    .list(directory)
    .map((name) => Number(/^events-(\d{6,})\.log$/.exec(name)?.[1]))
    .filter((number) => number > 0)
    .sort((a, b) => a - b);
}

/** Whole records that the files hold, as if written without a gap. */
export function eventRange(storage: Storage, directory: string): EventRange {
  const files = listEventFiles(storage, directory);
  const last = files.at(-1);
  if (last === undefined) return { first: 1, last: 0 };
  const inLast = Math.floor(storage.size(eventFilePath(directory, last)) / RECORD_BYTES);
  return { first: (files[0]! - 1) * EVENTS_PER_FILE + 1, last: (last - 1) * EVENTS_PER_FILE + inLast };
}

/** Makes the events `first` to `last` lasting. Slow, and on any thread: what a snapshot covers is never derived again. */
export function syncEvents(storage: Storage, directory: string, first: number, last: number): void {
  for (let file = placeOf(first).file; file <= placeOf(last).file; file++) {
    using opened = storage.open(eventFilePath(directory, file), 'write');
    opened.sync();
  }
  storage.syncDirectory(directory);
}
