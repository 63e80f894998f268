import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase } from '@mib/testkit/test-database';
import { LOGIN, PASSWORD, REFRESH, runAuth, type Answer, type RunningAuth } from './test-support/running-auth.ts';

const FAILED = { __typename: 'LoginFailed', userErrors: [{ code: 'FORBIDDEN', message: 'refresh token is not valid; sign in again', field: ['refreshToken'], retryable: false }] };
const LOGOUT = 'mutation ($refreshToken: String) { logout(refreshToken: $refreshToken) }';

let auth: RunningAuth;
beforeAll(async () => void (auth = await runAuth(await testDatabase())));
afterAll(async () => await auth[Symbol.asyncDispose]());

describe('refresh', () => {
  it('rotates: each token works once and the next one goes on', async () => {
    const person = await auth.registerPerson();
    let { refreshToken } = person;
    const seen = new Set([refreshToken]);
    for (let i = 0; i < 5; i++) {
      const { data } = await refresh(refreshToken);
      expect(data.refreshSession).toMatchObject({ __typename: 'SessionTokens', user: { id: person.userId } });
      refreshToken = data.refreshSession.refreshToken;
      seen.add(refreshToken);
    }
    expect(seen.size).toBe(6);
  });

  it('takes a second use for theft: the whole session ends, other sessions of the user go on', async () => {
    const person = await auth.registerPerson();
    const other = (await auth.ask(LOGIN, { input: { email: person.email, password: PASSWORD } })).data.login;
    const second = (await refresh(person.refreshToken)).data.refreshSession;
    const third = (await refresh(second.refreshToken)).data.refreshSession;
    expect((await refresh(person.refreshToken)).data.refreshSession).toEqual(FAILED);
    expect((await refresh(third.refreshToken)).data.refreshSession).toEqual(FAILED);
    expect(await (await auth.introspect(third.accessToken)).json()).toEqual({ active: false });
    expect((await refresh(other.refreshToken)).data.refreshSession.__typename).toBe('SessionTokens');
    expect(await auth.sql(`select count(*)::int as n from auth.audit_log where action = 'refresh.reused' and actor_id = $1`, [person.userId])).toEqual([{ n: 1 }]);
  });

  it('lets one of two that present a token at the same moment win, and then nobody', async () => {
    const person = await auth.registerPerson();
    const answers = await Promise.all([refresh(person.refreshToken), refresh(person.refreshToken)]);
    const names = answers.map(({ data }) => data.refreshSession.__typename).sort();
    expect(names).toEqual(['LoginFailed', 'SessionTokens']);
    const won = answers.find(({ data }) => data.refreshSession.__typename === 'SessionTokens')!;
    expect((await refresh(won.data.refreshSession.refreshToken)).data.refreshSession).toEqual(FAILED);
  });

  it('refuses an expired token', async () => {
    const person = await auth.registerPerson();
    await auth.sql(`update auth.refresh_tokens set expires_at = now() - interval '1 second' where session_id in (select id from auth.sessions where user_id = $1)`, [person.userId]);
    expect((await refresh(person.refreshToken)).data.refreshSession).toEqual(FAILED);
  });

  it.each([[''], ['nonsense'], ['A'.repeat(43)], ['A'.repeat(100_000)], ["' or 1=1 --"]])('refuses %.20j', async (token) => {
    expect((await refresh(token)).data.refreshSession).toEqual(FAILED);
  });

  it('brings the roles that the user has now', async () => {
    const person = await auth.registerPerson();
    await auth.sql(`insert into auth.user_roles (user_id, role_id, assigned_at) values ($1, 'operator', now())`, [person.userId]);
    const { data } = await refresh(person.refreshToken);
    expect(data.refreshSession.user.permissions).toContain('market:write');
  });
});

describe('logout', () => {
  it('ends the session of the refresh token, once', async () => {
    const person = await auth.registerPerson();
    expect(await auth.ask(LOGOUT, { refreshToken: person.refreshToken })).toEqual({ data: { logout: true } });
    expect((await refresh(person.refreshToken)).data.refreshSession).toEqual(FAILED);
    expect(await (await auth.introspect(person.accessToken)).json()).toEqual({ active: false });
    expect(await auth.ask(LOGOUT, { refreshToken: person.refreshToken })).toEqual({ data: { logout: false } });
  });

  it('ends the session that the access token names', async () => {
    const person = await auth.registerPerson();
    const { sid } = (await (await auth.introspect(person.accessToken)).json()) as { sid: string };
    expect(await auth.ask(LOGOUT, {}, { ...person.viewer, sessionId: sid })).toEqual({ data: { logout: true } });
    expect((await refresh(person.refreshToken)).data.refreshSession).toEqual(FAILED);
  });

  it('says so when nothing names a session', async () => {
    const { errors } = await auth.ask(LOGOUT);
    expect(errors).toMatchObject([{ extensions: { code: 'VALIDATION' }, path: ['logout'] }]);
  });
});

describe('sessions', () => {
  it('are listed to their user, latest first, without those that ended', async () => {
    const person = await auth.registerPerson();
    const second = (await auth.ask(LOGIN, { input: { email: person.email, password: PASSWORD } })).data.login;
    await auth.ask(LOGOUT, { refreshToken: person.refreshToken });
    const { data } = await auth.ask('{ me { sessions { id createdAt lastSeenAt expiresAt } } }', {}, person.viewer);
    const { sid } = (await (await auth.introspect(second.accessToken)).json()) as { sid: string };
    expect(data.me.sessions).toEqual([{ id: sid, createdAt: expect.any(String), lastSeenAt: expect.any(String), expiresAt: expect.any(String) }]);
  });
});

function refresh(refreshToken: string): Promise<Answer> {
  return auth.ask(REFRESH, { input: { refreshToken } });
}
