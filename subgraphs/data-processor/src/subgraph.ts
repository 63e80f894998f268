// The wiring of data-processor, in the order in which things depend on each other.
//
//   engine ──trades──► live projector ──┬─► PostgreSQL ◄── resolvers ◄── /graphql     (final candles leave through the outbox)
//   bus ──bars, ticks, actions──► history ┘      │ archiver      ▲
//                                                ▼               │
//                                             Parquet ── warm indicators

import { readFileSync } from 'node:fs';
import type { Interval } from '@mib/model/interval';
import { createPrisma } from '@mib/prisma/client';
import { connectEngine } from '@mib/proto/engine-client';
import { createPool } from '@mib/service/database';
import { openEventBus } from '@mib/service/event-bus/open-event-bus';
import { Health } from '@mib/service/health';
import type { RunningService } from '@mib/service/lifecycle';
import { openService, type Keep } from '@mib/service/open-service';
import { createLogger } from '@mib/service/logger';
import { createMetrics } from '@mib/service/metrics';
import { startOutboxRelay } from '@mib/service/outbox';
import { startSubgraphServer } from '@mib/service/subgraph-server';
import type { ProcessorConfig } from './config.ts';
import { readProcessorConfig } from './config.ts';
import { createContext } from './context.ts';
import { CANDLES_TOPIC } from './events.ts';
import { resolvers } from './resolvers/resolvers.ts';
import { CandleClocks } from './domain/candle-clock.ts';
import { openHistory } from './history/open-history.ts';
import { LiveStore } from './store/live-store.ts';
import { startHistoryConsumer } from './streams/history-consumer.ts';
import { LiveProjector } from './streams/live-projector.ts';
import { Screener } from './streams/screener.ts';
import { WarmIndicators } from './streams/warm-indicators.ts';
import { createTelemetry } from './telemetry.ts';

const NAME = 'data-processor';
/** One for the projector, one per bus partition in hand, the rest for reads. */
const POOL_CONNECTIONS = 8;
const PRISMA_CONNECTIONS = 2;

export async function start(env: NodeJS.ProcessEnv): Promise<RunningService> {
  const config = readProcessorConfig(env);
  return openService((keep) => wire(config, keep));
}

/** Opens everything; each is put before the ones it stands on, the order in which to close. */
async function wire(config: ProcessorConfig, keep: Keep): Promise<RunningService> {
  const logger = createLogger(NAME, { level: config.logLevel });
  const metrics = createMetrics(NAME);
  const health = new Health();
  const telemetry = createTelemetry(metrics, logger);

  const pool = createPool(config.databaseUrl, { max: POOL_CONNECTIONS, applicationName: NAME });
  keep({ [Symbol.asyncDispose]: () => pool.end() });
  const prisma = createPrisma({ databaseUrl: config.databaseUrl, applicationName: NAME, maxConnections: PRISMA_CONNECTIONS });
  keep({ [Symbol.asyncDispose]: () => prisma.$disconnect() });
  const bus = keep(await openEventBus({ databaseUrl: config.databaseUrl, kafkaBrokers: config.kafkaBrokers, logger }));
  await bus.ensureTopic(CANDLES_TOPIC);
  keep(startOutboxRelay({ pool, schema: 'processor', bus, logger, metrics }));
  const engine = keep(connectEngine(config.engine));

  const clocks = new CandleClocks();
  const past = keep(openHistory({ pool, directory: config.historyDirectory, clocks, logger, telemetry, now: Date.now }));
  const stores = { archive: past.candles, clocks };
  const read = (instrumentIds: readonly string[], interval: Interval, limit: number) => past.candles.bars(instrumentIds, { interval, source: null, fromMs: null, beforeMs: null, limit });
  const indicators = new WarmIndicators({
    read,
    onError: (error) => logger.error({ err: error }, 'indicator not rebuilt'),
  });
  const projector = keep(new LiveProjector({ engine, store: new LiveStore(pool, stores), clocks, telemetry, logger, now: Date.now, onCandle: (candle) => indicators.apply(candle) }));
  const screener = new Screener({ candles: projector.candles, read });
  const history = keep(await startHistoryConsumer({
    bus, pool, ...stores, telemetry,
    onChange: (instrumentId) => {
      indicators.forget(instrumentId);
      screener.forget(instrumentId);
    },
  }));
  projector.start();
  past.archiver.start();
  health.check('archive', () => past.archiver.problem);
  health.check('live candles', () => projector.problem);
  health.check('history', () => history.problem);

  const services = { pool, prisma, candles: projector.candles, indicators, screener, history: past, clocks };
  return keep(await startSubgraphServer({
    name: NAME, schemaSdl: readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8'), resolvers,
    host: config.host, port: config.port, internalSecret: config.internalSecret,
    context: (request) => createContext(services, request), health, metrics, logger,
  }));
}
