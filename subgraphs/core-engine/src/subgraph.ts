// Wires core-engine: the engine's own face in the graph. It follows the engine's events and keeps nothing.

import { readFileSync } from 'node:fs';
import { connectEngine } from '@mib/proto/engine-client';
import { openEventBus } from '@mib/service/event-bus/open-event-bus';
import { Health } from '@mib/service/health';
import type { RunningService } from '@mib/service/lifecycle';
import { openService, type Keep } from '@mib/service/open-service';
import { liveConfig } from '@mib/service/live-config';
import { createLogger } from '@mib/service/logger';
import { createMetrics } from '@mib/service/metrics';
import { startSubgraphServer } from '@mib/service/subgraph-server';
import { readCoreConfig } from './config.ts';
import { createContext, type Services } from './context.ts';
import { EngineFollower } from './follow/engine-follower.ts';
import { liveKeys } from './live-keys.ts';
import { resolvers } from './resolvers/resolvers.ts';

const NAME = 'core-engine';

export async function start(env: NodeJS.ProcessEnv): Promise<RunningService> {
  const config = readCoreConfig(env);
  return openService((keep) => wire(config, keep));
}

/** Opens everything in the order in which it stands on one another. */
async function wire(config: ReturnType<typeof readCoreConfig>, keep: Keep): Promise<RunningService> {
  const logger = createLogger(NAME, { level: config.logLevel });
  const health = new Health();
  const bus = keep(await openEventBus({ databaseUrl: config.databaseUrl, kafkaBrokers: config.kafkaBrokers, logger }));
  const live = keep(liveConfig({ bus, service: NAME, keys: liveKeys(config), logger }));
  live.onChange((_, values) => (logger.level = values['platform.log-level']));
  const staleAfterMs = () => live.values['core-engine.stale-after-seconds'] * 1_000;
  const engine = keep(connectEngine(config.engine));
  const follower = keep(new EngineFollower({ engine, get staleAfterMs() { return staleAfterMs(); }, now: Date.now, logger }));
  // Until the first snapshot nothing can be answered; later on an absent engine only makes answers old.
  health.check('engine', () => (follower.synchronised ? undefined : 'no snapshot of the engine yet'));
  const services: Services = { engine, follower, replays: new Set(), now: Date.now };
  return keep(await startSubgraphServer({
    name: NAME, schemaSdl: readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8'), resolvers,
    host: config.host, port: config.port, internalSecret: config.internalSecret,
    context: (request) => createContext(services, request), health, metrics: createMetrics(NAME), logger,
  }));
}
