// The cache of a cluster, in Redis. It never waits for a lost server: while the connection is away every call fails at
// once with UNAVAILABLE, and the connection comes back by itself. A call that was under way when it broke fails too and
// is not sent again, since nobody knows whether it was done. Memory is bounded by lifetimes here and by the server's
// `maxmemory` with an `allkeys-lru` policy there.

import { Redis, type Result } from 'ioredis';
import { ClientError } from '../errors.ts';
import { checkKey, checkValue } from './bounds.ts';
import type { Cache } from './cache.ts';

export interface RedisCacheOptions {
  /** `redis://[user:password@]host:port[/database]`, or `rediss://` over TLS. */
  readonly url: string;
  /** Keeps the keys of one service apart from another's, for example the service's name. */
  readonly namespace: string;
}

declare module 'ioredis' {
  interface RedisCommander<Context> {
    mibTakeRateLimit(key: string, limit: number, windowMs: number): Result<[allowed: number, taken: number, resetMs: number], Context>;
  }
}

const COMMAND_TIMEOUT_MS = 2_000;
const CONNECT_TIMEOUT_MS = 3_000;
const RECONNECT = { firstMs: 50, maxMs: 2_000 };
/** Calls that wait for an answer; more than a healthy server ever lets pile up. */
const MAX_IN_FLIGHT = 10_000;

/** One step for everybody: a window opens with its first point and closes with its key. */
const TAKE_RATE_LIMIT = `
local taken = tonumber(redis.call('GET', KEYS[1]) or '0')
local allowed = 0
if taken < tonumber(ARGV[1]) then
  allowed = 1
  taken = redis.call('INCR', KEYS[1])
  if taken == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
end
return { allowed, taken, redis.call('PTTL', KEYS[1]) }`;

/** Tries to connect first, and works without it: a server that is away at the start may come later. */
export async function createRedisCache(options: RedisCacheOptions): Promise<Cache> {
  const redis = new Redis(options.url, {
    lazyConnect: true, enableOfflineQueue: false, autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS, connectTimeout: CONNECT_TIMEOUT_MS, retryStrategy: reconnectAfterMs,
  });
  redis.defineCommand('mibTakeRateLimit', { numberOfKeys: 1, lua: TAKE_RATE_LIMIT });
  redis.on('error', () => undefined); // every call reports it
  await redis.connect().catch(() => undefined);
  const valueKey = (key: string) => `mib:${options.namespace}:value:${key}`;
  const limitKey = (key: string) => `mib:${options.namespace}:limit:${key}`;
  let inFlight = 0;

  async function ask<T>(command: () => Promise<T>): Promise<T> {
    if (inFlight >= MAX_IN_FLIGHT) throw unavailable(new Error(`${MAX_IN_FLIGHT} calls are waiting already`));
    inFlight += 1;
    try {
      return await command();
    } catch (error) {
      throw unavailable(error);
    } finally {
      inFlight -= 1;
    }
  }

  return {
    async get(key) {
      checkKey(key);
      return (await ask(() => redis.get(valueKey(key)))) ?? undefined;
    },
    async set(key, value, ttlMs) {
      checkKey(key);
      checkValue(value, ttlMs);
      await ask(() => redis.set(valueKey(key), value, 'PX', Math.ceil(ttlMs)));
    },
    async setIfAbsent(key, value, ttlMs) {
      checkKey(key);
      checkValue(value, ttlMs);
      return (await ask(() => redis.set(valueKey(key), value, 'PX', Math.ceil(ttlMs), 'NX'))) === 'OK';
    },
    async delete(key) {
      checkKey(key);
      await ask(() => redis.del(valueKey(key)));
    },
    async takeRateLimit(key, { limit, windowMs }) {
      checkKey(key);
      const [allowed, taken, resetMs] = await ask(() => redis.mibTakeRateLimit(limitKey(key), limit, Math.ceil(windowMs)));
      return { allowed: allowed === 1, remaining: Math.max(0, limit - taken), resetMs: Math.max(1, resetMs) };
    },
    async [Symbol.asyncDispose]() {
      redis.disconnect();
    },
  };
}

function unavailable(cause: unknown): ClientError {
  return new ClientError('UNAVAILABLE', 'the cache does not answer, try again later', { cause });
}

function reconnectAfterMs(attempt: number): number {
  const ceilingMs = Math.min(RECONNECT.maxMs, RECONNECT.firstMs * 2 ** Math.min(attempt - 1, 30));
  return ceilingMs / 2 + (Math.random() * ceilingMs) / 2; // many clients should not come back at once
}
