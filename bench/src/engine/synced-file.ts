// The bare cost of durability: one record, written synchronously into a preallocated file, as the journal writes.

import { closeSync, constants, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RECORD_BYTES } from '@mib/proto/layout-record';

export type SyncedFile = Disposable & { write(index: number): void };

/** Opened once for synchronous writes: a new file's first syncs cost far more. */
export function openSyncedFile(records: number): SyncedFile {
  const folder = mkdtempSync(join(tmpdir(), 'mib-synced-'));
  const path = join(folder, 'synced.bin');
  const filler = openSync(path, 'w');
  writeSync(filler, Buffer.alloc(records * RECORD_BYTES));
  fsyncSync(filler); // or every write would pay for allocating its block
  closeSync(filler);
  const fd = openSync(path, constants.O_WRONLY | constants.O_DSYNC);
  const record = Buffer.alloc(RECORD_BYTES, 1);
  return {
    write: (index) => void writeSync(fd, record, 0, RECORD_BYTES, (index % records) * RECORD_BYTES),
    [Symbol.dispose]: () => {
      closeSync(fd);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
