// A thread for one snapshot. On Linux it has the lowest priority, so that it takes what time the others leave (there a
// priority belongs to a thread; elsewhere it would be the whole engine's).

import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { takeSnapshot, type TakenSnapshot } from '../snapshot/take-snapshot.ts';
import { nodeStorage } from '../storage/node-storage.ts';

export interface SnapshotWorkerData {
  readonly directory: string;
  /** Last command that may be in it. */
  readonly through: number;
}

export interface SnapshotOutcome extends TakenSnapshot {
  readonly tookMs: number;
}

const { directory, through } = workerData as SnapshotWorkerData;
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW);
const startedAt = performance.now();
const taken = takeSnapshot(nodeStorage, directory, through);
if (taken) parentPort!.postMessage({ ...taken, tookMs: performance.now() - startedAt } satisfies SnapshotOutcome);
