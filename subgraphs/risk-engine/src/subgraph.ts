// The wiring of risk-engine, in the order in which things depend on each other.
//
//   engine ──events──► projection ──► risk gate's outcomes, denials ─┐
//     │  └─────────────► risk watch ──► leverage, VaR alerts ────────┼──► PostgreSQL ──outbox──► risk.limits, risk.alerts
//     ▲                                                              │        │ NOTIFY
//     └◄── enforcement ◄── limits, trading states ◄── mutations ─────┘        └──► riskAlert, tradingStateChanged
//   bus ──trading.accounts, market.candles──► owners, daily closes

import { readFileSync } from 'node:fs';
import { connectEngine } from '@mib/proto/engine-client';
import { engineConnection } from '@mib/service/config';
import { createPool } from '@mib/service/database';
import { openEventBus } from '@mib/service/event-bus/open-event-bus';
import { Health } from '@mib/service/health';
import type { RunningService } from '@mib/service/lifecycle';
import { openService, type Keep } from '@mib/service/open-service';
import { createLogger } from '@mib/service/logger';
import { createMetrics } from '@mib/service/metrics';
import { startOutboxRelay } from '@mib/service/outbox';
import { startSubgraphServer } from '@mib/service/subgraph-server';
import { RiskWatch } from './alerts/risk-watch.ts';
import { loadConfig, type Config } from './config.ts';
import type { Context, Services } from './context.ts';
import { Enforcement } from './enforcement/enforcement.ts';
import { ALERTS_TOPIC, LIMITS_TOPIC } from './events.ts';
import { Arrivals } from './following/arrivals.ts';
import { followAccounts } from './following/follow-accounts.ts';
import { followCandles } from './following/follow-candles.ts';
import { LiveRows } from './following/live-rows.ts';
import { startLiveSignals } from './following/live-signals.ts';
import { createLoaders } from './loaders.ts';
import { ReturnHistory } from './portfolio/return-history.ts';
import { startProjection } from './projection/projection.ts';
import { resolvers } from './resolvers/resolvers.ts';
import { createTelemetry } from './telemetry.ts';

const NAME = 'risk-engine';
const SCHEMA = 'risk';
/** One each for projection, watch and relay, one or two for what the engine is being told, the rest for requests. */
const POOL_CONNECTIONS = 8;

export async function start(env: NodeJS.ProcessEnv): Promise<RunningService> {
  const config = loadConfig(env);
  return openService((keep) => wire(config, keep));
}

/** Opens everything; each is put before the ones it stands on, the order in which to close. */
async function wire(config: Config, keep: Keep): Promise<RunningService> {
  const { now } = Date;
  const logger = createLogger(NAME, { level: config.LOG_LEVEL });
  const metrics = createMetrics(NAME);
  const telemetry = createTelemetry(metrics, logger);
  const health = new Health();
  const pool = createPool(config.DATABASE_URL, { max: POOL_CONNECTIONS, applicationName: NAME });
  keep({ [Symbol.asyncDispose]: () => pool.end() });
  const engine = keep(connectEngine(engineConnection(config)));
  const enforcement = keep(new Enforcement({ pool, engine, telemetry }));

  const history = new ReturnHistory(pool, now);
  const watch: RiskWatch = keep(new RiskWatch({ pool, engine, history, instruments: () => projection.instruments, telemetry, now }));
  const projection = keep(await startProjection({ pool, engine, telemetry, onEvents: (events) => watch.take(events) }));
  await watch.start();

  const accountArrivals = new Arrivals();
  const live = keep(new LiveRows({ pool, history, accountArrivals, onAccount: (number) => watch.concern(number), telemetry }));
  const signals = keep(startLiveSignals({ databaseUrl: config.DATABASE_URL, onSignal: live.take, onGap: () => history.forgetAll() }));
  const bus = keep(await openEventBus({ databaseUrl: config.DATABASE_URL, kafkaBrokers: config.KAFKA_BROKERS, logger }));
  for (const topic of [LIMITS_TOPIC, ALERTS_TOPIC]) await bus.ensureTopic(topic);
  keep(startOutboxRelay({ pool, schema: SCHEMA, bus, logger, metrics }));
  const accounts = keep(await followAccounts(bus, pool));
  const candles = keep(await followCandles(bus, pool));
  health.check('projection', () => projection.failure);
  health.check('live rows', () => signals.problem);
  health.check('trading.accounts', () => accounts.failure?.message);
  health.check('market.candles', () => candles.failure?.message);
  await signals.ready;

  const services: Services = { pool, projection, enforcement, alerts: live.alerts, tradingStates: live.tradingStates, now };
  return keep(await startSubgraphServer<Context>({
    name: NAME, schemaSdl: readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8'), resolvers,
    host: config.HOST, port: config.PORT, internalSecret: config.MIB_INTERNAL_SECRET,
    context: (request) => ({ ...request, services, loaders: createLoaders({ pool, engine, projection, history, accountArrivals }) }),
    health, metrics, logger,
  }));
}
