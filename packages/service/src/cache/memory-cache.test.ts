import { describe, expect, it } from '@jest/globals';
import { cacheContract } from './contract-suite.ts';
import { createMemoryCache } from './memory-cache.ts';

cacheContract('memory', async () => {
  let nowMs = 0;
  const cache = createMemoryCache({ maxEntries: 100, nowMs: () => nowMs });
  return {
    cache,
    advance: async (ms) => void (nowMs += ms),
    [Symbol.asyncDispose]: () => cache[Symbol.asyncDispose](),
  };
});

describe('memory cache', () => {
  it('drops the least recently used value when full', async () => {
    const cache = createMemoryCache({ maxEntries: 2 });
    await cache.set('a', '1', 10_000);
    await cache.set('b', '2', 10_000);
    await cache.get('a');
    await cache.set('c', '3', 10_000);
    expect([await cache.get('a'), await cache.get('b'), await cache.get('c')]).toEqual(['1', undefined, '3']);
  });
});
