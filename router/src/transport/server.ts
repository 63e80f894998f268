// The router's one port: /graphql over HTTP, SSE and WebSocket, the console, GraphiQL, and the operational pages. Closing it lets
// requests in flight end, sends streams their last event, and cuts what is left after a bound.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { sendJson, sendText } from '@mib/service/http-exchange';
import { answerReload, type Reload } from '../reload/reload-request.ts';
import { drainable } from './drain.ts';
import { answerHttp, type GraphqlHttpOptions } from './graphql-http.ts';
import { Heartbeats } from './heartbeats.ts';
import { loadConsole, sendGraphiql, sendPage, sendRedirect, type ConsolePages } from './pages.ts';
import { serveWebsockets } from './websocket.ts';
import type { ConnectionOptions } from './websocket-connection.ts';
import type { SubscriptionsConfig } from '../subscribe/subscriptions-config.ts';

export interface ServerOptions extends Omit<GraphqlHttpOptions, 'heartbeats'>, Pick<ConnectionOptions, 'authenticator'> {
  readonly subscriptions: SubscriptionsConfig;
  readonly host: string;
  readonly port: number;
  readonly registry: Registry;
  /** Asked per visit of /readyz. */
  readonly readiness: () => Promise<{ readonly ready: boolean; readonly problems: readonly string[] }>;
  /** Absent: the supergraph cannot be replaced over HTTP. */
  readonly reload: Reload | undefined;
  /** Ends every stream; called before the port closes. */
  readonly endStreams: () => Promise<void>;
}

export interface RunningServer extends AsyncDisposable {
  readonly url: string;
}

const GRAPHQL_PATH = '/graphql';
const RELOAD_PATH = '/reload';
const KEEP_ALIVE_MS = 65_000;
const REQUEST_TIMEOUT_MS = 30_000;
const MAX_HEADER_BYTES = 16_384;

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const pages = await loadConsole();
  const heartbeats = new Heartbeats(options.subscriptions.heartbeatMs);
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => void route(request, response, { ...options, heartbeats }, pages));
  const drain = drainable(server);
  const websockets = serveWebsockets(server, { ...options, heartbeats, path: GRAPHQL_PATH, maxMessageBytes: options.maxBodyBytes });
  await listen(server, options);
  return {
    url: urlOf(server, options.host),
    async [Symbol.asyncDispose]() {
      await options.endStreams();
      await websockets[Symbol.asyncDispose]();
      await drain();
      heartbeats[Symbol.dispose]();
    },
  };
}

async function route(request: IncomingMessage, response: ServerResponse, options: ServerOptions & GraphqlHttpOptions, pages: ConsolePages): Promise<void> {
  const url = targetOf(request.url ?? '/');
  if (!url) return sendText(response, 400, 'bad request target\n');
  if (url.pathname === GRAPHQL_PATH) {
    options.origins.decorate(request, response);
    if (request.method !== 'OPTIONS') return answerHttp(request, response, url, options);
    response.writeHead(204);
    return void response.end();
  }
  if (url.pathname === RELOAD_PATH && request.method === 'POST' && options.reload) return answerReload(request, response, { ...options, reload: options.reload });
  if (request.method !== 'GET' && request.method !== 'HEAD') return sendText(response, 405, 'method not allowed\n');
  const page = pages.get(url.pathname);
  if (page) return sendPage(request, response, page);
  switch (url.pathname) {
    case '/':
      return sendRedirect(response, '/graphiql');
    case '/graphiql':
      return sendGraphiql(response);
    case '/healthz':
      return sendJson(response, 200, { live: true });
    case '/readyz': {
      const report = await options.readiness();
      return sendJson(response, report.ready ? 200 : 503, report);
    }
    case '/metrics':
      return sendText(response, 200, await options.registry.metrics(), options.registry.contentType);
    default:
      return sendText(response, 404, 'not found\n');
  }
}

function targetOf(target: string): URL | undefined {
  return target.startsWith('/') && URL.canParse(target, 'http://router') ? new URL(`http://router${target}`) : undefined;
}

function listen(server: Server, { host, port }: Pick<ServerOptions, 'host' | 'port'>): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? new Error(`port ${port} on ${host} is in use`) : error));
    server.listen(port, host, resolve);
  });
}

function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `http://${shown}:${port}`;
}
