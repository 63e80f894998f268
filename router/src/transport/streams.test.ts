// Subscriptions over HTTP, spoken to by the clients that people use: graphql-sse in both of its modes, Apollo Client for
// multipart.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client/core/index.js';
import { createClient, type Client } from 'graphql-sse';
import { INTERNAL_SECRET, startAuthService, type TestAuthService } from '../test-support/auth-service.ts';
import { createLiveSource, type LiveSource } from '../test-support/live.ts';
import { startTestRouter, type TestRouter } from '../test-support/router.ts';
import { startShop, type Shop } from '../test-support/shop.ts';

const STOCK = 'subscription { stock(upc: "p1") { left product { name } } }';
const stock = (left: number) => ({ left, product: { upc: 'p1' } });
const joined = (left: number) => ({ data: { stock: { left, product: { name: 'Table' } } } });
const EVENTS = { accept: 'text/event-stream', 'content-type': 'application/json' };
const PARTS = { accept: 'multipart/mixed;subscriptionSpec="1.0", application/json', 'content-type': 'application/json' };

describe('subscriptions over HTTP', () => {
  let live: LiveSource<object>;
  let auth: TestAuthService;
  let shop: Shop;
  let router: TestRouter;
  let endpoint: string;
  beforeAll(async () => {
    auth = await startAuthService();
    shop = await startShop(() => live.open());
    router = await startTestRouter(shop.all, { AUTH_URL: auth.url, MIB_INTERNAL_SECRET: INTERNAL_SECRET }, { subscriptions: { heartbeatMs: 100, maxPerConnection: 2 } });
    endpoint = `${router.url}/graphql`;
  });
  afterAll(async () => {
    for (const running of [router, shop, auth]) await running[Symbol.asyncDispose]();
  });
  beforeEach(() => void (live = createLiveSource()));
  afterEach(() => live.reached(0));

  const post = (query: string, headers: Record<string, string>, more: object = {}): Promise<Response> => fetch(endpoint, { method: 'POST', headers, body: JSON.stringify({ query, ...more }) });

  describe.each([['distinct connections', false], ['a single connection', true]] as const)('as server-sent events over %s', (_title, singleConnection) => {
    let client: Client;
    beforeEach(() => void (client = createClient({ url: endpoint, singleConnection, retryAttempts: 0 })));
    afterEach(() => client.dispose());

    it('joins and delivers each event, and completes', async () => {
      const stream = client.iterate({ query: STOCK });
      const first = stream.next();
      await live.reached(1);
      live.push(stock(1));
      live.push(stock(2));
      expect([(await first).value, (await stream.next()).value]).toEqual([joined(1), joined(2)]);
      live.end();
      expect((await stream.next()).done).toBe(true);
    });

    it('answers queries', async () => {
      expect((await client.iterate({ query: '{ me { name } }' }).next()).value).toEqual({ data: { me: { name: 'Ada' } } });
    });

    it('ends upstream when the client is done', async () => {
      const stream = client.iterate({ query: STOCK });
      const ended = stream.next();
      await live.reached(1);
      await stream.return!();
      await live.reached(0);
      expect((await ended).done).toBe(true);
    });
  });

  it('reports what GraphQL refuses through the stream that was asked for', async () => {
    const response = await post('subscription { nope }', EVENTS);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    expect(await response.text()).toMatch(/^:\n\nevent: next\ndata: {"errors":\[.*GRAPHQL_VALIDATION_FAILED.*\n\nevent: complete\ndata:\n\n$/);
  });

  it.each([['server-sent events', EVENTS, ':\n\n:\n\n'], ['multipart', PARTS, '{}\r\n--graphql\r\ncontent-type: application/json\r\n\r\n{}\r\n--graphql']])('sends headers at once and heartbeats while nothing happens: %s', async (_title, headers, beats) => {
    const gone = new AbortController();
    const response = await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify({ query: STOCK }), signal: gone.signal });
    let text = '';
    for await (const chunk of response.body!) if ((text += Buffer.from(chunk).toString()).includes(beats)) break;
    expect(text).toContain(beats);
    gone.abort();
  });

  it('delivers multipart subscriptions to Apollo Client', async () => {
    const client = new ApolloClient({ link: new HttpLink({ uri: endpoint }), cache: new InMemoryCache() });
    const received: unknown[] = [];
    const done = new Promise<void>((resolve, reject) => client.subscribe({ query: gql(STOCK) }).subscribe({ next: ({ data }) => received.push(data), complete: resolve, error: reject }));
    await live.reached(1);
    live.push(stock(1));
    live.push(stock(2));
    live.end();
    await done;
    expect(received).toMatchObject([joined(1).data, joined(2).data]);
    client.stop();
  });

  it('writes the error that ends a multipart subscription behind its events', async () => {
    const response = await post('subscription { stock(upc: "p1") { left } }', PARTS);
    expect(response.headers.get('content-type')).toBe('multipart/mixed;boundary="graphql";subscriptionSpec="1.0"');
    await live.reached(1);
    shop.reviews.cutSockets();
    expect((await response.text()).replaceAll('{}\r\n--graphql\r\ncontent-type: application/json\r\n\r\n', '')).toMatch(/^\r\n--graphql\r\ncontent-type: application\/json\r\n\r\n{"payload":null,"errors":\[{.*UPSTREAM_LOST.*}\]}\r\n--graphql--\r\n$/);
  });

  it('answers a query with JSON although multipart was offered', async () => {
    const response = await post('{ me { name } }', PARTS);
    expect(await response.json()).toEqual({ data: { me: { name: 'Ada' } } });
  });

  it('ends a stream with TOKEN_EXPIRED when its credential does', async () => {
    const token = await auth.token({ expiresInSeconds: 2 });
    const response = await post(STOCK, { ...EVENTS, authorization: `Bearer ${token}` });
    expect(await response.text()).toMatch(/TOKEN_EXPIRED.*\n\nevent: complete\ndata:\n\n$/);
  });

  describe('a reserved event stream', () => {
    const reserve = async (headers: Record<string, string> = {}): Promise<string> => (await fetch(endpoint, { method: 'PUT', headers })).text();
    const ask = (token: string, id: unknown, query: string, headers: Record<string, string> = {}): Promise<Response> =>
      post(query, { 'content-type': 'application/json', 'x-graphql-event-stream-token': token, ...headers }, { extensions: { operationId: id } });

    it('holds what is ready before it is opened, and closes once', async () => {
      const token = await reserve();
      expect((await ask(token, 'a', '{ me { name } }')).status).toBe(202);
      const gone = new AbortController();
      const response = await fetch(`${endpoint}?token=${token}`, { headers: { accept: 'text/event-stream' }, signal: gone.signal });
      expect((await fetch(`${endpoint}?token=${token}`, { headers: { accept: 'text/event-stream' } })).status).toBe(409);
      let text = '';
      for await (const chunk of response.body!) if ((text += Buffer.from(chunk).toString()).includes('event: complete')) break;
      expect(text).toContain('event: next\ndata: {"id":"a","payload":{"data":{"me":{"name":"Ada"}}}}\n\nevent: complete\ndata: {"id":"a"}\n\n');
      gone.abort();
    });

    it.each([
      ['no id', [undefined], 400],
      ['an id in use', ['a', 'a'], 409],
      ['more operations than it may', ['a', 'b', 'c'], 429],
    ])('refuses %s', async (_title, ids, status) => {
      const token = await reserve();
      const statuses: number[] = [];
      for (const id of ids) statuses.push((await ask(token, id, STOCK)).status);
      expect(statuses.at(-1)).toBe(status);
      for (const id of ids) await fetch(`${endpoint}?token=${token}&operationId=${id}`, { method: 'DELETE' });
    });

    it('does not exist for another identity, nor under a made-up token', async () => {
      const [ada, bob] = await Promise.all(['ada', 'bob'].map(async (sub) => ({ authorization: `Bearer ${await auth.token({ sub })}` })));
      const token = await reserve(ada);
      expect([(await ask(token, 'a', STOCK, bob)).status, (await ask(token, 'a', STOCK)).status, (await ask('x', 'a', STOCK)).status]).toEqual([404, 404, 404]);
      expect((await ask(token, 'a', 'subscription { nope }', ada)).status).toBe(400);
    });
  });
});
