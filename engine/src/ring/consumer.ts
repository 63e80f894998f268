// A party that reads slots after those it follows. Consume to the highest published, then release once: the batch grows
// by itself when the consumer falls behind, and each slot costs less, which is how a ring catches up.

import { SlowestOf, type Barrier } from './barrier.ts';
import { PublishedBatches } from './published-batches.ts';
import { consumerNumber, followedByConsumer, followersOfConsumer } from './ring-graph.ts';
import { consumerParkedIndex, consumerSequenceIndex, HALTED_INDEX, type RingMemory } from './ring-memory.ts';
import { Waiter, wake } from './waiter.ts';

/** What a pause brings at full speed. A consumer that finds fewer at its first look is on the heels of its publisher. */
const SMALL_BATCH = 256;
/** Turns of an empty loop, about half a microsecond. */
const PAUSE_TURNS = 1_500;

export class Consumer<Name extends string = string> {
  readonly #words: Int32Array;
  readonly #own: number;
  readonly #followers: readonly number[];
  readonly #barrier: Barrier;
  readonly #waiter: Waiter;
  readonly #pauses: boolean;
  #done: number;

  /**
   * The thread that holds it must be the only one of that name. It goes on where the last one of that name stopped.
   *
   * @throws {RangeError} when the ring has no consumer of that name.
   */
  constructor(ring: RingMemory<Name>, name: Name) {
    const number = consumerNumber(ring, name);
    this.#words = new Int32Array(ring.control);
    this.#own = consumerSequenceIndex(ring, number);
    this.#done = Atomics.load(this.#words, this.#own);
    this.#followers = followersOfConsumer(ring, number);
    const readsProducers = ring.consumers[number]!.follows.length === 0;
    this.#barrier = readsProducers && ring.producers > 1 ? new PublishedBatches(ring.published, this.#done) : new SlowestOf(this.#words, followedByConsumer(ring, number));
    this.#waiter = new Waiter(ring, consumerParkedIndex(ring, number), this.#barrier);
    this.#pauses = ring.wait !== 'park';
  }

  get halted(): boolean {
    return Atomics.load(this.#words, HALTED_INDEX) !== 0;
  }

  /** Last sequence done. */
  get done(): number {
    return this.#done;
  }

  /** Highest sequence that may be read now; equal to `done` when there is none. */
  available(): number {
    return this.#barrier.reached(this.#done);
  }

  /**
   * Blocks until something may be read.
   *
   * @param timeoutMs - how long at most; without end unless said.
   * @returns the highest readable sequence, the batch is `[done + 1, result]`; `done` when the time has passed.
   * @throws {RingHaltedError} once the ring is halted and everything there is to see has been read.
   */
  wait(timeoutMs = Infinity): number {
    const available = this.#barrier.reached(this.#done);
    if (available === this.#done) return this.#waiter.wait(this.#done, 1, timeoutMs);
    if (!this.#pauses || ((available - this.#done) | 0) >= SMALL_BATCH) return available;
    pause();
    return this.#barrier.reached(this.#done);
  }

  /** The same without blocking, for the event loop's thread. */
  waitAsync(timeoutMs = Infinity): Promise<number> {
    return this.#waiter.waitAsync(this.#done, 1, timeoutMs);
  }

  /** Says that everything through `sequence` is done; whoever follows may have it, or the producers its slots. */
  release(sequence: number): void {
    this.#done = sequence;
    Atomics.store(this.#words, this.#own, sequence);
    wake(this.#words, this.#followers);
  }
}

/**
 * Leaves the followed sequence alone for a moment. Each look takes its line from the publisher, whose next store then waits
 * for it: looked at without pause, one by one went at half the speed, batches of 16 at three quarters. Who waits for an answer
 * never finds it at the first look.
 */
function pause(): void {
  for (let turn = 0; turn < PAUSE_TURNS; turn++);
}
