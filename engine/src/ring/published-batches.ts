// What several producers have published, although they finish out of order. LMAX's MultiProducerSequencer stores a
// flag for every slot; at 9 ns a store that would be the cost of the ring here. So a batch is published by one atomic
// store: the word of its first slot receives the sequence of its last. A reader hops from batch to batch.
//
//   slot         0   1   2   3   4   5   6   7        producer A published 8..10, B has claimed 11..12, C published 13..15
//   word        10  10  10   4   4  15  15  15        a reader at 7 finds 10 in word 8, then 4 in word 11: older than 11, stop
//
// Why the plain stores to a batch's other words are right. Every word is written once a lap, so what a reader finds is
// of this lap or the one before, and a distance below 0 says which. A reader looks at a word only when everything before
// it is published to it: then the word is either the first of a batch, written atomically, or lies within a batch whose
// first word this reader (or the one whose sequence it took over) has already acquired, which made the plain stores visible.
// Writers of two laps are ordered by the gate: the later one has acquired the release of everybody who read the earlier.

import type { Barrier } from './barrier.ts';

export class PublishedBatches implements Barrier {
  readonly #words: Int32Array;
  readonly #mask: number;
  #seen: number;

  /** @param from - everything up to here has been published. */
  constructor(published: SharedArrayBuffer, from: number) {
    this.#words = new Int32Array(published);
    this.#mask = this.#words.length - 1;
    this.#seen = from;
  }

  reached(): number {
    let seen = this.#seen;
    for (;;) {
      const first = (seen + 1) | 0;
      const last = Atomics.load(this.#words, first & this.#mask);
      if (((last - first) | 0) < 0) break;
      seen = last;
    }
    this.#seen = seen;
    return seen;
  }
}

/** Publishes `[first, last]`, whose slots have been written. */
export function publishBatch(words: Int32Array, first: number, last: number): void {
  const mask = words.length - 1;
  for (let sequence = (first + 1) | 0; ((last - sequence) | 0) >= 0; sequence = (sequence + 1) | 0) words[sequence & mask] = last;
  Atomics.store(words, first & mask, last);
}
