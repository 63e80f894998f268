// The router's one port: /graphql over HTTP, SSE and WebSocket, the console, GraphiQL, and the operational pages. Closing it lets
// requests in flight end, sends streams their last event, and cuts what is left after a bound.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { sendJson, sendText } from '@mib/service/http-exchange';
import { answerReload, type Reload } from '../reload/reload-request.ts';
import { graphError, type RouterErrorCode } from '../respond/graph-error.ts';
import { answerRest } from '../rest/answer-rest.ts';
import { DOCS_PATH, OPENAPI_PATH, sendDocs } from '../rest/docs-page.ts';
import type { RestApi } from '../rest/rest-api.ts';
import { watchConnections, type Connections } from './connections.ts';
import { answerHttp, type GraphqlHttpOptions } from './graphql-http.ts';
import { EventStreams } from './event-stream-connection.ts';
import { Heartbeats } from './heartbeats.ts';
import { loadConsole, sendGraphiql, sendPage, sendRedirect, type ConsolePages } from './pages.ts';
import { send } from './send.ts';
import { serveWebsockets } from './websocket.ts';
import type { SubscriptionsConfig } from '../subscribe/subscriptions-config.ts';

export interface ServerOptions extends Omit<GraphqlHttpOptions, 'heartbeats' | 'eventStreams'> {
  readonly subscriptions: SubscriptionsConfig;
  readonly host: string;
  readonly port: number;
  readonly registry: Registry;
  /** Asked per visit of /readyz. */
  readonly readiness: () => Promise<{ readonly ready: boolean; readonly problems: readonly string[] }>;
  /** Absent: the supergraph cannot be replaced over HTTP. */
  readonly reload: Reload | undefined;
  /** Of the graph that serves now; undefined when nothing is published. */
  readonly rest: () => RestApi | undefined;
  /** Ends every stream; called when the port has closed. */
  readonly endStreams: () => Promise<void>;
}

export interface RunningServer extends AsyncDisposable {
  readonly url: string;
}

const GRAPHQL_PATH = '/graphql';
/** Of nearly every request, read once. */
const GRAPHQL_URL = new URL(`http://router${GRAPHQL_PATH}`);
const RELOAD_PATH = '/reload';
/** 431 beyond; Node counts the request target in. */
const MAX_HEADER_BYTES = 16_384;
/** 414 beyond. */
const MAX_TARGET_BYTES = 8_192;
/** Then a connection starts anew, which spreads clients over routers. */
const MAX_REQUESTS_PER_SOCKET = 100_000;
/** Above the bound of WebSockets; the next connection is closed at once. */
const MAX_CONNECTIONS = 25_000;
/** A client that neither sends nor reads for so long is gone. Streams write more often than that. */
const IDLE_SOCKET_MS = 660_000;
/** How often Node looks for requests that are late. */
const LATE_CHECK_MS = 500;

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const pages = await loadConsole();
  const eventStreams = new EventStreams(options.subscriptions.maxPerConnection, options.onAnswered);
  const heartbeats = new Heartbeats(options.subscriptions.heartbeatMs);
  const { http } = options;
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: http.headersTimeoutMs,
    requestTimeout: http.requestTimeoutMs,
    keepAliveTimeout: http.keepAliveMs,
    connectionsCheckingInterval: Math.min(LATE_CHECK_MS, http.headersTimeoutMs),
  });
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_SOCKET;
  server.maxConnections = MAX_CONNECTIONS;
  server.timeout = IDLE_SOCKET_MS;
  const connections = watchConnections(server);
  server.on('request', (request, response) => void route(request, response, { ...options, heartbeats, eventStreams, pages, connections }));
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    // A body that will be refused for its length is not asked for.
    if (!(Number(request.headers['content-length']) > http.maxBodyBytes)) response.writeContinue();
    server.emit('request', request, response);
  });
  const websockets = serveWebsockets(server, { ...options, heartbeats, path: GRAPHQL_PATH, maxMessageBytes: http.maxBodyBytes });
  await listen(server, options);
  return {
    url: urlOf(server, options.host),
    async [Symbol.asyncDispose]() {
      const drained = connections.drain();
      await options.endStreams();
      eventStreams.close();
      await websockets[Symbol.asyncDispose]();
      await drained;
      heartbeats[Symbol.dispose]();
    },
  };
}

interface RouteOptions extends ServerOptions, GraphqlHttpOptions {
  readonly pages: ConsolePages;
  readonly connections: Connections;
}

async function route(request: IncomingMessage, response: ServerResponse, options: RouteOptions): Promise<void> {
  const target = request.url ?? '/';
  if (target.length > MAX_TARGET_BYTES) return refuse(response, 414, 'URI_TOO_LONG', `the request target may have at most ${MAX_TARGET_BYTES} bytes; POST the query`);
  const url = target === GRAPHQL_PATH ? GRAPHQL_URL : targetOf(target);
  if (!url) return refuse(response, 400, 'BAD_REQUEST', 'the request target must be a path');
  if (url.pathname === GRAPHQL_PATH) {
    options.origins.decorate(request, response);
    if (request.method !== 'OPTIONS') return answerHttp(request, response, url, options);
    response.writeHead(204, { allow: 'GET, POST, OPTIONS' });
    return void response.end();
  }
  const api = options.rest();
  if (api && url.pathname.startsWith(`${api.prefix}/`)) return answerRest(request, response, url, { ...options, api });
  if (url.pathname === RELOAD_PATH && request.method === 'POST' && options.reload) return answerReload(request, response, { ...options, reload: options.reload });
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    return refuse(response, 405, 'METHOD_NOT_ALLOWED', 'use GET');
  }
  const page = options.pages.get(url.pathname);
  if (page) return sendPage(request, response, page);
  if (api && url.pathname === OPENAPI_PATH) return send(request, response, { status: 200, type: 'application/json', text: api.openApi, cacheable: true });
  if (api && (url.pathname === DOCS_PATH || url.pathname.startsWith(`${DOCS_PATH}/`)) && (await sendDocs(request, response, url.pathname))) return;
  switch (url.pathname) {
    case '/':
      return sendRedirect(response, '/graphiql');
    case '/graphiql':
      return sendGraphiql(response);
    case '/healthz':
      return sendJson(response, 200, { live: true });
    case '/readyz': {
      const report = options.connections.isDraining ? { ready: false, problems: ['the router is shutting down'] } : await options.readiness();
      return sendJson(response, report.ready ? 200 : 503, report);
    }
    case '/metrics':
      return sendText(response, 200, await options.registry.metrics(), options.registry.contentType);
    default:
      return refuse(response, 404, 'NOT_FOUND', 'nothing is here');
  }
}

function refuse(response: ServerResponse, status: number, code: RouterErrorCode, message: string): void {
  sendJson(response, status, { errors: [graphError(code, message)] });
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
