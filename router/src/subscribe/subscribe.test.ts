// Subscriptions end to end: clients over WebSocket and SSE, the hub between, a real subgraph behind.

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { INTERNAL_SECRET, startAuthService, type TestAuthService } from '../test-support/auth-service.ts';
import { createLiveSource, type LiveSource } from '../test-support/live.ts';
import { startTestRouter, type TestRouter } from '../test-support/router.ts';
import { startShop, type Shop } from '../test-support/shop.ts';

interface ReviewEvent {
  readonly cursor: string;
  readonly review: { readonly id: string; readonly authorId: string; readonly upc: string; readonly body: string };
}

const JOINED = 'subscription { reviewAdded { review { body author { name } product { name } } } }';
const event = (number: number, body = `body ${number}`): ReviewEvent => ({ cursor: String(number), review: { id: `r${number}`, authorId: '1', upc: 'p1', body } });
const joined = (number: number) => ({ data: { reviewAdded: { review: { body: `body ${number}`, author: { name: 'Ada' }, product: { name: 'Table' } } } } });

describe('subscriptions', () => {
  let live: LiveSource<ReviewEvent>;
  let seen: (string | undefined)[];
  let auth: TestAuthService;
  let shop: Shop;
  let router: TestRouter;
  let clients: Client[];
  beforeEach(async () => {
    live = createLiveSource();
    seen = [];
    clients = [];
    auth = await startAuthService();
    shop = await startShop(({ after }, { viewer }) => {
      seen.push(viewer);
      return live.open(after);
    });
    router = await startTestRouter(shop.all, { AUTH_URL: auth.url, MIB_INTERNAL_SECRET: INTERNAL_SECRET });
  });
  afterEach(async () => {
    await Promise.all(clients.map((client) => client.dispose()));
    for (const running of [router, shop, auth]) await running[Symbol.asyncDispose]();
  });

  function connect(connectionParams?: Record<string, unknown>): Client {
    const client = createClient({ url: `${router.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0, ...(connectionParams ? { connectionParams } : {}) });
    clients.push(client);
    return client;
  }

  const values = async (stream: AsyncIterableIterator<unknown>, count: number): Promise<unknown[]> => {
    const found: unknown[] = [];
    while (found.length < count) found.push((await stream.next()).value);
    return found;
  };

  it('joins each event over three subgraphs, in order', async () => {
    const stream = connect().iterate({ query: JOINED });
    await live.reached(1);
    for (const number of [1, 2, 3]) live.push(event(number));
    expect(await values(stream, 3)).toEqual([joined(1), joined(2), joined(3)]);
    live.end();
    expect(await stream.next()).toEqual({ value: undefined, done: true });
  });

  it('joins a burst whole and in order when none of it may be lost', async () => {
    const stream = connect().iterate({ query: JOINED });
    await live.reached(1);
    const burst = Array.from({ length: 1_000 }, (_, index) => index + 1);
    for (const number of burst) live.push(event(number));
    expect(await values(stream, burst.length)).toEqual(burst.map(joined));
  });

  it('opens one upstream subscription and makes one join for clients that ask the same', async () => {
    const streams = Array.from({ length: 5 }, () => connect().iterate({ query: JOINED }));
    await live.reached(1);
    // The hub knows of all five once every socket has had its subscribe answered by a query behind it.
    await Promise.all(clients.map((client) => client.iterate({ query: '{ __typename }' }).next()));
    live.push(event(1));
    expect(await Promise.all(streams.map((stream) => values(stream, 1)))).toEqual(streams.map(() => [joined(1)]));
    expect(shop.reviews.subscriptions.payloads).toHaveLength(1);
    expect(shop.users.requests).toHaveLength(1);
    expect(shop.products.requests).toHaveLength(1);
  });

  it('closes the upstream at once when the last client leaves, not before', async () => {
    const [first, second] = [connect(), connect()].map((client) => client.iterate({ query: JOINED }));
    await live.reached(1);
    await Promise.all(clients.map((client) => client.iterate({ query: '{ __typename }' }).next()));
    await first!.return!();
    live.push(event(1));
    expect(await values(second!, 1)).toEqual([joined(1)]);
    await second!.return!();
    await live.reached(0);
  });

  it('closes the upstream when the socket of the last client breaks', async () => {
    const client = connect();
    void client.iterate({ query: JOINED }).next().catch(() => undefined);
    await live.reached(1);
    client.terminate();
    await live.reached(0);
  });

  it('never shares a stream between two identities', async () => {
    const tokens = await Promise.all(['ada', 'bob'].map((sub) => auth.token({ sub })));
    const streams = tokens.map((token) => connect({ authorization: `Bearer ${token}` }).iterate({ query: JOINED }));
    await live.reached(2);
    expect(new Set(seen.map((statement) => JSON.parse(Buffer.from(statement!.split('.')[0]!, 'base64url').toString()).userId))).toEqual(new Set(['ada', 'bob']));
    live.push(event(1));
    await Promise.all(streams.map((stream) => values(stream, 1)));
    const joins = shop.users.requests.map(({ headers }) => headers['x-mib-viewer']);
    expect(new Set(joins).size).toBe(2);
  });

  it('streams over SSE with the headers at once', async () => {
    const gone = new AbortController();
    const response = await fetch(`${router.url}/graphql`, { method: 'POST', headers: { accept: 'text/event-stream', 'content-type': 'application/json' }, body: JSON.stringify({ query: JOINED }), signal: gone.signal });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    await live.reached(1);
    live.push(event(1));
    live.end();
    expect((await response.text()).replace(/^(:\n\n)+/, ':\n\n')).toBe(`:\n\nevent: next\ndata: ${JSON.stringify(joined(1))}\n\nevent: complete\ndata:\n\n`);
  });

  it('closes the upstream when an SSE client hangs up', async () => {
    const gone = new AbortController();
    const response = await fetch(`${router.url}/graphql?query=${encodeURIComponent(JOINED)}`, { headers: { accept: 'text/event-stream' }, signal: gone.signal });
    await live.reached(1);
    gone.abort();
    await live.reached(0);
    expect(response.status).toBe(200);
  });

  it('goes on behind the last event when the upstream socket breaks', async () => {
    const stream = connect().iterate({ query: JOINED });
    await live.reached(1);
    for (const number of [1, 2]) live.push(event(number));
    expect(await values(stream, 2)).toEqual([joined(1), joined(2)]);
    shop.reviews.cutSockets();
    await live.reached(0);
    live.push(event(3)); // while nobody listens
    await live.reached(1);
    live.push(event(4));
    expect(await values(stream, 2)).toEqual([joined(3), joined(4)]);
    expect(shop.reviews.subscriptions.payloads.map((payload) => (payload['variables'] as Record<string, unknown>)['_after'])).toEqual([undefined, '2']);
  });

  it('ends with a typed error when a lost stream cannot be resumed', async () => {
    const stream = connect().iterate({ query: 'subscription { stock(upc: "p1") { left } }' });
    await live.reached(1);
    shop.reviews.cutSockets();
    await expect(stream.next()).rejects.toMatchObject([{ extensions: { code: 'UPSTREAM_LOST' } }]);
  });

  it('gives a client with an older cursor a stream of its own', async () => {
    const query = 'subscription($after: String) { reviewAdded(after: $after) { review { body } } }';
    for (const number of [1, 2, 3]) live.push(event(number));
    const ask = () => connect().iterate({ query, variables: { after: '1' } });
    const body = (number: number) => ({ data: { reviewAdded: { review: { body: `body ${number}` } } } });
    const first = ask();
    expect(await values(first, 2)).toEqual([body(2), body(3)]);
    const second = ask();
    expect(await values(second, 2)).toEqual([body(2), body(3)]);
  });

  it('does not let a client that stops reading hold up the others', async () => {
    const slow = new WebSocket(`${router.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const query = 'subscription { reviewAdded { review { body } } }';
    await new Promise((resolve) => slow.once('open', resolve));
    slow.send('{"type":"connection_init"}');
    await new Promise((resolve) => slow.once('message', resolve));
    slow.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
    await live.reached(1);
    slow.pause();
    const stream = connect().iterate({ query });
    await Promise.all(clients.map((client) => client.iterate({ query: '{ __typename }' }).next()));
    const big = 'x'.repeat(200_000);
    for (let number = 0; number < 150; number++) {
      live.push(event(number, `${number} ${big}`));
      const [value] = (await values(stream, 1)) as { data: { reviewAdded: { review: { body: string } } } }[];
      expect(value!.data.reviewAdded.review.body.startsWith(`${number} `)).toBe(true);
    }
    const codes = new Promise((resolve) => slow.on('message', (data) => String(data).includes('"error"') && resolve(JSON.parse(String(data)).payload[0].extensions.code)));
    slow.resume();
    expect(await codes).toBe('SLOW_CONSUMER');
    slow.terminate();
  });

  it('ends the socket with 4403 when its token expires', async () => {
    const token = await auth.token({ expiresInSeconds: 2 });
    const client = connect({ authorization: `Bearer ${token}` });
    const closed = new Promise<{ code: number }>((resolve) => client.on('closed', (closing) => resolve(closing as { code: number })));
    void client.iterate({ query: JOINED }).next().catch(() => undefined);
    expect((await closed).code).toBe(4403);
    await live.reached(0);
  });

  it('refuses an operation beyond the limit of one socket by itself', async () => {
    const client = connect();
    const streams = Array.from({ length: 200 }, (_, index) => client.iterate({ query: JOINED, variables: { index } }));
    for (const stream of streams) void stream.next().catch(() => undefined);
    await live.reached(200);
    await expect(client.iterate({ query: '{ __typename }' }).next()).rejects.toMatchObject([{ extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } }]);
  });

  it('says that a subgraph without a URL cannot be subscribed to', async () => {
    await using unreachable = await startTestRouter(shop.all.map((subgraph) => (subgraph === shop.reviews ? { ...subgraph, url: '' } : subgraph)));
    const response = await fetch(`${unreachable.url}/graphql?query=${encodeURIComponent(JOINED)}`, { headers: { accept: 'text/event-stream' } });
    expect(await response.text()).toContain('"code":"SUBGRAPH_UNAVAILABLE"');
  });

  it('answers an invalid subscription with its errors', async () => {
    await expect(connect().iterate({ query: 'subscription { nope }' }).next()).rejects.toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
  });

  it('tells every stream when the router goes down', async () => {
    const stream = connect().iterate({ query: JOINED });
    const response = await fetch(`${router.url}/graphql?query=${encodeURIComponent(JOINED)}`, { headers: { accept: 'text/event-stream' } });
    await live.reached(1);
    const ended = stream.next();
    ended.catch(() => undefined);
    await router[Symbol.asyncDispose]();
    await expect(ended).rejects.toMatchObject([{ extensions: { code: 'SHUTTING_DOWN' } }]);
    expect(await response.text()).toMatch(/SHUTTING_DOWN.*\n\nevent: complete/);
    router = await startTestRouter(shop.all);
  });
});
