import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase } from '@mib/testkit/test-database';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { LOGIN, PASSWORD, REGISTER, runAuth, type RunningAuth } from './test-support/running-auth.ts';

let auth: RunningAuth;
beforeAll(async () => void (auth = await runAuth(await testDatabase())));
afterAll(async () => await auth[Symbol.asyncDispose]());

describe('registration', () => {
  it('creates a trader, signs in, and announces the user in the same transaction', async () => {
    const { data } = await auth.ask(REGISTER, { input: { email: ' Grace@Example.com ', password: PASSWORD, displayName: 'Grace' } });
    expect(data.register).toMatchObject({
      __typename: 'SessionTokens',
      user: { email: 'grace@example.com', displayName: 'Grace', roles: [{ id: 'trader' }], permissions: ['account:read', 'account:write', 'alert:write', 'apikey:write', 'orders:write', 'risk:write', 'watchlist:write'] },
    });
    const [row] = await auth.sql('select password_hash, created_at from auth.users where id = $1', [data.register.user.id]);
    expect(row.password_hash).toMatch(/^\$argon2id\$/);
    await expect(publishedUser(data.register.user.id)).resolves.toEqual({ kind: 'UserRegistered', userId: data.register.user.id, email: 'grace@example.com', displayName: 'Grace' });
  });

  it.each([
    ['no email', { email: '' }, 'VALIDATION', /email must be an address/],
    ['a bad email', { email: 'ada@localhost' }, 'VALIDATION', /email must be an address .* was "ada@localhost"/],
    ['a short password', { password: 'short' }, 'VALIDATION', /password must have 12..128 characters, had 5/],
    ['a long password', { password: 'abcdefgh'.repeat(17) }, 'VALIDATION', /had 136/],
    ['the email as password', { email: 'lovelace@example.com', password: 'lovelace@example.com' }, 'VALIDATION', /must not be made of the email/],
    ['no name', { displayName: ' ' }, 'VALIDATION', /displayName must have 1..80 characters/],
  ])('refuses %s as data', async (_, change, code, message) => {
    const { data, errors } = await auth.ask(REGISTER, { input: { email: 'new@example.com', password: PASSWORD, displayName: 'New', ...change } });
    expect(errors).toBeUndefined();
    expect(data.register).toMatchObject({ __typename: 'LoginFailed', userErrors: [{ code, message: expect.stringMatching(message), retryable: false }] });
    expect(await auth.sql(`select 1 from auth.users where email = 'new@example.com'`)).toEqual([]);
  });

  it('refuses an email that is taken, whatever its case, and of two at once lets one win', async () => {
    const input = { email: 'twice@example.com', password: PASSWORD, displayName: 'Twice' };
    const answers = await Promise.all([auth.ask(REGISTER, { input }), auth.ask(REGISTER, { input: { ...input, email: 'TWICE@example.com' } })]);
    expect(answers.map(({ data }) => data.register.__typename).sort()).toEqual(['LoginFailed', 'SessionTokens']);
    const lost = answers.find(({ data }) => data.register.__typename === 'LoginFailed');
    expect(lost?.data.register.userErrors).toMatchObject([{ code: 'CONFLICT', field: ['email'] }]);
    expect(await auth.sql(`select count(*)::int as n from auth.users where email = 'twice@example.com'`)).toEqual([{ n: 1 }]);
  });

  async function publishedUser(userId: string): Promise<unknown> {
    // The relay publishes first and deletes then, so at every moment the record is in at least one of the two.
    const rows = await auth.sql(`select value from auth.outbox where key = $1 union select value from bus.events where topic = 'auth.users' and key = $1`, [userId]);
    return JSON.parse(rows[0].value);
  }
});

describe('login', () => {
  it('answers a wrong password and an unknown email alike', async () => {
    const person = await auth.registerPerson();
    const wrong = await auth.ask(LOGIN, { input: { email: person.email, password: 'wrong horse battery' } });
    const unknown = await auth.ask(LOGIN, { input: { email: 'nobody@example.com', password: 'wrong horse battery' } });
    const tooLong = await auth.ask(LOGIN, { input: { email: person.email, password: 'x'.repeat(10_000) } });
    expect(wrong).toEqual({ data: { login: { __typename: 'LoginFailed', userErrors: [{ code: 'FORBIDDEN', message: 'email or password is wrong', field: null, retryable: false }] } } });
    expect(unknown).toEqual(wrong);
    expect(tooLong).toEqual(wrong);
  });

  it('takes the email in any case', async () => {
    const person = await auth.registerPerson();
    const { data } = await auth.ask(LOGIN, { input: { email: person.email.toUpperCase(), password: PASSWORD } });
    expect(data.login.user.id).toBe(person.userId);
  });

  it('stops guessing one email after 60 attempts, the right password included, and nobody else', async () => {
    const [victim, other] = [await auth.registerPerson(), await auth.registerPerson()];
    for (let i = 0; i < 60; i++) await auth.ask(LOGIN, { input: { email: victim.email, password: 'x'.repeat(200) } });
    const { data } = await auth.ask(LOGIN, { input: { email: victim.email, password: PASSWORD } });
    expect(data.login).toMatchObject({ __typename: 'LoginFailed', userErrors: [{ code: 'RATE_LIMITED', retryable: true, message: expect.stringMatching(/try again in \d+ s/) }] });
    expect((await auth.ask(LOGIN, { input: { email: other.email, password: PASSWORD } })).data.login.__typename).toBe('SessionTokens');
  });
});

describe('access token', () => {
  it('verifies from outside with the published keys and carries who, what for and until when', async () => {
    const person = await auth.registerPerson();
    const keys = createRemoteJWKSet(new URL(`${auth.origin}/.well-known/jwks.json`));
    const { payload, protectedHeader } = await jwtVerify(person.accessToken, keys, { issuer: 'mib', audience: 'mib' });
    expect(protectedHeader).toMatchObject({ alg: 'EdDSA', kid: expect.any(String) });
    expect(payload).toMatchObject({ sub: person.userId, roles: ['trader'], scope: 'account:read account:write alert:write apikey:write orders:write risk:write watchlist:write', sid: expect.stringMatching(/^ses_/) });
    expect(payload.exp! - payload.iat!).toBe(900);
  });

  it('is refused by the published keys once a character is changed', async () => {
    const person = await auth.registerPerson();
    const [header, body, signature] = person.accessToken.split('.') as [string, string, string];
    const forged = JSON.parse(Buffer.from(body, 'base64url').toString());
    const changed = Buffer.from(JSON.stringify({ ...forged, roles: ['admin'] })).toString('base64url');
    const keys = createRemoteJWKSet(new URL(`${auth.origin}/.well-known/jwks.json`));
    await expect(jwtVerify(`${header}.${changed}.${signature}`, keys)).rejects.toThrow('signature verification failed');
  });

  it('publishes no private key and lets caches keep the set', async () => {
    const response = await fetch(`${auth.origin}/.well-known/jwks.json`);
    const { keys } = (await response.json()) as { keys: Record<string, string>[] };
    const person = await auth.registerPerson();
    expect(keys).toEqual([{ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', kid: decodeProtectedHeader(person.accessToken).kid, x: expect.any(String) }]);
    expect(response.headers.get('cache-control')).toBe('public, max-age=300');
    const [row] = await auth.sql('select sealed_key from auth.signing_keys');
    expect(row.sealed_key.toString('latin1')).not.toContain('PRIVATE KEY');
  });
});
