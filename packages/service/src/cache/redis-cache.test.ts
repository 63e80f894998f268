// The Redis adapter against a real redis-server, in the same suite as memory. Skipped where there is none, with the
// reason in the title.

import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { redisProblem, startRedisServer, type RedisServer } from '@mib/testkit/redis-server';
import { backOff } from '../back-off.ts';
import type { Cache } from './cache.ts';
import { cacheContract } from './contract-suite.ts';
import { openCache } from './open-cache.ts';

const problem = redisProblem();

if (problem) {
  process.stderr.write(`\nNOT RUN: the suite against a real Redis, because ${problem}\n`);
  it.skip(`Redis: not run, because ${problem}`, () => undefined);
} else {
  let redis: RedisServer;
  let opened = 0;
  beforeAll(async () => void (redis = await startRedisServer()));
  afterAll(async () => redis[Symbol.asyncDispose]());
  const open = (): Promise<Cache> => openCache({ redisUrl: redis.url, namespace: `test-${(opened += 1)}`, maxEntries: 100 });

  cacheContract('Redis', async () => {
    const cache = await open();
    // The server's clock is the real one, so time passes by waiting.
    return { cache, advance: (ms) => delay(ms), [Symbol.asyncDispose]: () => cache[Symbol.asyncDispose]() };
  });

  describe('Redis cache', () => {
    it('keeps the keys of services apart and shares those of one', async () => {
      await using mine = await openCache({ redisUrl: redis.url, namespace: 'mine', maxEntries: 1 });
      await using also = await openCache({ redisUrl: redis.url, namespace: 'mine', maxEntries: 1 });
      await using other = await openCache({ redisUrl: redis.url, namespace: 'other', maxEntries: 1 });
      await mine.set('k', 'v', 10_000);
      expect([await also.get('k'), await other.get('k')]).toEqual(['v', undefined]);
    });

    it('counts one rate limit for several processes', async () => {
      await using left = await openCache({ redisUrl: redis.url, namespace: 'limits', maxEntries: 1 });
      await using right = await openCache({ redisUrl: redis.url, namespace: 'limits', maxEntries: 1 });
      const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => (i % 2 ? left : right).takeRateLimit('ip', { limit: 7, windowMs: 10_000 })));
      expect(answers.filter(({ allowed }) => allowed)).toHaveLength(7);
    });

    it('says UNAVAILABLE while the server is away and works again once it is back', async () => {
      await using cache = await open();
      await cache.set('k', 'v', 10_000);
      await cache.takeRateLimit('k', { limit: 1, windowMs: 10_000 });
      await redis.crash();
      for (const call of [() => cache.get('k'), () => cache.set('k', 'v', 1), () => cache.takeRateLimit('k', { limit: 1, windowMs: 1_000 })]) {
        await expect(call()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      }
      await redis.restart();
      expect(await answered(() => cache.takeRateLimit('k', { limit: 1, windowMs: 10_000 }))).toMatchObject({ allowed: true, remaining: 0 });
      expect(await cache.get('k')).toBeUndefined();
    });

    it('opens while the server is away and uses it when it comes', async () => {
      await redis.crash();
      await using cache = await open();
      await expect(cache.get('k')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      await redis.restart();
      expect(await answered(() => cache.setIfAbsent('k', 'v', 10_000))).toBe(true);
    });

    it('does not wait for a server that has stopped answering', async () => {
      await using cache = await open();
      process.kill(redis.pid, 'SIGSTOP');
      try {
        await expect(cache.get('k')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      } finally {
        process.kill(redis.pid, 'SIGCONT');
      }
      expect(await answered(() => cache.get('k'))).toBeUndefined();
    });
  });
}

/** The first answer after an outage; tries again as a caller would. */
async function answered<T>(call: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await call();
    } catch (error) {
      if ((error as { code?: string }).code !== 'UNAVAILABLE') throw error;
      await backOff(failures, { firstMs: 5, maxMs: 100 });
    }
  }
}
