// The wiring of config-service, in the order in which things depend on each other.
//
//   mutations ─► entry store ─► PostgreSQL ─┬─ NOTIFY ──► configChanged, from the table behind a cursor
//                                           └─ outbox ──► config.changes ──► live-config of every service

import { readFileSync } from 'node:fs';
import { createPrisma } from '@mib/prisma/client';
import { configSealer } from '@mib/service/config-changes';
import { createPool } from '@mib/service/database';
import { openEventBus } from '@mib/service/event-bus/open-event-bus';
import { Health } from '@mib/service/health';
import type { RunningService } from '@mib/service/lifecycle';
import { openService, type Keep } from '@mib/service/open-service';
import { createLogger } from '@mib/service/logger';
import { createMetrics } from '@mib/service/metrics';
import { startOutboxRelay } from '@mib/service/outbox';
import { startSubgraphServer } from '@mib/service/subgraph-server';
import { seedFlags } from './actions/seed-flags.ts';
import { readServiceConfig, type Config } from './config.ts';
import type { Context, Services } from './context.ts';
import { KNOWN_KEYS } from './domain/known-keys.ts';
import { CONFIG_CHANGES_TOPIC } from './events.ts';
import { listenToCommits } from './follow/commits.ts';
import { createLoaders } from './loaders.ts';
import { resolvers } from './resolvers/resolvers.ts';
import { CHANGED_CHANNEL, EntryStore, SCHEMA } from './store/entry-store.ts';
import { createTelemetry } from './telemetry.ts';

const NAME = 'config-service';
/** Only names the database to the relay, which has a session of its own. */
const POOL_CONNECTIONS = 1;
/** Writers stand in line anyway; the rest reads. */
const PRISMA_CONNECTIONS = 5;

export async function start(env: NodeJS.ProcessEnv): Promise<RunningService> {
  const config = readServiceConfig(env);
  return openService((keep) => wire(config, keep));
}

/** Opens everything; each is put before the ones it stands on, the order in which to close. */
async function wire(config: Config, keep: Keep): Promise<RunningService> {
  const logger = createLogger(NAME, { level: config.LOG_LEVEL });
  const metrics = createMetrics(NAME);
  const health = new Health();
  const pool = createPool(config.DATABASE_URL, { max: POOL_CONNECTIONS, applicationName: NAME });
  keep({ [Symbol.asyncDispose]: () => pool.end() });
  const prisma = createPrisma({ databaseUrl: config.DATABASE_URL, applicationName: NAME, maxConnections: PRISMA_CONNECTIONS });
  keep({ [Symbol.asyncDispose]: () => prisma.$disconnect() });
  const bus = keep(await openEventBus({ databaseUrl: config.DATABASE_URL, kafkaBrokers: config.KAFKA_BROKERS, logger }));
  await bus.ensureTopic(CONFIG_CHANGES_TOPIC);
  keep(startOutboxRelay({ pool, schema: SCHEMA, bus, logger, metrics }));
  const commits = keep(listenToCommits({ url: config.DATABASE_URL, channel: CHANGED_CHANNEL, applicationName: NAME }));
  health.check('commits', () => commits.problem);

  const store = new EntryStore(prisma);
  await seedFlags({ keys: KNOWN_KEYS, store });
  await store.announceAll();
  const services: Services = { keys: KNOWN_KEYS, store, sealer: configSealer(config.MIB_INTERNAL_SECRET), news: commits.news, telemetry: createTelemetry(metrics, logger) };
  return keep(await startSubgraphServer<Context>({
    name: NAME, schemaSdl: readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8'), resolvers,
    host: config.HOST, port: config.PORT, internalSecret: config.MIB_INTERNAL_SECRET,
    context: (request) => ({ ...request, services, loaders: createLoaders(store) }),
    health, metrics, logger,
  }));
}
