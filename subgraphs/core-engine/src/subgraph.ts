// Wires core-engine: the engine's own face in the graph. It follows the engine's events and keeps nothing.

import { readFileSync } from 'node:fs';
import { connectEngine } from '@mib/proto/engine-client';
import { Health } from '@mib/service/health';
import type { RunningService } from '@mib/service/lifecycle';
import { createLogger } from '@mib/service/logger';
import { createMetrics } from '@mib/service/metrics';
import { startSubgraphServer } from '@mib/service/subgraph-server';
import { readCoreConfig } from './config.ts';
import { createContext, type Services } from './context.ts';
import { EngineFollower } from './follow/engine-follower.ts';
import { resolvers } from './resolvers/resolvers.ts';

const NAME = 'core-engine';

export async function start(env: NodeJS.ProcessEnv): Promise<RunningService> {
  const config = readCoreConfig(env);
  const logger = createLogger(NAME, { level: config.logLevel });
  const health = new Health();
  const engine = connectEngine(config.engine);
  const follower = new EngineFollower({ engine, staleAfterMs: config.staleAfterMs, now: Date.now, logger });
  const closeEngine = async (): Promise<void> => {
    await follower[Symbol.asyncDispose]();
    await engine[Symbol.asyncDispose]();
  };
  // Until the first snapshot nothing can be answered; later on an absent engine only makes answers old.
  health.check('engine', () => (follower.synchronised ? undefined : 'no snapshot of the engine yet'));
  const services: Services = { engine, follower, replays: new Set(), now: Date.now };
  try {
    const server = await startSubgraphServer({
      name: NAME, schemaSdl: readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8'), resolvers,
      host: config.host, port: config.port, internalSecret: config.internalSecret,
      context: (request) => createContext(services, request), health, metrics: createMetrics(NAME), logger,
    });
    return {
      url: server.url,
      health,
      async [Symbol.asyncDispose]() {
        await server[Symbol.asyncDispose]();
        await closeEngine();
      },
    };
  } catch (error) {
    await closeEngine();
    throw error;
  }
}
