// What every cache adapter must keep, as tests. `advance` passes time: a fake clock in memory, a real wait on a server.

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MAX_KEY_CHARACTERS, MAX_VALUE_BYTES, type Cache } from './cache.ts';

export interface CacheUnderTest extends AsyncDisposable {
  readonly cache: Cache;
  advance(ms: number): Promise<void>;
}

export function cacheContract(name: string, open: () => Promise<CacheUnderTest>): void {
  describe(`cache contract: ${name}`, () => {
    let test: CacheUnderTest;
    let cache: Cache;
    beforeEach(async () => {
      test = await open();
      cache = test.cache;
    });
    afterEach(async () => test[Symbol.asyncDispose]());

    it('returns what was stored until its time is over', async () => {
      await cache.set('a', 'one', 200);
      expect(await cache.get('a')).toBe('one');
      await test.advance(250);
      expect(await cache.get('a')).toBeUndefined();
    });

    it('replaces the value and its lifetime', async () => {
      await cache.set('a', 'one', 100);
      await cache.set('a', 'two', 10_000);
      await test.advance(150);
      expect(await cache.get('a')).toBe('two');
    });

    it('forgets a deleted value and does not mind deleting nothing', async () => {
      await cache.set('a', 'one', 10_000);
      await cache.delete('a');
      await cache.delete('a');
      expect(await cache.get('a')).toBeUndefined();
    });

    it('lets exactly one of many concurrent callers store an absent key', async () => {
      const stored = await Promise.all(Array.from({ length: 20 }, (_, i) => cache.setIfAbsent('lock', `${i}`, 10_000)));
      expect(stored.filter(Boolean)).toHaveLength(1);
      expect(await cache.get('lock')).toBe(`${stored.indexOf(true)}`);
    });

    it('lets the next caller store once an exclusive value has expired', async () => {
      expect(await cache.setIfAbsent('lock', 'a', 100)).toBe(true);
      await test.advance(150);
      expect(await cache.setIfAbsent('lock', 'b', 100)).toBe(true);
    });

    it('allows exactly the limit within one window, under concurrency', async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => cache.takeRateLimit('ip', { limit: 5, windowMs: 10_000 })));
      expect(answers.filter((answer) => answer.allowed)).toHaveLength(5);
      expect(answers.map((answer) => answer.remaining)).toEqual([4, 3, 2, 1, 0, 0, 0, 0]);
      for (const { resetMs } of answers) expect(resetMs > 0 && resetMs <= 10_000).toBe(true);
    });

    it('allows again after the window, and counts each key alone', async () => {
      const options = { limit: 1, windowMs: 200 };
      expect((await cache.takeRateLimit('x', options)).allowed).toBe(true);
      expect((await cache.takeRateLimit('x', options)).allowed).toBe(false);
      expect((await cache.takeRateLimit('y', options)).allowed).toBe(true);
      await test.advance(250);
      expect((await cache.takeRateLimit('x', options)).allowed).toBe(true);
    });

    it('keeps values and rate limits of one name apart', async () => {
      await cache.set('same', 'value', 10_000);
      expect((await cache.takeRateLimit('same', { limit: 1, windowMs: 10_000 })).allowed).toBe(true);
      expect(await cache.get('same')).toBe('value');
    });

    it.each([
      ['an empty key', () => cache.set('', 'v', 1)],
      ['a long key', () => cache.get('k'.repeat(MAX_KEY_CHARACTERS + 1))],
      ['a long value', () => cache.set('k', 'v'.repeat(MAX_VALUE_BYTES + 1), 1)],
      ['no lifetime', () => cache.set('k', 'v', 0)],
    ])('refuses %s', async (_case, act) => {
      await expect(act()).rejects.toMatchObject({ code: 'VALIDATION' });
    });
  });
}
