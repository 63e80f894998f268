import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestRouter, type TestRouter } from '../test-support/router.ts';
import { startShop, type Shop } from '../test-support/shop.ts';

const JSON_TYPE = 'application/json';
const RESPONSE_JSON = 'application/graphql-response+json';

interface Row {
  readonly title: string;
  readonly method?: string;
  readonly search?: Record<string, string>;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly status: number;
  readonly code?: string;
}

const post = (body: unknown, accept: string, more: Record<string, string> = {}) => ({ method: 'POST', body, headers: { 'content-type': JSON_TYPE, accept, ...more } });
const get = (search: Record<string, string>, headers: Record<string, string> = {}) => ({ method: 'GET', search, headers });

const ROWS: readonly Row[] = [
  { title: 'a query by POST', ...post({ query: '{ me { name } }' }, RESPONSE_JSON), status: 200 },
  { title: 'a query by GET', ...get({ query: '{ me { name } }' }), status: 200 },
  { title: 'GET with variables', ...get({ query: 'query($n: Int) { topProducts(first: $n) { upc } }', variables: '{"n":1}' }), status: 200 },
  { title: 'a mutation by GET', ...get({ query: 'mutation { setPrice(upc: "p1", price: 1) { price } }' }), status: 405, code: 'METHOD_NOT_ALLOWED' },
  { title: 'another method', ...post({ query: '{ me { name } }' }, JSON_TYPE), method: 'PATCH', status: 405, code: 'METHOD_NOT_ALLOWED' },
  { title: 'a syntax error, new media type', ...post({ query: '{' }, RESPONSE_JSON), status: 400, code: 'GRAPHQL_PARSE_FAILED' },
  { title: 'a syntax error, application/json', ...post({ query: '{' }, JSON_TYPE), status: 200, code: 'GRAPHQL_PARSE_FAILED' },
  { title: 'an unknown field', ...post({ query: '{ nope }' }, RESPONSE_JSON), status: 400, code: 'GRAPHQL_VALIDATION_FAILED' },
  { title: 'a wrong variable', ...post({ query: 'query($u: ID!) { product(upc: $u) { upc } }' }, RESPONSE_JSON), status: 400, code: 'BAD_USER_INPUT' },
  { title: 'an unknown operation name', ...post({ query: 'query A { me { name } }', operationName: 'B' }, RESPONSE_JSON), status: 400, code: 'OPERATION_RESOLUTION_FAILURE' },
  { title: 'two operations and no name', ...post({ query: 'query A { me { name } } query B { me { id } }' }, RESPONSE_JSON), status: 400, code: 'OPERATION_RESOLUTION_FAILURE' },
  { title: 'a body that is not JSON', ...post('{', JSON_TYPE), status: 400, code: 'BAD_REQUEST' },
  { title: 'a batch', ...post([{ query: '{ me { name } }' }], JSON_TYPE), status: 400, code: 'BATCHING_DISABLED' },
  { title: 'an empty batch', ...post([], JSON_TYPE), status: 400, code: 'BAD_REQUEST' },
  { title: 'a name given twice', ...post('{"query":"{ me { name } }","query":"{ me { id } }"}', JSON_TYPE), status: 400, code: 'BAD_REQUEST' },
  { title: 'JSON that is too deep', ...post(`{"query":"{ me { name } }","extensions":${'{"a":'.repeat(70)}1${'}'.repeat(70)}}`, JSON_TYPE), status: 400, code: 'BAD_REQUEST' },
  { title: 'a name that pollutes prototypes', ...post('{"query":"{ me { name } }","variables":{"__proto__":{"x":1}}}', JSON_TYPE), status: 400, code: 'BAD_REQUEST' },
  { title: 'a query behind a prototype', ...post('{"__proto__":{"query":"{ me { name } }"}}', JSON_TYPE), status: 400, code: 'BAD_REQUEST' },
  { title: '300 000 list elements where an Int was asked', ...post(`{"query":"query($n: Int) { topProducts(first: $n) { upc } }","variables":{"n":[${'0,'.repeat(300_000)}0]}}`, RESPONSE_JSON), status: 400, code: 'MAX_VARIABLES_EXCEEDED' },
  { title: 'no query', ...post({}, JSON_TYPE), status: 400, code: 'BAD_REQUEST' },
  { title: 'variables of a wrong type', ...post({ query: '{ me { name } }', variables: [] }, JSON_TYPE), status: 400, code: 'BAD_REQUEST' },
  { title: 'a form', method: 'POST', body: 'query={me{name}}', headers: { 'content-type': 'application/x-www-form-urlencoded' }, status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' },
  { title: 'text/plain, which browsers send without asking', method: 'POST', body: '{"query":"{me{name}}"}', headers: { 'content-type': 'text/plain' }, status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' },
  { title: 'an answer nobody can give', ...post({ query: '{ me { name } }' }, 'text/html'), status: 406, code: 'NOT_ACCEPTABLE' },
  { title: 'a subscription as JSON', ...post({ query: 'subscription { reviewAdded { cursor } }' }, JSON_TYPE), status: 406, code: 'NOT_ACCEPTABLE' },
  { title: 'a body beyond the limit', ...post({ query: `{ me { name } } #${'x'.repeat(1_000_001)}` }, JSON_TYPE), status: 413, code: 'PAYLOAD_TOO_LARGE' },
  { title: 'a page of another site', ...post({ query: '{ me { name } }' }, JSON_TYPE, { origin: 'https://evil.example' }), status: 403, code: 'CROSS_SITE_REQUEST_REFUSED' },
  { title: 'a cross-site GET without an origin', ...get({ query: '{ me { name } }' }, { 'sec-fetch-site': 'cross-site' }), status: 403, code: 'CROSS_SITE_REQUEST_REFUSED' },
  { title: 'a page on the list', ...post({ query: '{ me { name } }' }, JSON_TYPE, { origin: 'https://app.example' }), status: 200 },
];

describe('GraphQL over HTTP', () => {
  let shop: Shop;
  let router: TestRouter;
  beforeAll(async () => {
    shop = await startShop();
    router = await startTestRouter(shop.all, { CORS_ORIGINS: 'https://app.example' });
  });
  afterAll(async () => {
    await router[Symbol.asyncDispose]();
    await shop[Symbol.asyncDispose]();
  });

  it.each(ROWS)('answers $status to $title', async ({ method = 'POST', search, body, headers = {}, status, code }) => {
    const url = new URL(`${router.url}/graphql`);
    for (const [name, value] of Object.entries(search ?? {})) url.searchParams.set(name, value);
    const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }) });
    const answer = (await response.json()) as { data?: unknown; errors?: readonly { extensions: { code: string } }[] };
    expect({ status: response.status, code: answer.errors?.[0]?.extensions.code }).toEqual({ status, code });
    expect('data' in answer).toBe(code === undefined);
  });

  it('answers a CORS preflight only for listed origins', async () => {
    const preflight = (origin: string) => fetch(`${router.url}/graphql`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' } });
    expect((await preflight('https://app.example')).headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
  });

  it('answers introspection without asking a subgraph', async () => {
    const before = shop.all.map((subgraph) => subgraph.requests.length);
    const answer = await router.query('{ __typename __schema { queryType { name } } u: __type(name: "User") { fields { name } } }');
    expect(answer.data).toEqual({ __typename: 'Query', __schema: { queryType: { name: 'Query' } }, u: { fields: ['id', 'reviews', 'name', 'email', 'salary'].map((name) => ({ name })) } });
    expect(shop.all.map((subgraph) => subgraph.requests.length)).toEqual(before);
  });

  it.each([
    ['/healthz', 200, 'application/json; charset=utf-8'],
    ['/readyz', 200, 'application/json; charset=utf-8'],
    ['/metrics', 200, 'text/plain; version=0.0.4; charset=utf-8'],
    ['/graphiql', 200, 'text/html; charset=utf-8'],
    ['/nowhere', 404, 'application/json; charset=utf-8'],
  ])('serves %s', async (path, status, type) => {
    const response = await fetch(`${router.url}${path}`);
    await response.arrayBuffer();
    expect([response.status, response.headers.get('content-type')]).toEqual([status, type]);
  });

  it('serves GraphiQL, which loads nothing from elsewhere', async () => {
    const response = await fetch(`${router.url}/graphiql`);
    expect(response.status).toBe(200);
    expect(await response.text()).not.toMatch(/<(script|link)[^>]+(src|href)="https?:/);
  });
});
