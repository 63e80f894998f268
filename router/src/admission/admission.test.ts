// How much the router takes on: refusals come before a subgraph is called, and say when to come back.

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createMemoryCache } from '@mib/service/cache/memory-cache';
import { ClientError } from '@mib/service/errors';
import { ANONYMOUS_IDENTITY, identityOf } from '../authenticate/identity.ts';
import { RequestRefused } from '../respond/graph-error.ts';
import { startAuthService, INTERNAL_SECRET, type TestAuthService } from '../test-support/auth-service.ts';
import { startTestRouter, type TestRouter } from '../test-support/router.ts';
import { startShop, type Shop } from '../test-support/shop.ts';
import { rateLimitsSection } from './admission-config.ts';
import { createRateLimiter } from './rate-limiter.ts';

describe('admission', () => {
  let shop: Shop;
  let auth: TestAuthService;
  beforeAll(async () => void ([shop, auth] = await Promise.all([startShop(), startAuthService()])));
  afterAll(async () => {
    await shop[Symbol.asyncDispose]();
    await auth[Symbol.asyncDispose]();
  });
  afterEach(() => {
    for (const subgraph of shop.all) {
      subgraph.requests.length = 0;
      subgraph.intercept = undefined;
    }
  });

  const post = async (router: TestRouter, query: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${router.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ query }) });
    const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
    return { status: response.status, code: errors?.[0]?.extensions.code, headers: response.headers };
  };
  const start = (settings: object) => startTestRouter(shop.all, { AUTH_URL: auth.url, MIB_INTERNAL_SECRET: INTERNAL_SECRET }, settings);

  it('counts each client by itself and tells it where it stands', async () => {
    await using router = await start({ rateLimits: { perIdentity: { limit: 2, windowMs: 60_000 } } });
    const first = await post(router, '{ me { name } }');
    expect(['limit', 'remaining', 'policy'].map((name) => first.headers.get(`ratelimit-${name}`))).toEqual(['2', '1', '2;w=60']);
    await post(router, '{ me { nonsense } }');
    const third = await post(router, '{ me { name } }');
    expect([third.status, third.code, third.headers.get('ratelimit-remaining')]).toEqual([429, 'RATE_LIMITED', '0']);
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(shop.users.requests).toHaveLength(1);
    const tokens = await Promise.all(['ada', 'bob'].map((sub) => auth.token({ sub })));
    for (const token of tokens) expect((await post(router, '{ me { name } }', { authorization: `Bearer ${token}` })).status).toBe(200);
  });

  it('counts an operation, and a root field by every alias', async () => {
    await using router = await start({ rateLimits: { perOperation: { limit: 3, windowMs: 60_000 }, fields: { 'Mutation.setPrice': { limit: 2, windowMs: 60_000 } } } });
    for (const status of [200, 200, 200, 429]) expect((await post(router, '{ me { name } }')).status).toBe(status);
    expect((await post(router, '{ me { id } }')).status).toBe(200);
    const guesses = `mutation { ${[1, 2, 3].map((price) => `p${price}: setPrice(upc: "p1", price: ${price}) { upc }`).join(' ')} }`;
    const refused = await post(router, guesses);
    expect([refused.status, refused.code, shop.products.requests.length]).toEqual([429, 'RATE_LIMITED', 0]);
  });

  it('refuses at once what is more than it can do, before it reads a body', async () => {
    await using router = await start({ admission: { maxInFlight: 1, retryAfterSeconds: 7 } });
    const held = new Promise<() => void>((resolve) => (shop.users.intercept = (_request, response) => resolve(() => response.end('{"data":{"me":{"name":"Ada"}}}'))));
    const slow = post(router, '{ me { name } }');
    const release = await held;
    const refused = await post(router, 'not even GraphQL');
    expect([refused.status, refused.code, refused.headers.get('retry-after')]).toEqual([503, 'OVERLOADED', '7']);
    release();
    expect((await slow).status).toBe(200);
    expect((await post(router, '{ __typename }')).status).toBe(200);
  });
});

describe('rate limits while the cache is away', () => {
  const away = { ...createMemoryCache({ maxEntries: 1 }), takeRateLimit: () => Promise.reject(new ClientError('UNAVAILABLE', 'away')) };
  const client = { identity: ANONYMOUS_IDENTITY, origin: { clientIp: '::1' }, setHeader: undefined };
  const limiter = (section: object, seen: unknown[] = []) => createRateLimiter({ ...rateLimitsSection.parse({ perIdentity: { limit: 1, windowMs: 1_000 }, ...section }), cache: away, onCacheAway: (error) => seen.push(error) });

  it('serve by default, and say so', async () => {
    const seen: unknown[] = [];
    await limiter({}, seen).takeForClient(client);
    expect(seen).toHaveLength(1);
  });

  it('refuse where that is wanted', async () => {
    await expect(limiter({ whenCacheIsAway: 'closed' }).takeForClient(client)).rejects.toMatchObject({ status: 503, errors: [{ extensions: { code: 'RATE_LIMIT_UNAVAILABLE' } }] });
  });

  it('never let one client take another\'s points', async () => {
    const cache = createMemoryCache({ maxEntries: 10 });
    const counted = createRateLimiter({ ...rateLimitsSection.parse({ perIdentity: { limit: 1, windowMs: 60_000 } }), cache, onCacheAway: () => undefined });
    const known = (userId: string) => ({ ...client, identity: identityOf({ kind: 'user', userId, roles: [], scopes: [] }) });
    for (const each of [client, known('u1'), known('u2'), known('::1'), known('address ::1')]) await counted.takeForClient(each);
    await expect(counted.takeForClient(known('u1'))).rejects.toBeInstanceOf(RequestRefused);
  });
});
