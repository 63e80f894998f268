// One operation on a graphql-transport-ws socket, from its subscribe to the complete or error that ends it. A client may
// give it up at any moment, also before there is an answer; then nothing more is said about it and its id is free.

import type { Answer } from '../pipeline.ts';
import type { RequestRefused } from '../respond/graph-error.ts';
import type { Receiver, ResultStream } from '../subscribe/member.ts';
import type { SharedResult } from '../subscribe/shared-result.ts';

/** The socket, as its operations see it. */
export interface OperationSocket {
  readonly isFull: boolean;
  write(prefix: Buffer, shared: Buffer): void;
  forget(operation: WebsocketOperation): void;
}

const COMPLETE = Buffer.from('"type":"complete"}');
const nextMessage = (text: string): Buffer => Buffer.from(`"type":"next","payload":${text}}`);

export class WebsocketOperation implements Receiver {
  readonly id: string;
  readonly #socket: OperationSocket;
  readonly #prefix: Buffer;
  /** Until there is an answer: fires when the client gives up waiting for it. */
  #waiting: AbortController | undefined = new AbortController();
  #stream: ResultStream | undefined;
  #ended = false;

  constructor(id: string, socket: OperationSocket) {
    this.id = id;
    this.#socket = socket;
    this.#prefix = Buffer.from(`{"id":${JSON.stringify(id)},`);
  }

  get signal(): AbortSignal {
    this.#waiting ??= new AbortController();
    return this.#waiting.signal;
  }

  get isFull(): boolean {
    return this.#socket.isFull;
  }

  take(answer: Answer): void {
    this.#waiting = undefined;
    if (answer.kind === 'stream') {
      if (this.#ended) return answer.stream.leave();
      this.#stream = answer.stream;
      answer.stream.open(this);
    } else if (!this.#ended) {
      this.#socket.write(this.#prefix, nextMessage(answer.result.text));
      this.end();
    }
  }

  next(result: SharedResult): void {
    this.#socket.write(this.#prefix, result.as(nextMessage));
  }

  end(refusal?: RequestRefused): void {
    if (this.#ended) return;
    this.leave();
    this.#socket.write(this.#prefix, refusal ? Buffer.from(`"type":"error","payload":${JSON.stringify(refusal.errors)}}`) : COMPLETE);
  }

  drained(): void {
    this.#stream?.drained();
  }

  /** The client is gone, or done with it. */
  leave(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#socket.forget(this);
    this.#waiting?.abort();
    this.#stream?.leave();
  }
}
