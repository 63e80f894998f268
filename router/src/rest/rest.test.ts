// Published operations as a client of REST meets them, on a running router with real subgraphs.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestRouter, type TestRouter } from '../test-support/router.ts';
import { startShop, type Shop } from '../test-support/shop.ts';

const OPERATIONS = `
  """The best products."""
  query TopProducts($first: Int = 2) @rest(path: "/products") { topProducts(first: $first) { upc name } }
  query Product($upc: ID!) @rest(path: "/products/{upc}", whenNull: 404) { product(upc: $upc) { ...ProductFields } }
  query Best @rest(path: "/products/best", result: "topProducts") { topProducts(first: 1) { ...ProductFields } }
  query Me @rest(path: "/me") { me { name email } }
  query Reviews @rest(path: "/me/reviews", result: "me.reviews") { me { reviews { body product { upc } } } }
  query Both @rest(path: "/both") { me { id } topProducts(first: 1) { upc } }
  mutation SetPrice($upc: ID!, $price: Int!) @rest(method: PUT, path: "/products/{upc}/price") { setPrice(upc: $upc, price: $price) { upc price } }
  fragment ProductFields on Product { upc name price }
`;

describe('REST over the graph', () => {
  let folder: string;
  let shop: Shop;
  let router: TestRouter;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mib-rest-'));
    await writeFile(join(folder, 'shop.graphql'), OPERATIONS);
    await writeFile(join(folder, 'trusted.json'), '{}');
    shop = await startShop();
    router = await startTestRouter(shop.all, { SUBGRAPH_TIMEOUT_MS: '500', CORS_ORIGINS: 'https://app.example' }, { rest: { operations: folder, prefix: '/shop' }, documents: { manifest: join(folder, 'trusted.json'), enforced: true } });
  });
  afterEach(() => shop.all.forEach((subgraph) => (subgraph.intercept = undefined)));
  afterAll(async () => {
    await router[Symbol.asyncDispose]();
    await shop[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const ask = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${router.url}/shop${path}`, init);
  const put = (path: string, body: string, headers: Record<string, string> = {}): Promise<Response> => ask(path, { method: 'PUT', headers: { 'content-type': 'application/json', ...headers }, body });

  it.each([
    ['the only root field', '/products', [{ upc: 'p1', name: 'Table' }, { upc: 'p2', name: 'Couch' }]],
    ['what the query string asks for', '/products?first=1', [{ upc: 'p1', name: 'Table' }]],
    ['what the path names', '/products/p2', { upc: 'p2', name: 'Couch', price: 1299 }],
    ['a literal path before a variable one', '/products/best', [{ upc: 'p1', name: 'Table', price: 899 }]],
    ['a field below the root, joined over subgraphs', '/me/reviews', [{ body: 'Love it', product: { upc: 'p1' } }, { body: 'Too "expensive"', product: { upc: 'p2' } }]],
    ['all root fields when there are several', '/both', { me: { id: '1' }, topProducts: [{ upc: 'p1' }] }],
  ])('answers with %s', async (_title, path, body) => {
    const response = await ask(path);
    expect([response.status, response.headers.get('content-type'), await response.json()]).toEqual([200, 'application/json; charset=utf-8', body]);
  });

  it('takes variables from path and body', async () => {
    const response = await put('/products/p1/price', '{"price":7}');
    expect([response.status, await response.json()]).toEqual([200, { upc: 'p1', price: 7 }]);
  });

  it.each([
    ['a path that is none', () => ask('/nothing'), 404, 'NOT_FOUND'],
    ['a path that is too long', () => ask('/products/p1/price/now'), 404, 'NOT_FOUND'],
    ['an empty segment', () => ask('/products/'), 404, 'NOT_FOUND'],
    ['a path that is no UTF-8', () => ask('/products/%ff'), 400, 'BAD_REQUEST'],
    ['a thing that does not exist', () => ask('/products/p9'), 404, 'NOT_FOUND'],
    ['another method', () => ask('/products', { method: 'DELETE' }), 405, 'METHOD_NOT_ALLOWED'],
    ['text where a number belongs', () => ask('/products?first=one'), 400, 'BAD_USER_INPUT'],
    ['a number that is too great', () => ask('/products?first=9999999999'), 400, 'BAD_USER_INPUT'],
    ['a parameter nobody knows', () => ask('/products?frist=1'), 400, 'BAD_USER_INPUT'],
    ['a parameter given twice', () => ask('/products?first=1&first=2'), 400, 'BAD_USER_INPUT'],
    ['a body that lacks a variable', () => put('/products/p1/price', '{}'), 400, 'BAD_USER_INPUT'],
    ['a body with a member nobody knows', () => put('/products/p1/price', '{"price":1,"upc":"p2"}'), 400, 'BAD_USER_INPUT'],
    ['a body of a wrong type', () => put('/products/p1/price', '[1]'), 400, 'BAD_USER_INPUT'],
    ['a member of a wrong type', () => put('/products/p1/price', '{"price":"7"}'), 400, 'BAD_USER_INPUT'],
    ['no JSON', () => put('/products/p1/price', 'price=7'), 400, 'BAD_REQUEST'],
    ['a form', () => put('/products/p1/price', 'price=7', { 'content-type': 'application/x-www-form-urlencoded' }), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['too long a body', () => put('/products/p1/price', `{"price":7${' '.repeat(1_000_000)}}`), 413, 'PAYLOAD_TOO_LARGE'],
    ['an answer that is no JSON', () => ask('/products', { headers: { accept: 'text/html' } }), 406, 'NOT_ACCEPTABLE'],
    ['a field that needs a sign-in', () => ask('/me'), 401, 'UNAUTHORIZED_FIELD_OR_TYPE'],
    ['a page of another site', () => ask('/products', { headers: { origin: 'https://evil.example' } }), 403, 'CROSS_SITE_REQUEST_REFUSED'],
  ])('refuses %s', async (_title, send, status, code) => {
    const response = await send();
    expect([response.status, response.headers.get('content-type'), await response.json()]).toEqual([
      status, 'application/problem+json; charset=utf-8', expect.objectContaining({ type: 'about:blank', title: expect.any(String), status, detail: expect.any(String), code, errors: expect.any(Array) }),
    ]);
  });

  it('says 502 when a subgraph is away and 504 when it is slow, with what there is', async () => {
    shop.reviews.intercept = (_request, response) => void response.destroy();
    const away = await ask('/me/reviews');
    expect([away.status, await away.json()]).toMatchObject([502, { code: 'SUBGRAPH_UNAVAILABLE', data: { me: null } }]);
    shop.reviews.intercept = () => undefined;
    expect((await ask('/me/reviews')).status).toBe(504);
  });

  it('calls no subgraph for what it refuses', async () => {
    const before = shop.products.requests.length;
    await ask('/products?first=one');
    await put('/products/p1/price', '{"price":"7"}');
    expect(shop.products.requests.length).toBe(before);
  });

  it('tells the methods of a path', async () => {
    expect((await ask('/products', { method: 'POST' })).headers.get('allow')).toBe('GET, HEAD, OPTIONS');
    const preflight = await ask('/products/p1/price', { method: 'OPTIONS', headers: { origin: 'https://app.example', 'access-control-request-method': 'PUT' } });
    expect([preflight.status, preflight.headers.get('allow'), preflight.headers.get('access-control-allow-methods')]).toEqual([204, 'PUT, OPTIONS', expect.stringContaining('PUT')]);
  });

  it('answers HEAD, and 304 to who has the answer already', async () => {
    const head = await ask('/products', { method: 'HEAD' });
    const etag = head.headers.get('etag')!;
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect((await ask('/products', { headers: { 'if-none-match': etag } })).status).toBe(304);
  });

  it('serves published operations where only trusted documents are served, and no others', async () => {
    expect((await router.query('{ me { name } }')).errors?.[0]?.extensions.code).toBe('DOCUMENT_NOT_TRUSTED');
    expect((await ask('/products')).status).toBe(200);
  });

  it('describes itself, and shows the description on a page that loads nothing from elsewhere', async () => {
    const document = (await (await fetch(`${router.url}/openapi.json`)).json()) as { servers: unknown; paths: object };
    expect([document.servers, Object.keys(document.paths)]).toEqual([[{ url: '/shop' }], ['/products', '/products/{upc}', '/products/best', '/me', '/me/reviews', '/both', '/products/{upc}/price']]);
    const { headers } = await fetch(`${router.url}/openapi.json`, { headers: { 'accept-encoding': 'gzip' } });
    expect(headers.get('content-encoding')).toBe('gzip');
    expect((await fetch(`${router.url}/openapi.json`, { headers: { 'if-none-match': headers.get('etag')! } })).status).toBe(304);
    const page = await fetch(`${router.url}/docs`);
    const html = await page.text();
    const linked = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);
    expect(linked.length).toBeGreaterThan(2);
    for (const path of linked) expect([path, (await fetch(router.url + path)).status]).toEqual([expect.stringMatching(/^\/docs\//), 200]);
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; .*connect-src 'self'/);
  });

  it('does not start when an operation does not fit the graph', async () => {
    const bad = await mkdtemp(join(tmpdir(), 'mib-rest-bad-'));
    await writeFile(join(bad, 'bad.graphql'), 'query A @rest(path: "/a") { nope }');
    await expect(startTestRouter(shop.all, {}, { rest: { operations: bad } })).rejects.toThrow('bad.graphql: A: Cannot query field "nope" on type "Query".');
    await rm(bad, { recursive: true });
  });
});
