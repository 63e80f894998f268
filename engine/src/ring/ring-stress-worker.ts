// A consumer thread of the ring's stress test: checks that every slot holds what the party before it left, in order,
// leaves its own mark, and reports how far it came.

import { parentPort, workerData } from 'node:worker_threads';
import { Consumer } from './consumer.ts';
import { RingHaltedError, type RingMemory } from './ring-memory.ts';

export interface StressWorkerData {
  readonly memory: RingMemory;
  readonly party: number;
  readonly follows: readonly number[];
  readonly followers: readonly number[];
  /** Value every slot must hold minus its ordinal; the consumer adds one. */
  readonly stage: number;
}

const { memory, party, follows, followers, stage } = workerData as StressWorkerData;
const consumer = new Consumer(memory, { party, follows, followers });
const words = new Int32Array(memory.slots);
const stride = memory.slotBytes / 4;
let count = 0;
let wrong = 0;
try {
  for (;;) {
    const available = consumer.wait();
    while (consumer.done !== available) take((consumer.done + 1) | 0, Math.min((available - consumer.done) | 0, 1 + (count % 37)));
  }
} catch (error) {
  if (!(error instanceof RingHaltedError)) throw error;
  parentPort!.postMessage({ count, wrong });
}

function take(first: number, batch: number): void {
  for (let i = 0; i < batch; i++) {
    const at = ((first + i) & (memory.slotCount - 1)) * stride;
    if (words[at] !== count || words[at + 1] !== stage) wrong++;
    words[at + 1] = stage + 1;
    count++;
  }
  consumer.release((first + batch - 1) | 0);
}
