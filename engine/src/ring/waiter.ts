// Waiting and waking, the two halves of Dekker's scheme side by side:
//
//   sleeper                                    publisher
//   1  store PARKED into its flag              1  store its sequence
//   2  load the sequences: enough? go on       2  load the flag: PARKED? lower it and notify
//   3  Atomics.wait while the flag is PARKED
//
// Both store before they load, and Atomics are sequentially consistent: one total order of the four accesses exists, in
// which at least one side sees the other. If only the publisher does, step 3 finds the flag lowered or is notified. With
// a weaker store (a plain one, Java's lazySet) each could read the old value, and the sleeper would never wake. A sleeper
// never lowers the flag itself: another wait of the same party may rest on it, and a flag left up costs one idle notify.

import type { Barrier } from './barrier.ts';
import { HALTED_INDEX, RingHaltedError, type RingMemory, type WaitStrategy } from './ring-memory.ts';

/** Looks before parking, about 2 us: more spinning threads than cores would collapse throughput to a hundredth. */
const SPINS: Readonly<Record<WaitStrategy, number>> = { 'spin-then-park': 200, park: 1, spin: 1_000 };
const PARKED = 1;
const AWAKE = 0;

interface WaitAsyncAtomics {
  waitAsync(words: Int32Array, index: number, value: number, timeoutMs: number): { async: false } | { async: true; value: Promise<string> };
}

/** One party's way of waiting for those it follows. */
export class Waiter {
  readonly #words: Int32Array;
  readonly #flag: number;
  readonly #barrier: Barrier;
  readonly #spins: number;
  readonly #parks: boolean;

  constructor(ring: RingMemory, flag: number, barrier: Barrier) {
    this.#words = new Int32Array(ring.control);
    this.#flag = flag;
    this.#barrier = barrier;
    this.#spins = SPINS[ring.wait];
    this.#parks = ring.wait !== 'spin';
  }

  /**
   * Blocks until all followed parties are at least `distance` past `from`, or `timeoutMs` have passed.
   *
   * @returns what they have reached; short of the distance only after the time.
   * @throws {RingHaltedError} once the ring is halted and there is not enough to see.
   */
  wait(from: number, distance: number, timeoutMs: number): number {
    const deadlineMs = deadline(timeoutMs);
    for (;;) {
      const seen = this.#spin(from, distance);
      if (((seen - from) | 0) >= distance) return seen;
      this.#throwIfHalted();
      const leftMs = left(deadlineMs);
      if (leftMs <= 0) return seen;
      if (this.#parks && this.#mayPark(from, distance)) Atomics.wait(this.#words, this.#flag, PARKED, leftMs);
    }
  }

  /** The same for a thread that runs an event loop and must never block; any number may wait at once. */
  async waitAsync(from: number, distance: number, timeoutMs: number): Promise<number> {
    if (!this.#parks) throw new Error('a ring that spins wakes no event loop');
    const deadlineMs = deadline(timeoutMs);
    for (;;) {
      const parks = this.#mayPark(from, distance);
      const seen = this.#barrier.reached(from);
      if (((seen - from) | 0) >= distance) return seen;
      this.#throwIfHalted();
      const leftMs = left(deadlineMs);
      if (leftMs <= 0) return seen;
      if (!parks) continue;
      const sleep = (Atomics as unknown as WaitAsyncAtomics).waitAsync(this.#words, this.#flag, PARKED, leftMs);
      if (sleep.async) await sleep.value;
    }
  }

  #spin(from: number, distance: number): number {
    let seen = this.#barrier.reached(from);
    for (let spin = 1; spin < this.#spins && ((seen - from) | 0) < distance; spin++) seen = this.#barrier.reached(from);
    return seen;
  }

  /** Steps 1 and 2: raises the flag, then looks once more. */
  #mayPark(from: number, distance: number): boolean {
    Atomics.store(this.#words, this.#flag, PARKED);
    return ((this.#barrier.reached(from) - from) | 0) < distance && Atomics.load(this.#words, HALTED_INDEX) === 0;
  }

  #throwIfHalted(): void {
    if (Atomics.load(this.#words, HALTED_INDEX) !== 0) throw new RingHaltedError();
  }
}

/** The publisher's second step, after its sequence is stored. */
export function wake(words: Int32Array, flags: readonly number[]): void {
  for (let i = 0; i < flags.length; i++) if (Atomics.load(words, flags[i]!) === PARKED) unpark(words, flags[i]!);
}

export function unpark(words: Int32Array, flag: number): void {
  Atomics.store(words, flag, AWAKE);
  Atomics.notify(words, flag);
}

function deadline(timeoutMs: number): number {
  return timeoutMs === Infinity ? Infinity : performance.now() + timeoutMs;
}

function left(deadlineMs: number): number {
  return deadlineMs === Infinity ? Infinity : deadlineMs - performance.now();
}
