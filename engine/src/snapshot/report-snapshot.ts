// What the thread for one snapshot does and says, on any storage.

import { storageFault } from '../storage/storage-fault.ts';
import type { Storage } from '../storage/storage.ts';
import { takeSnapshot, type TakenSnapshot } from './take-snapshot.ts';

export interface SnapshotWorkerData {
  readonly directory: string;
  /** Last command that may be in it. */
  readonly through: number;
}

export interface SnapshotTaken extends TakenSnapshot {
  readonly kind: 'taken';
  readonly tookMs: number;
}

/** After a failed sync no later one of the same process can be believed: the events that a snapshot covers may be lost. */
export interface SyncFailed {
  readonly kind: 'sync-failed';
  readonly message: string;
}

export type SnapshotOutcome = SnapshotTaken | SyncFailed;

/** Says nothing when there is nothing new to take. @throws every failure but that of a sync. */
export function reportSnapshot(storage: Storage, { directory, through }: SnapshotWorkerData, tell: (outcome: SnapshotOutcome) => void): void {
  const startedAt = performance.now();
  try {
    const taken = takeSnapshot(storage, directory, through);
    if (taken) tell({ kind: 'taken', ...taken, tookMs: performance.now() - startedAt });
  } catch (error) {
    if (storageFault(error) !== 'sync_failed') throw error;
    tell({ kind: 'sync-failed', message: (error as Error).message });
  }
}
