import { describe, expect, it } from '@jest/globals';
import { Worker } from 'node:worker_threads';
import { allocateRing, type RingOptions } from './allocate-ring.ts';
import { haltRing } from './halt-ring.ts';
import type { RingMemory, WaitStrategy } from './ring-memory.ts';
import type { StressReport, StressRole, StressWorkerData } from './ring-stress-worker.ts';

/** 16 words of payload, 16 for the consumers' marks. */
const SLOT_BYTES = 128;
const NEAR_2_31 = 2 ** 31 - 1_000;
const NEAR_2_32 = 2 ** 32 - 1_000;
const UNICAST = { a: [] };
const PIPELINE = { a: [], b: ['a'], c: ['b'] };
const DIAMOND = { a: [], b: [], c: ['a', 'b'] };
const MULTICAST = { a: [], b: [], c: [] };
type Graph = RingOptions<string>['consumers'];

interface Run {
  readonly ring: RingMemory;
  readonly producers: readonly StressReport[];
  readonly consumers: readonly StressReport[];
}

describe('a ring between threads passes every slot once, whole and in order', () => {
  it.each<[string, Graph, { slotCount: number; firstSequence: number; producers: number; total: number; wait?: WaitStrategy }]>([
    ['from one to one', UNICAST, { slotCount: 64, firstSequence: NEAR_2_31, producers: 1, total: 200_000 }],
    ['from one to one, spinning', UNICAST, { slotCount: 1_024, firstSequence: NEAR_2_32, producers: 1, total: 100_000, wait: 'spin' }],
    ['from one to one, parked at once', UNICAST, { slotCount: 16, firstSequence: NEAR_2_31, producers: 1, total: 20_000, wait: 'park' }],
    ['through a single slot', UNICAST, { slotCount: 1, firstSequence: NEAR_2_31, producers: 1, total: 3_000 }],
    ['through a pipeline', PIPELINE, { slotCount: 32, firstSequence: NEAR_2_32, producers: 1, total: 50_000 }],
    ['through a diamond', DIAMOND, { slotCount: 128, firstSequence: NEAR_2_31, producers: 1, total: 100_000 }],
    ['to many', MULTICAST, { slotCount: 4_096, firstSequence: 0, producers: 1, total: 200_000 }],
    ['from two', UNICAST, { slotCount: 64, firstSequence: NEAR_2_31, producers: 2, total: 100_000 }],
    ['from three, parked at once', UNICAST, { slotCount: 8, firstSequence: NEAR_2_32, producers: 3, total: 10_000, wait: 'park' }],
    ['from two through a single slot', UNICAST, { slotCount: 1, firstSequence: NEAR_2_31, producers: 2, total: 1_500 }],
    ['from three through a diamond', DIAMOND, { slotCount: 256, firstSequence: NEAR_2_32, producers: 3, total: 50_000 }],
    ['from two to many', MULTICAST, { slotCount: 32, firstSequence: NEAR_2_31, producers: 2, total: 30_000 }],
  ])('%s', async (_name, consumers, options) => {
    const run = await stress(consumers, options);
    const sent = options.total * options.producers;
    expect(run.producers).toEqual(run.producers.map(() => ({ halted: false, count: options.total, fault: undefined })));
    expect(run.consumers).toEqual(run.consumers.map(() => ({ halted: true, count: sent, fault: undefined })));
  });

  it.each([1, 2, 3])('up to a halt in the middle, %i producers', async (producers) => {
    for (const haltAfter of [1, 777, 20_000]) {
      const run = await stress(DIAMOND, { slotCount: 64, firstSequence: NEAR_2_31, producers, total: 10_000_000, haltAfter });
      const [a, b, c] = run.consumers.map((report) => report.count);
      expect(run.consumers.map((report) => report.fault)).toEqual([undefined, undefined, undefined]);
      expect([...run.producers, ...run.consumers].every((report) => report.halted)).toBe(true);
      expect(c).toBeGreaterThanOrEqual(haltAfter);
      expect(c).toBeLessThanOrEqual(Math.min(a!, b!));
      expect(Math.max(a!, b!)).toBeLessThanOrEqual(run.producers.reduce((sum, report) => sum + report.count, 0));
    }
  });
});

/** Runs each party on a thread of its own; the ring is halted once all producers have drained it, or by consumer c. */
async function stress(consumers: Graph, options: { slotCount: number; firstSequence: number; producers: number; total: number; wait?: WaitStrategy; haltAfter?: number }): Promise<Run> {
  const { haltAfter, total, firstSequence, producers } = options;
  const ring: RingMemory = allocateRing({ ...options, slotBytes: SLOT_BYTES, consumers });
  const run = (role: StressRole, seed: number): Promise<StressReport> => report({ ring, role, firstSequence, seed });
  const consuming = ring.consumers.map(({ name }, i) => run({ kind: 'consumer', name, ...(haltAfter !== undefined && name === 'c' ? { haltAfter } : {}) }, 100 + i));
  const produced = await Promise.all(Array.from({ length: producers }, (_, number) => run({ kind: 'producer', number, total }, 200 + number)));
  haltRing(ring);
  return { ring, producers: produced, consumers: await Promise.all(consuming) };
}

function report(data: StressWorkerData): Promise<StressReport> {
  const worker = new Worker(new URL('./ring-stress-worker.js', import.meta.url), { workerData: data });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
