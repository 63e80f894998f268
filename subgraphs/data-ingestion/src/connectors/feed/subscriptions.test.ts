import { describe, expect, it } from '@jest/globals';
import { backOffMs, RepeatPacer } from './back-off.ts';
import { MAX_TOPICS, SubscriptionRegistry } from './subscriptions.ts';

describe('the subscription registry', () => {
  it('asks once for what is wanted, in batches, and again on a new connection', () => {
    const registry = new SubscriptionRegistry();
    for (const topic of ['a', 'b', 'c', 'a']) registry.want(topic);
    expect(registry.ask(0, 2)).toEqual([{ id: 1, group: '', topics: ['a', 'b'] }, { id: 2, group: '', topics: ['c'] }]);
    expect(registry.ask(0, 2)).toEqual([]);
    expect(registry.answered(1, true)).toEqual(['a', 'b']);
    expect(registry.answered(1, true)).toEqual([]);
    registry.reset();
    expect(registry.ask(5, 9)).toEqual([{ id: 3, group: '', topics: ['a', 'b', 'c'] }]);
  });

  it('keeps groups of topics in requests of their own', () => {
    const registry = new SubscriptionRegistry();
    for (const topic of ['x1', 'y1', 'x2']) registry.want(topic);
    expect(registry.ask(0, 9, (topic) => topic[0]!)).toEqual([{ id: 1, group: 'x', topics: ['x1', 'x2'] }, { id: 2, group: 'y', topics: ['y1'] }]);
  });

  it('takes answers for one topic of a request, and refusals', () => {
    const registry = new SubscriptionRegistry();
    registry.want('a');
    registry.want('b');
    registry.ask(0, 10);
    expect(registry.answered(1, true, 'b')).toEqual(['b']);
    expect(registry.answered(1, false, 'a')).toEqual(['a']);
    expect(registry.ask(1, 10)).toEqual([]);
    expect(registry.overdue(1_000, 10)).toBeUndefined();
  });

  it('knows what the venue owes an answer for', () => {
    const registry = new SubscriptionRegistry();
    registry.want('a');
    registry.ask(100, 10);
    expect(registry.overdue(110, 10)).toBeUndefined();
    expect(registry.overdue(111, 10)).toBe('a');
  });

  it('says whether the venue has to be told of a topic that is dropped', () => {
    const registry = new SubscriptionRegistry();
    registry.want('a');
    expect(registry.drop('a')).toBe(false);
    registry.want('a');
    registry.ask(0, 1);
    expect(registry.drop('a')).toBe(true);
    expect(registry.drop('a')).toBe(false);
  });

  it('is bounded', () => {
    const registry = new SubscriptionRegistry();
    for (let index = 0; index < MAX_TOPICS; index += 1) expect(registry.want(`t${index}`)).toBe(true);
    expect(registry.want('one more')).toBe(false);
    expect(registry.want('t0')).toBe(true);
  });
});

describe('waiting after failures', () => {
  it('doubles to a ceiling, at least half of it and never more than all', () => {
    const options = { firstMs: 100, maxMs: 1_000 };
    for (const [failures, ceilingMs] of [[0, 100], [1, 200], [3, 800], [4, 1_000], [1_000, 1_000]] as const) {
      expect(backOffMs(failures, { ...options, random: () => 0 })).toBe(ceilingMs / 2);
      expect(backOffMs(failures, { ...options, random: () => 0.5 })).toBe(ceilingMs * 0.75);
    }
  });

  it('lets the first repetition go at once and forgets after a quiet time', () => {
    const pacer = new RepeatPacer({ firstMs: 100, maxMs: 1_000, random: () => 0, forgetMs: 5_000 });
    expect([0, 10, 20, 30].map((nowMs) => pacer.next(nowMs))).toEqual([0, 50, 100, 200]);
    expect(pacer.next(5_031)).toBe(0);
  });
});
