// The socket and HTTP side that all fake venues share: a real server on the loopback, its connections, and the faults that are
// of the connection and not of a frame: slow or refused handshakes, silence, abnormal closes, refused requests.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocketServer, type WebSocket } from 'ws';

export interface FakeVenueServerOptions {
  readonly request: (request: IncomingMessage, response: ServerResponse) => void;
  readonly connected: (socket: WebSocket, path: string) => void;
  readonly message: (socket: WebSocket, text: string) => void;
  readonly closed: (socket: WebSocket) => void;
}

export interface FakeVenueServer extends AsyncDisposable {
  readonly streamUrl: string;
  readonly restUrl: string;
  readonly sockets: ReadonlySet<WebSocket>;
  /** Nothing is sent on any socket, also no answers, while this is true. */
  silent: boolean;
  /** Each next handshake takes so long. */
  handshakeMs: number;
  /** So many next handshakes are answered with 429 and this Retry-After. */
  refusedHandshakes: number;
  /** So many next HTTP requests are answered with this status. */
  refusedRequests: { count: number; readonly status: number; readonly retryAfterSeconds: number };
  send(socket: WebSocket, text: string): void;
  /** Ends all connections without the closing handshake. */
  cut(): void;
  /** Ends all connections with a code. */
  close(code: number, reason: string): void;
}

export async function openFakeVenueServer(options: FakeVenueServerOptions): Promise<FakeVenueServer> {
  const streams = new Set<Socket>();
  const stop = new AbortController();
  const server = createServer((request, response) => {
    if (venue.refusedRequests.count > 0) {
      venue.refusedRequests.count -= 1;
      response.writeHead(venue.refusedRequests.status, { 'retry-after': String(venue.refusedRequests.retryAfterSeconds) }).end('{"code":-1003,"msg":"Too much request weight used"}');
    } else options.request(request, response);
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on('connection', (stream: Socket) => {
    streams.add(stream);
    stream.on('close', () => streams.delete(stream));
    stream.on('error', () => stream.destroy());
  });
  server.on('upgrade', (request, stream, head) => {
    if (venue.refusedHandshakes > 0) {
      venue.refusedHandshakes -= 1;
      stream.end('HTTP/1.1 429 Too Many Requests\r\nRetry-After: 0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      return;
    }
    const upgrade = (): void => sockets.handleUpgrade(request, stream, head, (socket) => {
      socket.on('message', (data: Buffer) => options.message(socket, data.toString()));
      socket.on('close', () => options.closed(socket));
      socket.on('error', () => undefined);
      options.connected(socket, request.url ?? '/');
    });
    if (venue.handshakeMs === 0) upgrade();
    else delay(venue.handshakeMs, undefined, { signal: stop.signal }).then(upgrade, () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const venue: FakeVenueServer = {
    streamUrl: `ws://127.0.0.1:${port}`,
    restUrl: `http://127.0.0.1:${port}`,
    sockets: sockets.clients,
    silent: false,
    handshakeMs: 0,
    refusedHandshakes: 0,
    refusedRequests: { count: 0, status: 429, retryAfterSeconds: 1 },
    send(socket, text) {
      if (!venue.silent && socket.readyState === socket.OPEN) socket.send(text);
    },
    cut() {
      for (const socket of sockets.clients) socket.terminate();
    },
    close(code, reason) {
      for (const socket of sockets.clients) socket.close(code, reason);
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      for (const stream of streams) stream.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return venue;
}
