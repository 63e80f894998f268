// The wiring of the router: what pipeline.ts draws, with its parts made once and closed in reverse.

import { readFile } from 'node:fs/promises';
import { openCache } from '@mib/service/cache/open-cache';
import { Health } from '@mib/service/health';
import type { RunningService } from '@mib/service/lifecycle';
import { openService, type Keep } from '@mib/service/open-service';
import { createLogger } from '@mib/service/logger';
import { watchHealth } from '@mib/service/metrics';
import { VIEWER_EXTENSION } from '@mib/service/viewer';
import { LoadShedder } from './admission/load-shedder.ts';
import { createRateLimiter } from './admission/rate-limiter.ts';
import { createAuthenticator } from './authenticate/authenticator.ts';
import { createViewerStatements } from './authenticate/viewer-statements.ts';
import type { RouterConfig } from './config.ts';
import { createCostReport } from './cost/report-cost.ts';
import { Documents } from './documents/documents.ts';
import { createSubgraphCalls } from './execute/subgraph-calls.ts';
import { SubgraphClient } from './execute/subgraph-client.ts';
import { openGraph } from './graph.ts';
import { Observer } from './observe/observer.ts';
import { createSlowOperationLog } from './observe/slow-operations.ts';
import { openTracing } from './observe/tracing.ts';
import { createPipeline } from './pipeline.ts';
import type { OpenPlanner } from './plan/open-planner.ts';
import { PlannerThreads } from './plan/planner-threads.ts';
import type { Supergraph } from './plan/supergraph.ts';
import { warmUp } from './plan/warm-up.ts';
import { createReadiness } from './readiness.ts';
import { RestApis } from './rest/rest-apis.ts';
import { LiveGraph } from './reload/live-graph.ts';
import type { Reload } from './reload/reload-request.ts';
import { onReloadTrigger } from './reload/reload-triggers.ts';
import { SubgraphConnections } from './reload/subgraph-connections.ts';
import { maySeePlans } from './respond/query-plan-view.ts';
import { Hub } from './subscribe/hub.ts';
import { createTelemetry, type Telemetry } from './telemetry.ts';
import { createOrigins } from './transport/origins.ts';
import { startServer } from './transport/server.ts';

/** Clients counted at once where no Redis counts them; one that is forgotten starts a new window. */
const MAX_RATE_LIMIT_WINDOWS = 100_000;

export function startRouter(config: RouterConfig, openPlanner: OpenPlanner = PlannerThreads.start): Promise<RunningService> {
  return openService((keep) => wire(config, openPlanner, keep));
}

