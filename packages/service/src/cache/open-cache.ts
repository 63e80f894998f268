// Chooses the cache by configuration: this process's memory unless a cluster shares a Redis.

import type { Cache } from './cache.ts';
import { createMemoryCache } from './memory-cache.ts';
import { createRedisCache } from './redis-cache.ts';

export interface CacheConfig {
  /** Of a cluster's Redis. */
  readonly redisUrl?: string | undefined;
  /** Whose keys these are, for example the service's name. */
  readonly namespace: string;
  /** Bound in memory; in Redis the server's `maxmemory` is. */
  readonly maxEntries: number;
}

export async function openCache({ redisUrl, namespace, maxEntries }: CacheConfig): Promise<Cache> {
  return redisUrl ? createRedisCache({ url: redisUrl, namespace }) : createMemoryCache({ maxEntries });
}
