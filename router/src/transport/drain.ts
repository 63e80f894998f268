// Closes an HTTP server without losing a request: sockets with one in flight end behind their answer, all others at once.
// Node's own closeIdleConnections leaves alone what has been opened but never used, as browsers do.

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What is still running then is cut. */
const DRAIN_MS = 5_000;

/** @returns closes the server; resolves once every socket is gone. */
export function drainable(server: Server): () => Promise<void> {
  const sockets = new Set<Socket>();
  const inFlight = new Map<Socket, number>();
  let draining = false;
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    inFlight.set(socket, (inFlight.get(socket) ?? 0) + 1);
    if (draining) response.setHeader('connection', 'close');
    response.once('close', () => {
      const left = (inFlight.get(socket) ?? 1) - 1;
      if (left > 0) return void inFlight.set(socket, left);
      inFlight.delete(socket);
      if (draining) socket.destroySoon();
    });
  });
  return async () => {
    draining = true;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) if (!inFlight.has(socket)) socket.destroy();
    const cut = setTimeout(() => sockets.forEach((socket) => socket.destroy()), DRAIN_MS);
    await closed;
    clearTimeout(cut);
  };
}
