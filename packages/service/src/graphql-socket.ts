// Subscriptions over graphql-transport-ws. The viewer statement travels in each subscribe payload, because the router
// carries many clients over one socket. Every event is executed with a context of its own.

import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { GraphQLError, createSourceEventStream, execute, type DocumentNode, type ExecutionArgs, type ExecutionResult } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { batchWrites } from './batched-writes.ts';
import { formatResult, shown } from './graphql-errors.ts';
import { MAX_BODY_BYTES } from './http-exchange.ts';
import type { Door, RequestContext } from './subgraph-server.ts';
import { VIEWER_EXTENSION, verifyViewer, type Viewer } from './viewer.ts';

const KEEP_ALIVE_MS = 12_000;

/** What `onSubscribe` hands to `subscribe`; rides in graphql-ws' own argument object. */
interface SocketOperation extends ExecutionArgs {
  readonly viewer: Viewer;
  readonly requestId: string;
}

export function serveSubscriptions<C extends RequestContext>(door: Door<C>, server: Server, path: string): AsyncDisposable {
  const sockets = new WebSocketServer({ server, path, maxPayload: MAX_BODY_BYTES });
  sockets.on('connection', (socket, request) => batchWrites(socket, request.socket));
  const cleanup = useServer(
    {
      onSubscribe: (_context, _id, payload) => admit(door, payload),
      execute: (args) => run(door, args as SocketOperation),
      subscribe: (args) => subscribe(door, args as SocketOperation),
      // Results are formatted already; graphql-ws would call toJSON on their errors once more.
      onNext: (_context, _id, _payload, _args, result) => result,
    },
    sockets,
    KEEP_ALIVE_MS,
  );
  return { [Symbol.asyncDispose]: async () => void (await cleanup.dispose()) };
}

function admit<C extends RequestContext>(door: Door<C>, payload: SubscribePayload): SocketOperation | readonly GraphQLError[] {
  const requestId = randomUUID();
  try {
    const statement = payload.extensions?.[VIEWER_EXTENSION];
    const viewer = verifyViewer(typeof statement === 'string' ? statement : undefined, door.internalSecret, Date.now());
    const prepared = door.documents.prepare(payload.query, payload.operationName);
    if (!('operation' in prepared)) return prepared.map((error) => shown(error, requestId, door.logger));
    return { schema: door.schema, document: prepared.document, operationName: payload.operationName, variableValues: payload.variables, viewer, requestId };
  } catch (error) {
    const cause = error instanceof Error ? error : new Error(String(error));
    return [shown(new GraphQLError(cause.message, { originalError: cause }), requestId, door.logger)];
  }
}

async function run<C extends RequestContext>(door: Door<C>, args: SocketOperation): Promise<ExecutionResult> {
  const contextValue = await door.context({ viewer: args.viewer, signal: new AbortController().signal, requestId: args.requestId });
  return formatResult(await execute({ ...args, contextValue }), args.requestId, door.logger) as ExecutionResult;
}

async function subscribe<C extends RequestContext>(door: Door<C>, args: SocketOperation): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
  const controller = new AbortController();
  const request: RequestContext = { viewer: args.viewer, signal: controller.signal, requestId: args.requestId };
  const source = await createSourceEventStream({ ...args, contextValue: await door.context(request) });
  if (!(Symbol.asyncIterator in source)) {
    controller.abort();
    return formatResult(source, args.requestId, door.logger) as ExecutionResult;
  }
  return new EventStream(door, { ...args, request, controller, events: (source as AsyncIterable<unknown>)[Symbol.asyncIterator]() });
}

interface StreamParts {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variableValues?: { readonly [name: string]: unknown } | null | undefined;
  readonly request: RequestContext;
  readonly controller: AbortController;
  readonly events: AsyncIterator<unknown>;
}

/** Source events in, results out. Not a generator: `return` must reach a source that is waiting for its next event. */
class EventStream<C extends RequestContext> implements AsyncIterableIterator<ExecutionResult> {
  readonly #door: Door<C>;
  readonly #parts: StreamParts;
  #open = true;

  constructor(door: Door<C>, parts: StreamParts) {
    this.#door = door;
    this.#parts = parts;
    door.metrics.activeSubscriptions.inc();
  }

  async next(): Promise<IteratorResult<ExecutionResult>> {
    const { events, request, document, operationName, variableValues } = this.#parts;
    try {
      const event = await events.next();
      if (event.done) {
        this.#close();
        return { value: undefined, done: true };
      }
      const contextValue = await this.#door.context(request);
      const result = await execute({ schema: this.#door.schema, document, rootValue: event.value, contextValue, operationName, variableValues });
      this.#door.metrics.subscriptionEvents.inc();
      return { value: formatResult(result, request.requestId, this.#door.logger) as ExecutionResult, done: false };
    } catch (error) {
      this.#close();
      const cause = error instanceof Error ? error : new Error(String(error));
      throw shown(new GraphQLError(cause.message, { originalError: cause }), request.requestId, this.#door.logger);
    }
  }

  async return(): Promise<IteratorResult<ExecutionResult>> {
    this.#close();
    await this.#parts.events.return?.();
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#door.metrics.activeSubscriptions.dec();
    this.#parts.controller.abort();
  }
}
