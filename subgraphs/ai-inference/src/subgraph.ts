// The wiring of ai-inference, in the order in which things depend on each other.
//
//   models/ ─verified─► registry ─┐
//   bus ──daily candles──► forecaster ──► PostgreSQL ──outbox──► ai.forecasts on the bus
//                                            │ NOTIFY
//                                            └──► live forecasts ──► resolvers ──► /graphql

import { readFileSync } from 'node:fs';
import { createPool } from '@mib/service/database';
import { openEventBus } from '@mib/service/event-bus/open-event-bus';
import { Health } from '@mib/service/health';
import type { RunningService } from '@mib/service/lifecycle';
import { openService, type Keep } from '@mib/service/open-service';
import { createLogger } from '@mib/service/logger';
import { createMetrics } from '@mib/service/metrics';
import { startOutboxRelay } from '@mib/service/outbox';
import { startSubgraphServer } from '@mib/service/subgraph-server';
import { readInferenceConfig, type InferenceConfig } from './config.ts';
import { createContext } from './context.ts';
import { FORECASTS_TOPIC, OUTBOX_SCHEMA } from './events.ts';
import { followCandles } from './forecasting/follow-candles.ts';
import { Forecaster } from './forecasting/forecaster.ts';
import { startLiveForecasts } from './forecasting/live-forecasts.ts';
import { openModelRegistry } from './registry/model-registry.ts';
import { resolvers } from './resolvers/resolvers.ts';
import { createTelemetry } from './telemetry.ts';

const NAME = 'ai-inference';
/** One per bus partition in hand, the rest for reads. */
const POOL_CONNECTIONS = 8;

export async function start(env: NodeJS.ProcessEnv): Promise<RunningService> {
  const config = readInferenceConfig(env);
  return openService((keep) => wire(config, keep));
}

/** Opens everything; each is put before the ones it stands on, the order in which to close. */
async function wire(config: InferenceConfig, keep: Keep): Promise<RunningService> {
  const { databaseUrl } = config;
  const logger = createLogger(NAME, { level: config.logLevel });
  const metrics = createMetrics(NAME);
  const health = new Health();
  const telemetry = createTelemetry(metrics, logger);

  const pool = createPool(databaseUrl, { max: POOL_CONNECTIONS, applicationName: NAME });
  keep({ [Symbol.asyncDispose]: () => pool.end() });
  const models = keep(await openModelRegistry(pool, config.modelsDirectory));
  telemetry.modelsLoaded([models.volatility.manifest.id, models.sentiment.id]);

  const bus = keep(await openEventBus({ databaseUrl, kafkaBrokers: config.kafkaBrokers, logger }));
  await bus.ensureTopic(FORECASTS_TOPIC);
  keep(startOutboxRelay({ pool, schema: OUTBOX_SCHEMA, bus, logger, metrics }));
  const live = keep(startLiveForecasts({ pool, databaseUrl, telemetry }));
  const candles = keep(await followCandles(bus, new Forecaster({ pool, model: models.volatility }), telemetry));
  health.check('daily candles', () => candles.failure?.message);
  health.check('live forecasts', () => live.problem);

  const services = { pool, models, forecasts: live.forecasts };
  await live.ready;
  return keep(await startSubgraphServer({
    name: NAME, schemaSdl: readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8'), resolvers,
    host: config.host, port: config.port, internalSecret: config.internalSecret,
    context: (request) => createContext(services, request), health, metrics, logger,
  }));
}
