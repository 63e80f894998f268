// Subscriptions over graphql-transport-ws: all of a client share one socket, opened with the first and closed after the
// last. graphql-ws speaks the protocol; its own retries are off, because only we know from which cursor to go on.

import { createClient } from 'graphql-ws';
import type { ClientOptions } from './client-options.ts';
import { GraphQLRequestError, NetworkError } from './errors.ts';
import { EventQueue } from './event-queue.ts';
import type { LiveTransport } from './live-transport.ts';
import type { GraphQLResult, Operation, ResultError } from './operation.ts';

const DEFAULT_IDLE_TIMEOUT_MS = 45_000;
/** graphql-transport-ws leaves 4000-4999 to the application; any code does that the server does not give a meaning. */
const CLOSE_SILENT = 4408;

export function createWebSocketTransport(options: ClientOptions): LiveTransport {
  const idleTimeoutMs = options.idleTimeoutMs ?? DEFAULT_IDLE_TIMEOUT_MS;
  let socket: { close(code: number, reason: string): void } | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  const open = new Set<EventQueue<GraphQLResult>>();
  const client = createClient({
    url: options.wsUrl ?? options.url.replace(/^http/, 'ws'),
    webSocketImpl: options.webSocketImpl,
    retryAttempts: 0,
    // Twice in the idle time, so that a live but quiet server has answered before it counts as lost.
    keepAlive: idleTimeoutMs / 2,
    connectionParams: async () => {
      const token = await options.getToken?.();
      return token ? { authorization: `Bearer ${token}` } : {};
    },
    on: {
      connected: (opened) => (socket = opened as typeof socket),
      message: heard,
      closed: (event) => {
        clearTimeout(silence);
        // To graphql-ws a normal closure completes what is open; to a subscriber it is a loss like any other.
        for (const queue of open) queue.fail(asError('subscription', event));
      },
    },
  });

  function heard(): void {
    clearTimeout(silence);
    silence = setTimeout(() => socket?.close(CLOSE_SILENT, 'silent'), idleTimeoutMs);
  }

  return {
    open: (operation, variables, signal) => ({ [Symbol.asyncIterator]: () => stream(operation, variables, signal) }),
    close() {
      for (const queue of open) queue.finish();
      // Disposing awaits a connection under way; that it fails is no news then.
      Promise.resolve(client.dispose()).catch(() => undefined);
    },
  };

  function stream(operation: Operation, variables: unknown, signal: AbortSignal): AsyncIterator<GraphQLResult> {
    const queue = new EventQueue<GraphQLResult>(operation.resumable ? () => new NetworkError(operation.name, 'reader fell behind') : undefined);
    open.add(queue);
    const leave = client.subscribe<Record<string, unknown>>(
      { query: operation.text, operationName: operation.name, variables: variables as Record<string, unknown> },
      { next: (result) => queue.push(result as GraphQLResult), error: (error) => queue.fail(asError(operation.name, error)), complete: () => queue.finish() },
    );
    const stop = (): void => {
      signal.removeEventListener('abort', stop);
      open.delete(queue);
      queue.finish();
      leave();
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    return {
      next: () =>
        queue.next().catch((error: unknown) => {
          // A loop does not call `return` on a stream that threw.
          stop();
          throw error;
        }),
      return: () => {
        stop();
        return Promise.resolve({ value: undefined, done: true });
      },
    };
  }
}

/** graphql-ws reports an array of GraphQL errors, a CloseEvent, or what the WebSocket threw. */
function asError(name: string, error: unknown): Error {
  if (Array.isArray(error)) return new GraphQLRequestError(name, error as readonly ResultError[]);
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'number') {
    const reason = 'reason' in error && typeof error.reason === 'string' ? error.reason : '';
    return new NetworkError(name, `connection closed: ${error.code} ${reason}`.trim(), { closeCode: error.code });
  }
  return new NetworkError(name, 'connection failed', { cause: error });
}
