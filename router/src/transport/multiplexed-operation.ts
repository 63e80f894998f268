// One operation among many on a connection, from its request to the message that ends it. A client may give it up at any
// moment, also before there is an answer; then nothing more is said about it and its id is free.

import type { Operation } from '../parse/operation.ts';
import type { Answer } from '../pipeline.ts';
import type { RequestRefused } from '../respond/graph-error.ts';
import type { Receiver, ResultStream } from '../subscribe/member.ts';
import { SharedResult, type Encode } from '../subscribe/shared-result.ts';
import { codeOf } from './exchange.ts';
import type { Outcome } from './graphql-http.ts';

/** How a protocol writes what an operation says. */
export interface Wire {
  /** What stands before each result of this operation, and only of this one. */
  readonly prefix: (id: string) => string;
  /** What stands behind it, equal for all that get the same result. */
  readonly next: Encode;
  readonly complete: (id: string) => string;
  readonly refused: (id: string, refusal: RequestRefused) => string;
}

/** The connection, as its operations see it. */
export interface Multiplexer {
  readonly wire: Wire;
  readonly isFull: boolean;
  /** One call per operation that got an answer or a refusal, when it is over. */
  readonly onAnswered: (outcome: Outcome) => void;
  /** Sends `own` and `shared` as one message. */
  write(own: Buffer, shared?: Buffer): void;
  forget(operation: MultiplexedOperation): void;
}

export class MultiplexedOperation implements Receiver {
  readonly id: string;
  /** Fires when the client gives up waiting for an answer. */
  readonly #waiting = new AbortController();
  readonly #connection: Multiplexer;
  readonly #prefix: Buffer;
  #stream: ResultStream | undefined;
  #kind: Operation['kind'] | undefined;
  #ended = false;
  readonly #startedMs = performance.now();

  constructor(id: string, connection: Multiplexer) {
    this.id = id;
    this.#connection = connection;
    this.#prefix = Buffer.from(connection.wire.prefix(id));
  }

  get signal(): AbortSignal {
    return this.#waiting.signal;
  }

  get isFull(): boolean {
    return this.#connection.isFull;
  }

  take(answer: Answer): void {
    this.#kind = answer.operation.kind;
    if (answer.kind === 'stream') {
      if (this.#ended) return answer.stream.leave();
      this.#stream = answer.stream;
      answer.stream.open(this);
    } else if (!this.#ended) {
      this.next(new SharedResult(answer.result));
      this.end();
    }
  }

  next(result: SharedResult): void {
    this.#connection.write(this.#prefix, result.as(this.#connection.wire.next));
  }

  end(refusal?: RequestRefused): void {
    if (this.#ended) return;
    this.leave(refusal);
    const { wire } = this.#connection;
    this.#connection.write(Buffer.from(refusal ? wire.refused(this.id, refusal) : wire.complete(this.id)));
  }

  drained(): void {
    this.#stream?.drained();
  }

  /** The client is gone, or done with it, or was told elsewhere of `refusal`. */
  leave(refusal?: RequestRefused): void {
    if (this.#ended) return;
    this.#ended = true;
    // As for HTTP, what ends a stream that has begun is no refusal of it.
    const outcome = this.#kind ? { kind: this.#kind, code: 'OK' } : refusal && { kind: 'refused' as const, code: codeOf(refusal) };
    if (outcome) this.#connection.onAnswered({ ...outcome, seconds: (performance.now() - this.#startedMs) / 1000 });
    this.#connection.forget(this);
    this.#waiting.abort();
    this.#stream?.leave();
  }
}
