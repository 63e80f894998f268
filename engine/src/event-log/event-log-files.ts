// Event records lie one after the other in files of a fixed number of them, so the place of a sequence is arithmetic:
// no index, no header. The log is derived: whatever the machine loses of it, replaying the journal writes again.

import { join } from 'node:path';
import { readdirSync, statSync } from 'node:fs';
import { RECORD_BYTES } from '@mib/proto/layout-record';

/** 16 MiB a file. */
export const EVENTS_PER_FILE = 131_072;

export interface EventPlace {
  readonly file: number;
  readonly byte: number;
  /** Events from this one to the end of its file. */
  readonly left: number;
}

export function placeOf(sequence: number): EventPlace {
  const index = sequence - 1;
  const within = index % EVENTS_PER_FILE;
  return { file: Math.floor(index / EVENTS_PER_FILE) + 1, byte: within * RECORD_BYTES, left: EVENTS_PER_FILE - within };
}

export function eventFilePath(directory: string, file: number): string {
  return join(directory, `events-${String(file).padStart(6, '0')}.log`);
}

/** Whole records that the files hold, as if written without a gap. */
export function countEvents(directory: string): number {
  const files = readdirSync(directory).filter((name) => /^events-\d{6,}\.log$/.test(name)).sort();
  const last = files.at(-1);
  if (last === undefined) return 0;
  return (files.length - 1) * EVENTS_PER_FILE + Math.floor(statSync(join(directory, last)).size / RECORD_BYTES);
}
