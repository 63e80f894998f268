// The two worker threads and the rings between them and the main thread.
//
//   intake ─► [input ring] ─► journal thread ─► core thread ─► [output ring] ─► publisher

import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import type { JournalEnd } from './journal/journal-reader.ts';
import { haltRing } from './ring/halt-ring.ts';
import type { CoreWorkerData } from './workers/core-worker.ts';
import type { JournalWorkerData } from './workers/journal-worker.ts';
import { allocateRings, type InputRing, type OutputRing } from './workers/topology.ts';

export interface Recovered {
  readonly end: JournalEnd;
  readonly lastTimestampNs: bigint;
  readonly lastEventSequence: number;
  readonly tookMs: number;
}

export interface Pipeline {
  readonly input: InputRing;
  readonly output: OutputRing;
  readonly queries: MessagePort;
  readonly recovered: Recovered;
  /** Ends both threads after what is in the rings; resolves when they are gone. */
  halt(): Promise<void>;
}

/**
 * Recovers the state from the journal, then opens it for more.
 *
 * @param onFailure - called once when a thread dies later; nothing is acknowledged from then on.
 * @throws what stopped the recovery, such as JournalDamagedError.
 */
export async function startPipeline(directory: string, onFailure: (error: Error) => void): Promise<Pipeline> {
  const { input, output } = allocateRings();
  const { port1, port2 } = new MessageChannel();
  const coreData: CoreWorkerData = { directory, input, output, queries: port2 };
  const core = new Worker(new URL('./workers/core-worker.js', import.meta.url), { workerData: coreData, transferList: [port2], name: 'engine-core' });
  const recovered = await firstMessage<Recovered>(core);
  const journalData: JournalWorkerData = { directory, input, end: recovered.end, lastTimestampNs: recovered.lastTimestampNs };
  const journal = new Worker(new URL('./workers/journal-worker.js', import.meta.url), { workerData: journalData, name: 'engine-journal' });
  await firstMessage(journal);
  const ended = Promise.all([whenEnded(core), whenEnded(journal)]);
  let halting = false;
  const fail = (error: Error): void => {
    if (halting) return;
    halting = true;
    haltRing(input);
    haltRing(output);
    onFailure(error);
  };
  core.on('error', fail);
  journal.on('error', fail);
  return {
    input,
    output,
    queries: port1,
    recovered,
    async halt() {
      halting = true;
      haltRing(input);
      haltRing(output);
      await ended;
    },
  };
}

function firstMessage<T>(worker: Worker): Promise<T> {
  return new Promise((resolve, reject) => {
    worker.once('message', (message: T) => {
      worker.off('error', reject);
      resolve(message);
    });
    worker.once('error', reject);
  });
}

function whenEnded(worker: Worker): Promise<void> {
  return new Promise((resolve) => worker.once('exit', () => resolve()));
}
