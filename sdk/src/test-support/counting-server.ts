// A small real GraphQL server for the client's tests: queries over HTTP, subscriptions over graphql-transport-ws and
// server-sent events. It can drop every connection after a given event, and remembers what it was asked.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GraphQLError, buildSchema, graphql, parse, subscribe, type ExecutionResult } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import type { Operation } from '../operation.ts';

const SCHEMA = buildSchema(`
  type Query { hello(name: String = "world"): String  broken: String  never: String  secret: String }
  type Subscription { counted(after: String): Counted!  quiet: Counted!  refused(code: String!): Counted!  partly: Counted! }
  type Counted { cursor: String!  value: Int!  note: String }
`);

interface Counted {
  readonly counted: { readonly cursor: string; readonly value: number };
}

const COUNTED = '{ cursor value }';

/** As codegen would write them. */
export const testOperations = {
  hello: operation<'query', { hello: string }, { name?: string }>('query', 'hello', 'query hello($name: String) { hello(name: $name) }'),
  broken: operation<'query', { hello: string; broken: string | null }, object>('query', 'broken', 'query broken { hello broken }'),
  never: operation<'query', { never: string }, object>('query', 'never', 'query never { never }'),
  secret: operation<'query', { secret: string }, object>('query', 'secret', 'query secret { secret }'),
  counted: { ...operation<'subscription', Counted, { after?: string }>('subscription', 'counted', `subscription counted($after: String) { counted(after: $after) ${COUNTED} }`), resumable: true },
  quiet: operation<'subscription', { quiet: Counted['counted'] }, object>('subscription', 'quiet', `subscription quiet { quiet ${COUNTED} }`),
  refused: operation<'subscription', { refused: Counted['counted'] }, { code: string }>('subscription', 'refused', `subscription refused($code: String!) { refused(code: $code) ${COUNTED} }`),
  partly: operation<'subscription', { partly: { value: number; note: string | null } }, object>('subscription', 'partly', 'subscription partly { partly { value note } }'),
} as const;

function operation<Kind extends 'query' | 'subscription', Result, Variables>(kind: Kind, name: string, text: string): Operation<Kind, Result, Variables> {
  return { kind, name, text, resumable: false };
}

export interface CountingServer extends AsyncDisposable {
  readonly url: string;
  /** Events of `counted`; 20 unless set. */
  total: number;
  /** Every connection is cut once each of these events of `counted` was delivered. */
  readonly dropAfter: Set<number>;
  /** Refusals that `refused` still answers before it counts. */
  refusals: number;
  /** The only token taken; without one all are. */
  token: string | undefined;
  /** `after` of each subscription to `counted`, in order. */
  readonly resumedFrom: (string | undefined)[];
  /** Resolves when a subscription to `quiet` ends. */
  readonly quietEnded: Promise<void>;
  readonly requests: string[];
}

export async function startCountingServer(): Promise<CountingServer> {
  const responses = new Set<ServerResponse>();
  let quietEnded = (): void => undefined;
  const state: Omit<CountingServer, 'url' | typeof Symbol.asyncDispose> = {
    total: 20, dropAfter: new Set(), refusals: 1, token: undefined, resumedFrom: [], requests: [], quietEnded: new Promise((resolve) => (quietEnded = resolve)),
  };
  const rootValue = {
    hello: ({ name }: { name: string }) => `hello ${name}`,
    broken: () => {
      throw new GraphQLError('it broke', { extensions: { code: 'NOT_FOUND' } });
    },
    never: () => new Promise(() => undefined),
    secret: () => 'shh',
    async *counted({ after }: { after?: string }) {
      state.resumedFrom.push(after);
      for (let value = Number(after ?? 0) + 1; value <= state.total; value++) {
        // Being asked for the next event means that the one before has left.
        if (state.dropAfter.delete(value - 1)) {
          drop();
          return;
        }
        yield { counted: { cursor: String(value), value } };
      }
    },
    quiet: () => ({ next: () => new Promise(() => undefined), return: async () => (quietEnded(), { value: undefined, done: true }), [Symbol.asyncIterator]() { return this; } }),
    async *refused({ code }: { code: string }) {
      if (state.refusals-- > 0) throw new GraphQLError('no', { extensions: { code } });
      yield { refused: { cursor: '1', value: 1 } };
    },
    async *partly() {
      const note = (): never => {
        throw new GraphQLError('no note', { extensions: { code: 'NOT_FOUND' } });
      };
      yield { partly: { cursor: '1', value: 1, note } };
    },
  };

  const server = createServer((request, response) => void answer(request, response));
  const sockets = new WebSocketServer({ server, path: '/graphql' });
  useServer(
    {
      schema: SCHEMA,
      roots: { subscription: rootValue },
      onConnect: ({ connectionParams }) => state.token === undefined || connectionParams?.['authorization'] === `Bearer ${state.token}`,
    },
    sockets,
  );

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { query, variables } = JSON.parse(Buffer.concat(chunks).toString()) as { query: string; variables: Record<string, unknown> };
    state.requests.push(query);
    if (state.token !== undefined && request.headers.authorization !== `Bearer ${state.token}`) {
      return send(response, 401, { errors: [{ message: 'who are you', extensions: { code: 'UNAUTHENTICATED' } }] });
    }
    if (request.headers.accept === 'text/event-stream') return stream(response, query, variables);
    send(response, 200, await graphql({ schema: SCHEMA, source: query, rootValue, variableValues: variables }));
  }

  async function stream(response: ServerResponse, query: string, variables: Record<string, unknown>): Promise<void> {
    const results = await subscribe({ schema: SCHEMA, document: parse(query), rootValue, variableValues: variables });
    if (!(Symbol.asyncIterator in results)) return send(response, 200, results);
    responses.add(response);
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(':\n\n');
    response.once('close', () => void results.return?.());
    try {
      for await (const result of results) await write(response, result);
    } catch (error) {
      await write(response, { errors: [error as GraphQLError] });
    }
    if (!response.destroyed) response.end('event: complete\ndata:\n\n');
  }

  function drop(): void {
    for (const socket of sockets.clients) socket.terminate();
    for (const response of responses) response.destroy();
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(state, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    async [Symbol.asyncDispose]() {
      drop();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

function write(response: ServerResponse, result: ExecutionResult): Promise<void> {
  return new Promise((resolve) => response.write(`event: next\ndata: ${JSON.stringify(result)}\n\n`, () => resolve()));
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
