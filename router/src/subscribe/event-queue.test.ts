import { describe, expect, it } from '@jest/globals';
import { EventQueue, MAX_QUEUED_RESULTS } from './event-queue.ts';

const result = (number: number) => ({ text: String(number) });
const fill = (queue: EventQueue, count: number): void => Array.from({ length: count }, (_, index) => result(index)).forEach((one) => queue.push(one));

describe('the queue of one client', () => {
  it('forgets its oldest state when the client is slow', async () => {
    const queue = new EventQueue('drop-oldest');
    fill(queue, MAX_QUEUED_RESULTS + 3);
    expect((await queue.next()).value).toEqual(result(3));
  });

  it('ends a stream that may not have holes, and lets it go at once', async () => {
    const queue = new EventQueue('close');
    let left = 0;
    queue.onLeave(() => left++);
    fill(queue, MAX_QUEUED_RESULTS + 1);
    expect(left).toBe(1);
    await expect(queue.next()).rejects.toMatchObject({ errors: [{ extensions: { code: 'SLOW_CONSUMER' } }] });
    expect(await queue.next()).toEqual({ value: undefined, done: true });
  });

  it('hands out what is queued before it ends', async () => {
    const queue = new EventQueue('close');
    fill(queue, 2);
    queue.end();
    queue.push(result(9));
    expect([await queue.next(), await queue.next(), await queue.next()].map(({ value }) => value)).toEqual([result(0), result(1), undefined]);
  });

  it('wakes a waiting client for an event and for its end', async () => {
    const queue = new EventQueue('close');
    const first = queue.next();
    queue.push(result(1));
    expect((await first).value).toEqual(result(1));
    const second = queue.next();
    await queue.return();
    expect((await second).done).toBe(true);
  });
});
