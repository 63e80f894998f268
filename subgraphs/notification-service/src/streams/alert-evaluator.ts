// Follows the engine's trades and shows them to the rules. Progress lives in the database next to what it made; after any
// failure the stream is read again from there, and since a rule sees the same trades in the same order it comes to the
// same firings.

import type { EngineClient, EngineEvent } from '@mib/proto/engine-client';
import { backOff } from '@mib/service/back-off';
import type pg from 'pg';
import { evaluateBatch, loadCheckpoint, type Memory } from '../store/evaluation-store.ts';
import type { Telemetry } from '../telemetry.ts';

const RETRY = { firstMs: 100, maxMs: 5_000 };
/** Registrations come in the same stream as the trades, always before them. */
const KINDS: readonly EngineEvent['kind'][] = ['Trade', 'InstrumentRegistered'];

export interface AlertEvaluatorOptions {
  readonly pool: pg.Pool;
  readonly engine: Pick<EngineClient, 'events'>;
  readonly telemetry: Telemetry;
}

export class AlertEvaluator implements AsyncDisposable {
  readonly #options: AlertEvaluatorOptions;
  readonly #stopping = new AbortController();
  readonly #done: Promise<void>;
  #memory: Memory | undefined;
  #position = 0;
  #failure: string | undefined;

  constructor(options: AlertEvaluatorOptions) {
    this.#options = options;
    this.#done = this.#run();
  }

  /** What keeps the evaluation from going on, while it does. */
  get failure(): string | undefined {
    return this.#failure;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { engine, pool, telemetry } = this.#options;
    const { signal } = this.#stopping;
    for (let failures = 1; !signal.aborted; failures++) {
      const before = this.#position;
      try {
        this.#memory = undefined;
        this.#position = await loadCheckpoint(pool);
        for await (const { events } of engine.events({ after: this.#position, kinds: KINDS, signal })) await this.#take(events);
      } catch (error) {
        if (signal.aborted) return;
        this.#failure = error instanceof Error ? error.message : String(error);
        telemetry.evaluationInterrupted(error, this.#position);
      }
      if (this.#position > before) failures = 1;
      await backOff(failures, { ...RETRY, signal });
    }
  }

  async #take(events: readonly EngineEvent[]): Promise<void> {
    const { pool, telemetry } = this.#options;
    const through = events.at(-1)?.sequence ?? 0;
    if (through <= this.#position) return;
    const { memory, fired } = await evaluateBatch(pool, events, this.#memory);
    this.#memory = memory;
    this.#position = through;
    this.#failure = undefined;
    telemetry.evaluated(through);
    telemetry.rulesFired(fired);
  }
}
