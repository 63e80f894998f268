// One federated subgraph over HTTP: queries and mutations by POST /graphql, subscriptions by graphql-transport-ws on the
// same path, and the three operational pages. Whoever calls is believed only through a signed viewer statement, and every
// event of a subscription gets a fresh context, so its DataLoaders never serve yesterday's rows.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse, type GraphQLSchema } from 'graphql';
import type { ClientOrigin } from './client-origin.ts';
import { DocumentCache } from './document-cache.ts';
import { answerOperation } from './graphql-http.ts';
import { serveSubscriptions } from './graphql-socket.ts';
import type { Health } from './health.ts';
import { sendJson, sendText } from './http-exchange.ts';
import type { RunningService } from './lifecycle.ts';
import type { Logger } from './logger.ts';
import { watchHealth, type Metrics } from './metrics.ts';
import { withTraceOf } from './trace-context.ts';
import type { Viewer } from './viewer.ts';

/** `clientIp` and `userAgent`: of HTTP operations, as far as the router said. */
export interface RequestContext extends ClientOrigin {
  readonly viewer: Viewer;
  /** Fires when the caller goes away or its subscription ends. */
  readonly signal: AbortSignal;
  readonly requestId: string;
}

export type Route = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface SubgraphServerOptions<C extends RequestContext> {
  readonly name: string;
  /** Text of schema.graphql. */
  readonly schemaSdl: string;
  /** Resolvers of the generated type, with __resolveReference and Subscription fields as `{ subscribe }`. */
  readonly resolvers: unknown;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly internalSecret: string;
  /** Called per request and per subscription event: make DataLoaders here. */
  readonly context: (request: RequestContext) => C | Promise<C>;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Further pages by `METHOD /path`. */
  readonly routes?: Readonly<Record<string, Route>>;
}

/** What the HTTP and the WebSocket door share. */
export interface Door<C extends RequestContext> extends SubgraphServerOptions<C> {
  readonly schema: GraphQLSchema;
  readonly documents: DocumentCache;
}

/** Requests in flight get this long to end when the server closes. */
const DRAIN_MS = 5_000;
const GRAPHQL_PATH = '/graphql';

export async function startSubgraphServer<C extends RequestContext>(options: SubgraphServerOptions<C>): Promise<RunningService> {
  const schema = buildSubgraphSchema({ typeDefs: parse(options.schemaSdl), resolvers: options.resolvers as never });
  const door: Door<C> = { ...options, schema, documents: new DocumentCache(schema) };
  const routes = allRoutes(door);
  const server = createServer((request, response) => void handle(door, routes, request, response));
  const sockets = serveSubscriptions(door, server, GRAPHQL_PATH);
  const url = await listen(server, options.host, options.port);
  watchHealth(options.metrics, options.health);
  options.health.setReady(true);
  options.logger.info({ url }, 'subgraph ready');
  return {
    url,
    health: options.health,
    async [Symbol.asyncDispose]() {
      options.health.setReady(false);
      await sockets[Symbol.asyncDispose]();
      await close(server);
    },
  };
}

function allRoutes<C extends RequestContext>(door: Door<C>): Map<string, Route> {
  return new Map<string, Route>([
    ...Object.entries(door.routes ?? {}),
    [`POST ${GRAPHQL_PATH}`, (request, response) => withTraceOf(request.headers, () => answerOperation(door, request, response))],
    ['GET /healthz', async (_, response) => sendJson(response, 200, { live: true })],
    ['GET /readyz', async (_, response) => {
      const report = door.health.report();
      sendJson(response, report.ready ? 200 : 503, report);
    }],
    ['GET /metrics', async (_, response) => sendText(response, 200, await door.metrics.registry.metrics(), door.metrics.registry.contentType)],
  ]);
}

async function handle<C extends RequestContext>(door: Door<C>, routes: Map<string, Route>, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const route = routes.get(`${request.method} ${path}`);
  try {
    if (!route) return sendJson(response, 404, { error: `no ${request.method} ${path} here` });
    await route(request, response);
  } catch (error) {
    door.logger.error({ err: error, path }, 'request failed');
    if (!response.headersSent) sendJson(response, 500, { errors: [{ message: 'internal error', extensions: { code: 'INTERNAL' } }] });
    else response.destroy();
  }
}

function listen(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      const { address, port: bound, family } = server.address() as AddressInfo;
      resolve(`http://${family === 'IPv6' ? `[${address}]` : address}:${bound}${GRAPHQL_PATH}`);
    });
  });
}

/** Stops accepting, lets requests in flight end within DRAIN_MS, then cuts what is left. */
async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const deadline = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(deadline);
}
