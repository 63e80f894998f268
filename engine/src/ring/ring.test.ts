import { describe, expect, it } from '@jest/globals';
import { allocateRing } from './allocate-ring.ts';
import { Consumer } from './consumer.ts';
import { haltRing } from './halt-ring.ts';
import { Producer } from './producer.ts';
import { RingHaltedError } from './ring-memory.ts';
import { RingMonitor } from './ring-monitor.ts';

const NEAR_WRAP = 2 ** 31 - 10;

function smallRing(firstSequence = 0) {
  const ring = allocateRing({ slotCount: 8, slotBytes: 8, consumers: { reader: [] }, firstSequence });
  return { ring, producer: new Producer(ring), reader: new Consumer(ring, 'reader') };
}

describe('a ring of one producer', () => {
  it.each([0, NEAR_WRAP, 2 ** 32 - 10])('claims, publishes and releases across a wrap from %i', (firstSequence) => {
    const { producer, reader } = smallRing(firstSequence);
    for (let round = 0; round < 10; round++) {
      expect(producer.free(8)).toBe(8);
      const last = producer.claim(8);
      expect(reader.available()).toBe(reader.done);
      producer.publish();
      expect(reader.available()).toBe(last);
      expect(producer.free(1)).toBe(0);
      reader.release((last - 5) | 0);
      expect(producer.free(8)).toBe(3);
      reader.release(last);
    }
    expect((producer.published - (firstSequence + 79)) | 0).toBe(0);
  });

  it('refuses by value what does not fit now', () => {
    const { producer } = smallRing();
    expect(producer.tryClaim(6)).toBe(5);
    expect(producer.tryClaim(3)).toBeUndefined();
    expect(producer.tryClaim(2)).toBe(7);
  });

  it('throws rather than wait for what can never be free', () => {
    const { producer } = smallRing();
    producer.claim(6);
    expect(() => producer.claim(3)).toThrow('must be 1..8 slots, would be 9');
  });

  it('shows nothing of what was claimed and given back', () => {
    const { producer, reader } = smallRing();
    producer.claim(3);
    producer.unclaim();
    expect(producer.claim(1)).toBe(0);
    producer.publish();
    expect(reader.available()).toBe(0);
  });

  it('wakes the event loop for room and for news', async () => {
    const { producer, reader } = smallRing(NEAR_WRAP);
    const news = reader.waitAsync();
    const last = producer.claim(8);
    producer.publish();
    expect(await news).toBe(last);
    const room = producer.waitUntilFree(2);
    reader.release((last - 6) | 0);
    await room;
    expect(producer.free(8)).toBe(2);
  });

  it('wakes everybody who waits on one side', async () => {
    const { producer, reader } = smallRing();
    const both = Promise.all([reader.waitAsync(60_000), reader.waitAsync()]);
    producer.claim(1);
    producer.publish();
    expect(await both).toEqual([0, 0]);
  });

  it('gives up waiting when the time has passed', async () => {
    const { reader } = smallRing();
    expect(reader.wait(2)).toBe(reader.done);
    expect(await reader.waitAsync(2)).toBe(reader.done);
  });

  it('ends every wait when it is halted, after what was published', async () => {
    const { ring, producer, reader } = smallRing();
    const asleep = reader.waitAsync().then(() => reader.release(1)).then(() => reader.waitAsync());
    producer.claim(2);
    producer.publish();
    haltRing(ring);
    await expect(asleep).rejects.toThrow(RingHaltedError);
    expect(() => reader.wait()).toThrow(RingHaltedError);
    expect(() => producer.claim(1)).toThrow(RingHaltedError);
    expect([producer.halted, reader.halted, new RingMonitor(ring).halted]).toEqual([true, true, true]);
  });

  it('drains before it is halted', async () => {
    const { producer, reader } = smallRing();
    producer.claim(5);
    producer.publish();
    const drained = producer.waitUntilDrained();
    reader.release(3);
    reader.release(4);
    await drained;
    producer.drain();
  });

  it('goes on where the last consumer of that name stopped', () => {
    const { ring, producer, reader } = smallRing();
    producer.claim(5);
    producer.publish();
    reader.release(2);
    expect(new Consumer(ring, 'reader').done).toBe(2);
    expect(new Producer(ring).published).toBe(4);
  });

  it('wakes no event loop when it spins', async () => {
    const ring = allocateRing({ slotCount: 8, slotBytes: 8, consumers: { reader: [] }, wait: 'spin' });
    await expect(new Consumer(ring, 'reader').waitAsync()).rejects.toThrow('a ring that spins wakes no event loop');
    expect(new Consumer(ring, 'reader').wait(1)).toBe(-1);
  });
});

describe('the graph of a ring', () => {
  it('lets nobody read a slot before those it follows, nor anybody fill one before the last have read it', () => {
    const ring = allocateRing({ slotCount: 4, slotBytes: 8, consumers: { risk: [], journal: [], core: ['risk', 'journal'] } });
    const producer = new Producer(ring);
    const [risk, journal, core] = [new Consumer(ring, 'risk'), new Consumer(ring, 'journal'), new Consumer(ring, 'core')];
    producer.claim(4);
    producer.publish();
    risk.release(3);
    expect(core.available()).toBe(-1);
    journal.release(1);
    expect(core.available()).toBe(1);
    expect(producer.free(1)).toBe(0);
    core.release(0);
    expect(producer.free(4)).toBe(1);
  });

  it('waits for the slowest of those who only listen', () => {
    const ring = allocateRing({ slotCount: 4, slotBytes: 8, consumers: { a: [], b: [] }, firstSequence: NEAR_WRAP });
    const producer = new Producer(ring);
    const last = producer.claim(4);
    producer.publish();
    new Consumer(ring, 'a').release(last);
    expect(producer.free(1)).toBe(0);
    new Consumer(ring, 'b').release((last - 1) | 0);
    expect(producer.free(4)).toBe(3);
  });

  it('shows cursor and lag to whoever looks', () => {
    const { ring, producer, reader } = smallRing(NEAR_WRAP);
    const monitor = new RingMonitor(ring);
    producer.claim(6);
    producer.publish();
    reader.release((reader.done + 2) | 0);
    expect(monitor.cursor).toBe(NEAR_WRAP + 5);
    expect(monitor.sequenceOf('reader')).toBe(NEAR_WRAP + 1);
    expect(monitor.lagOf('reader')).toBe(4);
  });

  it.each([
    [{ slotCount: 6 }, 'slotCount must be a power of two up to 16777216, was 6'],
    [{ slotBytes: 12 }, 'slotBytes must be a multiple of 8, was 12'],
    [{ producers: 33 }, 'producers must be 1..32, was 33'],
    [{ consumers: {} }, 'consumers must be 1..64, were 0'],
    [{ consumers: { a: ['b'], b: [] } }, 'consumer "a" must follow consumers declared before it, followed "b"'],
  ])('refuses %j', (wrong, message) => {
    expect(() => allocateRing({ slotCount: 8, slotBytes: 8, consumers: { reader: [] }, ...(wrong as object) })).toThrow(message);
  });

  it('knows its consumers by name', () => {
    const { ring } = smallRing();
    expect(() => new Consumer(ring, 'writer' as 'reader')).toThrow('consumer must be one of reader, was "writer"');
  });
});
