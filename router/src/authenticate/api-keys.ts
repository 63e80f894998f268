// API keys are opaque: the auth service says what they are worth (RFC 7662 introspection). Answers are kept for a short
// while, so a revoked key stops working within that bound and a busy one does not ask on every request.

import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { isObject } from '../execute/json.ts';
import { RequestRefused } from '../respond/graph-error.ts';
import { identityOf, type Identity } from './identity.ts';
import { words } from './tokens.ts';
import { unauthenticated } from './unauthenticated.ts';

export interface KeyIntrospectorOptions {
  readonly authUrl: string;
  /** Shows the auth service that it is the router who asks. */
  readonly internalSecret: string;
}

const MAX_CACHED_KEYS = 10_000;
/** How long a revoked key may go on working. */
const CACHE_MS = 15_000;
const TIMEOUT_MS = 3_000;
const MAX_KEY_CHARACTERS = 512;

type Introspected = Identity | 'inactive';

export function createKeyIntrospector({ authUrl, internalSecret }: KeyIntrospectorOptions): (key: string) => Promise<Identity> {
  const answers = new LRUCache<string, Promise<Introspected>>({ max: MAX_CACHED_KEYS, ttl: CACHE_MS });
  const url = new URL('/introspect', authUrl);
  return async (key) => {
    if (key.length > MAX_KEY_CHARACTERS) throw unauthenticated('the API key is not valid');
    const digest = createHash('sha256').update(key).digest('base64');
    let answer = answers.get(digest);
    if (!answer) {
      answer = introspect(url, key, internalSecret);
      answers.set(digest, answer);
      answer.catch(() => answers.delete(digest));
    }
    const identity = await answer;
    if (identity === 'inactive' || (identity.expiresAtMs ?? Infinity) <= Date.now()) throw unauthenticated('the API key is not valid');
    return identity;
  };
}

async function introspect(url: URL, key: string, internalSecret: string): Promise<Introspected> {
  const answer = await ask(url, key, internalSecret);
  if (!isObject(answer) || answer['active'] !== true || typeof answer['sub'] !== 'string') return 'inactive';
  const { sub, roles, scope, policies, exp } = answer;
  const viewer = { kind: 'api-key' as const, userId: sub, roles: words(roles), scopes: words(scope) };
  return identityOf(viewer, { expiresAtMs: typeof exp === 'number' ? exp * 1000 : undefined, policies: words(policies) });
}

async function ask(url: URL, key: string, internalSecret: string): Promise<unknown> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'x-mib-internal': internalSecret },
      body: new URLSearchParams({ token: key }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`introspection answered ${response.status}`);
    return await response.json();
  } catch {
    throw RequestRefused.because(503, 'AUTHENTICATION_UNAVAILABLE', 'credentials cannot be checked right now');
  }
}
