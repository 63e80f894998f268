import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@mib/testkit/random';
import { allocateRing } from './allocate-ring.ts';
import { Consumer } from './consumer.ts';
import { haltRing } from './halt-ring.ts';
import { MultiProducer } from './multi-producer.ts';
import { Producer } from './producer.ts';
import { ERA_INDEX, RingHaltedError } from './ring-memory.ts';

function sharedRing(firstSequence = 0, slotCount = 8) {
  const ring = allocateRing({ slotCount, slotBytes: 8, consumers: { reader: [] }, producers: 3, firstSequence });
  return { ring, producers: [0, 1, 2].map((number) => new MultiProducer(ring, number)) as [MultiProducer, MultiProducer, MultiProducer], reader: new Consumer(ring, 'reader') };
}

describe('several producers on one ring', () => {
  it('show a batch once all before it are published', () => {
    const { producers, reader } = sharedRing(2 ** 31 - 3);
    const [first, second, third] = producers;
    first.claim(3);
    second.claim(1);
    third.claim(2);
    third.publish();
    expect(reader.available()).toBe(reader.done);
    first.publish();
    expect((reader.available() - reader.done) | 0).toBe(3);
    second.publish();
    expect((reader.available() - reader.done) | 0).toBe(6);
  });

  it('refuse by value what does not fit now, and claim nothing then', () => {
    const { producers, reader } = sharedRing();
    expect(producers[0].tryClaim(6)).toBe(5);
    expect(producers[1].tryClaim(3)).toBeUndefined();
    expect(producers[1].tryClaim(2)).toBe(7);
    producers[0].publish();
    reader.release(reader.available());
    expect(producers[2].tryClaim(6)).toBe(13);
  });

  it('see a full ring after the others have gone through half of the sequences without them', () => {
    const { ring, producers } = sharedRing();
    const later = sharedRing(2 ** 31 + 5).ring;
    new Int32Array(ring.control).set(new Int32Array(later.control));
    new Int32Array(ring.published).set(new Int32Array(later.published));
    Atomics.add(new Int32Array(ring.control), ERA_INDEX, 2);
    expect(producers[0].tryClaim(8)).toBe((2 ** 31 + 12) | 0);
    expect(producers[1].tryClaim(1)).toBeUndefined();
  });

  it.each([2 ** 30, 2 ** 31, 3 * 2 ** 30, 2 ** 32])('count an era when a claim goes past %i', (boundary) => {
    const { ring, producers } = sharedRing(boundary - 3);
    const eras = new Int32Array(ring.control);
    producers[0].claim(3);
    expect(eras[ERA_INDEX]).toBe(0);
    producers[1].claim(2);
    expect(eras[ERA_INDEX]).toBe(1);
    producers[2].claim(1);
    expect(eras[ERA_INDEX]).toBe(1);
  });

  it('get the same slots again and again, in batches cut differently each lap', () => {
    const { producers, reader } = sharedRing(2 ** 32 - 20);
    for (let lap = 0; lap < 50; lap++) {
      for (let i = 0; i < 3; i++) producers[i]!.claim(1 + ((lap + i) % 2));
      for (let i = 2; i >= 0; i--) producers[i]!.publish();
      expect((reader.available() - reader.done) | 0).toBe(4 + (lap % 2 === 0 ? 0 : 1));
      reader.release(reader.available());
    }
  });

  it.each([0, 2 ** 31 - 100, 2 ** 32 - 100])('agree with a list of batches over a random session from %i', (firstSequence) => {
    const { producers, reader } = sharedRing(firstSequence, 16);
    const random = seededRandom(7);
    const batches: { last: number; published: boolean }[] = [];
    const open = new Map<MultiProducer, { last: number; published: boolean }>();
    for (let step = 0; step < 5_000; step++) {
      const producer = producers[Math.floor(random() * 3)]!;
      const batch = open.get(producer);
      if (batch) {
        producer.publish();
        batch.published = true;
        open.delete(producer);
      } else {
        const last = producer.tryClaim(1 + Math.floor(random() * 5));
        if (last !== undefined) open.set(producer, batches[batches.push({ last, published: false }) - 1]!);
      }
      let visible = reader.done;
      for (const { last, published } of batches) {
        if (!published) break;
        visible = last;
      }
      expect(reader.available()).toBe(visible);
      const taken = Math.floor(random() * (((visible - reader.done) | 0) + 1));
      if (taken > 0) reader.release((reader.done + taken) | 0);
      while (batches[0] && ((batches[0].last - reader.done) | 0) <= 0) batches.shift();
    }
  });

  it('go on in the middle of a batch when the consumer is taken over', () => {
    const { ring, producers, reader } = sharedRing();
    producers[0].claim(6);
    producers[0].publish();
    reader.release(reader.available() - 4);
    expect(new Consumer(ring, 'reader').available()).toBe(5);
  });

  it('wake the event loop for room', async () => {
    const { producers, reader } = sharedRing();
    producers[0].claim(8);
    producers[0].publish();
    const claim = producers[1].claimAsync(2);
    const drained = producers[2].waitUntilDrained();
    reader.release(0);
    reader.release(1);
    expect(await claim).toBe(9);
    reader.release(7);
    await drained;
  });

  it('end when it is halted', async () => {
    const { ring, producers } = sharedRing();
    producers[0].claim(8);
    const claim = producers[1].claimAsync(1);
    haltRing(ring);
    await expect(claim).rejects.toThrow(RingHaltedError);
    expect(() => producers[2].claim(1)).toThrow(RingHaltedError);
  });

  it('throw rather than misuse the ring', () => {
    const { ring, producers } = sharedRing();
    expect(() => producers[0].claim(9)).toThrow('count must be 1..8, was 9');
    producers[0].claim(1);
    expect(() => producers[0].claim(1)).toThrow('1 claimed slots must be published before more are claimed');
    expect(() => new MultiProducer(ring, 3)).toThrow('producer must be 0..2, was 3');
    expect(() => new Producer(ring)).toThrow('a ring of 3 producers needs MultiProducer');
  });
});
