// graphql-transport-ws: one object per socket, one entry per running operation. The socket authenticates once, in
// connection_init; the protocol has no second one, so when that credential ends its operations end with TOKEN_EXPIRED, the
// socket closes with 4403, and the client connects again with a new one. Close codes are the protocol's.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { ClientOrigin } from '@mib/service/client-origin';
import type { Authenticator, Credentials } from '../authenticate/authenticator.ts';
import type { Identity } from '../authenticate/identity.ts';
import { isObject } from '../execute/json.ts';
import type { Pipeline } from '../pipeline.ts';
import { RequestRefused } from '../respond/graph-error.ts';
import { atTime } from '../subscribe/deadline.ts';
import type { SubscriptionsConfig } from '../subscribe/subscriptions-config.ts';
import { asRefusal, originOf } from './exchange.ts';
import type { Outcome } from './graphql-http.ts';
import type { Heartbeats } from './heartbeats.ts';
import { MultiplexedOperation, type Multiplexer, type Wire } from './multiplexed-operation.ts';
import { parametersFrom, type RequestParameters } from './request-parameters.ts';
import { writeTextFrame } from './websocket-frame.ts';

export interface ConnectionOptions {
  readonly pipeline: Pipeline;
  readonly authenticator: Authenticator;
  readonly subscriptions: Pick<SubscriptionsConfig, 'initTimeoutMs' | 'maxPerConnection' | 'maxSockets'>;
  readonly heartbeats: Heartbeats;
  readonly onFault: (error: unknown) => void;
  /** One call per operation, when it is over. */
  readonly onAnswered: (outcome: Outcome) => void;
}

export interface Upgraded {
  readonly socket: WebSocket;
  /** What `socket` reads and writes. */
  readonly stream: Duplex;
  readonly request: IncomingMessage;
}

export const PROTOCOL = 'graphql-transport-ws';
/** Bytes that a client may leave unread before its streams hold back. */
const HIGH_WATER_BYTES = 64 * 1024;
/** A client that reads nothing at all holds no more than this. */
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024;
const NOTHING = Buffer.alloc(0);
/** RFC 6455 §5.5: a control frame has 125 bytes, two of them the code. */
const MAX_REASON_CHARACTERS = 120;

const WIRE: Wire = {
  prefix: (id) => `{"id":${JSON.stringify(id)},`,
  next: (text) => Buffer.from(`"type":"next","payload":${text}}`),
  complete: (id) => `{"id":${JSON.stringify(id)},"type":"complete"}`,
  refused: (id, { errors }) => `{"id":${JSON.stringify(id)},"type":"error","payload":${JSON.stringify(errors)}}`,
};

export class WebsocketConnection implements Multiplexer {
  readonly wire = WIRE;
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  readonly #options: ConnectionOptions;
  readonly #upgrade: Credentials;
  readonly #origin: ClientOrigin;
  readonly #operations = new Map<string, MultiplexedOperation>();
  readonly #initTimer: NodeJS.Timeout;
  readonly #stopHeartbeat: () => void;
  #initialised = false;
  #alive = true;
  #identity: Identity | undefined;
  #forgetExpiry: () => void = () => undefined;

