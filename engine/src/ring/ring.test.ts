import { describe, expect, it } from '@jest/globals';
import { Worker } from 'node:worker_threads';
import { seededRandom } from '@mib/testkit/random';
import { Consumer } from './consumer.ts';
import { Producer } from './producer.ts';
import { allocateRing, haltRing, RingHaltedError } from './ring-memory.ts';
import type { StressWorkerData } from './ring-stress-worker.ts';

const NEAR_WRAP = 2 ** 31 - 10;

describe('a ring', () => {
  it.each([0, NEAR_WRAP, 2 ** 32 - 10])('claims, publishes and releases across a wrap from %i', (firstSequence) => {
    const memory = allocateRing({ slotCount: 8, slotBytes: 8, parties: 2, firstSequence });
    const producer = new Producer(memory, { party: 0, gates: [1], followers: [1] });
    const consumer = new Consumer(memory, { party: 1, follows: [0], followers: [0] });
    for (let round = 0; round < 10; round++) {
      expect(producer.free(8)).toBe(8);
      const last = producer.claim(8);
      expect(consumer.available()).toBe(consumer.done);
      producer.publish();
      expect(consumer.available()).toBe(last);
      expect(producer.free(1)).toBe(0);
      consumer.release((last - 5) | 0);
      expect(producer.free(8)).toBe(3);
      consumer.release(last);
    }
    expect((producer.published - (firstSequence + 79)) | 0).toBe(0);
  });

  it('shows nothing of what was claimed and given back', () => {
    const memory = allocateRing({ slotCount: 8, slotBytes: 8, parties: 2 });
    const producer = new Producer(memory, { party: 0, gates: [1], followers: [1] });
    const consumer = new Consumer(memory, { party: 1, follows: [0], followers: [0] });
    producer.claim(3);
    producer.unclaim();
    expect(producer.claim(1)).toBe(0);
    producer.publish();
    expect(consumer.available()).toBe(0);
  });

  it('wakes the event loop for room and for news', async () => {
    const memory = allocateRing({ slotCount: 4, slotBytes: 8, parties: 2, firstSequence: NEAR_WRAP });
    const producer = new Producer(memory, { party: 0, gates: [1], followers: [1] });
    const consumer = new Consumer(memory, { party: 1, follows: [0], followers: [0] });
    const news = consumer.waitAsync();
    const last = producer.claim(4);
    producer.publish();
    expect(await news).toBe(last);
    const room = producer.waitUntilFree(2);
    consumer.release((last - 2) | 0);
    await room;
    expect(producer.free(4)).toBe(2);
  });

  it('ends every wait when it is halted, after what was published', async () => {
    const memory = allocateRing({ slotCount: 4, slotBytes: 8, parties: 2 });
    const producer = new Producer(memory, { party: 0, gates: [1], followers: [1] });
    const consumer = new Consumer(memory, { party: 1, follows: [0], followers: [0] });
    producer.claim(2);
    producer.publish();
    haltRing(memory);
    expect(await consumer.waitAsync()).toBe(1);
    consumer.release(1);
    await expect(consumer.waitAsync()).rejects.toThrow(RingHaltedError);
    expect(() => producer.claim(1)).toThrow(RingHaltedError);
  });

  it.each([
    [0, 64],
    [NEAR_WRAP, 64],
    [NEAR_WRAP, 1],
    [2 ** 32 - 10, 4096],
  ])('passes every slot once and in order through two threads, from %i with %i slots', async (firstSequence, slotCount) => {
    const total = slotCount === 1 ? 2_000 : 200_000;
    const memory = allocateRing({ slotCount, slotBytes: 8, parties: 3, firstSequence });
    const first = spawn({ memory, party: 1, follows: [0], followers: [2], stage: 7 });
    const second = spawn({ memory, party: 2, follows: [1], followers: [0], stage: 8 });
    await produce(memory, total, slotCount);
    expect(await first).toEqual({ count: total, wrong: 0 });
    expect(await second).toEqual({ count: total, wrong: 0 });
  });
});

/** Random batches of up to 50, from the event loop's thread; halts when all is done. */
async function produce(memory: ReturnType<typeof allocateRing>, total: number, slotCount: number): Promise<void> {
  const producer = new Producer(memory, { party: 0, gates: [2], followers: [1] });
  const words = new Int32Array(memory.slots);
  const random = seededRandom(42);
  for (let sent = 0; sent < total; ) {
    const batch = Math.min(1 + Math.floor(random() * 50), total - sent, slotCount);
    if (producer.free(batch) < batch) await producer.waitUntilFree(batch);
    const from = (producer.claim(batch) - batch + 1) | 0;
    for (let i = 0; i < batch; i++) {
      const at = ((from + i) & (slotCount - 1)) * 2;
      words[at] = sent++;
      words[at + 1] = 7;
    }
    producer.publish();
  }
  await producer.waitUntilDrained();
  haltRing(memory);
}

function spawn(data: StressWorkerData): Promise<{ count: number; wrong: number }> {
  const worker = new Worker(new URL('./ring-stress-worker.js', import.meta.url), { workerData: data });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
