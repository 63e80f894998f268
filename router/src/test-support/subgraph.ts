// A real subgraph for tests: @apollo/subgraph over HTTP and graphql-transport-ws on a free port, which remembers what it
// was asked and can be told to fail.

import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { execute, parse, subscribe, type GraphQLSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';

export interface SubgraphRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface TestSubgraph extends AsyncDisposable {
  readonly name: string;
  readonly sdl: string;
  readonly url: string;
  readonly schema: GraphQLSchema;
  /** HTTP requests so far. */
  readonly requests: SubgraphRequest[];
  /** Subscriptions open right now, and the payloads of all so far with the headers that their sockets were opened with. */
  readonly subscriptions: { active: number; readonly payloads: Record<string, unknown>[]; readonly headers: IncomingHttpHeaders[] };
  /** When set, answers HTTP in its place. */
  intercept: ((request: SubgraphRequest, response: ServerResponse) => void) | undefined;
  readonly openSockets: number;
  /** Cuts every WebSocket without a goodbye. */
  cutSockets(): void;
}

export interface TestSubgraphOptions {
  readonly name: string;
  readonly sdl: string;
  readonly resolvers?: Record<string, unknown>;
  /** For one that comes back where it was; any free one otherwise. */
  readonly port?: number;
}

export async function startSubgraph({ name, sdl, resolvers = {}, port = 0 }: TestSubgraphOptions): Promise<TestSubgraph> {
  const schema = buildSubgraphSchema({ typeDefs: parse(sdl), resolvers: resolvers as never });
  const server = createServer((request, response) => void answer(request, response, subgraph));
  const sockets = new WebSocketServer({ server, path: '/graphql' });
  const subscriptions = { active: 0, payloads: [] as Record<string, unknown>[], headers: [] as IncomingHttpHeaders[] };
  useServer(
    {
      schema,
      onSubscribe: ({ extra }, _id, payload) => {
        subscriptions.headers.push(extra.request.headers);
        subscriptions.payloads.push(payload as unknown as Record<string, unknown>);
        subscriptions.active++;
      },
      onComplete: () => void subscriptions.active--,
      subscribe: (args) => subscribe(args),
      context: (_context, _id, payload) => ({ viewer: payload.extensions?.['viewer'] }),
    },
    sockets,
  );
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const subgraph: TestSubgraph = {
    name,
    sdl,
    schema,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    requests: [],
    subscriptions,
    intercept: undefined,
    get openSockets() {
      return sockets.clients.size;
    },
    cutSockets: () => sockets.clients.forEach((socket) => socket.terminate()),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return subgraph;
}

async function answer(request: IncomingMessage, response: ServerResponse, subgraph: TestSubgraph): Promise<void> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  const { query, variables = {} } = JSON.parse(text) as { query: string; variables?: Record<string, unknown> };
  const asked: SubgraphRequest = { query, variables, headers: request.headers };
  subgraph.requests.push(asked);
  if (subgraph.intercept) return subgraph.intercept(asked, response);
  const contextValue = { viewer: request.headers['x-mib-viewer'] };
  const result = await execute({ schema: subgraph.schema, document: parse(query), variableValues: variables, contextValue });
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(result));
}
