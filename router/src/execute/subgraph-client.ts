// HTTP to one subgraph: a keep-alive pool, a deadline for the whole fetch, a bound on the answer, retries of queries within
// a budget, and a circuit that opens when the subgraph fails. It never throws: an answer or a typed failure.

import { setTimeout as delay } from 'node:timers/promises';
import { Pool, type Dispatcher } from 'undici';
import type { RouterErrorCode } from '../respond/graph-error.ts';
import { CircuitBreaker, type CallOutcome, type CircuitState } from './circuit-breaker.ts';
import { isObject, type JsonObject } from './json.ts';
import { RetryBudget } from './retry-budget.ts';
import { DEFAULT_TRAFFIC, type TrafficPolicy } from './traffic-config.ts';

export interface SubgraphError {
  readonly message?: unknown;
  readonly path?: unknown;
  readonly extensions?: unknown;
}

/** `text` is the JSON that `data` and `errors` were read from; `status` is that of HTTP. */
export type SubgraphAnswer =
  | { readonly kind: 'answered'; readonly data: JsonObject | null; readonly errors: readonly SubgraphError[]; readonly text: string; readonly status?: number }
  | { readonly kind: 'failed'; readonly code: RouterErrorCode; readonly reason: string; readonly status?: number };

export interface SubgraphCall {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly repeatable: boolean;
  readonly signal: AbortSignal | undefined;
}

/** The reason of a fetch that was given up because nobody waits for it. */
export const CALLER_GONE = 'caller went away';

export interface SubgraphClientOptions extends Partial<TrafficPolicy> {
  readonly url: string;
  readonly onRetry?: () => void;
  readonly onCircuit?: (state: CircuitState) => void;
}

/** Sockets per subgraph; beyond it fetches queue, so a slow subgraph cannot take every file descriptor. */
const MAX_CONNECTIONS = 256;
const KEEP_ALIVE_MS = 30_000;
/** A larger answer is a mistake, not data. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** The wait before a retry doubles from here, a half of it by chance, so that many do not come back at once. */
const FIRST_RETRY_WAIT_MS = 20;

export class SubgraphClient implements AsyncDisposable {
  readonly url: URL;
  readonly #pool: Pool;
  readonly #path: string;
  readonly #policy: TrafficPolicy;
  readonly #budget = new RetryBudget();
  readonly #circuit: CircuitBreaker;
  readonly #onRetry: () => void;

  constructor({ url: text, onRetry = () => undefined, onCircuit = () => undefined, ...policy }: SubgraphClientOptions) {
    const url = new URL(text);
    this.url = url;
    this.#policy = { ...DEFAULT_TRAFFIC, ...policy };
    this.#pool = new Pool(url.origin, { connections: MAX_CONNECTIONS, keepAliveTimeout: KEEP_ALIVE_MS, connectTimeout: this.#policy.timeoutMs, headersTimeout: 0, bodyTimeout: 0 });
    this.#path = url.pathname + url.search;
    this.#circuit = new CircuitBreaker(this.#policy, { onChange: onCircuit });
    this.#onRetry = onRetry;
  }

  async fetch(call: SubgraphCall): Promise<SubgraphAnswer> {
    const admission = this.#circuit.enter();
    if (admission === undefined) return { kind: 'failed', code: 'SUBGRAPH_CIRCUIT_OPEN', reason: 'it failed too often a moment ago' };
    const answer = await this.#fetchWithRetries(call);
    this.#circuit.leave(admission, outcomeOf(answer));
    return answer;
  }

