// Takes a snapshot without the engine's help: starts from the last one as a recovery would, replays what the journal has
// got since, and writes the state it arrives at. The core that trades is never stopped or copied; every snapshot proves
// that the one before it can be loaded, and that the replay gives the very events that were sent out. Made in this order,
// so that a crash anywhere leaves enough to start from:
//
//   write, sync ─► sync the events it covers ─► name it ─► remove snapshots but it and its base ─► remove journal before the base

import { syncEvents, eventRange } from '../event-log/event-log-files.ts';
import { retainFrom } from '../journal/retention.ts';
import { replay } from '../replay.ts';
import type { Storage } from '../storage/storage.ts';
import { EventLogCheck } from './event-log-check.ts';
import { keepSnapshots, nameSnapshot, writeSnapshot } from './snapshot-files.ts';
import type { HistoryPoint } from './snapshot-format.ts';
import { findStartingPoint } from './starting-point.ts';

export interface TakenSnapshot {
  readonly lastSequence: number;
  /** Commands replayed since the snapshot before. */
  readonly commands: number;
  readonly bytes: number;
  /** Segments of the journal that were given back. */
  readonly segmentsRemoved: number;
  readonly passedOver: readonly string[];
}

/**
 * @param through - last command that may be in it; all through this one must have been applied and their events logged.
 * @returns undefined when there is nothing new to take.
 * @throws what stopped it, such as EventLogDivergedError; the snapshots before stand.
 */
export function takeSnapshot(storage: Storage, directory: string, through = Infinity): TakenSnapshot | undefined {
  const start = findStartingPoint(storage, directory);
  using _reader = start.reader;
  using check = new EventLogCheck(storage, directory, start.point.lastEventSequence);
  const point = replay(start, { through, onEvents: (records) => check.compare(records) });
  const base = start.point;
  if (point.lastSequence === base.lastSequence) return undefined;
  const bytes = writeSnapshot(storage, directory, start.core, point);
  makeEventsLast(storage, directory, base, point);
  nameSnapshot(storage, directory, point.lastSequence);
  keepSnapshots(storage, directory, [base.lastSequence, point.lastSequence]);
  const segmentsRemoved = base.lastSequence === 0 ? 0 : retainFrom(storage, directory, base.lastSequence);
  return { lastSequence: point.lastSequence, commands: point.lastSequence - base.lastSequence, bytes, segmentsRemoved, passedOver: start.passedOver };
}

/** Events before a snapshot are not derived again, so a power cut must not take them. */
function makeEventsLast(storage: Storage, directory: string, base: HistoryPoint, point: HistoryPoint): void {
  const first = Math.max(base.lastEventSequence + 1, eventRange(storage, directory).first);
  if (first <= point.lastEventSequence) syncEvents(storage, directory, first, point.lastEventSequence);
}
