// The loop around a handler: wait, hand over what is there, release. A handler gets ranges, not events: its counters can
// then be locals of one compiled loop, which in V8 is worth a factor of three to four over a call and a field per event.

import { Consumer } from './consumer.ts';
import { haltRing } from './halt-ring.ts';
import { RingHaltedError, type RingMemory } from './ring-memory.ts';

export interface BatchHandler {
  /**
   * The slots of `first`, `first + 1`, ... are the handler's until it returns.
   *
   * @param count - 1..maxBatch.
   * @param endOfBatch - nothing more is known to wait: the time to flush.
   */
  onBatch(first: number, count: number, endOfBatch: boolean): void;
  /** Nothing came for `timeoutMs`. */
  onTimeout?(done: number): void;
  /**
   * What `onBatch` threw. Returning passes over the batch; throwing, or not having this, halts the ring and throws from
   * `run`: a stage that died in silence would block the producers for ever.
   */
  onError?(error: unknown, first: number, count: number): void;
}

export interface ProcessorOptions {
  /** Slots handed over at once, and so between two releases. */
  readonly maxBatch?: number;
  /** Calls `onTimeout` each time nothing has come for so long. */
  readonly timeoutMs?: number;
}

/** Long enough to bury the cost of a release, short enough to let the others start, and V8 to swap in optimized code. */
export const DEFAULT_MAX_BATCH = 8_192;

export class Processor<Name extends string = string> {
  readonly #ring: RingMemory<Name>;
  readonly #consumer: Consumer<Name>;
  readonly #handler: BatchHandler;
  readonly #maxBatch: number;
  readonly #timeoutMs: number;

  constructor(ring: RingMemory<Name>, name: Name, handler: BatchHandler, options: ProcessorOptions = {}) {
    this.#ring = ring;
    this.#consumer = new Consumer(ring, name);
    this.#handler = handler;
    this.#maxBatch = options.maxBatch ?? DEFAULT_MAX_BATCH;
    if (!(this.#maxBatch >= 1)) throw new RangeError(`maxBatch must be at least 1, was ${this.#maxBatch}`);
    this.#timeoutMs = options.timeoutMs ?? Infinity;
  }

  /** Blocks its thread until the ring is halted. @throws what the handler did not handle. */
  run(): void {
    try {
      for (;;) this.#handOver(this.#consumer.wait(this.#timeoutMs));
    } catch (error) {
      this.#end(error);
    }
  }

  /** The same on a thread with an event loop, which gets a turn after each batch. Resolves when the ring is halted. */
  async runAsync(): Promise<void> {
    try {
      for (;;) {
        this.#handOver(await this.#consumer.waitAsync(this.#timeoutMs), 1);
        await new Promise((resolve) => setImmediate(resolve));
      }
    } catch (error) {
      this.#end(error);
    }
  }

  /** Hands over all that is available, at most so many batches of it. */
  #handOver(available: number, batches = Infinity): void {
    const consumer = this.#consumer;
    if (available === consumer.done) this.#handler.onTimeout?.(available);
    for (let batch = 0; available !== consumer.done && batch < batches; batch++) {
      const first = (consumer.done + 1) | 0;
      const count = Math.min((available - consumer.done) | 0, this.#maxBatch);
      const last = (first + count - 1) | 0;
      this.#handle(first, count, last === available);
      consumer.release(last);
    }
  }

  #handle(first: number, count: number, endOfBatch: boolean): void {
    try {
      this.#handler.onBatch(first, count, endOfBatch);
    } catch (error) {
      if (!this.#handler.onError || error instanceof RingHaltedError) throw error;
      this.#handler.onError(error, first, count);
    }
  }

  /** Also when the handler ran into another ring that was halted: so a halt goes up a chain of rings. */
  #end(error: unknown): void {
    haltRing(this.#ring);
    if (!(error instanceof RingHaltedError)) throw error;
  }
}
