// graphql-transport-ws on /graphql: one class per socket, one entry per running operation. The socket authenticates once,
// in connection_init; when that credential ends, so does the socket. Close codes are the protocol's.

import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { Authenticator, Credentials } from '../authenticate/authenticator.ts';
import type { ClientOrigin } from '@mib/service/client-origin';
import type { Identity } from '../authenticate/identity.ts';
import { isObject } from '../execute/json.ts';
import type { Pipeline } from '../pipeline.ts';
import { RequestRefused } from '../respond/graph-error.ts';
import type { Result } from '../respond/result.ts';
import { asRefusal, originOf } from './graphql-http.ts';
import type { Origins } from './origins.ts';
import { parametersFrom } from './request-parameters.ts';

export interface WebsocketOptions {
  readonly pipeline: Pipeline;
  readonly authenticator: Authenticator;
  readonly origins: Origins;
  readonly path: string;
  readonly maxMessageBytes: number;
  readonly onFault: (error: unknown) => void;
}

const PROTOCOL = 'graphql-transport-ws';
const INIT_TIMEOUT_MS = 5_000;
const PING_INTERVAL_MS = 12_000;
/** Operations at once on one socket; the next one is refused by itself. */
export const MAX_OPERATIONS_PER_SOCKET = 200;
export const MAX_SOCKETS = 20_000;
/** Bytes a client may leave unread before its queues start to fill. */
const HIGH_WATER_BYTES = 256 * 1024;
/** A client that reads nothing at all holds no more than this. */
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024;
const MAX_TIMER_MS = 2 ** 31 - 1;

