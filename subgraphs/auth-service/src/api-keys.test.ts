import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase } from '@mib/testkit/test-database';
import { runAuth, viewerOf, type Person, type RunningAuth } from './test-support/running-auth.ts';

const CREATE = `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) {
  apiKey { id name prefix scopes expiresAt lastUsedAt revokedAt } secretOnce userErrors { code message field } } }`;
const REVOKE = 'mutation ($id: ID!) { revokeApiKey(id: $id) { apiKey { id revokedAt } userErrors { code } } }';
const LIST = '{ me { apiKeys { id prefix scopes lastUsedAt } } }';

let auth: RunningAuth;
let person: Person;
beforeAll(async () => {
  auth = await runAuth(await testDatabase());
  person = await auth.registerPerson();
});
afterAll(async () => await auth[Symbol.asyncDispose]());

describe('API key', () => {
  it('shows its secret once, keeps only a hash, and is worth its scopes', async () => {
    const { data } = await create({ name: ' bot ', scopes: ['orders:write', 'account:read'], expiresAt: '2099-01-01T00:00:00Z' });
    const { apiKey, secretOnce, userErrors } = data.createApiKey;
    expect(userErrors).toEqual([]);
    expect(apiKey).toMatchObject({ name: 'bot', scopes: ['account:read', 'orders:write'], expiresAt: '2099-01-01T00:00:00.000Z', lastUsedAt: null, revokedAt: null });
    expect(secretOnce).toMatch(new RegExp(`^mib_${apiKey.prefix}_[A-Za-z0-9_-]{43}$`));
    const [row] = await auth.sql('select secret_hash from auth.api_keys where id = $1', [apiKey.id]);
    expect(row.secret_hash).toHaveLength(32);
    const response = await auth.introspect(secretOnce);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({ active: true, token_type: 'api_key', sub: person.userId, roles: ['trader'], scope: 'account:read orders:write', exp: Date.UTC(2099, 0, 1) / 1000 });
  });

  it.each([
    ['no scope', { scopes: [] }, 'VALIDATION'],
    ['an unknown scope', { scopes: ['fly:moon'] }, 'VALIDATION'],
    ['a scope the owner lacks', { scopes: ['user:write'] }, 'FORBIDDEN'],
    ['no name', { name: '' }, 'VALIDATION'],
    ['a past end', { expiresAt: '2020-01-01T00:00:00Z' }, 'VALIDATION'],
    ['no date', { expiresAt: 'tomorrow' }, 'VALIDATION'],
  ])('is not made with %s', async (_, change, code) => {
    const { data, errors } = await create({ name: 'bot', scopes: ['account:read'], ...change });
    expect(errors).toBeUndefined();
    expect(data.createApiKey).toMatchObject({ apiKey: null, secretOnce: null, userErrors: [{ code }] });
  });

  it('made by a key reaches no further than that key', async () => {
    const asKey = { ...person.viewer, kind: 'api-key', scopes: ['apikey:write'] } as const;
    expect((await create({ name: 'child', scopes: ['orders:write'] }, asKey)).data.createApiKey.userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
    expect((await create({ name: 'child', scopes: ['apikey:write'] }, asKey)).data.createApiKey.userErrors).toEqual([]);
  });

  it('cannot carry scopes that a stale token still claims', async () => {
    const stale = viewerOf(person.userId, ['admin']);
    expect((await create({ name: 'bot', scopes: ['user:write'] }, stale)).data.createApiKey.userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
  });

  it('loses what its owner loses', async () => {
    const operator = await auth.registerPerson();
    await auth.sql(`insert into auth.user_roles (user_id, role_id, assigned_at) values ($1, 'operator', now())`, [operator.userId]);
    const { data } = await create({ name: 'bot', scopes: ['market:write', 'account:read'] }, viewerOf(operator.userId, ['operator']));
    const { secretOnce } = data.createApiKey;
    expect(await scopeOf(secretOnce)).toBe('account:read market:write');
    await auth.sql(`delete from auth.user_roles where user_id = $1 and role_id = 'operator'`, [operator.userId]);
    expect(await scopeOf(secretOnce)).toBe('account:read');
  });

  it('is dead once revoked, and gone from the list', async () => {
    const { data } = await create({ name: 'bot', scopes: ['account:read'] });
    const { apiKey, secretOnce } = data.createApiKey;
    expect((await auth.ask(REVOKE, { id: apiKey.id }, person.viewer)).data.revokeApiKey).toEqual({ apiKey: { id: apiKey.id, revokedAt: expect.any(String) }, userErrors: [] });
    expect(await (await auth.introspect(secretOnce)).json()).toEqual({ active: false });
    expect((await auth.ask(REVOKE, { id: apiKey.id }, person.viewer)).data.revokeApiKey).toEqual({ apiKey: null, userErrors: [{ code: 'NOT_FOUND' }] });
    const listed = (await auth.ask(LIST, {}, person.viewer)).data.me.apiKeys as { id: string }[];
    expect(listed.map(({ id }) => id)).not.toContain(apiKey.id);
  });

  it('is dead once expired', async () => {
    const { data } = await create({ name: 'bot', scopes: ['account:read'], expiresAt: '2099-01-01T00:00:00Z' });
    const { apiKey, secretOnce } = data.createApiKey;
    await auth.sql(`update auth.api_keys set expires_at = now() where id = $1`, [apiKey.id]);
    expect(await (await auth.introspect(secretOnce)).json()).toEqual({ active: false });
  });

  it('notes its last use, at most once a minute', async () => {
    const { data } = await create({ name: 'bot', scopes: ['account:read'] });
    const { apiKey, secretOnce } = data.createApiKey;
    const lastUsed = async (): Promise<string> => (await auth.sql(`select last_used_at::text as at from auth.api_keys where id = $1`, [apiKey.id]))[0].at;
    await auth.introspect(secretOnce);
    const first = await lastUsed();
    await auth.introspect(secretOnce);
    expect(await lastUsed()).toBe(first);
    await auth.sql(`update auth.api_keys set last_used_at = now() - interval '61 seconds' where id = $1`, [apiKey.id]);
    const old = await lastUsed();
    await auth.introspect(secretOnce);
    expect(await lastUsed()).not.toBe(old);
  });

  it('is one of at most 50', async () => {
    const busy = await auth.registerPerson();
    await auth.sql(`insert into auth.api_keys (id, user_id, name, prefix, secret_hash, created_at) select 'key_' || i, $1, 'k', 'p' || i, '', now() from generate_series(1, 47) i`, [busy.userId]);
    const answers = await Promise.all([1, 2, 3, 4, 5].map((i) => create({ name: `key ${i}`, scopes: ['account:read'] }, busy.viewer)));
    const codes = answers.flatMap(({ data }) => data.createApiKey.userErrors.map(({ code }: { code: string }) => code));
    expect(codes).toEqual(['CONFLICT', 'CONFLICT']);
  });
});

describe('introspection', () => {
  it.each([[undefined], [''], ['wrong'], ['a secret of at least thirty-two characters ']])('needs the platform secret, not %j', async (secret) => {
    const headers: Record<string, string> = secret === undefined ? {} : { 'x-mib-internal': `${secret}x` };
    const response = await fetch(`${auth.origin}/introspect`, { method: 'POST', headers, body: new URLSearchParams({ token: 'x' }) });
    expect(response.status).toBe(401);
  });

  it.each([['x'], ['mib_0123456789ab_' + 'a'.repeat(43)], ['e30.e30.e30']])('calls %.20j inactive', async (token) => {
    expect(await (await auth.introspect(token)).json()).toEqual({ active: false });
  });

  it.each([['no token', ''], ['too long a form', `token=${'x'.repeat(10_000)}`]])('refuses %s', async (_, body) => {
    const response = await fetch(`${auth.origin}/introspect`, { method: 'POST', headers: { 'x-mib-internal': 'a secret of at least thirty-two characters' }, body });
    expect(response.status).toBe(400);
  });

  it('knows access tokens too', async () => {
    expect(await (await auth.introspect(person.accessToken)).json()).toMatchObject({ active: true, token_type: 'access_token', sub: person.userId, roles: ['trader'], exp: expect.any(Number), sid: expect.any(String) });
  });
});

function create(input: object, viewer: object = person.viewer) {
  return auth.ask(CREATE, { input }, viewer as never);
}

async function scopeOf(token: string): Promise<string> {
  return ((await (await auth.introspect(token)).json()) as { scope: string }).scope;
}
