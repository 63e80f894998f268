// The shared memory of one ring, and the graph of those who work on it; a plain object that can be posted to a worker
// as it is. Whatever two threads write lies on lines of its own: a line bounces between two cores' caches at about
// 50 ns a turn, so that two counters on one line would make each thread pay for the other's stores.
//
//   control (Int32, a line = 128 bytes)       slots                         published (Int32, several producers only)
//   line 0        halted, era                 slot of sequence s lies at    word s & (slotCount - 1):
//   line 1        cursor                      (s & (slotCount - 1))         see published-batches.ts
//   line 2 + p    parked flag of producer p     * slotBytes
//   then for each consumer two lines: its sequence, its parked flag
//
// Sequences are Int32 and wrap: 2^31 is no event. They are never compared but by distance, `(a - b) | 0`, which is right
// while the two are less than 2^31 apart; MAX_SLOTS x MAX_PRODUCERS keeps them so.

/** Two neighbouring 64-byte lines: the adjacent-line prefetcher pulls both. */
const LINE_WORDS = 32;
export const HALTED_INDEX = 0;
/** Counts the quarters of the sequences that several producers have gone through; read often, written hardly ever. */
export const ERA_INDEX = 1;
export const ERA_BITS = 30;
export const CURSOR_INDEX = LINE_WORDS;
const FIRST_PARTY_LINE = 2;
/** 16 M slots: distances stay far below 2^31 although every producer may have claimed a ring that it still waits for. */
export const MAX_SLOTS = 1 << 24;
export const MAX_PRODUCERS = 32;
/** A publisher looks at each follower's flag; past a few tens that look would be the cost of publishing. */
export const MAX_CONSUMERS = 64;

/**
 * How blocking parties of a ring wait.
 *
 * `spin-then-park`: about 2 us of looking, then sleep; idle it costs nothing. `park`: sleep at once; for more threads
 * than cores. `spin`: never sleep, and publishers never look for sleepers; the lowest latency for a core per thread,
 * and nothing on such a ring can be awaited from an event loop.
 */
export type WaitStrategy = 'spin-then-park' | 'park' | 'spin';

export interface RingMemory<Name extends string = string> {
  readonly control: SharedArrayBuffer;
  readonly slots: SharedArrayBuffer;
  /** Empty unless there are several producers. */
  readonly published: SharedArrayBuffer;
  readonly slotCount: number;
  readonly slotBytes: number;
  readonly producers: number;
  readonly wait: WaitStrategy;
  readonly consumers: readonly { readonly name: Name; readonly follows: readonly number[] }[];
}

/** Thrown out of a wait on a ring that has been halted. */
export class RingHaltedError extends Error {
  override readonly name = 'RingHaltedError';
  constructor() {
    super('the ring has been halted');
  }
}

export function controlBytes(producers: number, consumers: number): number {
  return (FIRST_PARTY_LINE + producers + 2 * consumers) * LINE_WORDS * 4;
}

export function producerParkedIndex(producer: number): number {
  return (FIRST_PARTY_LINE + producer) * LINE_WORDS;
}

export function consumerSequenceIndex(ring: RingMemory, consumer: number): number {
  return (FIRST_PARTY_LINE + ring.producers + 2 * consumer) * LINE_WORDS;
}

export function consumerParkedIndex(ring: RingMemory, consumer: number): number {
  return consumerSequenceIndex(ring, consumer) + LINE_WORDS;
}
