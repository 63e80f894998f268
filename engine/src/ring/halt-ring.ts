// Ending a ring. Halting is at once and for good: whoever waits, or comes to wait, is thrown out. What must be finished
// first is drained first (`producer.drain()`), as LMAX's `shutdown` does before its `halt`.

import { consumerParkedIndex, HALTED_INDEX, producerParkedIndex, type RingMemory } from './ring-memory.ts';
import { unpark } from './waiter.ts';

/**
 * Ends every wait on the ring, now and later, with RingHaltedError. A consumer still gets what it can already see; one
 * behind another may end before what the other is at work on. May be called from any thread, more than once.
 */
export function haltRing(ring: RingMemory): void {
  const words = new Int32Array(ring.control);
  Atomics.store(words, HALTED_INDEX, 1);
  for (let producer = 0; producer < ring.producers; producer++) unpark(words, producerParkedIndex(producer));
  for (let consumer = 0; consumer < ring.consumers.length; consumer++) unpark(words, consumerParkedIndex(ring, consumer));
}
