// The journal's thread on a disk that breaks; MIB_TEST_FAULT says which way. Its segments are small, so that
// rolling, where files are synced, comes soon.

import { parentPort, workerData } from 'node:worker_threads';
import { nodeStorage } from '../storage/node-storage.ts';
import { JournalLoop, type JournalWorkerData } from '../workers/journal-loop.ts';
import { FaultyStorage, type FaultName } from './faulty-storage.ts';

const SEGMENT_BYTES = 64 * 1024;

const storage = new FaultyStorage(nodeStorage, process.env['MIB_TEST_FAULT'] as FaultName, process.env['MIB_TEST_RELEASE']);
const loop = new JournalLoop(storage, workerData as JournalWorkerData, { segmentBytes: SEGMENT_BYTES, onFailure: (failure) => parentPort!.postMessage(failure) });
parentPort!.postMessage({ kind: 'ready' });
loop.run();