export function serveWebsockets(server: Server, options: WebsocketOptions): AsyncDisposable {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: options.maxMessageBytes, perMessageDeflate: false, handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false) });
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const refusal = refuseUpgrade(request, sockets.clients.size, options);
    if (refusal !== undefined) return void stream.end(`HTTP/1.1 ${refusal}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    sockets.handleUpgrade(request, stream, head, (socket) => void new Connection(socket, request, options));
  });
  return {
    async [Symbol.asyncDispose]() {
      const closed = [...sockets.clients].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
      for (const socket of sockets.clients) socket.close(1001, 'router is shutting down');
      sockets.close();
      const lingering = setTimeout(() => sockets.clients.forEach((socket) => socket.terminate()), 1_000);
      await Promise.all(closed);
      clearTimeout(lingering);
    },
  };
}

function refuseUpgrade(request: IncomingMessage, open: number, { origins, path }: WebsocketOptions): string | undefined {
  if (new URL(request.url ?? '/', 'http://router').pathname !== path) return '404 Not Found';
  if (open >= MAX_SOCKETS) return '503 Service Unavailable';
  try {
    origins.check(request.headers);
    return undefined;
  } catch {
    return '403 Forbidden';
  }
}

class Connection {
  readonly #socket: WebSocket;
  readonly #options: WebsocketOptions;
  readonly #upgrade: Credentials;
  readonly #origin: ClientOrigin;
  readonly #operations = new Map<string, AbortController>();
  readonly #initTimer: NodeJS.Timeout;
  readonly #pings: NodeJS.Timeout;
  #initialised = false;
  #alive = true;
  #identity: Identity | undefined;
  #expiry: NodeJS.Timeout | undefined;

  constructor(socket: WebSocket, request: IncomingMessage, options: WebsocketOptions) {
    this.#socket = socket;
    this.#options = options;
    const apiKey = request.headers['x-api-key'];
    this.#upgrade = { authorization: request.headers.authorization, apiKey: Array.isArray(apiKey) ? apiKey[0] : apiKey };
    this.#origin = originOf(request);
    this.#initTimer = setTimeout(() => this.#close(4408, 'Connection initialisation timeout'), INIT_TIMEOUT_MS);
    this.#pings = setInterval(() => this.#ping(), PING_INTERVAL_MS);
    socket.on('pong', () => (this.#alive = true));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => this.#onClose());
    socket.on('message', (data) => void this.#onMessage(String(data)));
    if (socket.protocol !== PROTOCOL) this.#close(4406, 'Subprotocol not acceptable');
  }

  async #onMessage(text: string): Promise<void> {
    const message = parseMessage(text);
    switch (message?.['type']) {
      case 'connection_init':
        return this.#init(message['payload']);
      case 'ping':
        return this.#send(JSON.stringify({ type: 'pong', ...(isObject(message['payload']) ? { payload: message['payload'] } : {}) }));
      case 'pong':
        return;
      case 'subscribe':
        if (typeof message['id'] === 'string' && message['id'] !== '') return this.#subscribe(message['id'], message['payload']);
        break;
      case 'complete':
        if (typeof message['id'] === 'string') return this.#operations.get(message['id'])?.abort();
        break;
    }
    this.#close(4400, 'Invalid message');
  }

  async #init(payload: unknown): Promise<void> {
    if (this.#initialised) return this.#close(4429, 'Too many initialisation requests');
    this.#initialised = true;
    try {
      const identity = await this.#options.authenticator.authenticate(credentialsFrom(payload) ?? this.#upgrade);
      clearTimeout(this.#initTimer);
      this.#identity = identity;
      if (identity.expiresAtMs !== undefined) this.#closeAt(identity.expiresAtMs);
      this.#send('{"type":"connection_ack"}');
    } catch (error) {
      const refusal = asRefusal(error, this.#options.onFault);
      if (refusal.status === 401) this.#close(4403, `Forbidden: ${refusal.message}`);
      else this.#close(4500, 'credentials cannot be checked right now');
    }
  }

  #closeAt(expiresAtMs: number): void {
    const delayMs = Math.min(Math.max(expiresAtMs - Date.now(), 0), MAX_TIMER_MS);
    this.#expiry = setTimeout(() => this.#close(4403, 'Forbidden: the credential has expired'), delayMs);
  }

  async #subscribe(id: string, payload: unknown): Promise<void> {
    if (!this.#identity) return this.#close(4401, 'Unauthorized');
    if (this.#operations.has(id)) return this.#close(4409, `Subscriber for ${id} already exists`);
    const operation = new AbortController();
    const prefix = `{"id":${JSON.stringify(id)},"type":`;
    try {
      if (this.#operations.size >= MAX_OPERATIONS_PER_SOCKET) throw RequestRefused.because(429, 'TOO_MANY_SUBSCRIPTIONS', `a socket may run ${MAX_OPERATIONS_PER_SOCKET} operations at once`);
      this.#operations.set(id, operation);
      const { signal } = operation;
      const answer = await this.#options.pipeline.answer({ ...parametersFrom(payload), caller: this.#identity, origin: this.#origin, allows: () => undefined, signal });
      if (answer.kind === 'result') this.#send(`${prefix}"next","payload":${answer.result.text}}`);
      else await this.#forward(answer.results, prefix, signal);
      if (!signal.aborted) this.#send(`${prefix}"complete"}`);
    } catch (error) {
      const { errors } = asRefusal(error, this.#options.onFault);
      if (!operation.signal.aborted) this.#send(`${prefix}"error","payload":${JSON.stringify(errors)}}`);
    } finally {
      if (this.#operations.get(id) === operation) this.#operations.delete(id);
    }
  }

  async #forward(results: AsyncIterableIterator<Result>, prefix: string, signal: AbortSignal): Promise<void> {
    const leave = (): void => void results.return?.();
    if (signal.aborted) return leave();
    signal.addEventListener('abort', leave);
    for await (const result of results) {
      if (signal.aborted) return;
      const frame = `${prefix}"next","payload":${result.text}}`;
      if (this.#socket.bufferedAmount > HIGH_WATER_BYTES) await this.#sendAndWait(frame);
      else this.#send(frame);
    }
  }

  #send(frame: string): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) return this.#socket.terminate();
    this.#socket.send(frame);
  }

  /** Resolves when the frame has left, or the socket is gone. */
  #sendAndWait(frame: string): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.readyState !== WebSocket.OPEN) return resolve();
      this.#socket.send(frame, () => resolve());
    });
  }

  #ping(): void {
    if (!this.#alive) return this.#socket.terminate();
    this.#alive = false;
    this.#socket.ping();
  }

  #close(code: number, reason: string): void {
    this.#socket.close(code, reason.slice(0, 120));
  }

  #onClose(): void {
    clearTimeout(this.#initTimer);
    clearTimeout(this.#expiry);
    clearInterval(this.#pings);
    for (const operation of this.#operations.values()) operation.abort();
  }
}

function parseMessage(text: string): Record<string, unknown> | undefined {
  try {
    const message: unknown = JSON.parse(text);
    return isObject(message) ? message : undefined;
  } catch {
    return undefined;
  }
}

/** Header names as clients write them: `{ authorization: "Bearer ..." }` or `{ "x-api-key": "mib_..." }`. */
function credentialsFrom(payload: unknown): Credentials | undefined {
  if (!isObject(payload)) return undefined;
  const fields = new Map(Object.entries(payload).map(([name, value]) => [name.toLowerCase(), value]));
  const [authorization, apiKey] = [fields.get('authorization'), fields.get('x-api-key') ?? fields.get('apikey')];
  if (authorization === undefined && apiKey === undefined) return undefined;
  return { ...(authorization === undefined ? {} : { authorization: String(authorization) }), ...(apiKey === undefined ? {} : { apiKey: String(apiKey) }) };
}
