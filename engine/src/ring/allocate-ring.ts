// Makes a ring from the declaration of its size and of its graph.

import { followIndexes } from './ring-graph.ts';
import { consumerSequenceIndex, controlBytes, CURSOR_INDEX, MAX_CONSUMERS, MAX_PRODUCERS, MAX_SLOTS, type RingMemory, type WaitStrategy } from './ring-memory.ts';

export interface RingOptions<Name extends string> {
  /** A power of two, 1..MAX_SLOTS. */
  readonly slotCount: number;
  /** A multiple of 8. */
  readonly slotBytes: number;
  /**
   * Who reads, and whom each follows among those declared before it; nobody means the producers. The shape is the
   * graph: `{ a: [], b: ['a'] }` is a pipeline, `{ a: [], b: [] }` a multicast, `{ a: [], b: [], c: ['a', 'b'] }` a diamond.
   */
  readonly consumers: Readonly<Record<Name, readonly NoInfer<Name>[]>>;
  /** Threads that publish, 1 unless said otherwise; several use MultiProducer. */
  readonly producers?: number;
  readonly wait?: WaitStrategy;
  /** Sequence of the first slot ever claimed. */
  readonly firstSequence?: number;
}

/**
 * Allocates a ring.
 *
 * @throws {RangeError} naming the option that is out of bounds.
 */
export function allocateRing<Name extends string>(options: RingOptions<Name>): RingMemory<Name> {
  const { slotCount, slotBytes, producers = 1, wait = 'spin-then-park', firstSequence = 0 } = options;
  if (slotCount < 1 || slotCount > MAX_SLOTS || (slotCount & (slotCount - 1)) !== 0) throw new RangeError(`slotCount must be a power of two up to ${MAX_SLOTS}, was ${slotCount}`);
  if (slotBytes < 8 || slotBytes % 8 !== 0) throw new RangeError(`slotBytes must be a multiple of 8, was ${slotBytes}`);
  if (!Number.isInteger(producers) || producers < 1 || producers > MAX_PRODUCERS) throw new RangeError(`producers must be 1..${MAX_PRODUCERS}, was ${producers}`);
  const consumers = followIndexes(options.consumers);
  if (consumers.length < 1 || consumers.length > MAX_CONSUMERS) throw new RangeError(`consumers must be 1..${MAX_CONSUMERS}, were ${consumers.length}`);
  const ring: RingMemory<Name> = {
    control: new SharedArrayBuffer(controlBytes(producers, consumers.length)),
    slots: new SharedArrayBuffer(slotCount * slotBytes),
    published: new SharedArrayBuffer(producers > 1 ? slotCount * 4 : 0),
    slotCount,
    slotBytes,
    producers,
    wait,
    consumers,
  };
  startAt(ring, firstSequence | 0);
  return ring;
}

function startAt(ring: RingMemory, firstSequence: number): void {
  const words = new Int32Array(ring.control);
  words[CURSOR_INDEX] = firstSequence - 1;
  for (let consumer = 0; consumer < ring.consumers.length; consumer++) words[consumerSequenceIndex(ring, consumer)] = firstSequence - 1;
  if (ring.producers === 1) return;
  const published = new Int32Array(ring.published);
  for (let i = 0; i < ring.slotCount; i++) published[(firstSequence + i) & (ring.slotCount - 1)] = firstSequence + i - ring.slotCount;
}
