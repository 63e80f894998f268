// Where a replay begins: the newest snapshot that is whole and that journal and event log reach, else the beginning of
// the journal. What was passed over is told, and when nothing is left, the start is refused naming what is missing.

import { Core } from '../core/core.ts';
import { eventRange } from '../event-log/event-log-files.ts';
import { JournalReader } from '../journal/journal-reader.ts';
import { JournalOutOfRangeError } from '../journal/segments.ts';
import type { Storage } from '../storage/storage.ts';
import { listSnapshots, loadSnapshot, snapshotName } from './snapshot-files.ts';
import { SnapshotDamagedError, type HistoryPoint } from './snapshot-format.ts';

export interface StartingPoint {
  /** As it was at `point`. */
  readonly core: Core;
  /** Last command of the snapshot, or the beginning. */
  readonly point: HistoryPoint;
  /** Gives the commands after it. */
  readonly reader: JournalReader;
  /** Why newer snapshots were passed over; one line each. */
  readonly passedOver: readonly string[];
}

export class NothingToStartFromError extends Error {
  override readonly name = 'NothingToStartFromError';
}

/** The journal is not the one that the snapshot goes with. */
class SnapshotUnfitError extends Error {
  override readonly name = 'SnapshotUnfitError';
}

const BEGINNING: HistoryPoint = { lastSequence: 0, lastEventSequence: 0, lastTimestampNs: 0n, chainCrc: 0 };

/**
 * @throws {NothingToStartFromError} saying of each snapshot, and of the journal, why it will not do.
 * @throws {JournalDamagedError} when the journal is damaged where it is needed.
 */
export function findStartingPoint(storage: Storage, directory: string): StartingPoint {
  const passedOver: string[] = [];
  for (const sequence of [...listSnapshots(storage, directory), BEGINNING.lastSequence]) {
    try {
      return { ...startFrom(storage, directory, sequence), passedOver };
    } catch (error) {
      if (!(error instanceof SnapshotDamagedError || error instanceof SnapshotUnfitError || error instanceof JournalOutOfRangeError)) throw error;
      passedOver.push(`${sequence === BEGINNING.lastSequence ? 'the beginning' : snapshotName(sequence)}: ${error.message}`);
    }
  }
  throw new NothingToStartFromError(`nothing to start from in ${directory}: ${passedOver.join('; ')}`);
}

/** The state after command `sequence`, from its snapshot; 0 is the beginning. @throws when that will not do. */
export function startFrom(storage: Storage, directory: string, sequence: number): Omit<StartingPoint, 'passedOver'> {
  const core = new Core();
  if (sequence === BEGINNING.lastSequence) return { core, point: BEGINNING, reader: new JournalReader(storage, directory, 1) };
  const point = loadSnapshot(storage, directory, sequence, core);
  const { last } = eventRange(storage, directory);
  if (last < point.lastEventSequence) throw new SnapshotUnfitError(`the event log ends at event ${last}, the snapshot was taken after event ${point.lastEventSequence}`);
  return { core, point, reader: readerAfter(storage, directory, point) };
}

/** Reads the block that ends with the snapshot's last command too, to see that it is the same one. */
function readerAfter(storage: Storage, directory: string, point: HistoryPoint): JournalReader {
  const reader = new JournalReader(storage, directory, point.lastSequence);
  const block = reader.next();
  if (!block) throw new SnapshotUnfitError(`the journal ends at command ${reader.lastSequence}, the snapshot was taken after command ${point.lastSequence}`);
  if (reader.lastSequence !== point.lastSequence || reader.chainCrc !== point.chainCrc) {
    throw new SnapshotUnfitError(`command ${point.lastSequence} of the journal is not the one that the snapshot was taken after`);
  }
  return reader;
}
