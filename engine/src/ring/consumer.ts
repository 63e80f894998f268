// A party that reads slots after the parties it follows. Consume to the highest published, then release once.

import { Party } from './party.ts';
import type { RingMemory } from './ring-memory.ts';

export class Consumer {
  readonly #party: Party;

  /**
   * @param options.follows - the producer, or consumers that must be done with a slot first.
   * @param options.followers - parties to wake on release; the producer when this consumer gates it.
   */
  constructor(memory: RingMemory, options: { party: number; follows: readonly number[]; followers: readonly number[] }) {
    this.#party = new Party(memory, options);
  }

  get halted(): boolean {
    return this.#party.halted;
  }

  /** Last sequence done. */
  get done(): number {
    return this.#party.sequence;
  }

  /** Highest sequence that may be read now; equal to `done` when there is none. */
  available(): number {
    return this.#party.followed(this.#party.sequence);
  }

  /**
   * Blocks until something may be read.
   *
   * @returns the highest readable sequence; the batch is `[done + 1, result]`.
   * @throws {RingHaltedError} once the ring is halted and everything published has been read.
   */
  wait(): number {
    return this.#party.waitFor(this.#party.sequence, 1);
  }

  /** The same without blocking, for the event loop's thread. */
  waitAsync(): Promise<number> {
    return this.#party.waitForAsync(this.#party.sequence, 1);
  }

  /** Says that everything through `sequence` is done. */
  release(sequence: number): void {
    this.#party.publish(sequence);
  }
}
