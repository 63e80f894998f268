// The cache of one process: right where that process owns the data. Both tables are bounded and drop the least recently
// used entry; rate limits have a table of their own, so that a flood of values cannot reset anybody's limit.

import { LRUCache } from 'lru-cache';
import { checkKey, checkValue } from './bounds.ts';
import type { Cache } from './cache.ts';

export interface MemoryCacheOptions {
  /** Bound of values and, separately, of rate-limit windows. */
  readonly maxEntries: number;
  /** Milliseconds that never run backwards. */
  readonly nowMs?: () => number;
}

interface Entry {
  readonly value: string;
  readonly expiresAtMs: number;
}

interface Window {
  taken: number;
  readonly resetsAtMs: number;
}

export function createMemoryCache(options: MemoryCacheOptions): Cache {
  const nowMs = options.nowMs ?? (() => performance.now());
  const values = new LRUCache<string, Entry>({ max: options.maxEntries });
  const windows = new LRUCache<string, Window>({ max: options.maxEntries });

  const live = (key: string): string | undefined => {
    checkKey(key);
    const entry = values.get(key);
    return entry && entry.expiresAtMs > nowMs() ? entry.value : undefined;
  };
  const store = (key: string, value: string, ttlMs: number): void => {
    checkKey(key);
    checkValue(value, ttlMs);
    values.set(key, { value, expiresAtMs: nowMs() + ttlMs });
  };

  return {
    get: async (key) => live(key),
    set: async (key, value, ttlMs) => store(key, value, ttlMs),
    async setIfAbsent(key, value, ttlMs) {
      if (live(key) !== undefined) return false;
      store(key, value, ttlMs);
      return true;
    },
    async delete(key) {
      checkKey(key);
      values.delete(key);
    },
    async takeRateLimit(key, { limit, windowMs }) {
      checkKey(key);
      const now = nowMs();
      let window = windows.get(key);
      if (!window || window.resetsAtMs <= now) windows.set(key, (window = { taken: 0, resetsAtMs: now + windowMs }));
      const allowed = window.taken < limit;
      if (allowed) window.taken += 1;
      return { allowed, remaining: Math.max(0, limit - window.taken), resetMs: Math.ceil(window.resetsAtMs - now) };
    },
    async [Symbol.asyncDispose]() {
      values.clear();
      windows.clear();
    },
  };
}
