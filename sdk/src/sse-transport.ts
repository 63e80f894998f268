// Subscriptions as server-sent events, one HTTP response each (GraphQL over SSE, distinct connections mode). It passes
// where WebSockets do not, and the network itself holds back a server whose reader is slow.

import type { ClientOptions } from './client-options.ts';
import { GraphQLRequestError, NetworkError } from './errors.ts';
import { openResponse } from './http-request.ts';
import { linkedSignal } from './linked-signal.ts';
import type { LiveTransport } from './live-transport.ts';
import type { GraphQLResult, Operation } from './operation.ts';
import { parseServerSentEvents } from './sse-parser.ts';

const DEFAULT_IDLE_TIMEOUT_MS = 45_000;
const EVENT_STREAM = 'text/event-stream';

export function createSseTransport(options: ClientOptions): LiveTransport {
  return { open: (operation, variables, signal) => stream(options, operation, variables, signal), close: () => undefined };
}

async function* stream(options: ClientOptions, operation: Operation, variables: unknown, signal: AbortSignal): AsyncGenerator<GraphQLResult> {
  using linked = linkedSignal([signal]);
  const timeoutMs = options.idleTimeoutMs ?? DEFAULT_IDLE_TIMEOUT_MS;
  try {
    const response = await openResponse(options, operation, { variables, accept: EVENT_STREAM, signal: linked.signal });
    const events = parseServerSentEvents(await eventStream(operation, response), { timeoutMs, onTimeout: linked.abort });
    for await (const { event, data } of events) {
      if (event === 'complete') return;
      if (event === 'next') yield JSON.parse(data) as GraphQLResult;
    }
    throw new NetworkError(operation.name, 'response ended before the subscription was complete');
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof NetworkError || error instanceof GraphQLRequestError) throw error;
    throw new NetworkError(operation.name, linked.signal.aborted ? `silent for ${timeoutMs} ms` : 'connection lost', { cause: error });
  } finally {
    linked.abort();
  }
}

/** A refusal before the stream begins comes as an ordinary GraphQL response. */
async function eventStream({ name }: Operation, response: Response): Promise<ReadableStream<Uint8Array>> {
  if (response.ok && response.body && response.headers.get('content-type')?.startsWith(EVENT_STREAM)) return response.body;
  const result = (await response.json().catch(() => undefined)) as GraphQLResult | undefined;
  if (result?.errors?.length) throw new GraphQLRequestError(name, result.errors);
  throw new NetworkError(name, `HTTP ${response.status} without an event stream`, { status: response.status });
}