  constructor({ socket, stream, request }: Upgraded, options: ConnectionOptions) {
    this.#socket = socket;
    this.#stream = stream;
    this.#options = options;
    const apiKey = request.headers['x-api-key'];
    this.#upgrade = { authorization: request.headers.authorization, apiKey: Array.isArray(apiKey) ? apiKey[0] : apiKey, headers: request.headers };
    this.#origin = originOf(request);
    this.#initTimer = setTimeout(() => this.#close(4408, 'Connection initialisation timeout'), options.subscriptions.initTimeoutMs);
    this.#stopHeartbeat = options.heartbeats.add(() => this.#ping());
    stream.on('drain', () => this.#drained());
    socket.on('pong', () => (this.#alive = true));
    // `ws` closes by itself with the code that says why; it only wants to be listened to.
    socket.on('error', () => undefined);
    socket.on('close', () => this.#onClose());
    socket.on('message', (data, isBinary) => void this.#onMessage(isBinary ? undefined : String(data)));
    if (socket.protocol !== PROTOCOL) this.#close(4406, 'Subprotocol not acceptable');
  }

  get isFull(): boolean {
    return this.#stream.writableLength > HIGH_WATER_BYTES;
  }

  get onAnswered(): ConnectionOptions['onAnswered'] {
    return this.#options.onAnswered;
  }

  write(own: Buffer, shared = NOTHING): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    if (this.#stream.writableLength > MAX_BUFFERED_BYTES) return this.#socket.terminate();
    writeTextFrame(this.#stream, own, shared);
  }

  forget(operation: MultiplexedOperation): void {
    if (this.#operations.get(operation.id) === operation) this.#operations.delete(operation.id);
  }

  async #onMessage(text: string | undefined): Promise<void> {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#alive = true;
    const message = parseMessage(text);
    const { id, type, payload } = message ?? {};
    const hasId = typeof id === 'string' && id !== '';
    const hasOptionalPayload = payload == null || isObject(payload);
    if (type === 'connection_init' && hasOptionalPayload) return this.#init(payload);
    if (type === 'ping' && hasOptionalPayload) return this.#answerPing(payload);
    if (type === 'pong' && hasOptionalPayload) return;
    if (type === 'subscribe' && hasId) return this.#subscribe(id, payload);
    if (type === 'complete' && hasId) return this.#operations.get(id)?.leave();
    this.#close(4400, 'Invalid message');
  }

  async #init(payload: unknown): Promise<void> {
    if (this.#initialised) return this.#close(4429, 'Too many initialisation requests');
    this.#initialised = true;
    try {
      const identity = await this.#options.authenticator.authenticate({ ...(credentialsFrom(payload) ?? this.#upgrade), headers: this.#upgrade.headers });
      clearTimeout(this.#initTimer);
      if (this.#socket.readyState !== WebSocket.OPEN) return;
      this.#identity = identity;
      if (identity.expiresAtMs !== undefined) this.#forgetExpiry = atTime(identity.expiresAtMs, () => this.#expire());
      this.#socket.send('{"type":"connection_ack"}');
    } catch (error) {
      const refusal = asRefusal(error, this.#options.onFault);
      if (refusal.status === 401) this.#close(4403, `Forbidden: ${refusal.message}`);
      else this.#close(4500, 'credentials cannot be checked right now');
    }
  }

  async #subscribe(id: string, payload: unknown): Promise<void> {
    const caller = this.#identity;
    if (!caller) return this.#close(4401, 'Unauthorized');
    if (this.#operations.has(id)) return this.#close(4409, `Subscriber for ${id} already exists`);
    const parameters = parametersOf(payload);
    if (parameters instanceof RequestRefused) return this.#close(4400, parameters.message);
    const { pipeline, subscriptions, onFault } = this.#options;
    const operation = new MultiplexedOperation(id, this);
    if (this.#operations.size >= subscriptions.maxPerConnection) {
      return operation.end(RequestRefused.because(429, 'TOO_MANY_SUBSCRIPTIONS', `a socket may run ${subscriptions.maxPerConnection} operations at once`));
    }
    this.#operations.set(id, operation);
    try {
      operation.take(await pipeline.answer({ ...parameters, caller, origin: this.#origin, allows: () => undefined, signal: operation.signal }));
    } catch (error) {
      operation.end(asRefusal(error, onFault));
    }
  }

  #answerPing(payload: unknown): void {
    if (this.#stream.writableLength > MAX_BUFFERED_BYTES) return this.#socket.terminate();
    this.#socket.send(JSON.stringify({ type: 'pong', ...(payload == null ? {} : { payload }) }));
  }

  #drained(): void {
    for (const operation of this.#operations.values()) {
      if (this.isFull) return;
      operation.drained();
    }
  }

  #expire(): void {
    for (const operation of [...this.#operations.values()]) operation.end(RequestRefused.because(401, 'TOKEN_EXPIRED', 'the credential has expired'));
    this.#close(4403, 'Forbidden: the credential has expired');
  }

  #ping(): void {
    if (!this.#alive) return this.#socket.terminate();
    this.#alive = false;
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.ping();
  }

  #close(code: number, reason: string): void {
    this.#socket.close(code, reason.slice(0, MAX_REASON_CHARACTERS));
  }

  #onClose(): void {
    clearTimeout(this.#initTimer);
    this.#forgetExpiry();
    this.#stopHeartbeat();
    for (const operation of [...this.#operations.values()]) operation.leave();
  }
}

function parseMessage(text: string | undefined): Record<string, unknown> | undefined {
  try {
    const message: unknown = JSON.parse(text ?? '');
    return isObject(message) ? message : undefined;
  } catch {
    return undefined;
  }
}

function parametersOf(payload: unknown): RequestParameters | RequestRefused {
  try {
    const parameters = parametersFrom(payload);
    const namesDocument = parameters.query !== undefined || parameters.documentId !== undefined || parameters.extensions?.['persistedQuery'] !== undefined;
    return namesDocument ? parameters : RequestRefused.because(400, 'BAD_REQUEST', 'query is missing');
  } catch (error) {
    if (error instanceof RequestRefused) return error;
    throw error;
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
