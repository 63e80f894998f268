// Rate limits through the cache port, so that all routers of a cluster count together. Known clients are counted by who
// they are, anonymous ones by their address. Headers are those of draft-ietf-httpapi-ratelimit-headers-06.

import { createHash } from 'node:crypto';
import { Kind } from 'graphql';
import type { Cache } from '@mib/service/cache/cache';
import type { ClientOrigin } from '@mib/service/client-origin';
import type { Identity } from '../authenticate/identity.ts';
import type { Operation } from '../parse/operation.ts';
import { RequestRefused } from '../respond/graph-error.ts';
import type { Rate, RateLimitsConfig } from './admission-config.ts';

export interface Client {
  readonly identity: Identity;
  readonly origin: ClientOrigin | undefined;
  /** Writes a header of the answer, where there are headers. */
  readonly setHeader: ((name: string, value: string) => void) | undefined;
}

export interface RateLimiter {
  /** Before anything is parsed. @throws {RequestRefused} 429 RATE_LIMITED with Retry-After. */
  takeForClient(client: Client): Promise<void> | undefined;
  /** Once it is known what is asked. @throws {RequestRefused} 429 RATE_LIMITED with Retry-After. */
  takeForOperation(client: Client, operation: Operation): Promise<void> | undefined;
}

export interface RateLimiterOptions extends RateLimitsConfig {
  readonly cache: Cache;
  readonly onCacheAway: (error: unknown) => void;
}

const FIELD_OF: Readonly<Record<Operation['kind'], string>> = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' };

export function createRateLimiter(options: RateLimiterOptions): RateLimiter {
  const { perIdentity, perOperation, fields } = options;
  const counter = new Counter(options);
  const hasFields = Object.keys(fields).length > 0;
  return {
    takeForClient: (client) => (perIdentity ? counter.take('client', perIdentity, client) : undefined),
    takeForOperation(client, operation) {
      const limited = hasFields ? rootFields(operation).filter((field) => Object.hasOwn(fields, field)) : [];
      if (!perOperation && limited.length === 0) return undefined;
      return (async () => {
        if (perOperation) await counter.take(`operation ${operation.key}`, perOperation, client);
        for (const field of limited) await counter.take(`field ${field}`, fields[field]!, client);
      })();
    },
  };
}

class Counter {
  readonly #options: RateLimiterOptions;

  constructor(options: RateLimiterOptions) {
    this.#options = options;
  }

  async take(what: string, rate: Rate, client: Client): Promise<void> {
    const taken = await this.#ask(keyOf(what, client), rate);
    if (!taken) return;
    const resetSeconds = Math.ceil(taken.resetMs / 1000);
    client.setHeader?.('RateLimit-Policy', `${rate.limit};w=${Math.ceil(rate.windowMs / 1000)}`);
    client.setHeader?.('RateLimit-Limit', String(rate.limit));
    client.setHeader?.('RateLimit-Remaining', String(taken.remaining));
    client.setHeader?.('RateLimit-Reset', String(resetSeconds));
    if (!taken.allowed) throw RequestRefused.because(429, 'RATE_LIMITED', `at most ${rate.limit} in ${rate.windowMs} ms; try again in ${resetSeconds} s`, resetSeconds);
  }

  async #ask(key: string, rate: Rate): Promise<Awaited<ReturnType<Cache['takeRateLimit']>> | undefined> {
    const { cache, onCacheAway, whenCacheIsAway } = this.#options;
    try {
      return await cache.takeRateLimit(key, rate);
    } catch (error) {
      onCacheAway(error);
      if (whenCacheIsAway === 'open') return undefined;
      throw RequestRefused.because(503, 'RATE_LIMIT_UNAVAILABLE', 'requests cannot be counted right now', 1);
    }
  }
}

/** Hashed: operations are long, and addresses are nobody's business in a shared cache. */
function keyOf(what: string, { identity: { viewer }, origin }: Client): string {
  const who = viewer.kind === 'anonymous' ? `address ${origin?.clientIp ?? ''}` : `user ${viewer.userId}`;
  return createHash('sha256').update(JSON.stringify([who, what])).digest('base64url');
}

/** Every one of them, aliases apart: `Mutation.signIn` twice is two. */
function rootFields({ kind, definition }: Operation): readonly string[] {
  const names = (selectionSet: Operation['definition']['selectionSet']): readonly string[] =>
    selectionSet.selections.flatMap((selection) => (selection.kind === Kind.FIELD ? [`${FIELD_OF[kind]}.${selection.name.value}`] : selection.kind === Kind.INLINE_FRAGMENT ? names(selection.selectionSet) : []));
  return names(definition.selectionSet);
}
