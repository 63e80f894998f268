// HTTP to one subgraph: a keep-alive pool, a deadline for the whole exchange, a bound on the answer, and one repeat when a
// kept-alive connection turns out to be dead before an answer began. It never throws: an answer or a typed failure.

import { Pool, type Dispatcher } from 'undici';
import type { RouterErrorCode } from '../respond/graph-error.ts';
import { isObject, type JsonObject } from './json.ts';

export interface SubgraphError {
  readonly message?: unknown;
  readonly path?: unknown;
  readonly extensions?: unknown;
}

export type SubgraphAnswer =
  | { readonly kind: 'answered'; readonly data: JsonObject | null; readonly errors: readonly SubgraphError[] }
  | { readonly kind: 'failed'; readonly code: RouterErrorCode; readonly reason: string };

export interface SubgraphCall {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly repeatable: boolean;
  readonly signal: AbortSignal | undefined;
}

/** The reason of a fetch that was given up because nobody waits for it. */
export const CALLER_GONE = 'caller went away';

export interface SubgraphClientOptions {
  readonly url: string;
  readonly timeoutMs: number;
}

/** Sockets per subgraph; beyond it fetches queue, so a slow subgraph cannot take every file descriptor. */
const MAX_CONNECTIONS = 256;
const KEEP_ALIVE_MS = 30_000;
/** A larger answer is a mistake, not data. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

export class SubgraphClient implements AsyncDisposable {
  readonly #pool: Pool;
  readonly #path: string;
  readonly #timeoutMs: number;

  constructor(options: SubgraphClientOptions) {
    const url = new URL(options.url);
    this.#pool = new Pool(url.origin, { connections: MAX_CONNECTIONS, keepAliveTimeout: KEEP_ALIVE_MS, connectTimeout: options.timeoutMs, headersTimeout: 0, bodyTimeout: 0 });
    this.#path = url.pathname + url.search;
    this.#timeoutMs = options.timeoutMs;
  }

  async fetch(call: SubgraphCall): Promise<SubgraphAnswer> {
    const deadline = performance.now() + this.#timeoutMs;
    const first = await this.#exchange(call, this.#timeoutMs);
    const remainingMs = deadline - performance.now();
    if (first.kind !== 'dead connection') return first;
    if (!call.repeatable || remainingMs <= 0) return { kind: 'failed', code: 'SUBGRAPH_UNAVAILABLE', reason: first.reason };
    const second = await this.#exchange(call, remainingMs);
    return second.kind === 'dead connection' ? { kind: 'failed', code: 'SUBGRAPH_UNAVAILABLE', reason: second.reason } : second;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.destroy();
  }

  #exchange(call: SubgraphCall, timeoutMs: number): Promise<SubgraphAnswer | DeadConnection> {
    return new Promise((resolve) => {
      const exchange = new Exchange(resolve, timeoutMs, call.signal);
      const headers = { ...call.headers, 'content-type': 'application/json', accept: 'application/graphql-response+json, application/json;q=0.9' };
      try {
        this.#pool.dispatch({ method: 'POST', path: this.#path, headers, body: call.body }, exchange);
      } catch (error) {
        exchange.onResponseError(undefined, error instanceof Error ? error : new Error(String(error)));
      }
    });
  }
}

interface DeadConnection {
  readonly kind: 'dead connection';
  readonly reason: string;
}

const TIMED_OUT = new Error('timed out');
const GONE = new Error(CALLER_GONE);
const TOO_LARGE = new Error(`answer exceeds ${MAX_ANSWER_BYTES} bytes`);

/** One request and its answer; undici calls it back. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: SubgraphAnswer | DeadConnection) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #signal: AbortSignal | undefined;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #bytes = 0;
  #abortReason: Error | undefined;

  constructor(resolve: (answer: SubgraphAnswer | DeadConnection) => void, timeoutMs: number, signal: AbortSignal | undefined) {
    this.#resolve = resolve;
    this.#timer = setTimeout(() => this.#abort(TIMED_OUT), timeoutMs);
    this.#signal = signal;
    signal?.addEventListener('abort', this.#onCallerGone);
    if (signal?.aborted) this.#abort(GONE);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#abortReason) controller.abort(this.#abortReason);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_ANSWER_BYTES) controller.abort(TOO_LARGE);
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const text = this.#chunks.length === 1 ? this.#chunks[0]!.toString() : Buffer.concat(this.#chunks).toString();
    this.#settle(readAnswer(this.#status, text));
  }

  onResponseError(_controller: unknown, error: Error): void {
    if (error === TIMED_OUT) this.#settle({ kind: 'failed', code: 'SUBGRAPH_TIMEOUT', reason: 'no answer in time' });
    else if (error === TOO_LARGE) this.#settle({ kind: 'failed', code: 'SUBGRAPH_BAD_RESPONSE', reason: error.message });
    else if (this.#status === 0 && isLostConnection(error)) this.#settle({ kind: 'dead connection', reason: error.message });
    else this.#settle({ kind: 'failed', code: 'SUBGRAPH_UNAVAILABLE', reason: error.message });
  }

  readonly #onCallerGone = (): void => this.#abort(GONE);

  #abort(reason: Error): void {
    this.#abortReason = reason;
    // While the request still queues for a socket there is no controller yet: settle now, abort it when its turn comes.
    if (this.#controller) this.#controller.abort(reason);
    else queueMicrotask(() => this.onResponseError(undefined, reason));
  }

  #settle(answer: SubgraphAnswer | DeadConnection): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#onCallerGone);
    this.#resolve(answer);
  }
}

function isLostConnection(error: Error & { readonly code?: string }): boolean {
  return error.code === 'UND_ERR_SOCKET' || error.code === 'ECONNRESET' || error.code === 'EPIPE';
}

function readAnswer(status: number, text: string): SubgraphAnswer {
  const refused = (code: RouterErrorCode, reason: string): SubgraphAnswer => ({ kind: 'failed', code, reason });
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return status >= 500 ? refused('SUBGRAPH_UNAVAILABLE', `HTTP status ${status}`) : refused('SUBGRAPH_BAD_RESPONSE', `HTTP status ${status}, no JSON`);
  }
  if (!isObject(answer)) return refused('SUBGRAPH_BAD_RESPONSE', 'the answer is not an object');
  const { data = null, errors = [] } = answer;
  if (!Array.isArray(errors) || !errors.every(isObject)) return refused('SUBGRAPH_BAD_RESPONSE', 'errors is not a list of objects');
  if (data !== null && !isObject(data)) return refused('SUBGRAPH_BAD_RESPONSE', 'data is not an object');
  if (data === null && errors.length === 0) return refused(status >= 500 ? 'SUBGRAPH_UNAVAILABLE' : 'SUBGRAPH_BAD_RESPONSE', `HTTP status ${status} without data`);
  return { kind: 'answered', data, errors };
}
