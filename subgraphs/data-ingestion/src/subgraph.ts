// Wires data-ingestion: reference data and history in PostgreSQL, announcements through the outbox, instruments and the
// simulated venue's orders into the engine.

import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { createPrisma } from '@mib/prisma/client';
import { connectEngine } from '@mib/proto/engine-client';
import { configSealer } from '@mib/service/config-changes';
import { createPool } from '@mib/service/database';
import { openEventBus } from '@mib/service/event-bus/open-event-bus';
import { Health } from '@mib/service/health';
import type { RunningService } from '@mib/service/lifecycle';
import { openService, type Keep } from '@mib/service/open-service';
import { liveConfig } from '@mib/service/live-config';
import { createLogger, type Logger } from '@mib/service/logger';
import { createMetrics } from '@mib/service/metrics';
import { startOutboxRelay } from '@mib/service/outbox';
import { startSubgraphServer } from '@mib/service/subgraph-server';
import { readIngestionConfig, type Config } from './config.ts';
import { SYSTEM_CLOCK } from './connectors/clock.ts';
import { register, startEngineRegistration } from './connectors/engine-registration.ts';
import { SIMULATED_SOURCE, startSimulatedVenue } from './connectors/simulated-venue/simulated-venue.ts';
import { createContext, type Services } from './context.ts';
import { DataSources, FILE_SOURCE, type SourceDefinition } from './data-sources.ts';
import type { Instrument } from './domain/instrument.ts';
import { createRandom } from './domain/random.ts';
import { SIMULATED_VENUE } from './domain/venue.ts';
import { VOLATILITY_WINDOW } from './domain/volatility.ts';
import { BARS_TOPIC, CORPORATE_ACTIONS_TOPIC, INSTRUMENTS_TOPIC, NEWS_TOPIC, TICKS_TOPIC } from './events.ts';
import { prepareDatabase } from './first-start.ts';
import { isMarketFeed } from './feeds/feed-settings.ts';
import { FEED_VENUES } from './feeds/feed-venues.ts';
import { marketFeed } from './feeds/market-feed.ts';
import { liveKeys, venueSettings } from './live-keys.ts';
import { FileImports } from './imports/file-imports.ts';
import { LiveNews } from './live-news.ts';
import { polledSource } from './polled-sources.ts';
import { resolvers } from './resolvers/resolvers.ts';
import { latestCloses } from './store/bars.ts';
import { watchSources } from './source-metrics.ts';
import { InstrumentStore } from './store/instruments.ts';

const NAME = 'data-ingestion';
/** Two imports, a registration and short queries. */
const POOL_CONNECTIONS = 5;
const PRISMA_CONNECTIONS = 3;
/** How long the start waits for the engine's books to stand; the service is useful without them. */
const ENGINE_WAIT_MS = 3_000;

export async function start(env: NodeJS.ProcessEnv): Promise<RunningService> {
  const config = readIngestionConfig(env);
  return openService((keep) => wire(config, keep));
}

