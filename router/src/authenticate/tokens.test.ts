// Tokens of issuers that are not our auth service: what holds, and every way in which one may not.

import { createHash, createHmac, createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyViewer } from '@mib/service/viewer';
import { INTERNAL_SECRET, startAuthService, type TestAuthService } from '../test-support/auth-service.ts';
import { RequestRefused } from '../respond/graph-error.ts';
import { startTestRouter } from '../test-support/router.ts';
import { startShop } from '../test-support/shop.ts';
import { readRouterConfig } from '../config.ts';
import { createTokenVerifier } from './tokens.ts';
import { authenticationSection } from './authentication-config.ts';

const seconds = (offset: number): number => Math.floor(Date.now() / 1000) + offset;
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('tokens of several issuers', () => {
  let one: TestAuthService;
  let two: TestAuthService;
  let verify: ReturnType<typeof createTokenVerifier>;
  beforeAll(async () => {
    [one, two] = await Promise.all([startAuthService('RS256'), startAuthService('EdDSA')]);
    const { issuers } = authenticationSection.parse({
      issuers: [
        { issuer: 'one', audience: ['shop', 'bank'], jwksUrl: `${one.url}/.well-known/jwks.json`, algorithms: ['RS256'], clockToleranceSeconds: 0 },
        { issuer: 'two', audience: ['shop'], jwksUrl: `${two.url}/.well-known/jwks.json`, clockToleranceSeconds: 30, scopesClaim: 'scp', rolesClaim: 'groups' },
      ],
    });
    verify = createTokenVerifier(issuers);
  });
  afterAll(async () => {
    await one[Symbol.asyncDispose]();
    await two[Symbol.asyncDispose]();
  });

  const outcome = async (token: string): Promise<string> => {
    try {
      const { viewer } = await verify(token);
      return viewer.kind === 'anonymous' ? 'anonymous' : viewer.userId;
    } catch (error) {
      if (!(error instanceof RequestRefused)) throw error;
      return `${error.status} ${error.errors[0]!.extensions.code}`;
    }
  };

  it('checks each by the keys, audience and claims of its own issuer', async () => {
    expect(await outcome(await one.token({ issuer: 'one', audience: 'bank', sub: 'ada' }))).toBe('ada');
    const { viewer, policies } = await verify(await two.token({ issuer: 'two', audience: 'shop', sub: 'bob', claims: { scp: ['a', 'b'], groups: 'x y', policies: ['p'] } }));
    expect(viewer).toEqual({ kind: 'user', userId: 'bob', roles: ['x', 'y'], scopes: ['a', 'b'] });
    expect(policies).toEqual(['p']);
  });

  it('lets clocks differ as much as the issuer says', async () => {
    expect(await outcome(await two.token({ issuer: 'two', audience: 'shop', expiresInSeconds: -20 }))).toBe('u1');
    expect(await outcome(await one.token({ issuer: 'one', audience: 'shop', expiresInSeconds: -20 }))).toBe('401 UNAUTHENTICATED');
  });

  const forge = async (header: Record<string, unknown>, sign: (input: string) => string = () => ''): Promise<string> => {
    const input = `${part(header)}.${part({ sub: 'mallory', iss: 'one', aud: 'shop', exp: seconds(60) })}`;
    return `${input}.${sign(input)}`;
  };

  it.each<readonly [string, () => Promise<string>]>([
    ['the other issuer\'s key', () => two.token({ issuer: 'one', audience: 'shop' })],
    ['an issuer nobody configured', () => one.token({ issuer: 'three', audience: 'shop' })],
    ['an issuer that is no text', () => one.token({ claims: { iss: ['one'], aud: 'shop' } })],
    ['an audience of the other issuer only', () => two.token({ issuer: 'two', audience: 'bank' })],
    ['no audience', () => one.token({ issuer: 'one', claims: { aud: undefined } })],
    ['no end', () => one.token({ issuer: 'one', audience: 'shop', claims: { exp: undefined } })],
    ['no subject', () => one.token({ issuer: 'one', audience: 'shop', claims: { sub: undefined } })],
    ['a begin in the future', () => one.token({ issuer: 'one', audience: 'shop', claims: { nbf: seconds(100) } })],
    ['no signature', () => forge({ alg: 'none', kid: 'key-0' })],
    ['no signature, in other letters', () => forge({ alg: 'NoNe', kid: 'key-0' })],
    ['an HMAC under the public key', async () => {
      const { keys } = (await (await fetch(`${one.url}/.well-known/jwks.json`)).json()) as { keys: Record<string, string>[] };
      const pem = createPublicKey({ key: keys[0]!, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
      return forge({ alg: 'HS256', kid: 'key-0' }, (input) => createHmac('sha256', pem).update(input).digest('base64url'));
    }],
    ['an algorithm that is not on the list', () => forge({ alg: 'RS512', kid: 'key-0' })],
    ['a key id that is a path', () => one.token({ issuer: 'one', audience: 'shop', header: { kid: '../../../../dev/null' } })],
    ['a key id that is a query', () => one.token({ issuer: 'one', audience: 'shop', header: { kid: "' OR 1=1 --" } })],
    ['keys of its own choice', async () => forge({ alg: 'RS256', kid: 'mine', jku: `${two.url}/.well-known/jwks.json`, jwk: { kty: 'oct', k: 'AA' } }, () => 'AAAA')],
    ['a prototype for claims', async () => `${part({ alg: 'RS256' })}.${Buffer.from('{"__proto__":{"iss":"one"}}').toString('base64url')}.AA`],
    ['four parts', async () => `${await one.token({ issuer: 'one', audience: 'shop' })}.x`],
    ['nine thousand letters', async () => 'a'.repeat(9_000)],
  ])('refuses a token with %s', async (_title, token) => {
    expect(await outcome(await token())).toBe('401 UNAUTHENTICATED');
  });

  it('does not ask for keys again and again because of tokens nobody signed', async () => {
    const before = one.asked.keys;
    const tokens = await Promise.all(Array.from({ length: 40 }, (_, index) => one.token({ issuer: 'one', audience: 'shop', header: { kid: `nobody-${index}` } })));
    expect(new Set(await Promise.all(tokens.map(outcome)))).toEqual(new Set(['401 UNAUTHENTICATED']));
    expect(one.asked.keys - before).toBeLessThanOrEqual(1);
  });

  it('does not hammer a key set that is away', async () => {
    let asked = 0;
    const { createServer } = await import('node:http');
    const down = createServer((_request, response) => void (asked++, response.writeHead(500).end()));
    await new Promise<void>((resolve) => down.listen(0, '127.0.0.1', resolve));
    const { port } = down.address() as { port: number };
    const { issuers } = authenticationSection.parse({ issuers: [{ issuer: 'one', audience: ['shop'], jwksUrl: `http://127.0.0.1:${port}/keys` }] });
    const lonely = createTokenVerifier(issuers);
    for (let index = 0; index < 20; index++) await expect(lonely(await one.token({ issuer: 'one', audience: 'shop' }))).rejects.toMatchObject({ status: 503 });
    expect(asked).toBeLessThanOrEqual(2);
    await new Promise((resolve) => down.close(resolve));
  });
});

describe('a router without our auth service', () => {
  it('lives on a key set and on keys of its settings file, and signs who asks', async () => {
    await using auth = await startAuthService();
    await using shop = await startShop();
    const sha256 = createHash('sha256').update('a key of the file').digest('hex');
    await using router = await startTestRouter(
      shop.all,
      { JWKS_URL: `${auth.url}/.well-known/jwks.json`, JWT_ISSUER: 'https://id.example', JWT_AUDIENCE: 'shop', MIB_INTERNAL_SECRET: INTERNAL_SECRET },
      { authentication: { apiKeys: [{ sha256, userId: 'robot', scopes: ['payroll:read'] }] } },
    );
    const token = await auth.token({ issuer: 'https://id.example', audience: 'shop', sub: 'ada' });
    expect((await router.query('{ secret }', { headers: { authorization: `Bearer ${token}` } })).data).toEqual({ secret: 'shh' });
    expect((await router.query('{ secret me { salary } }', { headers: { 'x-api-key': 'a key of the file' } })).data).toEqual({ secret: 'shh', me: { salary: 1 } });
    expect(verifyViewer(shop.users.requests.at(-1)?.headers['x-mib-viewer'] as string, INTERNAL_SECRET, Date.now())).toMatchObject({ kind: 'api-key', userId: 'robot' });
    expect((await router.query('{ secret }', { headers: { 'x-api-key': 'another' } })).status).toBe(401);
    expect((await router.query('{ secret }', { headers: { authorization: 'Bearer mib_unknown' } })).status).toBe(401);
  });

  it('refuses two settings for one issuer', () => {
    expect(() => readRouterConfig({ JWKS_URL: 'http://x', ROUTER_CONFIG: '/dev/null' }, [])).not.toThrow();
    expect(() => readRouterConfig({ JWKS_URL: 'ftp://x' }, [])).toThrow('JWKS_URL must be an http or https URL');
  });
});
