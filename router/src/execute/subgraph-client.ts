// HTTP to one subgraph: a keep-alive pool, a deadline for the whole fetch, a bound on the answer, retries of queries within
// a budget, and a circuit that opens when the subgraph fails. It never throws: an answer or a typed failure.

import { setTimeout as delay } from 'node:timers/promises';
import type { RouterErrorCode } from '../respond/graph-error.ts';
import { CircuitBreaker, type CallOutcome, type CircuitState } from './circuit-breaker.ts';
import { HttpPool, type HttpCall, type HttpConnection, type HttpFailure } from './http-pool.ts';
import { isObject, type JsonObject } from './json.ts';
import { BadResponse, type HttpResponse } from './response-reader.ts';
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
export const MAX_CONNECTIONS = 256;
const KEEP_ALIVE_MS = 30_000;
/** A larger answer is a mistake, not data. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** The wait before a retry doubles from here, a half of it by chance, so that many do not come back at once. */
const FIRST_RETRY_WAIT_MS = 20;

export class SubgraphClient implements AsyncDisposable {
  readonly url: URL;
  readonly #pool: HttpPool;
  /** Of every request: its line and the fields that are always the same. */
  readonly #head: string;
  readonly #policy: TrafficPolicy;
  readonly #budget = new RetryBudget();
  readonly #circuit: CircuitBreaker;
  readonly #onRetry: () => void;

  constructor({ url: text, onRetry = () => undefined, onCircuit = () => undefined, ...policy }: SubgraphClientOptions) {
    const url = new URL(text);
    this.url = url;
    this.#policy = { ...DEFAULT_TRAFFIC, ...policy };
    this.#pool = new HttpPool({ url, maxConnections: MAX_CONNECTIONS, keepAliveMs: KEEP_ALIVE_MS, connectTimeoutMs: this.#policy.timeoutMs, maxBodyBytes: MAX_ANSWER_BYTES });
    this.#head = `POST ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\nconnection: keep-alive\r\ncontent-type: application/json\r\naccept: application/graphql-response+json, application/json;q=0.9\r\n`;
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
    this.#pool[Symbol.dispose]();
  }

  #exchange({ headers, body, signal }: SubgraphCall, timeoutMs: number): Promise<SubgraphAnswer | TryAgain> {
    const request = requestText(this.#head, headers, body);
    if (request === undefined) return Promise.resolve({ kind: 'failed', code: 'SUBGRAPH_UNAVAILABLE', reason: 'a header value is not allowed in HTTP' });
    return new Promise((resolve) => {
      const exchange = new Exchange(request, { resolve, timeoutMs, signal });
      if (!exchange.isOver) this.#pool.send(exchange);
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

interface Waiter {
  readonly resolve: (answer: SubgraphAnswer | TryAgain) => void;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** One request and its answer. */
class Exchange implements HttpCall {
  readonly request: string | Buffer;
  connection: HttpConnection | undefined;
  isOver = false;
  readonly #resolve: Waiter['resolve'];
  readonly #timer: NodeJS.Timeout;
  readonly #signal: AbortSignal | undefined;

  constructor(request: string | Buffer, { resolve, timeoutMs, signal }: Waiter) {
    this.request = request;
    this.#resolve = resolve;
    this.#timer = setTimeout(() => this.#giveUp({ kind: 'failed', code: 'SUBGRAPH_TIMEOUT', reason: 'no answer in time' }), timeoutMs);
    this.#signal = signal;
    signal?.addEventListener('abort', this.#onCallerGone);
    if (signal?.aborted) this.#onCallerGone();
  }

  answered({ status, text }: HttpResponse): void {
    if (!this.isOver) this.#settle(readAnswer(status, text));
  }

  failed({ kind, error }: HttpFailure): void {
    if (kind === 'broken') this.#settle({ kind: 'failed', code: error instanceof BadResponse ? 'SUBGRAPH_BAD_RESPONSE' : 'SUBGRAPH_UNAVAILABLE', reason: error.message });
    else this.#settle({ kind: 'again', reason: error.message, atOnce: kind === 'lost' });
  }

  readonly #onCallerGone = (): void => this.#giveUp({ kind: 'failed', code: 'SUBGRAPH_UNAVAILABLE', reason: CALLER_GONE });

  #giveUp(answer: SubgraphAnswer): void {
    this.#settle(answer);
    this.connection?.close();
  }

  #settle(answer: SubgraphAnswer | TryAgain): void {
    this.isOver = true;
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#onCallerGone);
    this.#resolve(answer);
  }
}

/** RFC 9110 §5.5; a client's own header may hold the upper half of Latin-1. */
const FORBIDDEN_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
const BEYOND_ASCII = /[^\t\r\n\x20-\x7e]/;

/** @returns undefined when a header value could end its line. */
function requestText(start: string, headers: SubgraphCall['headers'], body: string): string | Buffer | undefined {
  let head = start;
  let isAscii = true;
  for (const name in headers) {
    const value = headers[name]!;
    if (FORBIDDEN_IN_VALUE.test(value)) return undefined;
    isAscii &&= !BEYOND_ASCII.test(value);
    head += `${name}: ${value}\r\n`;
  }
  head += `content-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return isAscii ? head + body : Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body)]);
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