/** Opens everything; each is put before the ones it stands on, the order in which to close. */
async function wire(config: Config, keep: Keep): Promise<RunningService> {
  const logger = createLogger(NAME, { level: config.logLevel });
  const metrics = createMetrics(NAME);
  const prisma = createPrisma({ databaseUrl: config.databaseUrl, applicationName: NAME, maxConnections: PRISMA_CONNECTIONS });
  keep({ [Symbol.asyncDispose]: () => prisma.$disconnect() });
  const pool = createPool(config.databaseUrl, { max: POOL_CONNECTIONS, applicationName: NAME });
  keep({ [Symbol.asyncDispose]: () => pool.end() });
  const bus = keep(await openEventBus({ databaseUrl: config.databaseUrl, kafkaBrokers: config.kafkaBrokers, logger }));
  await bus.ensureTopic(INSTRUMENTS_TOPIC);
  await bus.ensureTopic(CORPORATE_ACTIONS_TOPIC);
  await bus.ensureTopic(BARS_TOPIC);
  await bus.ensureTopic(NEWS_TOPIC);
  await bus.ensureTopic(TICKS_TOPIC);
  keep(startOutboxRelay({ pool, schema: 'ingestion', bus, logger, metrics }));

  const live = keep(liveConfig({ bus, service: NAME, keys: liveKeys(config), logger, sealer: configSealer(config.internalSecret) }));
  live.onChange((_, values) => (logger.level = values['platform.log-level']));

  const instruments = new InstrumentStore(prisma, pool);
  const engine = keep(connectEngine(config.engine));
  const registration = { engine, instruments: () => instruments.all(), clock: SYSTEM_CLOCK, logger };
  const markets = async () => {
    await register(registration);
    return withCloses(pool, await instruments.all());
  };
  const feeds = { engine, instruments, pool, register: () => register(registration), clock: SYSTEM_CLOCK, random: createRandom(Date.now()), logger };
  const definitions: readonly SourceDefinition[] = [
    {
      identity: SIMULATED_SOURCE, enabledByDefault: config.simulatedVenue.enabled,
      start: (source) => startSimulatedVenue({ settings: () => venueSettings(live.values), engine, instruments: markets, health: source, clock: SYSTEM_CLOCK, logger }),
    },
    { identity: FILE_SOURCE, enabledByDefault: true },
    ...config.feeds.map((feed) => (isMarketFeed(feed) ? marketFeed(feed, FEED_VENUES[feed.provider], feeds) : polledSource(feed, { pool, instruments, logger }))),
  ];
  const sources = keep(new DataSources({ prisma, definitions, now: SYSTEM_CLOCK.now }));
  await sources.load();
  const imports = { pool, instruments, importDirectory: config.importDirectory, health: sources.health(FILE_SOURCE.id), running: new Set<symbol>() };
  watchSources(metrics, () => sources.snapshots());
  const fileImports = keep(new FileImports(imports, logger));
  const health = new Health();
  const registering = keep(startEngineRegistration(registration));
  const news = keep(new LiveNews(pool, config.databaseUrl, logger));
  await news.ready;
  const services: Services = { pool, instruments, sources, news, imports, fileImports, onInstrumentAdded: () => registering.wake(), now: SYSTEM_CLOCK.now };
  // Listening before the shipped history is in lets others start meanwhile; ready only after.
  keep(prepare(health, logger, async () => {
    await prepareDatabase(imports, logger);
    await instruments.announce(await instruments.all());
    registering.wake();
    await fileImports.resume();
    // Sources wait for nobody but themselves: what is only asked now and then needs no engine.
    await atMost(ENGINE_WAIT_MS, Promise.all([registering.complete, sources.start()]));
  }));
  return keep(await startSubgraphServer({
    name: NAME, schemaSdl: readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8'), resolvers,
    host: config.host, port: config.port, internalSecret: config.internalSecret,
    context: (request) => createContext(services, request), health, metrics, logger,
  }));
}

/** Runs the first steps beside the server; the service is not ready until they are done, and says why when they failed. */
function prepare(health: Health, logger: Logger, steps: () => Promise<void>): AsyncDisposable {
  let problem: string | undefined = 'the shipped history is being imported';
  health.check('first start', () => problem);
  const done = steps().then(
    () => (problem = undefined),
    (error: unknown) => {
      problem = (error as Error).message;
      logger.error({ err: error }, 'first start failed');
    },
  );
  return { [Symbol.asyncDispose]: async () => void (await done) };
}

/** What the simulated venue may make a market in, with the closes that its volatility is measured on. */
async function withCloses(pool: pg.Pool, instruments: readonly Instrument[]) {
  const simulated = instruments.filter((instrument) => instrument.tradable && instrument.venueId === SIMULATED_VENUE.id);
  return Promise.all(simulated.map(async (instrument) => ({ instrument, closes: await latestCloses(pool, instrument.number, 'D1', VOLATILITY_WINDOW + 1) })));
}

async function atMost(timeoutMs: number, work: Promise<unknown>): Promise<void> {
  const deadline = new AbortController();
  await Promise.race([work, SYSTEM_CLOCK.sleep(timeoutMs, deadline.signal)]);
  deadline.abort();
}
