// One end of a table: the ping side times round trips, the pong side answers each with one more.

import { parentPort, workerData } from 'node:worker_threads';
import { Consumer } from '@mib/engine/ring/consumer';
import { Processor } from '@mib/engine/ring/processor';
import { Producer } from '@mib/engine/ring/producer';
import type { RingMemory } from '@mib/engine/ring/ring-memory';

export interface PingPongWorkerData {
  readonly side: 'ping' | 'pong';
  readonly ping: RingMemory;
  readonly pong: RingMemory;
  readonly trips: number;
}

const { side, ping, pong, trips } = workerData as PingPongWorkerData;
const producer = new Producer(side === 'ping' ? ping : pong);
const sent = new Float64Array((side === 'ping' ? ping : pong).slots);
const received = new Float64Array((side === 'ping' ? pong : ping).slots);
const mask = ping.slotCount - 1;
parentPort!.postMessage(side === 'ping' ? serve() : answer());

/** Two passes, the first to warm up. @returns nanoseconds of each trip of the second, sorted. */
function serve(): Float64Array {
  const consumer = new Consumer(pong, 'reader');
  const nanos = new Float64Array(trips);
  roundTrips(consumer, nanos);
  roundTrips(consumer, nanos);
  return nanos.sort();
}

function roundTrips(consumer: Consumer, nanos: Float64Array): void {
  for (let i = 0; i < nanos.length; i++) {
    const startedMs = performance.now();
    send(i);
    const sequence = consumer.wait();
    const value = received[sequence & mask]!;
    consumer.release(sequence);
    nanos[i] = (performance.now() - startedMs) * 1e6;
    if (value !== i + 1) throw new Error(`pong is ${value}, not ${i + 1}`);
  }
}

function answer(): void {
  new Processor(ping, 'reader', {
    onBatch(first, count) {
      for (let i = 0; i < count; i++) send(received[(first + i) & mask]! + 1);
    },
  }).run();
}

function send(value: number): void {
  sent[producer.claim(1) & mask] = value;
  producer.publish();
}
