// Has snapshots taken in a thread of their own, one at a time and each in a new thread: between them nothing is held.
// The core only says how far it has come. A snapshot that fails is reported and costs nothing but a longer replay.

import { Worker } from 'node:worker_threads';
import type { SnapshotOutcome, SnapshotWorkerData } from '../workers/snapshot-worker.ts';

/** Commands between snapshots: what a start has to replay at most, besides what came while the last one was taken. */
export const COMMANDS_PER_SNAPSHOT = 2_000_000;
/** The last snapshot of a stopping engine may take this long; without it the next start replays more. */
const LAST_SNAPSHOT_MS = 5_000;

export interface SnapshotReports {
  onTaken(outcome: SnapshotOutcome): void;
  onFailure(error: Error): void;
}

export class Snapshotter {
  readonly #directory: string;
  readonly #reports: SnapshotReports;
  #round: Promise<void> | undefined;
  /** Asked for while a round was under way. */
  #next: number | undefined;
  #taken = 0;
  #failed = 0;
  #last: SnapshotOutcome | undefined;

  constructor(directory: string, reports: SnapshotReports) {
    this.#directory = directory;
    this.#reports = reports;
  }

  /** Takes one, or remembers to. @param through - last command whose events are logged. */
  take(through: number): void {
    if (this.#round) {
      this.#next = through;
      return;
    }
    this.#round = this.#run({ directory: this.#directory, through, deadlineMs: Infinity }).finally(() => {
      this.#round = undefined;
      const next = this.#next;
      this.#next = undefined;
      if (next !== undefined) this.take(next);
    });
  }

  /** Takes the last one, of everything. Call when the engine's other threads are gone. */
  async finish(): Promise<void> {
    this.#next = undefined;
    await this.#round;
    await this.#run({ directory: this.#directory, through: Infinity, deadlineMs: LAST_SNAPSHOT_MS });
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

  async #run(options: { readonly directory: string; readonly through: number; readonly deadlineMs: number }): Promise<void> {
    const workerData: SnapshotWorkerData = { directory: options.directory, through: options.through };
    const worker = new Worker(new URL('../workers/snapshot-worker.js', import.meta.url), { workerData, name: 'engine-snapshot' });
    worker.on('message', (outcome: SnapshotOutcome) => {
      this.#taken++;
      this.#last = outcome;
      this.#reports.onTaken(outcome);
    });
    worker.on('error', (error) => {
      this.#failed++;
      this.#reports.onFailure(error as Error);
    });
    const deadline = options.deadlineMs === Infinity ? undefined : setTimeout(() => void worker.terminate(), options.deadlineMs);
    await new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    clearTimeout(deadline);
  }
}