  async #fetchWithRetries(call: SubgraphCall): Promise<SubgraphAnswer> {
    const deadlineMs = performance.now() + this.#policy.timeoutMs;
    this.#budget.earn();
    for (let retries = 0; ; retries++) {
      const attempt = await this.#exchange(call, deadlineMs - performance.now());
      if (attempt.kind !== 'again') return attempt;
      const failed: SubgraphAnswer = { kind: 'failed', code: 'SUBGRAPH_UNAVAILABLE', reason: attempt.reason };
      if (!call.repeatable || retries >= this.#policy.maxRetries || call.signal?.aborted === true) return failed;
      const waitMs = attempt.atOnce && retries === 0 ? 0 : retryWaitMs(retries);
      if (performance.now() + waitMs >= deadlineMs || !this.#budget.spend()) return failed;
      this.#onRetry();
      if (waitMs > 0) await delay(waitMs, undefined, { signal: call.signal }).catch(() => undefined);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.destroy();
  }

  #exchange(call: SubgraphCall, timeoutMs: number): Promise<SubgraphAnswer | TryAgain> {
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

/** The subgraph has not taken the call: a query may be sent again. */
interface TryAgain {
  readonly kind: 'again';
  readonly reason: string;
  /** A kept connection turned out to be dead; a new one will do. */
  readonly atOnce: boolean;
}

const TIMED_OUT = new Error('timed out');
const GONE = new Error(CALLER_GONE);
const TOO_LARGE = new Error(`answer exceeds ${MAX_ANSWER_BYTES} bytes`);

/** One request and its answer; undici calls it back. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: SubgraphAnswer | TryAgain) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #signal: AbortSignal | undefined;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #bytes = 0;
  #abortReason: Error | undefined;

  constructor(resolve: (answer: SubgraphAnswer | TryAgain) => void, timeoutMs: number, signal: AbortSignal | undefined) {
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
    else if (this.#status === 0 && isLostConnection(error)) this.#settle({ kind: 'again', reason: error.message, atOnce: true });
    else if (isRefusedConnection(error)) this.#settle({ kind: 'again', reason: error.message, atOnce: false });
    else this.#settle({ kind: 'failed', code: 'SUBGRAPH_UNAVAILABLE', reason: error.message });
  }

  readonly #onCallerGone = (): void => this.#abort(GONE);

  #abort(reason: Error): void {
    this.#abortReason = reason;
    // While the request still queues for a socket there is no controller yet: settle now, abort it when its turn comes.
    if (this.#controller) this.#controller.abort(reason);
    else queueMicrotask(() => this.onResponseError(undefined, reason));
  }

  #settle(answer: SubgraphAnswer | TryAgain): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#onCallerGone);
    this.#resolve(answer);
  }
}

function isLostConnection(error: Error & { readonly code?: string }): boolean {
  return error.code === 'UND_ERR_SOCKET' || error.code === 'ECONNRESET' || error.code === 'EPIPE';
}

function isRefusedConnection(error: Error & { readonly code?: string }): boolean {
  return error.code === 'ECONNREFUSED' || error.code === 'EHOSTUNREACH' || error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN' || error.code === 'UND_ERR_CONNECT_TIMEOUT';
}

function retryWaitMs(retries: number): number {
  const ceilingMs = FIRST_RETRY_WAIT_MS * 2 ** retries;
  return ceilingMs / 2 + (Math.random() * ceilingMs) / 2;
}

/** An answer of any kind proves that the subgraph is there; what is in it is the operation's affair. */
function outcomeOf(answer: SubgraphAnswer): CallOutcome {
  if (answer.kind === 'answered') return 'success';
  if (answer.reason === CALLER_GONE) return 'unknown';
  return answer.code === 'SUBGRAPH_UNAVAILABLE' || answer.code === 'SUBGRAPH_TIMEOUT' ? 'failure' : 'success';
}

/** Of a proxy or server that has not let the call through to the subgraph. */
const NOT_TAKEN: ReadonlySet<number> = new Set([502, 503, 504]);

function readAnswer(status: number, text: string): SubgraphAnswer | TryAgain {
  const refused = (code: RouterErrorCode, reason: string): SubgraphAnswer => ({ kind: 'failed', code, reason, status });
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    if (NOT_TAKEN.has(status)) return { kind: 'again', reason: `HTTP status ${status}`, atOnce: false };
    return status >= 500 ? refused('SUBGRAPH_UNAVAILABLE', `HTTP status ${status}`) : refused('SUBGRAPH_BAD_RESPONSE', `HTTP status ${status}, no JSON`);
  }
  if (!isObject(answer)) return refused('SUBGRAPH_BAD_RESPONSE', 'the answer is not an object');
  const { data = null, errors = [] } = answer;
  if (!Array.isArray(errors) || !errors.every(isObject)) return refused('SUBGRAPH_BAD_RESPONSE', 'errors is not a list of objects');
  if (data !== null && !isObject(data)) return refused('SUBGRAPH_BAD_RESPONSE', 'data is not an object');
  if (data === null && errors.length === 0) return refused(status >= 500 ? 'SUBGRAPH_UNAVAILABLE' : 'SUBGRAPH_BAD_RESPONSE', `HTTP status ${status} without data`);
  return { kind: 'answered', data, errors, text, status };
}
