import { describe, expect, it } from '@jest/globals';
import { createSession, type TokenPair } from './session.ts';

const START = Date.UTC(2026, 10, 22);
const USER = { id: 'usr_1', email: 'ada@example.com', displayName: 'Ada', roles: [], permissions: [], createdAt: '2026-11-22T00:00:00Z' };

describe('session', () => {
  it('signs in, renews shortly before the end, and lets all who wait share one refresh', async () => {
    const auth = fakeAuth();
    let now = START;
    const kept: (TokenPair | undefined)[] = [];
    const session = createSession({ url: 'http://auth', fetch: auth.fetch, now: () => now, onTokens: (tokens) => kept.push(tokens) });
    expect(await session.credentials.getToken()).toBeUndefined();
    expect(await session.signIn({ email: 'ada@example.com', password: 'right' })).toBeUndefined();
    expect(await session.credentials.getToken()).toBe('access-1');
    now += 871_000;
    const tokens = await Promise.all(Array.from({ length: 10 }, () => session.credentials.getToken()));
    expect(new Set(tokens)).toEqual(new Set(['access-2']));
    expect(auth.refreshed).toEqual(['refresh-1']);
    expect(kept.map((pair) => pair?.refreshToken)).toEqual(['refresh-1', 'refresh-2']);
  });

  it('says why signing in failed', async () => {
    const session = createSession({ url: 'http://auth', fetch: fakeAuth().fetch });
    expect(await session.signIn({ email: 'ada@example.com', password: 'wrong' })).toMatchObject({ userErrors: [{ code: 'FORBIDDEN' }] });
    expect(session.signedIn).toBe(false);
  });

  it('is not signed in before the second factor, and is with it', async () => {
    const session = createSession({ url: 'http://auth', fetch: fakeAuth().fetch });
    const asked = await session.signIn({ email: 'ada@example.com', password: 'with a second factor' });
    expect(asked).toMatchObject({ __typename: 'MfaRequired', challengeId: 'mfa_1' });
    expect(session.signedIn).toBe(false);
    expect(await session.signIn({ email: 'ada@example.com', password: 'right', totp: '287082', challengeId: 'mfa_1' })).toBeUndefined();
    expect(session.signedIn).toBe(true);
  });

  it('is over when the refresh token is refused, and goes on after a refusal that may pass', async () => {
    const auth = fakeAuth();
    const session = createSession({ url: 'http://auth', fetch: auth.fetch, tokens: { accessToken: 'a', refreshToken: 'r', expiresAt: new Date(START).toISOString() } });
    auth.refuse = { code: 'RATE_LIMITED', retryable: true };
    expect(await session.credentials.refreshToken()).toBe(false);
    expect(session.signedIn).toBe(true);
    auth.refuse = { code: 'FORBIDDEN', retryable: false };
    expect(await session.credentials.refreshToken()).toBe(false);
    expect(session.signedIn).toBe(false);
  });

  it('tells the graph when signing out', async () => {
    const auth = fakeAuth();
    const session = createSession({ url: 'http://auth', fetch: auth.fetch });
    await session.register({ email: 'ada@example.com', password: 'right', displayName: 'Ada' });
    await session.signOut();
    expect(auth.loggedOut).toEqual(['refresh-1']);
    expect(await session.credentials.getToken()).toBeUndefined();
  });
});

/** Answers as auth-service does, numbering the pairs. */
function fakeAuth() {
  let issued = 0;
  const auth = {
    refuse: undefined as { code: string; retryable: boolean } | undefined,
    refreshed: [] as string[],
    loggedOut: [] as string[],
    fetch: (async (_url: unknown, init?: RequestInit) => {
      const { operationName, variables } = JSON.parse(String(init?.body)) as { operationName: string; variables: { input?: { password?: string; refreshToken?: string }; refreshToken?: string } };
      return Response.json({ data: { [operationName]: answer(operationName, variables) } });
    }) as typeof fetch,
  };

  function answer(name: string, { input, refreshToken }: { input?: { password?: string; refreshToken?: string }; refreshToken?: string }): unknown {
    if (name === 'logout') return auth.loggedOut.push(refreshToken!) > 0;
    if (name === 'refreshSession') auth.refreshed.push(input!.refreshToken!);
    const refusal = auth.refuse ?? (input?.password === 'wrong' ? { code: 'FORBIDDEN', retryable: false } : undefined);
    if (refusal) return { __typename: 'LoginFailed', userErrors: [{ ...refusal, message: 'no', field: null }] };
    if (input?.password === 'with a second factor') return { __typename: 'MfaRequired', challengeId: 'mfa_1', methods: ['TOTP', 'BACKUP_CODE'], expiresAt: new Date(START + 300_000).toISOString() };
    issued += 1;
    return { __typename: 'SessionTokens', accessToken: `access-${issued}`, refreshToken: `refresh-${issued}`, expiresAt: new Date(START + issued * 900_000).toISOString(), user: USER };
  }
  return auth;
}
