// Follows the engine's events: stores what the risk gate said of users' orders, and hands every batch to the alert watch.
// Progress lives in the database next to what it made; a crash anywhere repeats at most the batch that had not committed.
// Those who wait for an order are woken by the commit.

import type { EngineClient, EngineEvent } from '@mib/proto/engine-client';
import { backOff } from '@mib/service/back-off';
import type pg from 'pg';
import type { InstrumentBook } from '../domain/instrument-book.ts';
import { applyBatch, loadCheckpoint, loadInstruments, matters, type Checkpoint } from '../store/projection-store.ts';
import type { Telemetry } from '../telemetry.ts';
import { SequenceWaiters } from '@mib/service/sequence-waiters';

/** Events of nobody here (venue flow) move the stored checkpoint only this often: a restart re-reads them cheaply. */
const CHECKPOINT_EVERY_EVENTS = 20_000;
const RETRY = { firstMs: 100, maxMs: 5_000 };

export interface ProjectionOptions {
  readonly pool: pg.Pool;
  readonly engine: Pick<EngineClient, 'events'>;
  readonly telemetry: Telemetry;
  /** Told every event once its batch is stored; must not throw. */
  readonly onEvents: (events: readonly EngineEvent[]) => void;
}

export async function startProjection(options: ProjectionOptions): Promise<Projection> {
  const [checkpoint, instruments] = [await loadCheckpoint(options.pool), await loadInstruments(options.pool)];
  return new Projection(options, checkpoint, instruments);
}

export class Projection implements AsyncDisposable {
  readonly #options: ProjectionOptions;
  readonly #commands: SequenceWaiters;
  readonly #stopping = new AbortController();
  readonly #done: Promise<void>;
  #instruments: InstrumentBook;
  #applied: number;
  #stored: number;
  #failure: string | undefined;

  constructor(options: ProjectionOptions, checkpoint: Checkpoint, instruments: InstrumentBook) {
    this.#options = options;
    this.#commands = new SequenceWaiters(checkpoint.commandSequence);
    this.#instruments = instruments;
    this.#applied = checkpoint.sequence;
    this.#stored = checkpoint.sequence;
    this.#done = this.#run();
  }

  /** What keeps the projection from going on, while it does. */
  get failure(): string | undefined {
    return this.#failure;
  }

  get instruments(): InstrumentBook {
    return this.#instruments;
  }

  /** True once the outcome of the order (a command sequence of the engine) can be read; false after `timeoutMs`. */
  reachedOrder(orderId: number, timeoutMs: number): Promise<boolean> {
    return this.#commands.wait(orderId, timeoutMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#done;
    this.#commands.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 1; !signal.aborted; failures++) {
      const before = this.#applied;
      try {
        for await (const { events } of this.#options.engine.events({ after: this.#applied, signal })) await this.#take(events);
      } catch (error) {
        if (signal.aborted) return;
        this.#failure = error instanceof Error ? error.message : String(error);
        this.#options.telemetry.projectionInterrupted(error, this.#applied);
      }
      if (this.#applied > before) failures = 1;
      await backOff(failures, { ...RETRY, signal });
    }
  }

  async #take(events: readonly EngineEvent[]): Promise<void> {
    const last = events.at(-1);
    if (!last || last.sequence <= this.#applied) return;
    const through: Checkpoint = { sequence: last.sequence, commandSequence: last.commandSequence };
    const ours = events.filter((event) => event.sequence > this.#applied && matters(event));
    if (ours.length > 0 || through.sequence - this.#stored >= CHECKPOINT_EVERY_EVENTS) this.#stored = (await applyBatch(this.#options.pool, { events: ours, through })).sequence;
    if (ours.some((event) => event.kind === 'InstrumentRegistered')) this.#instruments = await loadInstruments(this.#options.pool);
    this.#applied = through.sequence;
    this.#failure = undefined;
    this.#options.telemetry.projected(through.sequence);
    this.#commands.advance(through.commandSequence);
    this.#options.onEvents(events);
  }
}
