// One thread at a ring under test, written as a user of the ring would: handlers take ranges; counters and the view of the
// slots are locals of a function called per range. Every consumer adds up what it sees, so that a lost or doubled event shows.

import { parentPort, workerData } from 'node:worker_threads';
import { MultiProducer } from '@mib/engine/ring/multi-producer';
import { Processor, type BatchHandler } from '@mib/engine/ring/processor';
import { Producer } from '@mib/engine/ring/producer';
import type { RingMemory } from '@mib/engine/ring/ring-memory';

/** What a consumer does with each event; the numbers of an event are value, left, right. */
export type Job = 'sum' | 'sum eight' | 'left' | 'right' | 'after left' | 'last';

export type RingWorkerData =
  | { readonly kind: 'producer'; readonly ring: RingMemory; readonly number: number; readonly events: number; readonly batch: number; readonly start: SharedArrayBuffer }
  | { readonly kind: 'consumer'; readonly ring: RingMemory; readonly name: string; readonly job: Job };

/** Events per call of a hot function: V8 keeps the counters of a short one in registers, and swaps in optimized code at the next. */
const CHUNK = 65_536;

const data = workerData as RingWorkerData;
const { ring } = data;
/** Loops take it into a local: from a module's variable V8 loads the array's address and length anew in each turn. */
const numbers = new Float64Array(ring.slots);
const mask = ring.slotCount - 1;
const stride = ring.slotBytes / 8;
parentPort!.postMessage(data.kind === 'producer' ? produce(data.number, data.events, data.batch, new Int32Array(data.start)) : consume(data.name, data.job));

/** Two passes, the first to warm up. @returns milliseconds of the second, until the last consumer is done. */
function produce(number: number, events: number, batch: number, start: Int32Array): number {
  const producer = ring.producers === 1 ? new Producer(ring) : new MultiProducer(ring, number);
  pass(producer, events, batch);
  Atomics.add(start, 0, 1);
  Atomics.notify(start, 0);
  for (let here = Atomics.load(start, 0); here < ring.producers; here = Atomics.load(start, 0)) Atomics.wait(start, 0, here);
  const startedMs = performance.now();
  pass(producer, events, batch);
  return performance.now() - startedMs;
}

function pass(producer: Producer | MultiProducer, events: number, batch: number): void {
  const fill = stride === 8 ? fillEight : fillOne;
  for (let sent = 0; sent < events; sent += CHUNK) fill(producer, sent, Math.min(events, sent + CHUNK), batch);
  producer.drain();
}

function fillOne(producer: Producer | MultiProducer, from: number, to: number, batch: number): void {
  const view = numbers;
  for (let sent = from; sent < to; ) {
    const count = Math.min(batch, to - sent);
    const first = (producer.claim(count) - count + 1) | 0;
    for (let i = 0; i < count; i++) view[((first + i) & mask) * stride] = sent + i;
    sent += count;
    producer.publish();
  }
}

function fillEight(producer: Producer | MultiProducer, from: number, to: number, batch: number): void {
  const view = numbers;
  for (let sent = from; sent < to; ) {
    const count = Math.min(batch, to - sent);
    const first = (producer.claim(count) - count + 1) | 0;
    for (let i = 0; i < count; i++) {
      const at = ((first + i) & mask) * 8;
      const value = sent + i;
      view[at] = value;
      view[at + 1] = value + 1;
      view[at + 2] = value + 2;
      view[at + 3] = value + 3;
      view[at + 4] = value + 4;
      view[at + 5] = value + 5;
      view[at + 6] = value + 6;
      view[at + 7] = value + 7;
    }
    sent += count;
    producer.publish();
  }
}

/** @returns the sum of both passes. */
function consume(name: string, job: Job): number {
  const sumRange = { sum: sumOne, 'sum eight': sumEight, left: passLeft, right: passRight, 'after left': passAfterLeft, last: sumLast }[job];
  let sum = 0;
  const handler: BatchHandler = {
    onBatch(first, count) {
      sum += sumRange(first, count);
    },
  };
  new Processor(ring, name, handler).run();
  return sum;
}

function sumOne(first: number, count: number): number {
  const view = numbers;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += view[((first + i) & mask) * stride]!;
  return sum;
}

function sumEight(first: number, count: number): number {
  const view = numbers;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const at = ((first + i) & mask) * 8;
    sum += view[at]! + view[at + 1]! + view[at + 2]! + view[at + 3]! + view[at + 4]! + view[at + 5]! + view[at + 6]! + view[at + 7]!;
  }
  return sum;
}

function passLeft(first: number, count: number): number {
  const view = numbers;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const at = ((first + i) & mask) * 3;
    const value = view[at]!;
    view[at + 1] = value + 1;
    sum += value;
  }
  return sum;
}

function passRight(first: number, count: number): number {
  const view = numbers;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const at = ((first + i) & mask) * 3;
    const value = view[at]!;
    view[at + 2] = value + 2;
    sum += value;
  }
  return sum;
}

function passAfterLeft(first: number, count: number): number {
  const view = numbers;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const at = ((first + i) & mask) * 3;
    const left = view[at + 1]!;
    view[at + 2] = left + 1;
    sum += left;
  }
  return sum;
}

function sumLast(first: number, count: number): number {
  const view = numbers;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const at = ((first + i) & mask) * 3;
    sum += view[at + 1]! + view[at + 2]!;
  }
  return sum;
}
