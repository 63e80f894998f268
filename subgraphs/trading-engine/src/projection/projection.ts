// Follows the engine's events and keeps the tables of this service up to them. Progress lives in the database next to
// what it made; a crash anywhere repeats at most the batch that had not committed. After a commit the ones who wait for
// a sequence and the subscriptions of the changed accounts are woken.

import type { EngineClient, EngineEvent } from '@mib/proto/engine-client';
import { backOff } from '@mib/service/back-off';
import { LiveTopic } from '@mib/service/pubsub';
import type pg from 'pg';
import type { InstrumentBook } from '../domain/instrument-book.ts';
import type { Changes } from '../domain/ledger.ts';
import { applyBatch, loadCheckpoint, loadInstruments, matters } from '../store/projection-store.ts';
import type { Telemetry } from '../telemetry.ts';
import { SequenceWaiters } from '@mib/service/sequence-waiters';

/** Events of nobody here (venue flow) move the stored checkpoint only this often: a restart re-reads them cheaply. */
const CHECKPOINT_EVERY_EVENTS = 20_000;
const RETRY = { firstMs: 100, maxMs: 5_000 };

/** Which accounts a commit has touched. */
export interface Touched {
  readonly accountNumbers: ReadonlySet<number>;
}

export interface ProjectionOptions {
  readonly pool: pg.Pool;
  readonly engine: Pick<EngineClient, 'events'>;
  readonly telemetry: Telemetry;
}

export async function startProjection(options: ProjectionOptions): Promise<Projection> {
  const [checkpoint, instruments] = [await loadCheckpoint(options.pool), await loadInstruments(options.pool)];
  return new Projection(options, checkpoint, instruments);
}

export class Projection implements AsyncDisposable {
  /** Fires after each commit that touched an account. */
  readonly touched = new LiveTopic<Touched>();
  readonly #options: ProjectionOptions;
  readonly #waiters: SequenceWaiters;
  readonly #stopping = new AbortController();
  readonly #done: Promise<void>;
  #instruments: InstrumentBook;
  #stored: number;
  #failure: string | undefined;

  constructor(options: ProjectionOptions, checkpoint: number, instruments: InstrumentBook) {
    this.#options = options;
    this.#waiters = new SequenceWaiters(checkpoint);
    this.#instruments = instruments;
    this.#stored = checkpoint;
    this.#done = this.#run();
  }

  /** Last engine event whose effect can be read. */
  get applied(): number {
    return this.#waiters.reached;
  }

  /** What keeps the projection from going on, while it does. */
  get failure(): string | undefined {
    return this.#failure;
  }

  get instruments(): InstrumentBook {
    return this.#instruments;
  }

  /** True once everything up to the engine event can be read; false after `timeoutMs`. */
  reached(sequence: number, timeoutMs: number): Promise<boolean> {
    return this.#waiters.wait(sequence, timeoutMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#done;
    this.#waiters.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 1; !signal.aborted; failures++) {
      const before = this.applied;
      try {
        for await (const { events } of this.#options.engine.events({ after: this.applied, signal })) await this.#take(events);
      } catch (error) {
        if (signal.aborted) return;
        this.#failure = error instanceof Error ? error.message : String(error);
        this.#options.telemetry.projectionInterrupted(error, this.applied);
      }
      if (this.applied > before) failures = 1;
      await backOff(failures, { ...RETRY, signal });
    }
  }

  async #take(events: readonly EngineEvent[]): Promise<void> {
    const through = events.at(-1)?.sequence ?? 0;
    if (through <= this.applied) return;
    const ours = events.filter((event) => event.sequence > this.applied && matters(event));
    if (ours.length > 0 || through - this.#stored >= CHECKPOINT_EVERY_EVENTS) await this.#store(ours, through);
    this.#failure = undefined;
    this.#options.telemetry.projected(through);
    this.#waiters.advance(through);
  }

  async #store(events: readonly EngineEvent[], through: number): Promise<void> {
    const { checkpoint, changes, skipped } = await applyBatch(this.#options.pool, { events, through, instruments: this.#instruments });
    this.#stored = checkpoint;
    if (changes.instruments.length > 0 || skipped.length > 0) this.#instruments = await loadInstruments(this.#options.pool);
    const accountNumbers = touchedAccounts(changes, skipped);
    if (accountNumbers.size > 0) this.touched.publish({ accountNumbers });
  }
}

/** Accounts with order events, stored now or by another instance before. */
function touchedAccounts(changes: Changes, skipped: readonly EngineEvent[]): Set<number> {
  const numbers = new Set(changes.orderEvents.map((event) => event.order.accountNumber));
  for (const event of skipped) {
    if (event.kind === 'Trade') numbers.add(event.takerAccountNumber).add(event.makerAccountNumber);
    else if ('accountNumber' in event) numbers.add(event.accountNumber);
  }
  return numbers;
}
