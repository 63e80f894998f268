// The wiring of notification-service, in the order in which things depend on each other.
//
//   engine ──trades──► evaluator ──► rules, inboxes ◄── mutations, queries          ──outbox relay──► notifications.created
//   bus ──risk.alerts──► risk alerts ──►    │
//                                           └──commit──► wake-ups ──► notificationReceived

import { readFileSync } from 'node:fs';
import { createPrisma } from '@mib/prisma/client';
import { connectEngine, type EngineClient } from '@mib/proto/engine-client';
import { engineConnection } from '@mib/service/config';
import { createPool } from '@mib/service/database';
import { ClientError } from '@mib/service/errors';
import { openEventBus } from '@mib/service/event-bus/open-event-bus';
import { Health } from '@mib/service/health';
import type { RunningService } from '@mib/service/lifecycle';
import { openService, type Keep } from '@mib/service/open-service';
import { createLogger } from '@mib/service/logger';
import { createMetrics } from '@mib/service/metrics';
import { startOutboxRelay } from '@mib/service/outbox';
import { startSubgraphServer } from '@mib/service/subgraph-server';
import { loadConfig, type Config } from './config.ts';
import { createContext, type Context, type Services } from './context.ts';
import { NOTIFICATIONS_TOPIC } from './events.ts';
import { resolvers } from './resolvers/resolvers.ts';
import { SCHEMA } from './store/inbox.ts';
import { NotificationStore } from './store/notification-store.ts';
import { RuleStore } from './store/rule-store.ts';
import { WakeUps } from './store/wake-ups.ts';
import { AlertEvaluator } from './streams/alert-evaluator.ts';
import { followRiskAlerts } from './streams/risk-alerts.ts';
import { createTelemetry } from './telemetry.ts';

const NAME = 'notification-service';
/** One for the evaluator, one for each of the bus's partitions. */
const POOL_CONNECTIONS = 5;
const PRISMA_CONNECTIONS = 4;

export async function start(env: NodeJS.ProcessEnv): Promise<RunningService> {
  const config = loadConfig(env);
  return openService((keep) => wire(config, keep));
}

/** Opens everything; each is put before the ones it stands on, the order in which to close. */
async function wire(config: Config, keep: Keep): Promise<RunningService> {
  const logger = createLogger(NAME, { level: config.LOG_LEVEL });
  const metrics = createMetrics(NAME);
  const telemetry = createTelemetry(metrics, logger);
  const health = new Health();
  const pool = createPool(config.DATABASE_URL, { max: POOL_CONNECTIONS, applicationName: NAME });
  keep({ [Symbol.asyncDispose]: () => pool.end() });
  const prisma = createPrisma({ databaseUrl: config.DATABASE_URL, applicationName: NAME, maxConnections: PRISMA_CONNECTIONS });
  keep({ [Symbol.asyncDispose]: () => prisma.$disconnect() });
  const engine = keep(connectEngine(engineConnection(config)));
  const evaluator = keep(new AlertEvaluator({ pool, engine, telemetry }));
  const wakeUps = keep(new WakeUps(config.DATABASE_URL));

  const bus = keep(await openEventBus({ databaseUrl: config.DATABASE_URL, kafkaBrokers: config.KAFKA_BROKERS, logger }));
  await bus.ensureTopic(NOTIFICATIONS_TOPIC);
  keep(startOutboxRelay({ pool, schema: SCHEMA, bus, logger, metrics }));
  const riskAlerts = keep(await followRiskAlerts({ bus, pool, telemetry }));
  health.check('evaluator', () => evaluator.failure);
  health.check('wake-ups', () => wakeUps.failure);
  health.check('risk.alerts', () => riskAlerts.failure?.message);

  const services: Services = { rules: new RuleStore(prisma, () => endOfStream(engine)), notifications: new NotificationStore(prisma), wakeUps: wakeUps.topic };
  return keep(await startSubgraphServer<Context>({
    name: NAME, schemaSdl: readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8'), resolvers,
    host: config.HOST, port: config.PORT, internalSecret: config.MIB_INTERNAL_SECRET,
    context: (request) => createContext(services, request), health, metrics, logger,
  }));
}

async function endOfStream(engine: EngineClient): Promise<number> {
  try {
    return (await engine.status({ stateHash: false })).lastEventSequence;
  } catch (error) {
    throw new ClientError('UNAVAILABLE', 'the engine cannot be reached, so the rule has no place to begin', { cause: error });
  }
}
