// The snapshot's thread on a disk that cannot sync.

import { parentPort, workerData } from 'node:worker_threads';
import { reportSnapshot, type SnapshotWorkerData } from '../snapshot/report-snapshot.ts';
import { nodeStorage } from '../storage/node-storage.ts';
import { FaultyStorage } from './faulty-storage.ts';

const storage = new FaultyStorage(nodeStorage, 'sync-failed');
storage.triggered = true;
reportSnapshot(storage, workerData as SnapshotWorkerData, (outcome) => parentPort!.postMessage(outcome));
