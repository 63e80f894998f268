// The wiring of trading-engine, in the order in which things depend on each other.
//
//   engine ──events──► projection ──► PostgreSQL ──► queries, orderUpdated, positionUpdated      ──outbox relay──► trading.accounts
//     ▲                  daily closes ──┘ ▲                                                                        trading.orders
//     ▲◄── placeOrder, cancelOrder, account opening ◄── mutations, auth.users from the bus                         trading.fills

import { readFileSync } from 'node:fs';
import { createPrisma } from '@mib/prisma/client';
import { connectEngine } from '@mib/proto/engine-client';
import { engineConnection } from '@mib/service/config';
import { createPool } from '@mib/service/database';
import type { BusSubscription } from '@mib/service/event-bus/event-bus';
import { openEventBus } from '@mib/service/event-bus/open-event-bus';
import { Health } from '@mib/service/health';
import type { RunningService } from '@mib/service/lifecycle';
import { openService, type Keep } from '@mib/service/open-service';
import { createLogger } from '@mib/service/logger';
import { createMetrics } from '@mib/service/metrics';
import { startOutboxRelay } from '@mib/service/outbox';
import { startSubgraphServer } from '@mib/service/subgraph-server';
import { AccountOpening } from './accounts/account-opening.ts';
import { announceAccounts } from './accounts/announce-accounts.ts';
import { followUsers } from './accounts/follow-users.ts';
import { loadConfig, type Config } from './config.ts';
import type { Context, Services } from './context.ts';
import { ACCOUNTS_TOPIC, FILLS_TOPIC, ORDERS_TOPIC } from './events.ts';
import { createLoaders } from './loaders.ts';
import { startProjection, type Projection } from './projection/projection.ts';
import { followCandles } from './performance/follow-candles.ts';
import { resolvers } from './resolvers/resolvers.ts';
import { AccountStore } from './store/account-store.ts';
import { createTelemetry } from './telemetry.ts';

const NAME = 'trading-engine';
const SCHEMA = 'trading';
/** One for the projection, one for the relay, the rest for requests. */
const POOL_CONNECTIONS = 8;
const PRISMA_CONNECTIONS = 3;

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
  const store = new AccountStore(prisma);
  const projection = keep(await startProjection({ pool, engine, telemetry }));
  const opening = keep(new AccountOpening({ store, engine, projection, telemetry }));

  const bus = keep(await openEventBus({ databaseUrl: config.DATABASE_URL, kafkaBrokers: config.KAFKA_BROKERS, logger }));
  for (const topic of [ACCOUNTS_TOPIC, ORDERS_TOPIC, FILLS_TOPIC]) await bus.ensureTopic(topic);
  keep(startOutboxRelay({ pool, schema: SCHEMA, bus, logger, metrics }));
  await announceAccounts(store);
  const users = keep(await followUsers(bus, opening));
  const closes = keep(await followCandles(bus, pool));
  watch(health, { projection, users, closes });

  const services: Services = { pool, engine, projection, opening, telemetry };
  return keep(await startSubgraphServer<Context>({
    name: NAME, schemaSdl: readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8'), resolvers,
    host: config.HOST, port: config.PORT, internalSecret: config.MIB_INTERNAL_SECRET,
    context: (request) => {
      const appliedAtStart = projection.applied;
      const loaders = createLoaders({ pool, store, engine, instruments: () => projection.instruments, through: appliedAtStart });
      return { ...request, services, loaders, appliedAtStart };
    },
    health, metrics, logger,
  }));
}

function watch(health: Health, { projection, users, closes }: { readonly projection: Projection; readonly users: BusSubscription; readonly closes: BusSubscription }): void {
  health.check('projection', () => projection.failure);
  // Cash of a currency can be paid in once an instrument has brought it: before that a new account would stay OPENING.
  health.check('instruments', () => (projection.instruments.all.length === 0 ? 'the engine has told of none yet' : undefined));
  health.check('auth.users', () => users.failure?.message);
  health.check('market.candles', () => closes.failure?.message);
}
