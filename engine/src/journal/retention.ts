// Gives back the space of commands that every kept snapshot already covers. Only whole segments go, oldest first and
// each for good before the next, so that a crash in between leaves a journal without a gap.

import { join } from 'node:path';
import type { Storage } from '../storage/storage.ts';
import { segmentName } from './journal-format.ts';
import { findSegment, listSegments } from './segments.ts';

/**
 * Removes the segments that hold only commands before `sequence`.
 *
 * @param sequence - the first command still needed: one after the oldest kept snapshot's.
 * @returns segments removed.
 */
export function retainFrom(storage: Storage, directory: string, sequence: number): number {
  const first = findSegment(storage, directory, sequence);
  if (first === undefined) return 0;
  const covered = listSegments(storage, directory).filter((number) => number < first);
  for (const number of covered) {
    storage.remove(join(directory, segmentName(number)));
    storage.syncDirectory(directory);
  }
  return covered.length;
}
