import { describe, expect, it } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import type { AddressInfo } from 'node:net';
import { createClientOf } from './client.ts';
import type { ClientOptions } from './client-options.ts';
import { GraphQLRequestError, NetworkError } from './errors.ts';
import { MAX_QUEUED_EVENTS } from './event-queue.ts';
import { startCountingServer, testOperations, type CountingServer } from './test-support/counting-server.ts';

const upTo = (count: number, from = 1): number[] => Array.from({ length: count - from + 1 }, (_, i) => from + i);

function clientOf({ url }: { readonly url: string }, options: Partial<ClientOptions> = {}) {
  return createClientOf(testOperations, { url, webSocketImpl: WebSocket, reconnect: { baseMs: 1, maxMs: 5 }, ...options });
}

async function counted(server: CountingServer, options: Partial<ClientOptions>, variables: { after?: string } = {}): Promise<number[]> {
  const client = clientOf(server, options);
  const values: number[] = [];
  for await (const { counted: event } of client.counted(variables)) values.push(event.value);
  client.close();
  return values;
}

describe.each<[string, Partial<ClientOptions>]>([
  ['WebSocket', { transport: 'ws' }],
  ['server-sent events', { transport: 'sse' }],
])('a subscription over %s', (_, options) => {
  it('delivers every event and ends when the server completes it', async () => {
    await using server = await startCountingServer();
    expect(await counted(server, options)).toEqual(upTo(20));
    expect(server.resumedFrom).toEqual([undefined]);
  });

  it('whose connection drops after event 5 of 20 goes on with exactly 6 to 20', async () => {
    await using server = await startCountingServer();
    server.dropAfter.add(5);
    expect(await counted(server, options)).toEqual(upTo(20));
    expect(server.resumedFrom).toEqual([undefined, '5']);
  });

  it('survives many drops, also before the first event and after the last', async () => {
    await using server = await startCountingServer();
    for (const value of [0, 1, 5, 6, 13, 19]) server.dropAfter.add(value);
    expect(await counted(server, options)).toEqual(upTo(20));
    expect(server.resumedFrom).toEqual([undefined, undefined, '1', '5', '6', '13', '19']);
  });

  it('begins behind the cursor it is given', async () => {
    await using server = await startCountingServer();
    server.dropAfter.add(12);
    expect(await counted(server, options, { after: '10' })).toEqual(upTo(20, 11));
    expect(server.resumedFrom).toEqual(['10', '12']);
  });

  it('loses nothing when its reader is slower than the bound of the queue', async () => {
    await using server = await startCountingServer();
    server.total = MAX_QUEUED_EVENTS * 3;
    const client = clientOf(server, options);
    const events = client.counted({});
    const values = [(await events.next()).value?.counted.value];
    // The reader does something else meanwhile: a round trip after another, until the server has sent what it can.
    for (let i = 0; i < 50; i++) await client.hello();
    for await (const { counted: event } of events) values.push(event.value);
    expect(values).toEqual(upTo(server.total));
    client.close();
  });

  it('that is quiet ends at once when its reader leaves, and the server hears of it', async () => {
    await using server = await startCountingServer();
    const client = clientOf(server, options);
    const events = client.quiet();
    const waiting = events.next();
    await client.hello();
    expect(await events.return!()).toEqual({ value: undefined, done: true });
    expect(await waiting).toEqual({ value: undefined, done: true });
    client.close();
  });

  it('ends with the reason of its signal', async () => {
    await using server = await startCountingServer();
    const controller = new AbortController();
    const client = clientOf(server, options);
    const waiting = client.quiet({}, { signal: controller.signal }).next();
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    client.close();
  });

  it('ends when its client closes, quiet or not yet read to the end', async () => {
    await using server = await startCountingServer();
    const client = clientOf(server, options);
    const [quiet, busy] = [client.quiet(), client.counted()];
    const waiting = quiet.next();
    await busy.next();
    client.close();
    expect(await waiting).toMatchObject({ done: true });
    for await (const _ of busy) expect(server.resumedFrom).toEqual([undefined]);
  });

  it('that the graph refuses throws its errors and is not tried again', async () => {
    await using server = await startCountingServer();
    const error: unknown = await clientOf(server, options).refused({ code: 'FORBIDDEN' }).next().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(GraphQLRequestError);
    expect(error).toMatchObject({ codes: ['FORBIDDEN'], operation: 'refused' });
    expect(server.refusals).toBe(0);
  });

  it.each(['UNAVAILABLE', 'UPSTREAM_LOST', 'SLOW_CONSUMER', 'SHUTTING_DOWN'])('that meets %s tries again', async (code) => {
    await using server = await startCountingServer();
    server.refusals = 3;
    const client = clientOf(server, options);
    expect((await client.refused({ code }).next()).value).toEqual({ refused: { cursor: '1', value: 1 } });
    client.close();
  });

  it('renews a token that is not taken, once, and goes on', async () => {
    await using server = await startCountingServer();
    server.token = 'new';
    let token = 'old';
    const renewed: string[] = [];
    const refreshToken = async (): Promise<boolean> => {
      renewed.push(token);
      token = 'new';
      return true;
    };
    expect(await counted(server, { ...options, getToken: () => token, refreshToken })).toEqual(upTo(20));
    expect(renewed).toEqual(['old']);
  });

  it('gives up when renewing does not help', async () => {
    await using server = await startCountingServer();
    server.token = 'another';
    const client = clientOf(server, { ...options, getToken: () => 'old', refreshToken: async () => true });
    await expect(client.counted().next()).rejects.toThrow(/Forbidden|UNAUTHENTICATED/);
  });

  it('hands on an event whose join failed, and says what failed', async () => {
    await using server = await startCountingServer();
    const partial: unknown[] = [];
    const client = clientOf(server, { ...options, onPartialErrors: (operation, errors) => partial.push(operation, errors.map(({ path }) => path)) });
    expect((await client.partly().next()).value).toEqual({ partly: { value: 1, note: null } });
    expect(partial).toEqual(['partly', [['partly', 'note']]]);
    client.close();
  });

  it('gives up after the given number of failures in a row', async () => {
    const client = clientOf({ url: 'http://127.0.0.1:9/graphql' }, { ...options, reconnect: { baseMs: 1, maxMs: 1, maxAttempts: 3 } });
    await expect(client.counted().next()).rejects.toBeInstanceOf(NetworkError);
  });
});

