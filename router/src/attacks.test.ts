// The attack list: one way to hurt a graph a row, with the status and code it gets, and that no subgraph ever hears of it.
// One router with its default limits stands for all; only what is off by default is switched on.

import { createHmac, createPublicKey } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { verifyViewer } from '@mib/service/viewer';
import { DEFAULT_LIMITS } from './parse/limits-config.ts';
import { INTERNAL_SECRET, startAuthService, type TestAuthService } from './test-support/auth-service.ts';
import { openRaw } from './test-support/raw-http.ts';
import { startTestRouter, type TestRouter } from './test-support/router.ts';
import { startShop, type Shop } from './test-support/shop.ts';

const RESPONSE_JSON = 'application/graphql-response+json';
const repeat = (count: number, part: (index: number) => string): string => Array.from({ length: count }, (_, index) => part(index)).join(' ');
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const CLAIMS = { sub: 'mallory', iss: 'mib', aud: 'mib', exp: 9_999_999_999, scope: 'ledger:read admin', roles: ['admin'] };

interface Attack {
  readonly title: string;
  /** Posted as JSON unless `body` is given. */
  readonly query?: string;
  readonly variables?: unknown;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Record<string, string>;
  readonly method?: string;
  readonly path?: string;
  readonly status: number;
  readonly code: string;
}

const bad = (code: string, attack: Omit<Attack, 'status' | 'code'>): Attack => ({ ...attack, status: 400, code });
const spread = (depth: number, body: (next: string) => string): string => `{ me { ...F0 } } ${repeat(depth, (index) => `fragment F${index} on User { ${index === depth - 1 ? 'name' : body(`...F${index + 1}`)} }`)}`;
const nested = (depth: number): string => `{ me ${'{ reviews { author '.repeat(depth)}{ name }${' } }'.repeat(depth)} }`;

