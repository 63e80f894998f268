// The two worker threads and the rings between them and the main thread.
//
//   intake ─► [input ring] ─► journal thread ─► core thread ─► [output ring] ─► publisher

import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import { allocateLatency, type LatencyMemory } from './latency/stages.ts';
import { haltRing } from './ring/halt-ring.ts';
import type { StorageFailure, StorageFault } from './storage/storage-fault.ts';
import type { CoreWorkerData, Recovered, SnapshotDue } from './workers/core-worker.ts';
import type { JournalWorkerData } from './workers/journal-loop.ts';
import { allocateRings, type InputRing, type OutputRing } from './workers/topology.ts';

const JOURNAL_WORKER = new URL('./workers/journal-worker.js', import.meta.url);

/** Why nothing is acknowledged any more. */
export interface PipelineFailure {
  readonly part: StorageFailure['part'] | 'core';
  /** `bug`: a thread has died, and with it every way to the state. */
  readonly fault: StorageFault | 'bug';
  readonly message: string;
  readonly cause?: Error;
}

export interface Pipeline {
  readonly input: InputRing;
  readonly output: OutputRing;
  readonly latency: LatencyMemory;
  readonly queries: MessagePort;
  readonly recovered: Recovered;
  /** Ends both threads after what is in the rings; resolves when they are gone. */
  halt(): Promise<void>;
}

export interface PipelineOptions {
  readonly directory: string;
  readonly commandsPerSnapshot: number;
  /** Called when the core has come `commandsPerSnapshot` further; all through `through` is durable and its events are logged. */
  readonly onSnapshotDue: (through: number) => void;
  /** Called for each part that fails; from the first on nothing is acknowledged. */
  readonly onFailure: (failure: PipelineFailure) => void;
  /** Another entry of the journal's thread; tests give one whose disk breaks. */
  readonly journalWorker?: URL;
}

/**
 * Recovers the state from snapshot and journal, then opens it for more.
 *
 * @throws what stopped the recovery, such as JournalDamagedError.
 */
export async function startPipeline(options: PipelineOptions): Promise<Pipeline> {
  const { directory, commandsPerSnapshot, onSnapshotDue, onFailure, journalWorker = JOURNAL_WORKER } = options;
  const { input, output } = allocateRings();
  const latency = allocateLatency(input.slotCount, output.slotCount);
  const { port1, port2 } = new MessageChannel();
  const coreData: CoreWorkerData = { directory, input, output, latency, queries: port2, commandsPerSnapshot };
  const core = new Worker(new URL('./workers/core-worker.js', import.meta.url), { workerData: coreData, transferList: [port2], name: 'engine-core' });
  const recovered = await firstMessage<Recovered>(core);
  core.on('message', (message: SnapshotDue | StorageFailure) => {
    if (message.kind === 'snapshot-due') onSnapshotDue(message.through);
  });
  const journalData: JournalWorkerData = { directory, input, latency, end: recovered.end, lastTimestampNs: recovered.lastTimestampNs };
  const journal = new Worker(journalWorker, { workerData: journalData, name: 'engine-journal' });
  await firstMessage(journal);
  const ended = Promise.all([whenEnded(core), whenEnded(journal)]);
  let halting = false;
  const watch = (thread: Worker, part: PipelineFailure['part']): void => {
    thread.on('message', (message: StorageFailure | { kind: string }) => {
      if (message.kind === 'storage-failed') onFailure(message as StorageFailure);
    });
    thread.on('error', (cause) => {
      if (halting) return;
      haltRing(input);
      haltRing(output);
      onFailure({ part, fault: 'bug', message: 'its thread has died', cause });
    });
  };
  watch(core, 'core');
  watch(journal, 'journal');
  return {
    input,
    output,
    latency,
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
