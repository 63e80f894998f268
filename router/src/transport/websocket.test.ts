// The door of graphql-transport-ws, message by message.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { WebSocket } from 'ws';
import { createLiveSource, type LiveSource } from '../test-support/live.ts';
import { startTestRouter, type TestRouter } from '../test-support/router.ts';
import { startShop, type Shop } from '../test-support/shop.ts';

const INIT = '{"type":"connection_init"}';
const QUERY = '{ me { name } }';
const STOCK = 'subscription { stock(upc: "p1") { left } }';
const subscribe = (id: string, query: string): string => JSON.stringify({ id, type: 'subscribe', payload: { query } });

describe('graphql-transport-ws', () => {
  let live: LiveSource<object>;
  let shop: Shop;
  let router: TestRouter;
  let sockets: WebSocket[];
  beforeAll(async () => {
    shop = await startShop(() => live.open());
    router = await startTestRouter(shop.all, { MAX_BODY_BYTES: '2000' }, { subscriptions: { initTimeoutMs: 300, heartbeatMs: 200, maxPerConnection: 2 } });
  });
  afterAll(async () => {
    await router[Symbol.asyncDispose]();
    await shop[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    live = createLiveSource();
    sockets = [];
  });
  afterEach(async () => {
    for (const socket of sockets) socket.terminate();
    await live.reached(0);
  });

  async function open(protocol: string | undefined = 'graphql-transport-ws', options: { autoPong?: boolean } = {}): Promise<WebSocket> {
    const socket = new WebSocket(`${router.url.replace('http', 'ws')}/graphql`, protocol, options);
    sockets.push(socket);
    await once(socket, 'open');
    return socket;
  }

  async function acknowledged(): Promise<WebSocket> {
    const socket = await open();
    socket.send(INIT);
    expect(await message(socket)).toEqual({ type: 'connection_ack' });
    return socket;
  }

  const message = async (socket: WebSocket): Promise<Record<string, unknown>> => JSON.parse(String((await once(socket, 'message'))[0])) as Record<string, unknown>;
  const closed = async (socket: WebSocket): Promise<number> => (await once(socket, 'close'))[0] as number;

  it.each([
    ['an operation before the acknowledgement', [subscribe('1', QUERY)], 4401],
    ['a second initialisation', [INIT, INIT], 4429],
    ['no JSON', ['nonsense'], 4400],
    ['JSON that is no object', ['[]'], 4400],
    ['bytes', [Buffer.from(INIT)], 4400],
    ['an unknown message', ['{"type":"dance"}'], 4400],
    ['an initialisation with a payload that is no object', ['{"type":"connection_init","payload":"me"}'], 4400],
    ['a ping with a payload that is no object', ['{"type":"ping","payload":1}'], 4400],
    ['an operation without an id', [INIT, '', '{"type":"subscribe","payload":{"query":"{ __typename }"}}'], 4400],
    ['an operation without a document', [INIT, '', '{"id":"1","type":"subscribe","payload":{}}'], 4400],
    ['variables that are no object', [INIT, '', '{"id":"1","type":"subscribe","payload":{"query":"{ __typename }","variables":[]}}'], 4400],
    ['a completion without an id', [INIT, '', '{"type":"complete"}'], 4400],
    ['the same id twice', [INIT, '', subscribe('1', STOCK), subscribe('1', STOCK)], 4409],
    ['a message beyond the bound', [INIT, '', subscribe('1', `${QUERY} #${'x'.repeat(2_000)}`)], 1009],
    ['no initialisation in time', [], 4408],
  ])('closes the socket after %s', async (_title, messages, code) => {
    const socket = await open();
    const ended = closed(socket);
    for (const text of messages) {
      if (text === '') await message(socket);
      else socket.send(text);
    }
    expect(await ended).toBe(code);
  });

  it('closes a socket of another subprotocol with 4406', async () => {
    const socket = new WebSocket(`${router.url.replace('http', 'ws')}/graphql`);
    sockets.push(socket);
    expect(await closed(socket)).toBe(4406);
  });

  it('answers pings with their payload, before and after the acknowledgement', async () => {
    const socket = await open();
    socket.send('{"type":"ping","payload":{"n":1}}');
    expect(await message(socket)).toEqual({ type: 'pong', payload: { n: 1 } });
    socket.send(INIT);
    await message(socket);
    socket.send('{"type":"pong"}');
    socket.send('{"type":"ping"}');
    expect(await message(socket)).toEqual({ type: 'pong' });
  });

  it('answers a query with one result and its completion', async () => {
    const socket = await acknowledged();
    const messages: unknown[] = [];
    socket.on('message', (data) => messages.push(JSON.parse(String(data))));
    socket.send(subscribe('ä"1', QUERY));
    while (messages.length < 2) await message(socket);
    expect(messages).toEqual([{ id: 'ä"1', type: 'next', payload: { data: { me: { name: 'Ada' } } } }, { id: 'ä"1', type: 'complete' }]);
  });

  it('lets an id be used again as soon as its operation is complete', async () => {
    const socket = await acknowledged();
    socket.send(subscribe('1', STOCK));
    await live.reached(1);
    socket.send('{"id":"1","type":"complete"}');
    socket.send(subscribe('1', QUERY));
    expect(await message(socket)).toMatchObject({ id: '1', type: 'next', payload: { data: { me: { name: 'Ada' } } } });
    await live.reached(0);
  });

  it('ignores the completion of what it does not know', async () => {
    const socket = await acknowledged();
    socket.send('{"id":"7","type":"complete"}');
    socket.send('{"type":"ping"}');
    expect(await message(socket)).toEqual({ type: 'pong' });
  });

  it('refuses an operation beyond the bound of a socket by itself', async () => {
    const socket = await acknowledged();
    for (const id of ['1', '2', '3']) socket.send(subscribe(id, STOCK));
    expect(await message(socket)).toMatchObject({ id: '3', type: 'error', payload: [{ extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } }] });
    await live.reached(1);
    live.push({ left: 1, product: { upc: 'p1' } });
    expect(await message(socket)).toMatchObject({ type: 'next', payload: { data: { stock: { left: 1 } } } });
  });

  it('carries messages of any length whole', async () => {
    const socket = await acknowledged();
    socket.send(subscribe('1', 'subscription { reviewAdded { review { body } } }'));
    await live.reached(1);
    for (const length of [1, 60, 130, 16_300, 65_600, 200_000]) {
      const next = message(socket);
      live.push({ cursor: String(length), review: { id: 'r1', authorId: '1', upc: 'p1', body: 'é'.repeat(length) } });
      expect(await next).toEqual({ id: '1', type: 'next', payload: { data: { reviewAdded: { review: { body: 'é'.repeat(length) } } } } });
    }
  });

  it('cuts off who does not answer its pings', async () => {
    const socket = await open('graphql-transport-ws', { autoPong: false });
    socket.send(INIT);
    expect(await closed(socket)).toBe(1006);
  });

  it.each([
    ['/elsewhere', {}, '404'],
    ['//', {}, '400'],
    ['/graphql', { origin: 'https://evil.example' }, '403'],
  ])('refuses an upgrade of %s %p with %s', async (path, headers, status) => {
    const { hostname, port } = new URL(router.url);
    const socket = connectTcp(Number(port), hostname);
    const lines = { host: `${hostname}:${port}`, connection: 'upgrade', upgrade: 'websocket', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-version': '13', ...headers };
    socket.end(`GET ${path} HTTP/1.1\r\n${Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
    expect(String((await once(socket, 'data'))[0])).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });
});
