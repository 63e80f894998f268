// One thread's place on a ring: its own sequence, the parties it follows, the parties that follow it. Publishing is a
// store, then one look per follower whether it sleeps. Waiting is spinning a little, then parking by Dekker's scheme:
// raise the flag, look once more, sleep on the flag; whoever publishes lowers a raised flag and wakes. Both sides store
// before they load, so one of them always sees the other.

import { isHalted, parkedIndex, RingHaltedError, sequenceIndex, type RingMemory } from './ring-memory.ts';

/** Loads before parking, about 2 us: more spinning threads than cores would collapse throughput. */
const SPINS = 200;
const PARKED = 1;
const AWAKE = 0;

interface WaitAsyncAtomics {
  waitAsync(words: Int32Array, index: number, value: number): { async: false } | { async: true; value: Promise<string> };
}

export class Party {
  readonly memory: RingMemory;
  readonly #words: Int32Array;
  readonly #own: number;
  readonly #parked: number;
  readonly #followed: readonly number[];
  readonly #followers: readonly number[];
  /** Last sequence this party has published, a plain copy of the shared one. */
  sequence: number;

  /**
   * @param options.party - this thread's party number; one thread only.
   * @param options.follows - parties whose published sequence this one waits for.
   * @param options.followers - parties to wake when this one publishes.
   */
  constructor(memory: RingMemory, options: { party: number; follows: readonly number[]; followers: readonly number[] }) {
    this.memory = memory;
    this.#words = new Int32Array(memory.control);
    this.#own = sequenceIndex(options.party);
    this.#parked = parkedIndex(options.party);
    this.#followed = options.follows.map(sequenceIndex);
    this.#followers = options.followers.map(parkedIndex);
    this.sequence = Atomics.load(this.#words, this.#own);
  }

  get halted(): boolean {
    return isHalted(this.#words);
  }

  /** Makes everything written before it visible to the followers, up to `sequence`. */
  publish(sequence: number): void {
    const words = this.#words;
    this.sequence = sequence;
    Atomics.store(words, this.#own, sequence);
    for (let i = 0; i < this.#followers.length; i++) {
      const flag = this.#followers[i]!;
      if (Atomics.load(words, flag) === PARKED) {
        Atomics.store(words, flag, AWAKE);
        Atomics.notify(words, flag);
      }
    }
  }

  /** The slowest followed party's sequence, nearest to `from` by distance. */
  followed(from: number): number {
    const words = this.#words;
    let slowest = Atomics.load(words, this.#followed[0]!);
    for (let i = 1; i < this.#followed.length; i++) {
      const other = Atomics.load(words, this.#followed[i]!);
      if (((other - from) | 0) < ((slowest - from) | 0)) slowest = other;
    }
    return slowest;
  }

  /**
   * Blocks until all followed parties are at least `distance` past `from`; for worker threads.
   *
   * @returns the slowest followed sequence.
   * @throws {RingHaltedError} once the ring is halted and nothing is left to see.
   */
  waitFor(from: number, distance: number): number {
    for (let spin = 0; spin < SPINS; spin++) {
      const seen = this.followed(from);
      if (((seen - from) | 0) >= distance) return seen;
    }
    for (;;) {
      Atomics.store(this.#words, this.#parked, PARKED);
      const seen = this.followed(from);
      if (((seen - from) | 0) >= distance) {
        Atomics.store(this.#words, this.#parked, AWAKE);
        return seen;
      }
      this.#throwIfHalted();
      Atomics.wait(this.#words, this.#parked, PARKED);
    }
  }

  /** The same for the event loop's thread, which must never block. */
  async waitForAsync(from: number, distance: number): Promise<number> {
    for (;;) {
      Atomics.store(this.#words, this.#parked, PARKED);
      const seen = this.followed(from);
      if (((seen - from) | 0) >= distance) {
        Atomics.store(this.#words, this.#parked, AWAKE);
        return seen;
      }
      this.#throwIfHalted();
      const wait = (Atomics as unknown as WaitAsyncAtomics).waitAsync(this.#words, this.#parked, PARKED);
      if (wait.async) await wait.value;
    }
  }

  #throwIfHalted(): void {
    if (!isHalted(this.#words)) return;
    Atomics.store(this.#words, this.#parked, AWAKE);
    throw new RingHaltedError();
  }
}
