import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyViewer } from '@mib/service/viewer';
import { INTERNAL_SECRET, startAuthService, type TestAuthService } from '../test-support/auth-service.ts';
import { startTestRouter, type TestRouter } from '../test-support/router.ts';
import { startShop, type Shop } from '../test-support/shop.ts';

describe('authentication', () => {
  let auth: TestAuthService;
  let shop: Shop;
  let router: TestRouter;
  beforeAll(async () => {
    [auth, shop] = await Promise.all([startAuthService(), startShop()]);
    router = await startTestRouter(shop.all, { AUTH_URL: auth.url, MIB_INTERNAL_SECRET: INTERNAL_SECRET });
  });
  afterAll(async () => {
    for (const running of [router, shop, auth]) await running[Symbol.asyncDispose]();
  });

  const ask = (headers: Record<string, string>) => router.query('{ secret }', { headers });
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const viewerSeen = () => verifyViewer(shop.users.requests.at(-1)?.headers['x-mib-viewer'] as string | undefined, INTERNAL_SECRET, Date.now());

  it('lets everyone ask what is public, without a statement of identity', async () => {
    expect(await router.query('{ me { name } }')).toEqual({ status: 200, data: { me: { name: 'Ada' } } });
    expect(viewerSeen()).toEqual({ kind: 'anonymous' });
  });

  it('refuses what needs a user before any subgraph is called', async () => {
    const before = shop.users.requests.length;
    const { status, data, errors } = await ask({});
    expect({ status, data, code: errors?.[0]?.extensions.code, path: errors?.[0]?.path }).toEqual({ status: 200, data: { secret: null }, code: 'UNAUTHORIZED_FIELD_OR_TYPE', path: ['secret'] });
    expect(shop.users.requests.length).toBe(before);
  });

  it('bubbles a refused non-null field to the root', async () => {
    const { data, errors } = await router.query('{ ledger me { name } }', { headers: bearer(await auth.token({ scope: 'other' })) });
    expect(data).toBeNull();
    expect(errors?.map(({ path }) => path)).toEqual([['ledger']]);
  });

  it('shows subgraphs a signed viewer with its scopes', async () => {
    expect((await ask(bearer(await auth.token({ sub: 'u7', scope: 'a b' })))).data).toEqual({ secret: 'shh' });
    expect(viewerSeen()).toEqual({ kind: 'user', userId: 'u7', roles: ['trader'], scopes: ['a', 'b'] });
  });

  it('tells subgraphs the session of the token, and where the client is, whatever the client says', async () => {
    await ask({ ...bearer(await auth.token({ sub: 'u7', sid: 'ses_1' })), 'user-agent': 'a browser', 'x-mib-client-ip': '8.8.8.8', 'x-mib-user-agent': 'forged' });
    expect(viewerSeen()).toMatchObject({ kind: 'user', userId: 'u7', sessionId: 'ses_1' });
    expect(shop.users.requests.at(-1)?.headers).toMatchObject({ 'x-mib-client-ip': '127.0.0.1', 'x-mib-user-agent': 'a browser' });
  });

  it('ignores a statement that a client sends itself', async () => {
    await router.query('{ me { name } }', { headers: { 'x-mib-viewer': 'forged' } });
    expect(viewerSeen()).toEqual({ kind: 'anonymous' });
  });

  it('accepts a key it has not seen, after a rotation', async () => {
    await auth.rotate();
    // The cool-down of the key set is a second; a token of the new key is good within it at the latest.
    const token = await auth.token({});
    let status = 0;
    for (const deadline = Date.now() + 5_000; status !== 200 && Date.now() < deadline; ) ({ status } = await ask(bearer(token)));
    expect(status).toBe(200);
  });

  it.each<readonly [string, () => Promise<Record<string, string>>]>([
    ['an expired token', async () => bearer(await auth.token({ expiresInSeconds: -10 }))],
    ['another issuer', async () => bearer(await auth.token({ issuer: 'evil' }))],
    ['another audience', async () => bearer(await auth.token({ audience: 'evil' }))],
    ['a changed token', async () => bearer(`${(await auth.token({})).slice(0, -4)}AAAA`)],
    ['no JWT at all', async () => bearer('nonsense')],
    ['an unsigned token', async () => bearer(`${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"u","iss":"mib","aud":"mib","exp":9999999999}').toString('base64url')}.`)],
    ['another scheme', async () => ({ authorization: 'Basic abc' })],
    ['an unknown API key', async () => ({ 'x-api-key': 'mib_nope_x' })],
    ['two credentials', async () => ({ 'x-api-key': 'mib_good_x', ...bearer(await auth.token({})) })],
  ])('answers 401 to %s', async (_title, headers) => {
    const { status, errors, data } = await ask(await headers());
    expect({ status, code: errors?.[0]?.extensions.code, data }).toEqual({ status: 401, code: 'UNAUTHENTICATED', data: undefined });
  });

  it('asks about an API key once for many requests, by either header', async () => {
    auth.apiKeys.set('mib_good_x', { active: true, sub: 'u9', roles: ['trader'], scope: 'orders:write' });
    const before = auth.asked.introspections;
    for (const headers of [{ 'x-api-key': 'mib_good_x' }, bearer('mib_good_x'), { 'x-api-key': 'mib_good_x' }]) expect((await ask(headers)).data).toEqual({ secret: 'shh' });
    expect(auth.asked.introspections - before).toBe(1);
    expect(viewerSeen()).toEqual({ kind: 'api-key', userId: 'u9', roles: ['trader'], scopes: ['orders:write'] });
  });

  it('answers 503 when credentials cannot be checked', async () => {
    const lonely = await startTestRouter(shop.all, { AUTH_URL: 'http://127.0.0.1:9', MIB_INTERNAL_SECRET: INTERNAL_SECRET });
    const codes = await Promise.all([bearer(await auth.token({})), { 'x-api-key': 'mib_good_x' }].map((headers) => lonely.query('{ secret }', { headers })));
    expect(codes.map(({ status, errors }) => [status, errors?.[0]?.extensions.code])).toEqual([[503, 'AUTHENTICATION_UNAVAILABLE'], [503, 'AUTHENTICATION_UNAVAILABLE']]);
    await lonely[Symbol.asyncDispose]();
  });
});
