import { describe, expect, it } from '@jest/globals';
import { LiveTopic } from '@mib/service/pubsub';
import { FakeClock } from '@mib/testkit/fake-clock';
import { conflate } from './conflate.ts';

type Value = readonly [key: string, value: number];

describe('conflation', () => {
  it('sends the first value at once, then the newest of each key once an interval', async () => {
    using clock = new FakeClock();
    const reader = open(clock, 100);
    reader.publish(['a', 1]);
    expect(await reader.taken()).toEqual([['a', 1]]);
    reader.publish(['a', 2], ['b', 1], ['a', 3]);
    expect(await reader.taken()).toEqual([['b', 1]]);
    clock.advance(99);
    expect(await reader.taken()).toEqual([]);
    clock.advance(1);
    expect(await reader.taken()).toEqual([['a', 3]]);
    clock.advance(1_000);
    expect(await reader.taken()).toEqual([]);
    reader.publish(['a', 4]);
    expect(await reader.taken()).toEqual([['a', 4]]);
  });

  it('keeps one value a key for a reader that does not read', async () => {
    using clock = new FakeClock();
    const topic = new LiveTopic<Value>();
    const stream = conflate(topic.subscribe({ maxQueued: 10, overflow: 'close' }), { keyOf: ([key]) => key, intervalMs: 10, clock });
    const first = stream.next();
    for (let value = 0; value < 1_000; value += 1) {
      topic.publish(['a', value]);
      await settle();
    }
    expect((await first).value).toEqual(['a', 0]);
    clock.advance(10);
    expect((await stream.next()).value).toEqual(['a', 999]);
    await stream.return(undefined);
    expect(topic.subscriberCount).toBe(0);
  });

  it('leaves its source when the reader leaves while waiting', async () => {
    using clock = new FakeClock();
    const abort = new AbortController();
    const topic = new LiveTopic<Value>();
    const stream = conflate(topic.subscribe({ maxQueued: 10, overflow: 'close', signal: abort.signal }), { keyOf: ([key]) => key, intervalMs: 10, clock });
    const next = stream.next();
    await settle();
    abort.abort();
    expect(await next).toEqual({ value: undefined, done: true });
    expect(topic.subscriberCount).toBe(0);
  });

  it('hands on the last values when the source ends, and its failure', async () => {
    using clock = new FakeClock();
    async function* source(fail: boolean): AsyncGenerator<Value> {
      yield ['a', 1];
      yield ['a', 2];
      if (fail) throw new Error('gone');
    }
    const all: Value[] = [];
    for await (const value of conflate(source(false), { keyOf: ([key]) => key, intervalMs: 10, clock })) all.push(value);
    expect(all.at(-1)).toEqual(['a', 2]);
    const failing = conflate(source(true), { keyOf: ([key]) => key, intervalMs: 10, clock });
    await expect((async () => { for await (const value of failing) all.push(value); })()).rejects.toThrow('gone');
  });
});

function open(clock: FakeClock, intervalMs: number) {
  const topic = new LiveTopic<Value>();
  const stream = conflate(topic.subscribe({ maxQueued: 10, overflow: 'close' }), { keyOf: ([key]) => key, intervalMs, clock });
  const taken: Value[] = [];
  void (async () => { for await (const value of stream) taken.push(value); })();
  return {
    publish: (...values: readonly Value[]) => values.forEach((value) => topic.publish(value)),
    taken: async () => {
      await settle();
      return taken.splice(0);
    },
  };
}

/** Lets everything that is ready run; no time goes by. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}
