// Plans in threads of their own, so a cold operation never holds up a hot one. What waits is bounded, what runs has a
// deadline, and a thread that is ended for being overdue is replaced like one that died.
//
//   plan -> waiting (bounded) -> an idle thread -> answer
//                                  '-- overdue, or dies --> its operation is refused, a new thread starts

import type { QueryPlan } from '@apollo/query-planner';
import { backOff } from '@mib/service/back-off';
import { RequestRefused } from '../respond/graph-error.ts';
import { PlannerThread } from './planner-thread.ts';
import type { PlannerJob, PlannerWorkerData } from './planner-worker.ts';
import type { InvalidPlace, Planner } from './planner.ts';
import type { PlanningConfig } from './planning-config.ts';
import type { SupergraphDescription } from './supergraph.ts';

const RESTART = { firstMs: 50, maxMs: 5_000 };

interface Waiting {
  readonly job: PlannerJob;
  readonly resolve: (answer: string) => void;
  readonly reject: (error: unknown) => void;
}

export class PlannerThreads implements Planner {
  readonly #data: PlannerWorkerData;
  readonly #options: PlanningConfig;
  readonly #waiting: Waiting[] = [];
  readonly #idle = new Set<PlannerThread>();
  readonly #all = new Set<PlannerThread>();
  readonly #closed = new AbortController();

  private constructor(data: PlannerWorkerData, options: PlanningConfig) {
    this.#data = data;
    this.#options = options;
  }

  /** @throws {SupergraphRefused} */
  static async start(data: PlannerWorkerData, options: PlanningConfig): Promise<{ readonly planner: PlannerThreads; readonly description: SupergraphDescription }> {
    const planner = new PlannerThreads(data, options);
    const description = await planner.#open();
    for (let index = 1; index < options.threads; index++) void planner.#replace();
    return { planner, description };
  }

  async plan(text: string, overrides: readonly string[]): Promise<QueryPlan> {
    return JSON.parse(await this.#ask({ kind: 'plan', text, overrides })) as QueryPlan;
  }

  async validate(text: string): Promise<readonly InvalidPlace[]> {
    return JSON.parse(await this.#ask({ kind: 'validate', text })) as readonly InvalidPlace[];
  }

  refuseIfFull(): void {
    const { maxWaiting } = this.#options;
    if (this.#waiting.length >= maxWaiting) throw RequestRefused.because(503, 'PLANNING_OVERLOADED', `${maxWaiting} new operations are waiting already, try again later`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort();
    for (const { reject } of this.#waiting.splice(0)) reject(shuttingDown());
    await Promise.all([...this.#all].map((thread) => thread[Symbol.asyncDispose]()));
  }

  #ask(job: PlannerJob): Promise<string> {
    if (this.#closed.signal.aborted) throw shuttingDown();
    this.refuseIfFull();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job, resolve, reject });
      this.#assign();
    });
  }

  #assign(): void {
    for (const thread of this.#idle) {
      const next = this.#waiting.shift();
      if (!next) return;
      this.#idle.delete(thread);
      void this.#run(thread, next);
    }
  }

  async #run(thread: PlannerThread, { job, resolve, reject }: Waiting): Promise<void> {
    await thread.run(job, this.#options.timeoutMs).then(resolve, reject);
    this.#release(thread);
  }

  #release(thread: PlannerThread): void {
    if (!thread.isAlive) return;
    this.#idle.add(thread);
    this.#assign();
  }

  async #open(): Promise<SupergraphDescription> {
    const thread = new PlannerThread(this.#data);
    this.#all.add(thread);
    void thread.ended.then(() => this.#all.delete(thread));
    const description = await thread.ready;
    void thread.ended.then(() => {
      this.#idle.delete(thread);
      return this.#replace();
    });
    this.#release(thread);
    return description;
  }

  async #replace(): Promise<void> {
    for (let attempt = 1; !this.#closed.signal.aborted; attempt++) {
      const opened = await this.#open().then(() => true, () => false);
      if (opened) return;
      await backOff(attempt, { ...RESTART, signal: this.#closed.signal });
    }
  }
}

function shuttingDown(): RequestRefused {
  return RequestRefused.because(503, 'SHUTTING_DOWN', 'the router is shutting down');
}
