// The kinds of storage failure, as health, metrics and the log name them.

import { ShortWriteError } from './write-whole.ts';

/** `other`: anything the system reports that is neither a full disk nor a failing one, such as a read-only remount. */
export const STORAGE_FAULTS = ['no_space', 'io_error', 'short_write', 'sync_failed', 'other'] as const;
export type StorageFault = (typeof STORAGE_FAULTS)[number];

const NO_SPACE: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const SYNC_CALLS: ReadonlySet<string> = new Set(['fdatasync', 'fsync', 'sync']);

/** A thread's word that it cannot write its files any more; posted to the main thread. */
export interface StorageFailure {
  readonly kind: 'storage-failed';
  readonly part: 'journal' | 'event-log';
  readonly fault: StorageFault;
  readonly message: string;
}

export function storageFailure(part: StorageFailure['part'], error: unknown): StorageFailure {
  return { kind: 'storage-failed', part, fault: storageFault(error), message: (error as Error).message };
}

export function storageFault(error: unknown): StorageFault {
  if (error instanceof ShortWriteError) return 'short_write';
  const { code = '', syscall = '' } = error as NodeJS.ErrnoException;
  if (NO_SPACE.has(code)) return 'no_space';
  if (SYNC_CALLS.has(syscall)) return 'sync_failed';
  return code === 'EIO' ? 'io_error' : 'other';
}
