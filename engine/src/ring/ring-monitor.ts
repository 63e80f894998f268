// A ring seen from outside: who has come how far. Takes part in nothing and may be read from any thread.

import { consumerNumber } from './ring-graph.ts';
import { consumerSequenceIndex, CURSOR_INDEX, HALTED_INDEX, type RingMemory } from './ring-memory.ts';

export class RingMonitor<Name extends string = string> {
  readonly #ring: RingMemory<Name>;
  readonly #words: Int32Array;

  constructor(ring: RingMemory<Name>) {
    this.#ring = ring;
    this.#words = new Int32Array(ring.control);
  }

  get halted(): boolean {
    return Atomics.load(this.#words, HALTED_INDEX) !== 0;
  }

  /** Highest sequence published; with several producers the highest claimed. */
  get cursor(): number {
    return Atomics.load(this.#words, CURSOR_INDEX);
  }

  /** Highest sequence that the consumer is done with. */
  sequenceOf(name: Name): number {
    return Atomics.load(this.#words, consumerSequenceIndex(this.#ring, consumerNumber(this.#ring, name)));
  }

  /** Slots between cursor and consumer, 0..slotCount (more while several producers wait for room); never negative. */
  lagOf(name: Name): number {
    const sequence = this.sequenceOf(name); // Read first: the cursor read after it cannot be behind it.
    return (this.cursor - sequence) | 0;
  }
}
