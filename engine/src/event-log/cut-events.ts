// Takes the events of commands after a given one off the end of the log, when those commands are cut off the journal.

import { EVENT } from '@mib/proto/layout-event';
import { RECORD_BYTES } from '@mib/proto/layout-record';
import type { Storage } from '../storage/storage.ts';
import { eventFilePath, eventRange, listEventFiles, placeOf, type EventRange } from './event-log-files.ts';

/** The events of commands after `command`, or undefined when there are none. */
export function eventsAfter(storage: Storage, directory: string, command: number): EventRange | undefined {
  const { first, last } = eventRange(storage, directory);
  let kept = first - 1;
  for (let end = last + 1; end - kept > 1; ) {
    const middle = Math.floor((kept + end) / 2);
    if (commandOf(storage, directory, middle) <= command) kept = middle;
    else end = middle;
  }
  return kept < last ? { first: kept + 1, last } : undefined;
}

/** Removes the events from `first` on, the youngest file first. */
export function cutEvents(storage: Storage, directory: string, first: number): void {
  const place = placeOf(first);
  const behind = listEventFiles(storage, directory).filter((file) => file > place.file || (file === place.file && place.byte === 0));
  for (const file of behind.reverse()) {
    storage.remove(eventFilePath(directory, file));
    storage.syncDirectory(directory);
  }
  if (place.byte === 0) return;
  using file = storage.open(eventFilePath(directory, place.file), 'write');
  file.truncate(place.byte);
  file.sync();
}

function commandOf(storage: Storage, directory: string, sequence: number): number {
  const place = placeOf(sequence);
  using file = storage.open(eventFilePath(directory, place.file), 'read');
  const record = Buffer.alloc(RECORD_BYTES);
  file.read(record, place.byte);
  return record.readDoubleLE(EVENT.COMMAND_NUMBER * 8);
}
