// The one party that fills slots. Claim many, write them with plain stores, publish once: the atomic store is what
// costs. The gate, the slowest consumer's sequence, is cached and re-read only when the ring looks full.

import { Party } from './party.ts';
import { RingHaltedError, type RingMemory } from './ring-memory.ts';

export class Producer {
  readonly #party: Party;
  readonly #slotCount: number;
  #claimed: number;
  #gate: number;

  /** @param options.gates - the consumers that must be done with a slot before it is used again. */
  constructor(memory: RingMemory, options: { party: number; gates: readonly number[]; followers: readonly number[] }) {
    this.#party = new Party(memory, { party: options.party, follows: options.gates, followers: options.followers });
    this.#slotCount = memory.slotCount;
    this.#claimed = this.#party.sequence;
    this.#gate = this.#party.followed(this.#claimed - this.#slotCount);
  }

  get halted(): boolean {
    return this.#party.halted;
  }

  /** Highest sequence published so far. */
  get published(): number {
    return this.#party.sequence;
  }

  /** Slots that can be claimed without waiting, up to what `wanted` asks; exact only below `wanted`. */
  free(wanted: number): number {
    let free = this.#free();
    if (free >= wanted) return free;
    this.#gate = this.#party.followed(this.#claimed - this.#slotCount);
    free = this.#free();
    return free;
  }

  /**
   * Claims the next slots for writing; blocks while the slowest consumer is a full ring behind. Never allocates.
   *
   * @param count - slots to claim, 1..slotCount.
   * @returns the highest claimed sequence; the batch is `[result - count + 1, result]`.
   * @throws {RingHaltedError} once the ring has been halted.
   */
  claim(count: number): number {
    if (this.#party.halted) throw new RingHaltedError();
    if (this.free(count) < count) this.#gate = this.#party.waitFor((this.#claimed - this.#slotCount) | 0, count);
    this.#claimed = (this.#claimed + count) | 0;
    return this.#claimed;
  }

  /** Gives back what was claimed and not published. */
  unclaim(): void {
    this.#claimed = this.#party.sequence;
  }

  /** Shows everything claimed so far to the consumers. */
  publish(): void {
    this.#party.publish(this.#claimed);
  }

  /** Resolves when at least `count` slots are free; for the event loop's thread. */
  async waitUntilFree(count: number): Promise<void> {
    this.#gate = await this.#party.waitForAsync((this.#claimed - this.#slotCount) | 0, count);
  }

  /** Resolves when the gating consumers have done everything that was published. */
  async waitUntilDrained(): Promise<void> {
    await this.waitUntilFree(this.#slotCount);
  }

  #free(): number {
    return this.#slotCount - ((this.#claimed - this.#gate) | 0);
  }
}
