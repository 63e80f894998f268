// A write that is all or a failure. A short one means that the disk is about to refuse: the rest is tried once, only to
// learn the reason, and whatever comes of that the write has failed.

import type { StorageFile } from './storage.ts';

export class ShortWriteError extends Error {
  override readonly name = 'ShortWriteError';
}

/** @throws the system's error, or ShortWriteError when the system gives no reason. */
export function writeWhole(file: StorageFile, bytes: Uint8Array, position: number): void {
  const written = file.write(bytes, position);
  if (written === bytes.byteLength) return;
  file.write(bytes.subarray(written), position + written);
  throw new ShortWriteError(`the disk took ${written} of ${bytes.byteLength} bytes at byte ${position}`);
}
