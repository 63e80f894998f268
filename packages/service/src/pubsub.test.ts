import { describe, expect, it } from '@jest/globals';
import { LiveTopic } from './pubsub.ts';

describe('LiveTopic', () => {
  it('gives each subscriber what was published since it subscribed, filtered', async () => {
    const topic = new LiveTopic<number>();
    topic.publish(0);
    const all = topic.subscribe({ maxQueued: 10, overflow: 'close' });
    const even = topic.subscribe({ maxQueued: 10, overflow: 'close', filter: (value) => value % 2 === 0 });
    for (const value of [1, 2, 3, 4]) topic.publish(value);
    expect(await take(all, 4)).toEqual([1, 2, 3, 4]);
    expect(await take(even, 2)).toEqual([2, 4]);
  });

  it('wakes a subscriber that is waiting', async () => {
    const topic = new LiveTopic<string>();
    const subscription = topic.subscribe({ maxQueued: 1, overflow: 'close' });
    const next = subscription.next();
    topic.publish('x');
    expect(await next).toEqual({ value: 'x', done: false });
  });

  it('drops the oldest values of a slow subscriber', async () => {
    const topic = new LiveTopic<number>();
    const slow = topic.subscribe({ maxQueued: 2, overflow: 'drop-oldest' });
    for (const value of [1, 2, 3, 4]) topic.publish(value);
    expect(await take(slow, 2)).toEqual([3, 4]);
  });

  it('ends a subscriber that fell behind, after what it had', async () => {
    const topic = new LiveTopic<number>();
    const slow = topic.subscribe({ maxQueued: 2, overflow: 'close' });
    for (const value of [1, 2, 3]) topic.publish(value);
    expect(await take(slow, 2)).toEqual([1, 2]);
    await expect(slow.next()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await slow.next()).toEqual({ value: undefined, done: true });
    expect(topic.subscriberCount).toBe(0);
  });

  it.each(['return', 'abort'])('ends a waiting subscriber by %s', async (how) => {
    const topic = new LiveTopic<number>();
    const controller = new AbortController();
    const subscription = topic.subscribe({ maxQueued: 1, overflow: 'close', signal: controller.signal });
    const next = subscription.next();
    if (how === 'abort') controller.abort();
    else await subscription.return?.();
    expect(await next).toEqual({ value: undefined, done: true });
    expect(topic.subscriberCount).toBe(0);
  });

  it('does not begin for a signal that has fired already', async () => {
    const topic = new LiveTopic<number>();
    const subscription = topic.subscribe({ maxQueued: 1, overflow: 'close', signal: AbortSignal.abort() });
    expect(await subscription.next()).toEqual({ value: undefined, done: true });
  });
});

async function take<T>(iterator: AsyncIterator<T>, count: number): Promise<T[]> {
  const values: T[] = [];
  while (values.length < count) values.push((await iterator.next()).value as T);
  return values;
}
