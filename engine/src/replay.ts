// From a journal to a core: every command applied in order, the events handed on. Recovery, `verify` and backtests on a
// recorded tape are this one loop. A snapshot would start it further on.

import { readJournal, type JournalEnd } from './journal/journal-reader.ts';
import { COMMAND } from '@mib/proto/layout-command';
import { RECORD_BYTES, RECORD_NUMBERS } from '@mib/proto/layout-record';
import type { Core } from './core/core.ts';
import type { Storage } from './storage/storage.ts';

export interface Replayed {
  readonly end: JournalEnd;
  /** Time of the last command; later ones are never earlier. */
  readonly lastTimestampNs: bigint;
}

/** @param onEvents - gets each block's events as bytes, valid during the call. */
export function replayJournal(storage: Storage, directory: string, core: Core, onEvents: (records: Uint8Array) => void): Replayed {
  let lastTimestampNs = 0n;
  const end = readJournal(storage, directory, (views, first, count) => {
    for (let index = first; index < first + count; index++) core.apply(views, index);
    lastTimestampNs = views.longs[(first + count - 1) * RECORD_NUMBERS + COMMAND.TIMESTAMP_LONG]!;
    onEvents(core.output.events.bytes.subarray(0, core.output.eventCount * RECORD_BYTES));
    core.output.clear();
  });
  return { end, lastTimestampNs };
}
