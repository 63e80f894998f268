// A thread for one snapshot. On Linux it has the lowest priority, so that it takes what time the others leave (there a
// priority belongs to a thread; elsewhere it would be the whole engine's).

import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { reportSnapshot, type SnapshotWorkerData } from '../snapshot/report-snapshot.ts';
import { nodeStorage } from '../storage/node-storage.ts';

if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW);
reportSnapshot(nodeStorage, workerData as SnapshotWorkerData, (outcome) => parentPort!.postMessage(outcome));