const ATTACKS: readonly Attack[] = [
  bad('MAX_ROOT_FIELDS_EXCEEDED', { title: 'aliases at the root', query: `{ ${repeat(DEFAULT_LIMITS.maxRootFields + 1, (index) => `a${index}: me { id }`)} }` }),
  bad('MAX_ALIASES_EXCEEDED', { title: 'aliases below', query: `{ me { ${repeat(DEFAULT_LIMITS.maxAliases + 1, (index) => `a${index}: name`)} } }` }),
  bad('MAX_FIELDS_EXCEEDED', { title: 'the same field without end', query: `{ me { ${repeat(DEFAULT_LIMITS.maxFields + 1, () => 'name')} } }` }),
  bad('MAX_FIELDS_EXCEEDED', { title: 'fragments that double each time', query: spread(28, (next) => `${next} ${next}`) }),
  bad('MAX_DEPTH_EXCEEDED', { title: 'fragments that double and nest', query: spread(40, (next) => `reviews { author { ${next} } } r: reviews { author { ${next} } }`) }),
  bad('GRAPHQL_VALIDATION_FAILED', { title: 'a fragment in itself', query: '{ me { ...F } } fragment F on User { reviews { author { ...F } } }' }),
  bad('GRAPHQL_VALIDATION_FAILED', { title: 'two fragments in each other', query: '{ me { ...F } } fragment F on User { ...G } fragment G on User { ...F }' }),
  bad('MAX_FIELDS_EXCEEDED', { title: 'a wide operation beside the one that runs', body: JSON.stringify({ query: `query A { me { id } } query B { me { ${repeat(4_000, () => 'id')} } }`, operationName: 'A' }) }),
  bad('MAX_DEPTH_EXCEEDED', { title: 'deep nesting', query: nested(16) }),
  bad('MAX_DEPTH_EXCEEDED', { title: 'brackets deeper than any stack', query: '{a'.repeat(200_000) }),
  bad('MAX_DEPTH_EXCEEDED', { title: 'inline fragments deeper than any stack', query: `{ ${'... { '.repeat(2_000)} me { id } ${'} '.repeat(2_000)} }` }),
  bad('MAX_DEPTH_EXCEEDED', { title: 'a literal deeper than any stack', query: `{ product(upc: ${'['.repeat(3_000)}${']'.repeat(3_000)}) { upc } }` }),
  bad('MAX_DIRECTIVES_EXCEEDED', { title: 'directives without end', query: `{ me { name ${repeat(1_000, () => '@include(if: true)')} } }` }),
  bad('MAX_DIRECTIVES_EXCEEDED', { title: 'unknown directives without end', query: `query ${repeat(1_000, () => '@x')} { me { name } }` }),
  bad('GRAPHQL_VALIDATION_FAILED', { title: 'a directive twice', query: '{ me { name @skip(if: false) @skip(if: false) } }' }),
  bad('MAX_TOKENS_EXCEEDED', { title: 'a flood of tokens', query: `{ me { ${repeat(DEFAULT_LIMITS.maxTokens, () => 'id')} } }` }),
  bad('MAX_TOKENS_EXCEEDED', { title: 'a flood of variable definitions', query: `query(${repeat(4_000, (index) => `$v${index}: Int`)}) { me { id } }` }),
  bad('MAX_COST_EXCEEDED', { title: 'list by list by list', query: `{ users { ${'reviews { product { reviews { author { '.repeat(3)} reviews { id } ${'} } } }'.repeat(3)} } }` }),
  bad('MAX_VARIABLES_EXCEEDED', { title: 'a huge list in a variable', query: '{ me { id } }', variables: { list: Array.from({ length: DEFAULT_LIMITS.maxVariableValues + 1 }, () => 1) } }),
  bad('BAD_REQUEST', { title: 'variables deeper than any stack', body: `{"query":"{ me { id } }","variables":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}` }),
  bad('BAD_USER_INPUT', { title: 'a number beyond range', body: '{"query":"query($n: Int) { topProducts(first: $n) { upc } }","variables":{"n":1e999}}' }),
  bad('BAD_USER_INPUT', { title: 'an integer beyond range', query: 'query($n: Int) { topProducts(first: $n) { upc } }', variables: { n: 2 ** 31 } }),
  bad('GRAPHQL_VALIDATION_FAILED', { title: 'a literal beyond range', query: '{ topProducts(first: 99999999999999999999) { upc } }' }),
  bad('BAD_USER_INPUT', { title: 'an object for a text', query: 'query($u: ID!) { product(upc: $u) { upc } }', variables: { u: { $ne: null } } }),
  bad('BAD_REQUEST', { title: 'a prototype in variables', body: '{"query":"{ me { id } }","variables":{"__proto__":{"polluted":true}}}' }),
  bad('BAD_REQUEST', { title: 'a prototype for a request', body: '{"__proto__":{"query":"{ me { id } }"}}' }),
  bad('GRAPHQL_VALIDATION_FAILED', { title: 'a prototype for an alias', query: '{ me { __proto__: name } }' }),
  bad('OPERATION_RESOLUTION_FAILURE', { title: 'a constructor for an operation', body: '{"query":"{ me { id } }","operationName":"constructor"}' }),
  bad('GRAPHQL_VALIDATION_FAILED', { title: 'a constructor for a field', query: '{ constructor { name } }' }),
  bad('BAD_REQUEST', { title: 'one name twice', body: '{"query":"{ me { id } }","query":"{ secret }"}' }),
  bad('BAD_REQUEST', { title: 'half a character', body: Uint8Array.from([...Buffer.from('{"query":"{ me { id } } #'), 0xc3, 0x28, ...Buffer.from('"}')]) }),
  bad('GRAPHQL_PARSE_FAILED', { title: 'letters that only look like letters', query: '{ mе { id } }' }),
  bad('GRAPHQL_PARSE_FAILED', { title: 'a zero byte', query: '{ me\u0000 { id } }' }),
  bad('GRAPHQL_PARSE_FAILED', { title: 'half a surrogate', body: '{"query":"{ \\ud800 }"}' }),
  bad('INTROSPECTION_DISABLED', { title: 'introspection', query: '{ __schema { types { name } } }' }),
  bad('INTROSPECTION_DISABLED', { title: 'introspection within a fragment', query: '{ ...F } fragment F on Query { t: __type(name: "User") { name } }' }),
  bad('MAX_BATCH_SIZE_EXCEEDED', { title: 'a batch of many', body: JSON.stringify(Array.from({ length: 6 }, () => ({ query: '{ me { id } }' }))) }),
  { title: 'a body beyond its bound', body: `{"query":"{ me { id } } #${'x'.repeat(1_000_000)}"}`, status: 413, code: 'PAYLOAD_TOO_LARGE' },
  { title: 'a form of another site', body: 'query={me{id}}', headers: { 'content-type': 'application/x-www-form-urlencoded' }, status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' },
  { title: 'a form with files', body: '--x--', headers: { 'content-type': 'multipart/form-data; boundary=x' }, status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' },
  { title: 'JSON that says it is text', body: '{"query":"{ me { id } }"}', headers: { 'content-type': 'text/plain' }, status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' },
  { title: 'a compressed body', body: '{"query":"{ me { id } }"}', headers: { 'content-encoding': 'gzip' }, status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' },
  { title: 'a page of another site', query: '{ me { id } }', headers: { origin: 'https://evil.example' }, status: 403, code: 'CROSS_SITE_REQUEST_REFUSED' },
  { title: 'an image of another site', method: 'GET', path: '?query={me{id}}', headers: { 'sec-fetch-site': 'cross-site' }, status: 403, code: 'CROSS_SITE_REQUEST_REFUSED' },
  { title: 'a mutation by GET', method: 'GET', path: `?query=${encodeURIComponent('mutation { setPrice(upc: "p1", price: 1) { upc } }')}`, status: 405, code: 'METHOD_NOT_ALLOWED' },
  { title: 'a token without a signature', query: '{ me { id } }', headers: { authorization: `Bearer ${base64({ alg: 'none' })}.${base64(CLAIMS)}.` }, status: 401, code: 'UNAUTHENTICATED' },
  { title: 'a token for another algorithm', query: '{ me { id } }', headers: { authorization: `Bearer ${base64({ alg: 'HS256', kid: 'key-0' })}.${base64(CLAIMS)}.AAAA` }, status: 401, code: 'UNAUTHENTICATED' },
  { title: 'a key id that is a path', query: '{ me { id } }', headers: { authorization: `Bearer ${base64({ alg: 'EdDSA', kid: '../../../../dev/null' })}.${base64(CLAIMS)}.AAAA` }, status: 401, code: 'UNAUTHENTICATED' },
  { title: 'two credentials at once', query: '{ me { id } }', headers: { authorization: 'Bearer a.b.c', 'x-api-key': 'mib_x' }, status: 401, code: 'UNAUTHENTICATED' },
  { title: 'an API key without end', query: '{ me { id } }', headers: { 'x-api-key': 'x'.repeat(4_000) }, status: 401, code: 'UNAUTHENTICATED' },
  { title: 'a field that needs a sign-in', query: '{ secret }', status: 200, code: 'UNAUTHORIZED_FIELD_OR_TYPE' },
  { title: 'a field that needs a scope, by an alias in a fragment', query: '{ ...F } fragment F on Query { x: ledger }', status: 200, code: 'UNAUTHORIZED_FIELD_OR_TYPE' },
];

describe('an attack', () => {
  let auth: TestAuthService;
  let shop: Shop;
  let router: TestRouter;
  beforeAll(async () => {
    [auth, shop] = await Promise.all([startAuthService(), startShop()]);
    router = await startTestRouter(
      shop.all,
      { AUTH_URL: auth.url, MIB_INTERNAL_SECRET: INTERNAL_SECRET },
      { limits: { introspection: false }, http: { maxBatchOperations: 5 }, headers: { all: [{ propagate: 'x-tenant' }] } },
    );
  });
  afterAll(async () => {
    for (const running of [router, shop, auth]) await running[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    for (const { requests } of shop.all) requests.length = 0;
  });
  const calls = (): number => shop.all.reduce((sum, { requests }) => sum + requests.length, 0);

  it.each(ATTACKS.map((attack) => [attack.title, attack] as const))('by %s is refused before any subgraph is called', async (_title, { query, variables, body, headers, method = 'POST', path = '', status, code }) => {
    const response = await fetch(`${router.url}/graphql${path}`, {
      method,
      headers: { accept: RESPONSE_JSON, ...(method === 'POST' && { 'content-type': 'application/json' }), ...headers },
      ...(method === 'POST' && { body: body ?? JSON.stringify({ query, variables }) }),
    });
    const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
    expect({ status: response.status, code: errors[0]!.extensions.code, calls: calls() }).toEqual({ status, code, calls: 0 });
  });

  it('by a public key used as a secret is refused', async () => {
    const { keys } = (await (await fetch(`${auth.url}/.well-known/jwks.json`)).json()) as { keys: Record<string, string>[] };
    const pem = createPublicKey({ key: keys[0]!, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const input = `${base64({ alg: 'HS256', kid: 'key-0' })}.${base64(CLAIMS)}`;
    const forged = `${input}.${createHmac('sha256', pem).update(input).digest('base64url')}`;
    expect((await router.query('{ secret }', { headers: { authorization: `Bearer ${forged}` } })).status).toBe(401);
    expect(calls()).toBe(0);
  });

  it('by lines in a header reaches no subgraph as a header', async () => {
    const raw = openRaw(router.url);
    const body = '{"query":"{ me { name } }"}';
    raw.send(`POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\nx-tenant: a\r\nx-mib-viewer: forged\r\nx-mib-client-ip: 8.8.8.8\r\ncookie: session=1\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    expect(await raw.closed).toContain('"Ada"');
    const { headers } = shop.users.requests[0]!;
    expect([headers['x-tenant'], headers['x-mib-viewer'], headers['x-mib-client-ip'], headers.cookie]).toEqual(['a', undefined, '127.0.0.1', undefined]);
    const split = openRaw(router.url);
    split.send(`POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\nx-tenant: a\rx-mib-viewer: forged\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    expect(await split.closed).toMatch(/^HTTP\/1\.1 400 /);
    expect(shop.users.requests).toHaveLength(1);
  });

  it('by addresses in all places makes the router call nobody else', async () => {
    let strangers = 0;
    const canary = createServer((_request, response) => void (strangers++, response.end('{}')));
    await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(canary.address() as AddressInfo).port}`;
    const body = JSON.stringify({ query: 'query($u: ID!) { product(upc: $u) { upc } }', variables: { u: url }, extensions: { persistedQuery: { version: 1, sha256Hash: url }, endpoint: url } });
    const raw = openRaw(router.url);
    raw.send(`POST ${url}/graphql HTTP/1.1\r\nhost: ${new URL(url).host}\r\nx-forwarded-host: ${new URL(url).host}\r\nforwarded: host=${new URL(url).host}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    await raw.closed;
    await router.query('query($u: ID!) { product(upc: $u) { upc } }', { variables: { u: url }, headers: { 'x-forwarded-host': new URL(url).host } });
    expect(strangers).toBe(0);
    await new Promise((resolve) => canary.close(resolve));
  });

  it('by names that look like another identity gets no other\'s answer', async () => {
    const subjects = ['u1', 'u1"', 'u1\u0000', '{"kind":"user","userId":"u1"}', 'U1', 'u1 ', 'anonymous'];
    const callers = await Promise.all(subjects.map(async (sub) => ({ sub, headers: { authorization: `Bearer ${await auth.token({ sub })}` } })));
    for (const round of [1, 2]) {
      for (const { sub, headers } of callers) {
        for (const tenant of ['', 'a', 'b']) {
          shop.users.requests.length = 0;
          await router.query('{ secret }', { headers: { ...headers, ...(tenant !== '' && { 'x-tenant': tenant }) } });
          const seen = shop.users.requests[0]!.headers;
          const viewer = verifyViewer(seen['x-mib-viewer'] as string, INTERNAL_SECRET, Date.now());
          expect([round, viewer.kind !== 'anonymous' && viewer.userId, seen['x-tenant']]).toEqual([round, sub, tenant === '' ? undefined : tenant]);
        }
      }
    }
  });
});
