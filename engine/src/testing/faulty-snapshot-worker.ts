// The snapshot's thread on a disk that cannot sync, or, started as `?stalled`, one that never ends.

import { parentPort, workerData } from 'node:worker_threads';
import { reportSnapshot, type SnapshotWorkerData } from '../snapshot/report-snapshot.ts';
import { nodeStorage } from '../storage/node-storage.ts';
import { FaultyStorage } from './faulty-storage.ts';

if (import.meta.url.endsWith('?stalled')) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
const storage = new FaultyStorage(nodeStorage, 'sync-failed');
storage.triggered = true;
reportSnapshot(storage, workerData as SnapshotWorkerData, (outcome) => parentPort!.postMessage(outcome));