describe('a WebSocket', () => {
  it('carries all subscriptions of a client', async () => {
    await using server = await startCountingServer();
    const client = clientOf(server);
    const streams = Array.from({ length: 5 }, () => client.counted());
    const totals = await Promise.all(streams.map(async (stream) => {
      let count = 0;
      for await (const _ of stream) count += 1;
      return count;
    }));
    expect(totals).toEqual([20, 20, 20, 20, 20]);
    client.close();
  });

  it('that falls silent counts as lost', async () => {
    let connections = 0;
    const silent = new WebSocketServer({ port: 0, handleProtocols: () => 'graphql-transport-ws' });
    const again = new Promise<void>((resolve) => {
      silent.on('connection', (socket) => {
        connections += 1;
        if (connections === 2) resolve();
        // Acknowledges and then says nothing, not even to pings.
        socket.on('message', (data) => String(data).includes('connection_init') && socket.send('{"type":"connection_ack"}'));
      });
    });
    const client = clientOf({ url: `http://127.0.0.1:${(silent.address() as AddressInfo).port}/graphql` }, { idleTimeoutMs: 50 });
    const events = client.counted();
    const waiting = events.next();
    await again;
    await events.return!();
    expect(await waiting).toMatchObject({ done: true });
    client.close();
    for (const socket of silent.clients) socket.terminate();
    silent.close();
  });

  it('closed by a server that shuts down is opened again', async () => {
    const closer = new WebSocketServer({ port: 0, handleProtocols: () => 'graphql-transport-ws' });
    let code = 1000;
    closer.on('connection', (socket) => socket.on('message', (data) => {
      if (String(data).includes('connection_init')) socket.send('{"type":"connection_ack"}');
      else socket.close(code++);
    }));
    const attempts: number[] = [];
    const client = clientOf({ url: `http://127.0.0.1:${(closer.address() as AddressInfo).port}/graphql` }, { reconnect: { baseMs: 1, maxMs: 1, maxAttempts: 2, random: () => (attempts.push(code), 0) } });
    await expect(client.counted().next()).rejects.toMatchObject({ closeCode: 1001 });
    expect(attempts).toEqual([1001]);
    client.close();
    closer.close();
  });
});
