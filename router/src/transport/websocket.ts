// The WebSocket door on /graphql: which upgrades are let in, and how the sockets go down. What is said on a socket is in
// websocket-connection.ts.

import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { PROTOCOL, WebsocketConnection, type ConnectionOptions } from './websocket-connection.ts';
import type { Origins } from './origins.ts';

export interface WebsocketOptions extends ConnectionOptions {
  readonly origins: Origins;
  readonly path: string;
  /** A longer message closes the socket with 1009. */
  readonly maxMessageBytes: number;
}

/** What has not closed by itself then is cut. */
const GOODBYE_MS = 1_000;

export function serveWebsockets(server: Server, options: WebsocketOptions): AsyncDisposable {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: options.maxMessageBytes, perMessageDeflate: false, handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false) });
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const refusal = refuseUpgrade(request, sockets.clients.size, options);
    if (refusal === undefined) return sockets.handleUpgrade(request, stream, head, (socket) => void new WebsocketConnection({ socket, stream, request }, options));
    stream.on('error', () => stream.destroy());
    stream.end(`HTTP/1.1 ${refusal}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  });
  return {
    async [Symbol.asyncDispose]() {
      const closed = [...sockets.clients].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
      for (const socket of sockets.clients) socket.close(1001, 'router is shutting down');
      sockets.close();
      const lingering = setTimeout(() => sockets.clients.forEach((socket) => socket.terminate()), GOODBYE_MS);
      await Promise.all(closed);
      clearTimeout(lingering);
    },
  };
}

function refuseUpgrade(request: IncomingMessage, open: number, { origins, path, subscriptions }: WebsocketOptions): string | undefined {
  const target = request.url ?? '/';
  if (!URL.canParse(target, 'http://router')) return '400 Bad Request';
  if (new URL(target, 'http://router').pathname !== path) return '404 Not Found';
  if (open >= subscriptions.maxSockets) return '503 Service Unavailable';
  try {
    origins.check({ headers: request.headers });
    return undefined;
  } catch {
    return '403 Forbidden';
  }
}
