import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openRaw } from '../test-support/raw-http.ts';
import { watchConnections, type Connections } from './connections.ts';

const GET = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n';

describe('closing the port', () => {
  let server: Server;
  let connections: Connections;
  afterEach(() => void server.closeAllConnections());

  async function listen(answer: RequestListener): Promise<string> {
    server = createServer({ keepAliveTimeout: 60_000 });
    connections = watchConnections(server);
    server.on('request', answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  /** Answers when the test says so. */
  function held(): { readonly answer: RequestListener; readonly reached: (count: number) => Promise<void>; readonly release: () => void } {
    const waiting: ServerResponse[] = [];
    let check = (): void => undefined;
    return {
      answer: (_request: IncomingMessage, response) => void (waiting.push(response), check()),
      reached: (count) => new Promise((resolve) => (check = () => void (waiting.length === count && resolve()))()),
      release: () => waiting.splice(0).forEach((response) => response.end('late')),
    };
  }

  it('answers what is in flight, says goodbye with it, and then ends the connection', async () => {
    const { answer, reached, release } = held();
    const client = openRaw(await listen(answer));
    client.send(GET);
    await reached(1);
    const drained = connections.drain();
    release();
    expect(await client.closed).toMatch(/connection: close[^]*late/i);
    await drained;
  });

  it('answers every one of several requests that were sent at once', async () => {
    const { answer, reached, release } = held();
    const client = openRaw(await listen(answer));
    client.send(GET.repeat(3));
    await reached(3);
    const drained = connections.drain();
    release();
    const received = await client.closed;
    expect(received.match(/late/g)).toHaveLength(3);
    expect(received.match(/connection: close/gi)).toHaveLength(1);
    await drained;
  });

  it('answers a request on an open connection that was under way when the port closed', async () => {
    const client = openRaw(await listen((_request, response) => response.end('well')));
    client.send(GET);
    await client.until(/well$/);
    const drained = connections.drain();
    client.send(GET);
    expect(await client.closed).toMatch(/well[^]*connection: close[^]*well/i);
    await drained;
  });

  it('waits for a request whose first half has come', async () => {
    const url = await listen((_request, response) => response.end('whole'));
    const [half, idle] = [openRaw(url), openRaw(url)];
    half.send(GET.slice(0, 10));
    idle.send(GET);
    await idle.until(/whole$/);
    const drained = connections.drain();
    await idle.closed;
    half.send(GET.slice(10));
    expect(await half.closed).toMatch(/whole/);
    await drained;
  });

  it('ends connections that were opened and never used, and takes no new one', async () => {
    const url = await listen((_request, response) => response.end());
    const client = openRaw(url);
    await new Promise((resolve) => server.once('connection', resolve));
    const drained = connections.drain();
    expect(await openRaw(url).closed).toBe('');
    expect(await client.closed).toBe('');
    await drained;
  });

  it('loses no request of clients that go on asking until they are told to stop', async () => {
    const url = await listen((_request, response) => void setImmediate(() => response.end('done')));
    const clients = Array.from({ length: 8 }, () => openRaw(url));
    const sent = await Promise.all(
      clients.map(async (client) => {
        for (let count = 1; ; count++) {
          client.send(GET);
          const received = await client.until((all) => all.split('done').length > count);
          if (/connection: close/i.test(received)) return count;
          if (count === 20 && client === clients[0]) void connections.drain();
        }
      }),
    );
    const answered = await Promise.all(clients.map(async ({ closed }) => (await closed).match(/done/g)?.length));
    expect(answered).toEqual(sent);
  });
});
