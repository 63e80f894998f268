// One of several producers. All claim from one cursor; each waits for its own room and publishes its own batch, in any
// order. See published-batches.ts for how readers find what is complete, producer.ts for why plain writes to slots do.

import { SlowestOf } from './barrier.ts';
import { publishBatch } from './published-batches.ts';
import { followersOfProducers, gateIndexes } from './ring-graph.ts';
import { CURSOR_INDEX, ERA_BITS, ERA_INDEX, HALTED_INDEX, producerParkedIndex, RingHaltedError, type RingMemory } from './ring-memory.ts';
import { Waiter, wake } from './waiter.ts';

export class MultiProducer {
  readonly #words: Int32Array;
  readonly #published: Int32Array;
  readonly #slotCount: number;
  readonly #followers: readonly number[];
  readonly #gates: SlowestOf;
  readonly #waiter: Waiter;
  /**
   * The gates as last seen. They only go forward, so an old look is safe, as long as distances from it are: a producer
   * that was silent while the others went through half of the sequences would take it for the future.
   */
  #gate: number;
  /** The era of that look. */
  #era: number;
  #claimed = 0;
  #claimedCount = 0;

  /** @param producer - this thread's number, 0..producers - 1; one thread only. */
  constructor(ring: RingMemory, producer: number) {
    if (ring.producers < 2) throw new RangeError('a ring of one producer needs Producer');
    if (!(producer >= 0 && producer < ring.producers)) throw new RangeError(`producer must be 0..${ring.producers - 1}, was ${producer}`);
    this.#words = new Int32Array(ring.control);
    this.#published = new Int32Array(ring.published);
    this.#slotCount = ring.slotCount;
    this.#followers = followersOfProducers(ring);
    this.#gates = new SlowestOf(this.#words, gateIndexes(ring));
    this.#waiter = new Waiter(ring, producerParkedIndex(producer), this.#gates);
    this.#era = Atomics.load(this.#words, ERA_INDEX);
    this.#gate = this.#gates.reached((Atomics.load(this.#words, CURSOR_INDEX) - this.#slotCount) | 0);
  }

  get halted(): boolean {
    return Atomics.load(this.#words, HALTED_INDEX) !== 0;
  }

  /**
   * Claims the next slots for writing; blocks while the slowest consumer is a full ring behind. What is claimed must be
   * published before more is claimed: nobody can read past it until then.
   *
   * @param count - slots to claim, 1..slotCount.
   * @returns the highest claimed sequence; the batch is `[result - count + 1, result]`.
   * @throws {RingHaltedError} once the ring has been halted.
   */
  claim(count: number): number {
    this.#checkClaim(count);
    const last = (Atomics.add(this.#words, CURSOR_INDEX, count) + count) | 0;
    const needed = (last - this.#slotCount) | 0;
    // From `needed` all consumers may be behind, by what the other producers wait for; distances bear that.
    if (!this.#hasSeen(needed)) this.#gate = this.#waiter.wait(needed, 0, Infinity);
    return this.#take(last, count);
  }

  /** The same without waiting; undefined when there is not enough room now. Only what fits is ever claimed. */
  tryClaim(count: number): number | undefined {
    this.#checkClaim(count);
    for (;;) {
      const cursor = Atomics.load(this.#words, CURSOR_INDEX);
      const last = (cursor + count) | 0;
      const needed = (last - this.#slotCount) | 0;
      if (!this.#hasSeen(needed)) this.#gate = this.#gates.reached(needed);
      if (((needed - this.#gate) | 0) > 0) return undefined;
      if (Atomics.compareExchange(this.#words, CURSOR_INDEX, cursor, last) === cursor) return this.#take(last, count);
    }
  }

  /** Resolves with a claim; for the event loop's thread. */
  async claimAsync(count: number): Promise<number> {
    for (;;) {
      const last = this.tryClaim(count);
      if (last !== undefined) return last;
      const cursor = Atomics.load(this.#words, CURSOR_INDEX);
      await this.#waiter.waitAsync((cursor + count - this.#slotCount) | 0, 0, Infinity);
    }
  }

  /** Shows the claimed batch to the consumers, as soon as all before it is published. */
  publish(): void {
    publishBatch(this.#published, (this.#claimed - this.#claimedCount + 1) | 0, this.#claimed);
    this.#claimedCount = 0;
    wake(this.#words, this.#followers);
  }

  /** Blocks until every consumer has done everything that any producer had claimed when it was called. */
  drain(): void {
    this.#waiter.wait(Atomics.load(this.#words, CURSOR_INDEX), 0, Infinity);
  }

  /** Resolves then. */
  async waitUntilDrained(): Promise<void> {
    await this.#waiter.waitAsync(Atomics.load(this.#words, CURSOR_INDEX), 0, Infinity);
  }

  #checkClaim(count: number): void {
    if (this.#claimedCount !== 0) throw new Error(`${this.#claimedCount} claimed slots must be published before more are claimed`);
    if (!(count >= 1 && count <= this.#slotCount)) throw new RangeError(`count must be 1..${this.#slotCount}, was ${count}`);
    if (this.#words[HALTED_INDEX] !== 0) throw new RingHaltedError();
  }

  /**
   * Whether the gates were at `needed` already when last looked at. The era is read plainly: it may be seen late by far
   * more than a thread takes to see it, for an era is a quarter of the sequences and the look must be younger than a half.
   */
  #hasSeen(needed: number): boolean {
    const era = this.#words[ERA_INDEX]!;
    if (era !== this.#era) {
      this.#era = era;
      this.#gate = this.#gates.reached(needed);
    }
    return ((needed - this.#gate) | 0) <= 0;
  }

  #take(last: number, count: number): number {
    if (((last ^ (last - count)) >>> ERA_BITS) !== 0) Atomics.add(this.#words, ERA_INDEX, 1);
    this.#claimed = last;
    this.#claimedCount = count;
    return last;
  }
}
