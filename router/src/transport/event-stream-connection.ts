// GraphQL over SSE, single connection mode: a client reserves a stream, opens it with the token it got, and then sends
// operations whose results all arrive there. The token is a ticket for the stream alone; operations must come from the
// identity that made the reservation, or the stream does not exist for them.
//
//   PUT -> token     GET token -> the stream     POST token, operationId -> 202     DELETE token, operationId -> 200

import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import type { Identity } from '../authenticate/identity.ts';
import { RequestRefused } from '../respond/graph-error.ts';
import { writeRefusal } from '../respond/result.ts';
import { atTime } from '../subscribe/deadline.ts';
import type { ResultStream } from '../subscribe/member.ts';
import type { Heartbeats } from './heartbeats.ts';
import { MultiplexedOperation, type Multiplexer, type Wire } from './multiplexed-operation.ts';
import { eventStream } from './stream-formats.ts';
import { StreamResponse } from './stream-response.ts';

const TOKEN_BYTES = 24;
const NOTHING = Buffer.alloc(0);
/** A reservation that has not been used by then is gone. */
const RESERVATION_MS = 30_000;
export const MAX_RESERVATIONS = 10_000;

const completeEvent = (id: string): string => `event: complete\ndata: {"id":${JSON.stringify(id)}}\n\n`;
const WIRE: Wire = {
  prefix: (id) => `event: next\ndata: {"id":${JSON.stringify(id)},"payload":`,
  next: (text) => Buffer.from(`${text}}\n\n`),
  complete: completeEvent,
  refused: (id, { errors }) => `event: next\ndata: {"id":${JSON.stringify(id)},"payload":${writeRefusal(errors).text}}\n\n${completeEvent(id)}`,
};

export class EventStreams {
  readonly #connections = new Map<string, EventStreamConnection>();
  readonly #maxOperations: number;
  readonly #onAnswered: Multiplexer['onAnswered'];

  /** @param onAnswered - called once per operation, when it is over. */
  constructor(maxOperations: number, onAnswered: Multiplexer['onAnswered']) {
    this.#maxOperations = maxOperations;
    this.#onAnswered = onAnswered;
  }

  /** @returns the token. */
  reserve(identity: Identity): string {
    if (this.#connections.size >= MAX_RESERVATIONS) throw RequestRefused.because(503, 'TOO_MANY_SUBSCRIPTIONS', `the router holds ${MAX_RESERVATIONS} event streams already`);
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    this.#connections.set(token, new EventStreamConnection(identity, { maxOperations: this.#maxOperations, onAnswered: this.#onAnswered, onClosed: () => this.#connections.delete(token) }));
    return token;
  }

  /** @throws {RequestRefused} 404 for an unknown token, 409 for a stream that is open. */
  open(token: string): EventStreamConnection {
    const connection = this.#connections.get(token);
    if (!connection) throw notFound();
    if (connection.isOpen) throw RequestRefused.because(409, 'STREAM_CONFLICT', 'the event stream is open already');
    return connection;
  }

  /** @throws {RequestRefused} 404 unless this viewer has reserved it; the headers of a request are its own. */
  find(token: string, identity: Identity): EventStreamConnection {
    const connection = this.#connections.get(token);
    if (!connection || !isDeepStrictEqual(connection.identity.viewer, identity.viewer)) throw notFound();
    return connection;
  }

  /** Ends every stream behind what it has said. */
  close(): void {
    for (const connection of [...this.#connections.values()]) connection.close();
  }
}

function notFound(): RequestRefused {
  return RequestRefused.because(404, 'STREAM_NOT_FOUND', 'no such event stream');
}

export class EventStreamConnection implements Multiplexer, ResultStream {
  readonly wire = WIRE;
  readonly identity: Identity;
  readonly onAnswered: Multiplexer['onAnswered'];
  readonly #maxOperations: number;
  readonly #onClosed: () => void;
  readonly #operations = new Map<string, MultiplexedOperation>();
  /** Messages from before the stream was open; as many operations at most as may run at once. */
  readonly #early: Buffer[] = [];
  readonly #unused: NodeJS.Timeout;
  readonly #forgetExpiry: () => void;
  #begun = 0;
  #response: StreamResponse | undefined;

  constructor(identity: Identity, { maxOperations, onAnswered, onClosed }: { readonly maxOperations: number; readonly onAnswered: Multiplexer['onAnswered']; readonly onClosed: () => void }) {
    this.identity = identity;
    this.onAnswered = onAnswered;
    this.#maxOperations = maxOperations;
    this.#onClosed = onClosed;
    this.#unused = setTimeout(() => this.leave(), RESERVATION_MS);
    this.#forgetExpiry = identity.expiresAtMs === undefined ? () => undefined : atTime(identity.expiresAtMs, () => this.close(RequestRefused.because(401, 'TOKEN_EXPIRED', 'the credential has expired')));
  }

  get isOpen(): boolean {
    return this.#response !== undefined;
  }

  get isFull(): boolean {
    return this.#response?.isFull ?? true;
  }

  /** Resolves when the stream has ended. */
  async stream(response: ServerResponse, heartbeats: Heartbeats): Promise<void> {
    clearTimeout(this.#unused);
    this.#response = new StreamResponse(response, eventStream, heartbeats);
    this.#response.open(this);
    await this.#response.closed;
  }

  /** @throws {RequestRefused} 400, 409 or 429 when there cannot be an operation of this id. */
  begin(id: unknown): MultiplexedOperation {
    if (typeof id !== 'string' || id === '') throw RequestRefused.because(400, 'BAD_REQUEST', 'extensions.operationId must be a string that is not empty');
    if (this.#operations.has(id)) throw RequestRefused.because(409, 'STREAM_CONFLICT', `operation ${id} is running already`);
    const count = this.isOpen ? this.#operations.size : this.#begun++;
    if (count >= this.#maxOperations) throw RequestRefused.because(429, 'TOO_MANY_SUBSCRIPTIONS', `a stream may run ${this.#maxOperations} operations at once`);
    const operation = new MultiplexedOperation(id, this);
    this.#operations.set(id, operation);
    return operation;
  }

  complete(id: string): void {
    this.#operations.get(id)?.leave();
  }

  write(own: Buffer, shared = NOTHING): void {
    const message = shared.length === 0 ? own : Buffer.concat([own, shared]);
    if (this.#response) this.#response.write(message);
    else this.#early.push(message);
  }

  forget(operation: MultiplexedOperation): void {
    this.#operations.delete(operation.id);
  }

  /** Of {@link StreamResponse}: the headers are out. */
  open(): void {
    for (const message of this.#early.splice(0)) this.#response?.write(message);
    this.drained();
  }

  drained(): void {
    for (const operation of this.#operations.values()) {
      if (this.isFull) return;
      operation.drained();
    }
  }

  /** The client is gone. */
  leave(): void {
    clearTimeout(this.#unused);
    this.#forgetExpiry();
    this.#onClosed();
    for (const operation of [...this.#operations.values()]) operation.leave();
  }

  close(refusal?: RequestRefused): void {
    if (refusal) for (const operation of [...this.#operations.values()]) operation.end(refusal);
    this.#response?.finish();
    this.leave();
  }
}
