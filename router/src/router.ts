// The wiring of the router: what pipeline.ts draws, with its parts made once and closed in reverse.

import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Health } from '@mib/service/health';
import type { RunningService } from '@mib/service/lifecycle';
import { openService, type Keep } from '@mib/service/open-service';
import { createLogger } from '@mib/service/logger';
import { watchHealth } from '@mib/service/metrics';
import { originHeaders } from '@mib/service/client-origin';
import { VIEWER_EXTENSION, VIEWER_HEADER } from '@mib/service/viewer';
import { createAuthenticator, noAuthentication } from './authenticate/authenticator.ts';
import { createViewerStatements } from './authenticate/viewer-statements.ts';
import type { RouterConfig } from './config.ts';
import { Documents } from './documents/documents.ts';
import type { CallSubgraph } from './execute/run-plan.ts';
import { SubgraphClient } from './execute/subgraph-client.ts';
import { openGraph } from './graph.ts';
import { createPipeline } from './pipeline.ts';
import type { Supergraph } from './plan/supergraph.ts';
import { createReadiness } from './readiness.ts';
import { Hub } from './subscribe/hub.ts';
import { createTelemetry, type Telemetry } from './telemetry.ts';
import { createOrigins } from './transport/origins.ts';
import { startServer } from './transport/server.ts';

export function startRouter(config: RouterConfig): Promise<RunningService> {
  return openService((keep) => wire(config, keep));
}

/** Opens everything; each is put before the ones it stands on, the order in which to close. */
async function wire(config: RouterConfig, keep: Keep): Promise<RunningService> {
  const logger = createLogger('router', { level: config.logLevel });
  const telemetry = createTelemetry(logger);
  const documents = await Documents.open(config.documents);
  const graph = keep(await openGraph(await readSupergraph(config.supergraphFile), config, telemetry.planningFailed));
  const { supergraph } = graph;
  const statements = createViewerStatements(config.internalSecret);
  const clients = createClients(supergraph, config.subgraphTimeoutMs);
  for (const client of clients.values()) keep(client);
  const call = createCall(clients, statements, telemetry);
  const hub = new Hub({
    ...config.subscriptions,
    call,
    extensions: (identity) => entry(VIEWER_EXTENSION, statements(identity)),
    onDelivered: telemetry.delivered,
  });
  telemetry.watchHub(hub);
  const authenticator = config.authentication ? createAuthenticator(config.authentication) : noAuthentication;
  const readiness = createReadiness([...supergraph.subgraphUrls.keys()], call);
  const server = keep(await startServer({
    ...config,
    pipeline: createPipeline({ authenticator, documents, graph: () => graph, call, hub }),
    authenticator,
    origins: createOrigins(config.corsOrigins),
    registry: telemetry.registry,
    readiness,
    onAnswered: telemetry.answered,
    onFault: telemetry.fault,
    endStreams: () => hub[Symbol.asyncDispose](),
  }));
  const health = new Health();
  watchHealth(telemetry, health);
  health.setReady(true);
  logger.info({ url: server.url, subgraphs: supergraph.subgraphUrls.size }, 'router is ready');
  return keep({ url: server.url, health, [Symbol.asyncDispose]: async () => health.setReady(false) });
}

async function readSupergraph(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new Error(`cannot read the supergraph ${file}`, { cause: error });
  }
}

function createClients(supergraph: Supergraph, timeoutMs: number): ReadonlyMap<string, SubgraphClient> {
  return new Map([...supergraph.subgraphUrls].map(([name, url]) => [name, new SubgraphClient({ url, timeoutMs })]));
}

function createCall(clients: ReadonlyMap<string, SubgraphClient>, statements: ReturnType<typeof createViewerStatements>, telemetry: Telemetry): CallSubgraph {
  return async (serviceName, request, { identity, origin = {} }) => {
    const startedMs = performance.now();
    const client = clients.get(serviceName);
    if (!client) throw new Error(`the plan names subgraph ${serviceName}, which the supergraph does not`);
    const headers = { 'x-request-id': randomUUID(), ...entry(VIEWER_HEADER, statements(identity)), ...originHeaders(origin) };
    const answer = await client.fetch({ ...request, headers });
    telemetry.fetched(serviceName, answer, (performance.now() - startedMs) / 1000);
    return answer;
  };
}

function entry(name: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: value };
}
