// Has snapshots taken in a thread of their own, one at a time and each in a new thread: between them nothing is held.
// The core only says how far it has come. A snapshot that fails is reported and costs nothing but a longer replay; one
// whose sync failed is the last.

import { Worker } from 'node:worker_threads';
import type { SnapshotOutcome, SnapshotTaken, SnapshotWorkerData, SyncFailed } from './report-snapshot.ts';

const SNAPSHOT_WORKER = new URL('../workers/snapshot-worker.js', import.meta.url);
/** Commands between snapshots: what a start has to replay at most, besides what came while the last one was taken. */
export const COMMANDS_PER_SNAPSHOT = 2_000_000;
/** What a stopping engine gives its snapshots, the one under way and the last; without them the next start replays more. */
const FINISH_MS = 4_000;

export interface SnapshotReports {
  onTaken(outcome: SnapshotTaken): void;
  onFailure(error: Error): void;
}

interface SnapshotterOptions {
  /** Another entry of the thread, and another deadline, for tests. */
  readonly worker?: URL;
  readonly finishMs?: number;
}

export class Snapshotter {
  readonly #directory: string;
  readonly #reports: SnapshotReports;
  readonly #workerFile: URL;
  readonly #finishMs: number;
  #worker: Worker | undefined;
  #round: Promise<void> | undefined;
  /** Asked for while a round was under way. */
  #next: number | undefined;
  /** Nothing is taken any more: the engine has stopped, or a snapshot would cover events that the disk may not have. */
  #isOver = false;
  #taken = 0;
  #failed = 0;
  #last: SnapshotTaken | undefined;

  constructor(directory: string, reports: SnapshotReports, options: SnapshotterOptions = {}) {
    this.#directory = directory;
    this.#reports = reports;
    this.#workerFile = options.worker ?? SNAPSHOT_WORKER;
    this.#finishMs = options.finishMs ?? FINISH_MS;
  }

  /** Takes one, or remembers to. @param through - last command whose events are logged. */
  take(through: number): void {
    if (this.#round) {
      this.#next = through;
      return;
    }
    this.#round = this.#run(through).finally(() => {
      this.#round = undefined;
      const next = this.#next;
      this.#next = undefined;
      if (next !== undefined) this.take(next);
    });
  }

  /** Takes the last one, of everything, unless time is up before. Call when the engine's other threads are gone. */
  async finish(): Promise<void> {
    this.#next = undefined;
    const deadline = setTimeout(() => {
      this.#isOver = true;
      void this.#worker?.terminate();
    }, this.#finishMs);
    await this.#round;
    await this.#run(Infinity);
    clearTimeout(deadline);
    this.#isOver = true;
  }

  /** Prometheus text. */
  metricsText(): string {
    return [
      ['mib_engine_snapshots_total', 'counter', 'Snapshots taken since the start', this.#taken],
      ['mib_engine_snapshot_failures_total', 'counter', 'Snapshots that failed since the start', this.#failed],
      ['mib_engine_snapshot_last_sequence', 'gauge', 'Last command of the newest snapshot taken since the start', this.#last?.lastSequence ?? 0],
      ['mib_engine_snapshot_seconds', 'gauge', 'Time that it took, in a thread of its own', (this.#last?.tookMs ?? 0) / 1_000],
      ['mib_engine_snapshot_bytes', 'gauge', 'Its size', this.#last?.bytes ?? 0],
    ]
      .map(([name, type, help, value]) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}\n`)
      .join('');
  }

  async #run(through: number): Promise<void> {
    if (this.#isOver) return;
    const workerData: SnapshotWorkerData = { directory: this.#directory, through };
    const worker = new Worker(this.#workerFile, { workerData, name: 'engine-snapshot' });
    this.#worker = worker;
    worker.on('message', (outcome: SnapshotOutcome) => {
      if (outcome.kind === 'taken') this.#onTaken(outcome);
      else this.#giveUp(outcome);
    });
    worker.on('error', (error) => this.#onFailure(error as Error));
    await new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    this.#worker = undefined;
  }

  #onTaken(outcome: SnapshotTaken): void {
    this.#taken++;
    this.#last = outcome;
    this.#reports.onTaken(outcome);
  }

  #onFailure(error: Error): void {
    this.#failed++;
    this.#reports.onFailure(error);
  }

  /** A sync that failed once may succeed the next time without the bytes: only a start, which writes them again, may go on. */
  #giveUp({ message }: SyncFailed): void {
    this.#isOver = true;
    this.#onFailure(new Error(`${message}; no snapshot is taken until the engine is restarted`));
  }
}
