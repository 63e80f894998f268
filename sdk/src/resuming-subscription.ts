// A subscription that outlives its connections. After a loss it waits with jitter and subscribes again; when the
// operation takes `$after`, with the cursor of the last event the reader got, so nothing is lost and nothing comes twice.
//
//   connect ─► events ─► lost ─► wait ─► connect (after: last cursor) ─► events ─► …   until complete, left or refused

import { DEFAULT_BACK_OFF, pause, waitMs } from './back-off.ts';
import type { ClientOptions } from './client-options.ts';
import { GraphQLRequestError, NetworkError, isUnauthenticated } from './errors.ts';
import { linkedSignal, type LinkedSignal } from './linked-signal.ts';
import type { LiveTransport } from './live-transport.ts';
import type { GraphQLResult, Operation } from './operation.ts';

export interface SubscriptionRequest {
  readonly options: ClientOptions;
  readonly transport: LiveTransport;
  readonly operation: Operation;
  readonly variables: unknown;
  /** Of the caller: ends this subscription, which then throws its reason. */
  readonly signal: AbortSignal | undefined;
  /** Of the client: ends all its subscriptions. */
  readonly closing: AbortSignal;
}

/** Leaving by `break`, `return()` or the signal ends the stream at once, also while it is quiet or waiting. */
export function subscribe(request: SubscriptionRequest): AsyncIterableIterator<unknown> {
  const linked = linkedSignal([request.signal, request.closing]);
  const events = stream(request, linked);
  return {
    next: () => events.next(),
    async return() {
      // A generator that waits inside cannot be returned from; the signal ends the wait first.
      linked.abort();
      linked[Symbol.dispose]();
      await events.return(undefined);
      return { value: undefined, done: true };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

async function* stream({ options, transport, operation, variables, ...request }: SubscriptionRequest, linked: LinkedSignal): AsyncGenerator<unknown, undefined> {
  using _ = linked;
  const { signal } = linked;
  const backOff = { ...DEFAULT_BACK_OFF, ...options.reconnect };
  let current = (variables ?? {}) as Readonly<Record<string, unknown>>;
  let failures = 0;
  let renewed = false;
  while (!signal.aborted) {
    try {
      for await (const result of transport.open(operation, current, signal)) {
        const data = dataOf(options, operation, result);
        failures = 0;
        renewed = false;
        yield data;
        // Only now has the reader got it.
        if (operation.resumable) current = { ...current, after: cursorOf(data) ?? current['after'] };
      }
      break;
    } catch (error) {
      if (signal.aborted) break;
      if (isUnauthenticated(error) && !renewed && (await options.refreshToken?.())) {
        renewed = true;
        continue;
      }
      failures += 1;
      if (!isTransient(error) || failures >= backOff.maxAttempts) throw error;
      await pause(waitMs(failures, backOff), signal);
    }
  }
  request.signal?.throwIfAborted();
  return undefined;
}

/** @throws {GraphQLRequestError} for an event without data. */
function dataOf(options: ClientOptions, operation: Operation, { data, errors }: GraphQLResult): unknown {
  if (data === undefined || data === null) throw new GraphQLRequestError(operation.name, errors ?? [{ message: 'event without data' }]);
  // One part that could not be joined must not end a live stream.
  if (errors?.length) options.onPartialErrors?.(operation.name, errors);
  return data;
}

/** `cursor` of the one root field. */
function cursorOf(data: unknown): string | undefined {
  const [root] = Object.values(data as object) as ({ readonly cursor?: unknown } | null)[];
  return typeof root?.cursor === 'string' ? root.cursor : undefined;
}

/** graphql-transport-ws: bad request, refused, no common protocol, duplicate id, too many: the same again would fail again. */
const FINAL_CLOSE_CODES: ReadonlySet<number> = new Set([1002, 1003, 1007, 4004, 4005, 4400, 4401, 4403, 4406, 4409, 4429]);
/** Codes that say "try again": something is away, or this reader fell too far behind. */
const TRANSIENT_CODES: ReadonlySet<string> = new Set([
  'UNAVAILABLE', 'SUBGRAPH_UNAVAILABLE', 'SUBGRAPH_TIMEOUT', 'UPSTREAM_LOST', 'SLOW_CONSUMER', 'SHUTTING_DOWN', 'AUTHENTICATION_UNAVAILABLE', 'TOO_MANY_SUBSCRIPTIONS',
]);

function isTransient(error: unknown): boolean {
  if (error instanceof GraphQLRequestError) return error.codes.length > 0 && error.codes.every((code) => TRANSIENT_CODES.has(code));
  if (!(error instanceof NetworkError)) return false;
  if (error.closeCode !== undefined) return !FINAL_CLOSE_CODES.has(error.closeCode);
  return error.status === undefined || error.status >= 500 || error.status === 408 || error.status === 429;
}
