// One planner thread as the router holds it: a job at a time, each with a deadline that ends the thread.

import { Worker } from 'node:worker_threads';
import { RequestRefused } from '../respond/graph-error.ts';
import type { PlannerJob, PlannerMessage, PlannerWorkerData } from './planner-worker.ts';
import type { SupergraphDescription } from './supergraph.ts';

/** The supergraph cannot be served; the message says why. */
export class SupergraphRefused extends Error {
  override readonly name = 'SupergraphRefused';
}

/** Apollo's planner weighs many options of a plan at once; one that needs more than this ends its thread, not the router. */
const MAX_HEAP_MB = 512;

interface Running {
  readonly settle: (outcome: string | Error) => void;
  readonly timer: NodeJS.Timeout;
}

export class PlannerThread implements AsyncDisposable {
  readonly #worker: Worker;
  #running: Running | undefined;
  #isAlive = true;
  /** What the supergraph is; rejects with SupergraphRefused, or when the thread dies before it knows. */
  readonly ready: Promise<SupergraphDescription>;
  readonly ended: Promise<void>;

  constructor(workerData: PlannerWorkerData) {
    this.#worker = new Worker(new URL('./planner-worker.js', import.meta.url), { workerData, name: 'router-planner', resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB } });
    let died = new Error('the planner thread ended');
    this.#worker.on('error', (error: unknown) => (died = error instanceof Error ? error : new Error(String(error))));
    this.ready = new Promise((resolve, reject) => {
      this.#worker.on('message', (message: PlannerMessage) => {
        if (message.kind === 'ready') resolve(message.description);
        else if (message.kind === 'refused') reject(new SupergraphRefused(message.message));
        else this.#settle(message.kind === 'answered' ? message.answer : new Error(message.message));
      });
      this.#worker.once('exit', () => reject(died));
    });
    this.ready.catch(() => undefined);
    this.ended = new Promise((resolve) => this.#worker.once('exit', () => {
      this.#isAlive = false;
      this.#settle(died);
      resolve();
    }));
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /**
   * @returns the JSON of the answer.
   * @throws {RequestRefused} PLANNING_TIMEOUT; any other error is the planner's own, or the thread's end.
   */
  run(job: PlannerJob, timeoutMs: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const settle = (outcome: string | Error): void => (outcome instanceof Error ? reject(outcome) : resolve(outcome));
      const overdue = (): void => {
        this.#isAlive = false;
        this.#settle(RequestRefused.because(503, 'PLANNING_TIMEOUT', `no plan for this operation within ${timeoutMs} ms`));
        void this.#worker.terminate();
      };
      this.#running = { settle, timer: setTimeout(overdue, timeoutMs) };
      this.#worker.postMessage(job);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }

  #settle(outcome: string | Error): void {
    const running = this.#running;
    this.#running = undefined;
    if (!running) return;
    clearTimeout(running.timer);
    running.settle(outcome);
  }
}