/** Opens everything; each is put before the ones it stands on, the order in which to close. */
async function wire(config: RouterConfig, openPlanner: OpenPlanner, keep: Keep): Promise<RunningService> {
  const logger = createLogger('router', { level: config.logLevel });
  const telemetry = createTelemetry(logger);
  const tracing = keep(openTracing(config.tracing, telemetry.exported));
  const logIfSlow = createSlowOperationLog(logger, config.observe.slowOperationMs);
  const observer = new Observer({ tracing, onSeen: (operation) => (telemetry.operated(operation), logIfSlow(operation)) });
  const statements = createViewerStatements(config.internalSecret);
  const cache = keep(await openCache({ redisUrl: config.redisUrl, namespace: 'router', maxEntries: MAX_RATE_LIMIT_WINDOWS }));
  const documents = await Documents.open(config.documents, config.redisUrl === undefined ? undefined : cache);
  const subgraphs = new SubgraphConnections(
    (name, url) => new SubgraphClient({ url, ...config.traffic(name), onRetry: () => telemetry.retried(name), onCircuit: (state) => telemetry.circuit(name, state) }),
  );
  const connect = (urls: ReadonlyMap<string, string>) => {
    const connections = subgraphs.take(urls);
    return { ...connections, call: createSubgraphCalls({ ...connections, statement: statements, headers: config.headers, shareIdentical: config.shareIdentical, onFetched: telemetry.fetched }) };
  };
  const rest = await RestApis.open(config.rest);
  const hub = new Hub({
    ...config.subscriptions,
    extensions: (identity) => entry(VIEWER_EXTENSION, statements(identity)),
    headers: (subgraph, { clientHeaders }) => config.headers.forSubgraph(subgraph, clientHeaders),
    onDelivered: telemetry.delivered,
  });
  telemetry.watchHub(hub);
  const graphs = keep(await LiveGraph.open(await readSupergraph(config.supergraphFile), {
    open: (sdl) => rest.openWith(() => openGraph(sdl, config, { openPlanner, connect: ({ subgraphUrls }) => connect(subgraphUrls), onPlanningFailure: telemetry.planningFailed, tallies: telemetry.tallies })),
    onSwapped: (graph) => hub.replan(graph),
    warmUp: (graph, before) => warmUp(graph, { trusted: documents.trustedTexts, before, withinMs: config.reload.warmUpMs }),
  }));
  refuseUnknownSubgraphs(config, graphs.current.supergraph);
  const authenticator = createAuthenticator({ authentication: config.authentication, selectHeaders: config.headers.select });
  const reload = createReload(config, documents, graphs, telemetry);
  const rateLimiter = createRateLimiter({ ...config.rateLimits, cache, onCacheAway: telemetry.cacheAway });
  const load = new LoadShedder(config.admission);
  telemetry.watchLoad(load);
  const server = keep(await startServer({
    ...config,
    pipeline: createPipeline({
      load, rateLimiter, authenticator, documents, graph: () => graphs.current, hub, observer,
      reportCost: createCostReport(config.cost, telemetry.cost), mayShowPlan: (identity) => maySeePlans(identity, config.environment),
    }),
    authenticator,
    refuseOverload: () => load.check(),
    rest: () => rest.of(graphs.current),
    origins: createOrigins(config.http),
    registry: telemetry.registry,
    readiness: createReadiness(() => graphs.current, () => graphs.isWarm),
    reload: config.environment === 'development' ? reload : undefined,
    onAnswered: telemetry.answered,
    onFault: telemetry.fault,
    endStreams: () => hub[Symbol.asyncDispose](),
  }));
  const watched = [config.supergraphFile, config.documents.manifest].filter((file) => file !== undefined);
  keep(onReloadTrigger({ files: config.reload.watch ? watched : [], reload: () => void reload().catch(() => undefined) }));
  const health = new Health();
  watchHealth(telemetry, health);
  health.setReady(true);
  logger.info({ url: server.url, subgraphs: graphs.current.supergraph.subgraphUrls.size }, 'router is ready');
  return keep({
    url: server.url,
    health,
    async [Symbol.asyncDispose]() {
      health.setReady(false);
      load[Symbol.dispose]();
    },
  });
}

async function readSupergraph(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new Error(`cannot read the supergraph ${file}`, { cause: error });
  }
}

/** A typing mistake must not leave a subgraph at the URL of another environment. */
function refuseUnknownSubgraphs({ subgraphUrls }: RouterConfig, supergraph: Supergraph): void {
  const unknown = Object.keys(subgraphUrls).find((name) => !supergraph.subgraphUrls.has(name));
  if (unknown !== undefined) throw new Error(`SUBGRAPH_URLS names ${JSON.stringify(unknown)}, which is not in the supergraph`);
}

/** Reads manifest and supergraph anew; what cannot be served changes nothing. */
function createReload(config: RouterConfig, documents: Documents, graphs: LiveGraph, telemetry: Telemetry): Reload {
  return async (sdl) => {
    try {
      await documents.reread();
      const changes = await graphs.reload(sdl ?? (await readSupergraph(config.supergraphFile)));
      telemetry.reloaded(changes);
      return changes;
    } catch (error) {
      telemetry.reloadRefused(error);
      throw error;
    }
  };
}

function entry(name: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: value };
}
