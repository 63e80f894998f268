// The sockets of the port: what the parser refuses gets a typed answer too, what is sent beside an answer that needs no
// more of it is thrown away for a while, and closing loses no request that has begun to arrive.
//
//   drain ─► stop listening ─► GRACE_MS: requests on open sockets are still answered, with `connection: close`
//         ─► sockets with nothing in flight end ─► the others end behind their answer ─► DRAIN_MS: cut

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { graphError, type RouterErrorCode } from '../respond/graph-error.ts';
import { writeRefusal } from '../respond/result.ts';

export interface Connections {
  readonly isDraining: boolean;
  /** Closes the server; resolves once every socket is gone. */
  drain(): Promise<void>;
}

/** A request that left its client before the port closed arrives within this. */
const GRACE_MS = 250;
/** What is still running then is cut. */
const DRAIN_MS = 5_000;
/** A client that goes on sending behind its answer is heard this long: cut at once, it might never see the answer. */
const LINGER_MS = 2_000;

interface Refusal {
  readonly status: string;
  readonly code: RouterErrorCode;
  readonly message: string;
}

const MALFORMED: Refusal = { status: '400 Bad Request', code: 'BAD_REQUEST', message: 'this is not HTTP/1.1' };
const REFUSALS: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: { status: '431 Request Header Fields Too Large', code: 'HEADERS_TOO_LARGE', message: 'the headers are too long' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: '413 Payload Too Large', code: 'PAYLOAD_TOO_LARGE', message: 'the chunk extensions are too long' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: '408 Request Timeout', code: 'REQUEST_TIMEOUT', message: 'the request did not arrive in time' },
};

export function watchConnections(server: Server): Connections {
  /** Responses under way, oldest first. */
  const sockets = new Map<Socket, Set<ServerResponse>>();
  /** What a socket had read when it was last idle: more means that a request is arriving. */
  const readWhenIdle = new WeakMap<Socket, number>();
  let isDraining = false;
  const isIdle = (socket: Socket): boolean => sockets.get(socket)?.size === 0 && socket.bytesRead === (readWhenIdle.get(socket) ?? 0);

  server.on('connection', (socket: Socket) => {
    sockets.set(socket, new Set());
    socket.once('close', () => sockets.delete(socket));
  });
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    const responses = sockets.get(socket);
    if (!responses) return;
    responses.add(response);
    if (isDraining) announceClose(responses);
    response.once('finish', () => linger(request));
    response.once('close', () => {
      responses.delete(response);
      readWhenIdle.set(socket, socket.bytesRead);
      if (isDraining && responses.size === 0) socket.destroySoon();
    });
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const [oldest, ...others] = sockets.get(socket) ?? [];
    if (!socket.writable || error.code === 'ECONNRESET' || oldest?.headersSent === true || others.length > 0) return void socket.destroy();
    socket.end(rawAnswer(REFUSALS[error.code ?? ''] ?? MALFORMED), () => socket.destroy());
  });

  return {
    get isDraining() {
      return isDraining;
    },
    async drain() {
      isDraining = true;
      // Node's own close() ends idle sockets at once, and with them requests that are on their way.
      server.closeIdleConnections = () => undefined;
      const closed = new Promise((resolve) => server.close(resolve));
      for (const responses of sockets.values()) announceClose(responses);
      const cut = setTimeout(() => sockets.forEach((_, socket) => socket.destroy()), DRAIN_MS);
      // What has arrived by then is read first, between the timer and the check.
      const grace = setTimeout(() => setImmediate(() => sockets.forEach((_, socket) => isIdle(socket) && socket.destroy())), GRACE_MS);
      await closed;
      clearTimeout(grace);
      clearTimeout(cut);
    },
  };
}

/** On the last of a socket's answers: what was asked behind it is never read (RFC 9112 §9.6). */
function announceClose(responses: ReadonlySet<ServerResponse>): void {
  const unsent = [...responses].filter((response) => !response.headersSent);
  for (const response of unsent.slice(0, -1)) response.removeHeader('connection');
  unsent.at(-1)?.setHeader('connection', 'close');
}

function linger(request: IncomingMessage): void {
  if (request.complete) return;
  const timer = setTimeout(() => request.complete || request.socket.destroy(), LINGER_MS);
  timer.unref();
  request.socket.once('close', () => clearTimeout(timer));
}

function rawAnswer({ status, code, message }: Refusal): string {
  const { text } = writeRefusal([graphError(code, message)]);
  return `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}
