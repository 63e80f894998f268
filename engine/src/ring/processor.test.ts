import { describe, expect, it } from '@jest/globals';
import { allocateRing } from './allocate-ring.ts';
import { eachEvent } from './each-event.ts';
import { haltRing } from './halt-ring.ts';
import { Processor, type BatchHandler } from './processor.ts';
import { Producer } from './producer.ts';
import { RingMonitor } from './ring-monitor.ts';

const FIRST = 2 ** 31 - 3;

function ringOf(published: number) {
  const ring = allocateRing({ slotCount: 16, slotBytes: 8, consumers: { reader: [] }, firstSequence: FIRST });
  const producer = new Producer(ring);
  if (published > 0) producer.claim(published);
  producer.publish();
  return { ring, producer };
}

/** Sequences counted from the first, which is easier to read than their wrap. */
function ordinal(sequence: number): number {
  return (sequence - FIRST) | 0;
}

describe('a processor', () => {
  it('hands over what is there in batches and says which is the last', () => {
    const { ring } = ringOf(10);
    const batches: unknown[] = [];
    const handler: BatchHandler = {
      onBatch(first, count, endOfBatch) {
        batches.push([ordinal(first), count, endOfBatch]);
        if (endOfBatch) haltRing(ring);
      },
    };
    new Processor(ring, 'reader', handler, { maxBatch: 4 }).run();
    expect(batches).toEqual([[0, 4, false], [4, 4, false], [8, 2, true]]);
    expect(new RingMonitor(ring).lagOf('reader')).toBe(0);
  });

  it('hands over event by event to whoever likes that better', () => {
    const { ring } = ringOf(3);
    const events: unknown[] = [];
    const handler = eachEvent({
      onEvent(sequence, endOfBatch) {
        events.push([ordinal(sequence), endOfBatch]);
        if (endOfBatch) haltRing(ring);
      },
    });
    new Processor(ring, 'reader', handler, { maxBatch: 2 }).run();
    expect(events).toEqual([[0, false], [1, false], [2, true]]);
  });

  it('tells its handler when nothing has come in time', () => {
    const { ring } = ringOf(0);
    const told: number[] = [];
    const handler: BatchHandler = {
      onBatch: () => undefined,
      onTimeout: (done) => {
        if (told.push(ordinal(done)) === 2) haltRing(ring);
      },
    };
    new Processor(ring, 'reader', handler, { timeoutMs: 1 }).run();
    expect(told).toEqual([-1, -1]);
  });

  it('passes over the batch that its error handler has dealt with', () => {
    const { ring } = ringOf(6);
    const failed: unknown[] = [];
    const handler: BatchHandler = {
      onBatch(first, _count, endOfBatch) {
        if (endOfBatch) haltRing(ring);
        if (ordinal(first) === 2) throw new Error('no');
      },
      onError: (error, first, count) => failed.push([String(error), ordinal(first), count]),
    };
    new Processor(ring, 'reader', handler, { maxBatch: 2 }).run();
    expect(failed).toEqual([['Error: no', 2, 2]]);
    expect(new RingMonitor(ring).lagOf('reader')).toBe(0);
  });

  it('passes over only the one event when it hands over event by event', () => {
    const { ring } = ringOf(6);
    const log: unknown[] = [];
    const handler = eachEvent({
      onEvent(sequence, endOfBatch) {
        if (endOfBatch) haltRing(ring);
        if (ordinal(sequence) === 3) throw new Error('no');
        log.push(ordinal(sequence));
      },
      onError: (error, sequence) => log.push([String(error), ordinal(sequence)]),
    });
    new Processor(ring, 'reader', handler).run();
    expect(log).toEqual([0, 1, 2, ['Error: no', 3], 4, 5]);
  });

  it('halts the ring when nobody deals with an error, so that nobody waits for the dead', () => {
    const { ring } = ringOf(1);
    const handler: BatchHandler = {
      onBatch() {
        throw new Error('the disk is full');
      },
    };
    expect(() => new Processor(ring, 'reader', handler).run()).toThrow('the disk is full');
    expect(new RingMonitor(ring).halted).toBe(true);
    expect(new RingMonitor(ring).lagOf('reader')).toBe(1);
  });

  it('halts its ring when the ring it writes to is halted', () => {
    const { ring } = ringOf(1);
    const next = ringOf(0);
    haltRing(next.ring);
    new Processor(ring, 'reader', { onBatch: () => void next.producer.claim(1), onError: () => expect('never').toBe('called') }).run();
    expect(new RingMonitor(ring).halted).toBe(true);
  });

  it('lives on an event loop too', async () => {
    const { ring, producer } = ringOf(3);
    const batches: unknown[] = [];
    const running = new Processor(ring, 'reader', { onBatch: (first, count, endOfBatch) => batches.push([ordinal(first), count, endOfBatch]) }, { maxBatch: 2 }).runAsync();
    await producer.waitUntilDrained();
    producer.claim(1);
    producer.publish();
    await producer.waitUntilDrained();
    haltRing(ring);
    await running;
    expect(batches).toEqual([[0, 2, false], [2, 1, true], [3, 1, true]]);
  });
});
