// One end of a queue under test: fills or drains it and reports what it saw. Both sides of the comparison write one
// number into each event and the consumer adds them all up, so a lost or doubled event shows.

import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { Consumer } from '@mib/engine/ring/consumer';
import { Producer } from '@mib/engine/ring/producer';
import type { RingMemory } from '@mib/engine/ring/ring-memory';

export type RingWorkerData =
  | { readonly role: 'ring-producer' | 'ring-consumer'; readonly memory: RingMemory; readonly events: number; readonly batch: number }
  | { readonly role: 'channel-producer' | 'channel-consumer'; readonly port: MessagePort; readonly events: number; readonly batch: number };

/** Messages under way in the channel: enough to keep both sides busy, few enough to bound memory. */
const CHANNEL_WINDOW = 64;
const EVENT_NUMBERS = 8;

export interface Consumed {
  readonly sum: number;
  readonly endedMs: number;
}

const data = workerData as RingWorkerData;
switch (data.role) {
  case 'ring-producer':
    parentPort!.postMessage(produceRing(data.memory, data.events, data.batch));
    break;
  case 'ring-consumer':
    parentPort!.postMessage(consumeRing(data.memory, data.events));
    break;
  case 'channel-producer':
    parentPort!.postMessage(await produceChannel(data.port, data.events, data.batch));
    break;
  case 'channel-consumer':
    parentPort!.postMessage(await consumeChannel(data.port, data.events));
    break;
}

/** Same clock in every thread. */
function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Two passes, the first to warm up. @returns when the second began. */
function produceRing(memory: RingMemory, events: number, batch: number): number {
  const producer = new Producer(memory);
  const numbers = new Float64Array(memory.slots);
  fill(producer, numbers, memory, events, batch);
  producer.claim(memory.slotCount); // waits until the consumer is done with all
  producer.unclaim();
  const startedMs = nowMs();
  fill(producer, numbers, memory, events, batch);
  return startedMs;
}

function fill(producer: Producer, numbers: Float64Array, memory: RingMemory, events: number, batch: number): void {
  for (let sent = 0; sent < events; ) sent = fillChunk(producer, numbers, memory.slotCount - 1, sent, Math.min(events, sent + memory.slotCount), batch);
}

/** Called once per chunk: V8 keeps the counters of a short function in registers. */
function fillChunk(producer: Producer, numbers: Float64Array, mask: number, from: number, to: number, batch: number): number {
  for (let sent = from; sent < to; ) {
    const count = Math.min(batch, to - sent);
    const first = (producer.claim(count) - count + 1) | 0;
    for (let i = 0; i < count; i++) numbers[((first + i) & mask) * EVENT_NUMBERS] = sent++;
    producer.publish();
  }
  return to;
}

/** @returns the sum of the second pass and when it ended. */
function consumeRing(memory: RingMemory, events: number): Consumed {
  const consumer = new Consumer(memory, 'reader');
  const numbers = new Float64Array(memory.slots);
  drain(consumer, numbers, memory, events);
  const sum = drain(consumer, numbers, memory, events);
  return { sum, endedMs: nowMs() };
}

function drain(consumer: Consumer, numbers: Float64Array, memory: RingMemory, events: number): number {
  let sum = 0;
  for (let seen = 0; seen < events; ) {
    const available = consumer.wait();
    const count = (available - consumer.done) | 0;
    sum += sumChunk(numbers, memory.slotCount - 1, (consumer.done + 1) | 0, count);
    consumer.release(available);
    seen += count;
  }
  return sum;
}

function sumChunk(numbers: Float64Array, mask: number, first: number, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += numbers[((first + i) & mask) * EVENT_NUMBERS]!;
  return sum;
}

async function produceChannel(port: MessagePort, events: number, batch: number): Promise<number> {
  let inFlight = 0;
  let wake: () => void = () => undefined;
  port.on('message', () => {
    inFlight--;
    wake();
  });
  const send = async (): Promise<void> => {
    for (let sent = 0; sent < events; ) {
      const count = Math.min(batch, events - sent);
      const numbers = new Float64Array(count * EVENT_NUMBERS);
      for (let i = 0; i < count; i++) numbers[i * EVENT_NUMBERS] = sent++;
      port.postMessage(numbers, [numbers.buffer]);
      inFlight++;
      while (inFlight >= CHANNEL_WINDOW) await new Promise<void>((resolve) => (wake = resolve));
    }
    while (inFlight > 0) await new Promise<void>((resolve) => (wake = resolve));
  };
  await send();
  const startedMs = nowMs();
  await send();
  port.close();
  return startedMs;
}

function consumeChannel(port: MessagePort, events: number): Promise<Consumed> {
  let sum = 0;
  let seen = 0;
  return new Promise((resolve) => {
    port.on('message', (numbers: Float64Array) => {
      if (seen === events) sum = 0;
      for (let i = 0; i < numbers.length; i += EVENT_NUMBERS) sum += numbers[i]!;
      seen += numbers.length / EVENT_NUMBERS;
      port.postMessage(0);
      if (seen === 2 * events) resolve({ sum, endedMs: nowMs() });
    });
  });
}
