// One thread of the ring's stress test. Producers fill whole slots with values derived from the sequence, under a
// checksum; consumers check every word of every slot, and that whoever they follow has left its mark for this very
// sequence, then leave their own. A slot lost, repeated, torn, reordered or taken too early is a fault.

import { parentPort, workerData } from 'node:worker_threads';
import { Consumer } from './consumer.ts';
import { haltRing } from './halt-ring.ts';
import { MultiProducer } from './multi-producer.ts';
import { Producer } from './producer.ts';
import { RingHaltedError, type RingMemory } from './ring-memory.ts';

// Words of a slot: payload and its checksum, then a mark of each consumer.
const SEQUENCE = 0;
const PRODUCER = 1;
const ORDINAL = 2;
const FIRST_DERIVED = 3;
const CHECKSUM = 15;
const FIRST_MARK = 16;

export type StressRole =
  | { readonly kind: 'producer'; readonly number: number; readonly total: number }
  | { readonly kind: 'consumer'; readonly name: string; readonly haltAfter?: number };

export interface StressWorkerData {
  readonly ring: RingMemory;
  readonly role: StressRole;
  readonly firstSequence: number;
  readonly seed: number;
}

export interface StressReport {
  readonly halted: boolean;
  /** Slots published or done. */
  readonly count: number;
  /** What was wrong first; undefined when all was right. */
  readonly fault: string | undefined;
}

const { ring, role, firstSequence, seed } = workerData as StressWorkerData;
const words = new Int32Array(ring.slots);
const slotWords = ring.slotBytes / 4;
const mask = ring.slotCount - 1;
let random = seed;
let count = 0;
let fault: string | undefined;
let halted = false;
try {
  if (role.kind === 'producer') produce(role.number, role.total);
  else consume(role.name, role.haltAfter ?? Infinity);
} catch (error) {
  if (!(error instanceof RingHaltedError)) throw error;
  halted = true;
}
parentPort!.postMessage({ halted, count, fault } satisfies StressReport);

function produce(number: number, total: number): void {
  const producer = ring.producers === 1 ? new Producer(ring) : new MultiProducer(ring, number);
  while (count < total) {
    const batch = Math.min(randomBatch(), total - count);
    const last = (below(3) === 0 ? producer.tryClaim(batch) : undefined) ?? producer.claim(batch);
    for (let i = batch - 1; i >= 0; i--) write((last - i) | 0, number, count + batch - 1 - i);
    producer.publish();
    count += batch;
  }
  producer.drain();
}

function consume(name: string, haltAfter: number): void {
  const consumer = new Consumer(ring, name);
  const number = ring.consumers.findIndex((other) => other.name === name);
  const ordinals = new Int32Array(ring.producers);
  for (;;) {
    const available = consumer.wait();
    while (consumer.done !== available) {
      const batch = Math.min((available - consumer.done) | 0, randomBatch());
      for (let i = 0; i < batch; i++) check((firstSequence + count + i) | 0, number, ordinals);
      for (let i = 0; i < batch; i++) if (words[at((firstSequence + count + i) | 0) + SEQUENCE] !== ((firstSequence + count + i) | 0)) fault ??= `slot ${count + i} was overwritten while it was read`;
      count += batch;
      consumer.release((consumer.done + batch) | 0);
      if (count >= haltAfter || fault !== undefined) haltRing(ring);
    }
  }
}

function write(sequence: number, producer: number, ordinal: number): void {
  const slot = at(sequence);
  words[slot + SEQUENCE] = sequence;
  words[slot + PRODUCER] = producer;
  words[slot + ORDINAL] = ordinal;
  for (let i = FIRST_DERIVED; i < CHECKSUM; i++) words[slot + i] = Math.imul(sequence + i, 0x9e3779b1) ^ ordinal;
  words[slot + CHECKSUM] = checksum(slot);
}

function check(sequence: number, consumer: number, ordinals: Int32Array): void {
  const slot = at(sequence);
  const producer = words[slot + PRODUCER]!;
  if (words[slot + SEQUENCE] !== sequence) fault ??= `slot of ${sequence} holds ${words[slot + SEQUENCE]}`;
  if (words[slot + CHECKSUM] !== checksum(slot)) fault ??= `slot of ${sequence} is torn`;
  if (words[slot + ORDINAL] !== ordinals[producer]!++) fault ??= `producer ${producer} came out of order at ${sequence}`;
  for (const followed of ring.consumers[consumer]!.follows) {
    if (words[slot + FIRST_MARK + followed] !== sequence) fault ??= `${sequence} came before ${ring.consumers[followed]!.name} was done with it`;
  }
  words[slot + FIRST_MARK + consumer] = sequence;
}

function checksum(slot: number): number {
  let sum = 0;
  for (let i = 0; i < CHECKSUM; i++) sum = Math.imul(sum ^ words[slot + i]!, 0x01000193);
  return sum;
}

function at(sequence: number): number {
  return (sequence & mask) * slotWords;
}

function randomBatch(): number {
  return 1 + below(Math.min(ring.slotCount, 37));
}

/** xorshift32: 0..bound - 1. */
function below(bound: number): number {
  random ^= random << 13;
  random ^= random >>> 17;
  random ^= random << 5;
  return (random >>> 0) % bound;
}
