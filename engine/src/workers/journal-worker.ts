// The journal's thread on the machine's own file system.

import { parentPort, workerData } from 'node:worker_threads';
import { nodeStorage } from '../storage/node-storage.ts';
import { JournalLoop, type JournalWorkerData } from './journal-loop.ts';

const loop = new JournalLoop(nodeStorage, workerData as JournalWorkerData, { onFailure: (failure) => parentPort!.postMessage(failure) });
parentPort!.postMessage({ kind: 'ready' });
loop.run();
