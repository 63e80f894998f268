// What an operator can turn on: batches, CORS with credentials, the header that proves a preflight; and what every answer
// does for caches and slow lines.

import { request as httpRequest, type IncomingMessage } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestRouter, type TestRouter } from '../test-support/router.ts';
import { startShop, type Shop } from '../test-support/shop.ts';

const APP = 'https://app.example';
const ME = '{ me { name } }';
/** Much of the same: more than the bound below which nothing is compressed. */
const LONG = `{ ${Array.from({ length: 40 }, (_, index) => `a${index}: users { id name }`).join(' ')} }`;
const SETTINGS = { http: { maxBatchOperations: 3, cors: { credentials: true, headers: ['Authorization', 'Content-Type'], maxAgeSeconds: 60 }, csrfHeaders: ['X-Mib-Csrf', 'Apollo-Require-Preflight'] } };
const CSRF = { 'x-mib-csrf': '1' };

describe('HTTP as the operator sets it', () => {
  let shop: Shop;
  let router: TestRouter;
  beforeAll(async () => {
    shop = await startShop();
    router = await startTestRouter(shop.all, { CORS_ORIGINS: APP }, SETTINGS);
  });
  afterAll(async () => {
    await router[Symbol.asyncDispose]();
    await shop[Symbol.asyncDispose]();
  });

  const post = (body: unknown, headers: Record<string, string> = {}): Promise<Response> => fetch(`${router.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
  const get = (query: string, headers: Record<string, string> = CSRF): Promise<Response> => fetch(`${router.url}/graphql?${new URLSearchParams({ query }).toString()}`, { headers });

  it('runs or refuses each operation of a batch by itself and answers in their order', async () => {
    const response = await post([{ query: ME }, { query: '{' }, { query: 'query A($n: Int) { topProducts(first: $n) { upc } }', variables: { n: 1 } }]);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual([
      { data: { me: { name: 'Ada' } } },
      { errors: [expect.objectContaining({ extensions: { code: 'GRAPHQL_PARSE_FAILED' } })] },
      { data: { topProducts: [{ upc: 'p1' }] } },
    ]);
  });

  it.each([
    ['more operations than allowed', [1, 2, 3, 4].map(() => ({ query: ME })), {}, 400, 'MAX_BATCH_SIZE_EXCEEDED'],
    ['no operation', [], {}, 400, 'BAD_REQUEST'],
    ['a batch as a stream', [{ query: ME }], { accept: 'text/event-stream' }, 406, 'NOT_ACCEPTABLE'],
  ])('refuses %s as a whole', async (_title, body, headers, status, code) => {
    const response = await post(body, headers);
    expect([response.status, await response.json()]).toMatchObject([status, { errors: [{ extensions: { code } }] }]);
  });

  it('refuses a subscription and a nested batch within a batch, and nothing else of it', async () => {
    const answers = (await (await post([{ query: 'subscription { reviewAdded { cursor } }' }, [{ query: ME }], { query: ME }])).json()) as { errors?: { extensions: { code: string } }[] }[];
    expect(answers.map(({ errors }) => errors?.[0]?.extensions.code)).toEqual(['NOT_ACCEPTABLE', 'BAD_REQUEST', undefined]);
  });

  it('wants a header on GET that no foreign page can send, and none on POST', async () => {
    const refused = await get(ME, {});
    expect([refused.status, await refused.json()]).toMatchObject([403, { errors: [{ message: 'a GET needs one of these headers: x-mib-csrf, apollo-require-preflight', extensions: { code: 'CROSS_SITE_REQUEST_REFUSED' } }] }]);
    expect((await get(ME, { 'apollo-require-preflight': 'true' })).status).toBe(200);
    expect((await post({ query: ME })).status).toBe(200);
  });

  it('lets a listed page send its credentials and says for how long that holds', async () => {
    const preflight = await fetch(`${router.url}/graphql`, { method: 'OPTIONS', headers: { origin: APP, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-other' } });
    expect(preflight.status).toBe(204);
    expect(Object.fromEntries([...preflight.headers].filter(([name]) => /^(access-control|vary)/.test(name)))).toEqual({
      'access-control-allow-origin': APP,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': expect.stringContaining('POST'),
      'access-control-allow-headers': 'authorization, content-type',
      'access-control-max-age': '60',
      vary: 'origin, accept, accept-encoding, access-control-request-method, access-control-request-headers',
    });
    const { headers } = await post({ query: ME }, { origin: APP });
    expect([headers.get('access-control-allow-origin'), headers.get('access-control-allow-credentials'), headers.get('access-control-expose-headers'), headers.get('vary')]).toEqual([APP, 'true', expect.stringMatching(/^etag, retry-after, ratelimit/), 'origin, accept, accept-encoding']);
  });

  it('says nothing about CORS to a page that is not listed', async () => {
    const { status, headers } = await post({ query: ME }, { origin: 'https://evil.example' });
    expect([status, headers.get('access-control-allow-origin'), headers.get('vary')]).toEqual([403, null, 'origin, accept, accept-encoding']);
  });

  it('gives a GET a tag, and 304 to who shows it', async () => {
    const first = await get(ME);
    const etag = first.headers.get('etag')!;
    expect([await first.json(), first.headers.get('cache-control')]).toEqual([{ data: { me: { name: 'Ada' } } }, 'private, no-cache']);
    const second = await get(ME, { ...CSRF, 'if-none-match': `"other", ${etag}` });
    expect([second.status, await second.text(), second.headers.get('etag')]).toEqual([304, '', etag]);
    expect((await get('{ me { id } }', { ...CSRF, 'if-none-match': etag })).status).toBe(200);
  });

  it('lets nobody keep an answer to a POST, or one with errors', async () => {
    expect((await post({ query: ME })).headers.get('cache-control')).toBe('no-store');
    const { headers } = await get('{ ledger }');
    expect([headers.get('etag'), headers.get('cache-control')]).toEqual([null, 'no-store']);
  });

  it.each([
    ['br', (body: Buffer) => brotliDecompressSync(body)],
    ['gzip', (body: Buffer) => gunzipSync(body)],
  ] as const)('compresses a long answer with %s', async (coding, decode) => {
    const { headers, body } = await raw(LONG, { 'accept-encoding': coding });
    expect([headers['content-encoding'], Number(headers['content-length'])]).toEqual([coding, body.length]);
    expect(Object.keys((JSON.parse(decode(body).toString()) as { data: object }).data)).toHaveLength(40);
  });

  it.each([
    ['a short answer', ME, { 'accept-encoding': 'br' }],
    ['an answer to who does not ask', LONG, {}],
    ['a stream', LONG, { 'accept-encoding': 'br', accept: 'text/event-stream' }],
  ])('does not compress %s', async (_title, query, accepted) => {
    const { headers, body } = await raw(query, accepted);
    expect(headers['content-encoding']).toBeUndefined();
    expect(body.toString()).toContain('Ada');
  });

  /** Without the decoding that fetch does. */
  function raw(query: string, headers: Record<string, string>): Promise<{ readonly headers: IncomingMessage['headers']; readonly body: Buffer }> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(`${router.url}/graphql`, { method: 'POST', agent: false, headers: { 'content-type': 'application/json', ...headers } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks) }));
      });
      request.on('error', reject);
      request.end(JSON.stringify({ query }));
    });
  }
});
