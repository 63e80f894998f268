// @defer end to end: a router over real subgraphs, read by a client of server-sent events and by Apollo Client.

import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { Defer20220824Handler } from '@apollo/client/incremental';
import fc from 'fast-check';
import { allPayloads, hold, mergeParts, payloads } from '../test-support/parts.ts';
import { startTestRouter, type TestRouter } from '../test-support/router.ts';
import { startShop, type Shop } from '../test-support/shop.ts';

const APOLLO_ACCEPT = 'multipart/mixed;deferSpec=20220824,application/graphql-response+json,application/json;q=0.9';

describe('an operation with @defer', () => {
  let shop: Shop;
  let router: TestRouter;
  beforeAll(async () => {
    shop = await startShop();
    router = await startTestRouter(shop.all);
  });
  afterEach(() => {
    for (const subgraph of shop.all) subgraph.intercept = undefined;
  });
  afterAll(async () => {
    await router[Symbol.asyncDispose]();
    await shop[Symbol.asyncDispose]();
  });

  it('is answered at once with what is there, the rest when it comes', async () => {
    const reviews = hold(shop.reviews);
    const parts = payloads(router.url, '{ me { name ... @defer(label: "late") { reviews { body } } } }');
    expect((await parts.next()).value).toEqual({ data: { me: { name: 'Ada' } }, hasNext: true });
    reviews.release();
    const { value } = (await parts.next()) as { value: unknown };
    expect(value).toEqual({ incremental: [{ label: 'late', path: ['me'], data: { reviews: expect.any(Array) } }], hasNext: false });
    expect((await parts.next()).done).toBe(true);
  });

  it('comes in one answer where the client takes only one', async () => {
    const query = '{ me { name ... @defer { reviews { id } } } }';
    const whole = await router.query('{ me { name reviews { id } } }');
    expect(await router.query(query)).toEqual(whole);
    expect(await router.query(query, { headers: { accept: 'application/graphql-response+json' } })).toEqual(whole);
  });

  it('is written in parts that each end with their boundary', async () => {
    const response = await fetch(`${router.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', accept: APOLLO_ACCEPT }, body: JSON.stringify({ query: '{ me { name ... @defer { id } } }' }) });
    expect(response.headers.get('content-type')).toBe('multipart/mixed;boundary="graphql";deferSpec=20220824');
    const head = '\r\ncontent-type: application/json\r\n\r\n';
    expect(await response.text()).toBe(`\r\n--graphql${head}{"data":{"me":{"name":"Ada"}},"hasNext":true}\r\n--graphql${head}{"incremental":[{"path":["me"],"data":{"id":"1"}}],"hasNext":false}\r\n--graphql--\r\n`);
  });

  it('defers under its variables', async () => {
    const query = 'query ($later: Boolean!) { me { name ... @defer(if: $later) { id } } }';
    expect(await allPayloads(router.url, query, { later: false })).toEqual([{ data: { me: { name: 'Ada', id: '1' } } }]);
    expect(await allPayloads(router.url, query, { later: true })).toHaveLength(2);
  });

  it('has a part for each element of a list, and parts within parts', async () => {
    const all = await allPayloads(router.url, '{ topProducts { upc ... @defer(label: "outer") { reviews { id ... @defer(label: "inner") { author { name } } } } } }');
    const parts = all.flatMap(({ incremental = [] }) => incremental);
    expect(parts.filter(({ label }) => label === 'outer').map(({ path }) => path)).toEqual([['topProducts', 0], ['topProducts', 1]]);
    expect(parts.filter(({ label }) => label === 'inner').every(({ path }) => path[2] === 'reviews' && path.length === 4)).toBe(true);
    expect(all.map(({ hasNext }) => hasNext)).toEqual([...all.slice(1).map(() => true), false]);
  });

  it('sends together what is ready together', async () => {
    const query = 'query ($no: Boolean = false) { me { name ... @defer(label: "a") { reviews @include(if: $no) { id } } ... @defer(label: "b") { reviews @include(if: $no) { body } } } }';
    expect(await allPayloads(router.url, query)).toEqual([
      { data: { me: { name: 'Ada' } }, hasNext: true },
      { incremental: [{ label: 'a', path: ['me'], data: {} }, { label: 'b', path: ['me'], data: {} }], hasNext: false },
    ]);
  });

  it('does not wait with one part for another', async () => {
    const reviews = hold(shop.reviews);
    const parts = payloads(router.url, '{ me { name ... @defer(label: "late") { reviews { id } } } ... @defer(label: "early") { topProducts { upc } } }');
    await parts.next();
    expect((await parts.next()).value).toEqual({ incremental: [{ label: 'early', path: [], data: { topProducts: [{ upc: 'p1' }, { upc: 'p2' }] } }], hasNext: true });
    reviews.release();
    expect((await parts.next()).value).toMatchObject({ incremental: [{ label: 'late' }], hasNext: false });
  });

  it('has no parts below what has become null', async () => {
    expect(await allPayloads(router.url, '{ ledger me { ... @defer { reviews { id } } } }')).toEqual([{ data: null, errors: [expect.objectContaining({ path: ['ledger'] })], hasNext: false }]);
    expect(await allPayloads(router.url, '{ product(upc: "none") { ... @defer { name } } }')).toEqual([{ data: { product: null }, hasNext: false }]);
  });

  it('fails in the part alone whose subgraph fails', async () => {
    shop.reviews.intercept = (_, response) => void response.writeHead(500).end();
    const [first, second] = await allPayloads(router.url, '{ me { name ... @defer(label: "late") { reviews { id } } } }');
    expect(first).toEqual({ data: { me: { name: 'Ada' } }, hasNext: true });
    expect(second).toEqual({ incremental: [{ label: 'late', path: ['me'], data: null, errors: [expect.objectContaining({ extensions: { code: 'SUBGRAPH_UNAVAILABLE', serviceName: 'reviews' } })] }], hasNext: false });
  });

  it('tells in the part what the caller may not see of it', async () => {
    const [first, second] = await allPayloads(router.url, '{ me { name ... @defer { email } } secret }');
    expect(first).toEqual({ data: { me: { name: 'Ada' }, secret: null }, errors: [expect.objectContaining({ path: ['secret'] })], hasNext: true });
    expect(second).toEqual({ incremental: [{ path: ['me'], data: { email: null }, errors: [expect.objectContaining({ path: ['me', 'email'] })] }], hasNext: false });
  });

  it('follows a mutation', async () => {
    const all = await allPayloads(router.url, 'mutation { setPrice(upc: "p1", price: 7) { price ... @defer { reviews { id } } } }');
    expect(all[0]).toEqual({ data: { setPrice: { price: 7 } }, hasNext: true });
    expect(all[1]?.incremental?.[0]?.path).toEqual(['setPrice']);
  });

  it('asks no further when its client has gone', async () => {
    const reviews = hold(shop.reviews);
    const gone = new AbortController();
    const response = await fetch(`${router.url}/graphql`, { method: 'POST', signal: gone.signal, headers: { 'content-type': 'application/json', accept: APOLLO_ACCEPT }, body: JSON.stringify({ query: '{ me { name ... @defer { reviews { id } } } }' }) });
    expect(response.status).toBe(200);
    await reviews.asked;
    gone.abort();
    await reviews.dropped;
    reviews.release();
  });

  it('ends at its deadline, saying which part has not come', async () => {
    const timers = jest.spyOn(globalThis, 'setTimeout');
    const reviews = hold(shop.reviews);
    const parts = payloads(router.url, '{ me { name ... @defer { reviews { id } } } }');
    await parts.next();
    await reviews.asked;
    const deadline = timers.mock.calls.find(([, delayMs]) => delayMs === 60_000)?.[0];
    timers.mockRestore();
    deadline?.();
    expect((await parts.next()).value).toEqual({ incremental: [{ path: ['me'], data: null, errors: [expect.objectContaining({ extensions: { code: 'SUBGRAPH_UNAVAILABLE', serviceName: 'reviews' } })] }], hasNext: false });
    reviews.release();
  });

  it('is refused in a subscription before anything is asked', async () => {
    const text = await fetch(`${router.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', accept: 'text/event-stream' }, body: JSON.stringify({ query: 'subscription { reviewAdded { cursor ... @defer { review { id } } } }' }) }).then((response) => response.text());
    expect(text).toContain('GRAPHQL_VALIDATION_FAILED');
    expect(shop.reviews.subscriptions.payloads).toHaveLength(0);
  });

  it('is read by Apollo Client as its query without @defer', async () => {
    const client = new ApolloClient({ link: new HttpLink({ uri: `${router.url}/graphql` }), cache: new InMemoryCache(), incrementalHandler: new Defer20220824Handler() });
    const query = (defer: string): string => `{ me { name ... ${defer} { reviews { body product { name ... ${defer} { shippingEstimate } } } } } topProducts { upc ... ${defer} { reviews { id } } } }`;
    const { data } = await router.query(query(''));
    const seen: unknown[] = [];
    await new Promise<void>((resolve, reject) => {
      client.watchQuery({ query: gql(query('@defer')), fetchPolicy: 'no-cache' }).subscribe({
        next: (result) => {
          if (result.data !== undefined) seen.push(withoutTypeNames(result.data));
          if (result.error) reject(result.error);
          if (result.dataState === 'complete') resolve();
        },
        error: reject,
      });
    });
    expect(seen[0]).toEqual({ me: { name: 'Ada' }, topProducts: [{ upc: 'p1' }, { upc: 'p2' }] });
    expect(seen.at(-1)).toEqual(data);
    client.stop();
  });

  it('gives the same data as without it, wherever it stands', async () => {
    const defer = fc.constantFrom('', '@defer', '@defer(if: true)', '@defer(if: $yes)', '@defer(if: $no)', '@include(if: $yes) @defer', '@skip(if: $no) @defer');
    const query = (at: readonly string[]): string => `query ($yes: Boolean = true, $no: Boolean = false) { me { id @include(if: $yes) @skip(if: $no) ...User ${at[0]} } ... ${at[1]} { topProducts(first: 3) { upc ... on Product ${at[2]} { name ...Reviewed ${at[3]} } ... ${at[4]} { shippingEstimate } } users { ...User ${at[5]} } } }
      fragment User on User { name ... ${at[6]} { reviews { id ... ${at[7]} { body product { name ... ${at[8]} { weight reviews { __typename } } } } } } }
      fragment Reviewed on Product { price ... ${at[9]} { reviews { author { id ... ${at[10]} { name email } } } } }`;
    const whole = await router.query(query(Array.from({ length: 11 }, () => '')));
    await fc.assert(
      fc.asyncProperty(fc.array(defer, { minLength: 11, maxLength: 11 }), async (at) => {
        const all = await allPayloads(router.url, query(at));
        expect(mergeParts(all)).toEqual(whole.data);
        expect(all.flatMap(({ errors = [], incremental = [] }) => [...errors, ...incremental.flatMap((part) => part.errors ?? [])]).every(({ extensions }) => extensions?.code === 'UNAUTHORIZED_FIELD_OR_TYPE')).toBe(true);
      }),
      { numRuns: 12 },
    );
  });
});

function withoutTypeNames(data: unknown): unknown {
  return JSON.parse(JSON.stringify(data, (key, value: unknown) => (key === '__typename' ? undefined : value)));
}
