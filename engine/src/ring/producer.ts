// The one party that fills slots. Claim many, write them with plain stores, publish once: the atomic store is what costs.
//
// Why plain stores to the slots are enough: Atomics.store releases and Atomics.load acquires (ECMA-262, 29 Memory Model:
// the load that reads the store's value synchronizes with it). So all that was written to a slot before `publish` happens
// before all that a consumer reads after it has seen the cursor; and, the other way around, a consumer's last read of a
// slot happens before its release, which the producer acquires before it writes there again.

import { SlowestOf } from './barrier.ts';
import { followersOfProducers, gateIndexes } from './ring-graph.ts';
import { CURSOR_INDEX, HALTED_INDEX, producerParkedIndex, RingHaltedError, type RingMemory } from './ring-memory.ts';
import { Waiter, wake } from './waiter.ts';

export class Producer {
  readonly #words: Int32Array;
  readonly #slotCount: number;
  readonly #followers: readonly number[];
  readonly #gates: SlowestOf;
  readonly #waiter: Waiter;
  #published: number;
  #claimed: number;
  /** Highest sequence that may be claimed, as of the last look at the gates. They are looked at only when it runs out. */
  #limit: number;

  /** The thread that holds it must be the only producer. */
  constructor(ring: RingMemory) {
    if (ring.producers !== 1) throw new RangeError(`a ring of ${ring.producers} producers needs MultiProducer`);
    this.#words = new Int32Array(ring.control);
    this.#slotCount = ring.slotCount;
    this.#followers = followersOfProducers(ring);
    this.#gates = new SlowestOf(this.#words, gateIndexes(ring));
    this.#waiter = new Waiter(ring, producerParkedIndex(0), this.#gates);
    this.#published = Atomics.load(this.#words, CURSOR_INDEX);
    this.#claimed = this.#published;
    this.#limit = (this.#gates.reached(this.#lapBehind()) + this.#slotCount) | 0;
  }

  /** Highest sequence published so far. */
  get published(): number {
    return this.#published;
  }

  /** Slots claimed and not published yet. */
  get unpublished(): number {
    return (this.#claimed - this.#published) | 0;
  }

  get halted(): boolean {
    return Atomics.load(this.#words, HALTED_INDEX) !== 0;
  }

  /**
   * Claims the next slots for writing; blocks while the slowest consumer is a full ring behind. Never allocates.
   *
   * @param count - slots to claim; with those claimed and not yet published 1..slotCount.
   * @returns the highest claimed sequence; the batch is `[result - count + 1, result]`.
   * @throws {RingHaltedError} once the ring has been halted.
   */
  claim(count: number): number {
    const last = (this.#claimed + count) | 0;
    if (((last - this.#limit) | 0) > 0) this.#waitForRoom(count);
    this.#throwIfHalted();
    this.#claimed = last;
    return last;
  }

  /** The same without waiting; undefined when there is not enough room now. */
  tryClaim(count: number): number | undefined {
    if (this.free(count) < count) return undefined;
    return this.claim(count);
  }

  /** Gives back what was claimed and not published. */
  unclaim(): void {
    this.#claimed = this.#published;
  }

  /** Shows everything claimed so far to the consumers. */
  publish(): void {
    this.#published = this.#claimed;
    Atomics.store(this.#words, CURSOR_INDEX, this.#claimed);
    wake(this.#words, this.#followers);
  }

  /** Slots that can be claimed without waiting; exact only below `wanted`, which spares a look at the gates. */
  free(wanted: number): number {
    const free = (this.#limit - this.#claimed) | 0;
    if (free >= wanted) return free;
    this.#limit = (this.#gates.reached(this.#lapBehind()) + this.#slotCount) | 0;
    return (this.#limit - this.#claimed) | 0;
  }

  /** Resolves when at least `count` slots are free; for the event loop's thread. */
  async waitUntilFree(count: number): Promise<void> {
    this.#limit = ((await this.#waiter.waitAsync(this.#lapBehind(), count, Infinity)) + this.#slotCount) | 0;
  }

  /** Blocks until every consumer has done everything that was published. */
  drain(): void {
    this.#waiter.wait(this.#lapBehind(), this.#slotCount - this.unpublished, Infinity);
  }

  /** Resolves then. */
  async waitUntilDrained(): Promise<void> {
    await this.waitUntilFree(this.#slotCount - this.unpublished);
  }

  #waitForRoom(count: number): void {
    if (this.unpublished + count > this.#slotCount) throw new RangeError(`claims not yet published must be 1..${this.#slotCount} slots, would be ${this.unpublished + count}`);
    this.#limit = (this.#waiter.wait(this.#lapBehind(), count, Infinity) + this.#slotCount) | 0;
  }

  /** Where the consumers must be for the claimed slots to be ours; they are never behind it. */
  #lapBehind(): number {
    return (this.#claimed - this.#slotCount) | 0;
  }

  /** A plain read, which may see the halt late: an atomic one at each claim would cost as much as publishing. */
  #throwIfHalted(): void {
    if (this.#words[HALTED_INDEX] !== 0) throw new RingHaltedError();
  }
}
