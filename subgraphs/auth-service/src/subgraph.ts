// The wiring of auth-service, in the order in which things depend on each other.
//
//   PostgreSQL ◄── actions ◄── resolvers ◄── /graphql          ──outbox relay──► auth.users on the bus
//                     ▲◄── /introspect, /.well-known/jwks.json

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createPrisma } from '@mib/prisma/client';
import { backOff } from '@mib/service/back-off';
import { openCache } from '@mib/service/cache/open-cache';
import { createPool } from '@mib/service/database';
import { ClientError } from '@mib/service/errors';
import { openEventBus } from '@mib/service/event-bus/open-event-bus';
import { Health } from '@mib/service/health';
import type { RunningService } from '@mib/service/lifecycle';
import { openService, type Keep } from '@mib/service/open-service';
import { createLogger } from '@mib/service/logger';
import { createMetrics } from '@mib/service/metrics';
import { startOutboxRelay } from '@mib/service/outbox';
import { Sealer } from '@mib/service/sealer';
import { startSubgraphServer } from '@mib/service/subgraph-server';
import { ensureDemoUser } from './actions/ensure-demo-user.ts';
import { readAuthConfig, type AuthConfig } from './config.ts';
import { createContext } from './context.ts';
import { OUTBOX_SCHEMA, USERS_TOPIC } from './events.ts';
import { httpRoutes } from './http-routes.ts';
import { startMaintenance } from './maintenance.ts';
import { createPasswords } from './passwords.ts';
import { resolvers } from './resolvers/resolvers.ts';
import type { AuthServices } from './services.ts';
import { createTelemetry } from './telemetry.ts';
import { SigningKeys } from './tokens/signing-keys.ts';

const NAME = 'auth-service';
/** Rate limit windows kept at once; the least recently used fall out first. */
const MAX_CACHE_ENTRIES = 100_000;
const RELAY_CONNECTIONS = 2;
/** While everything else starts too, a transaction may wait too long; that is no reason to end the platform. */
const MAX_FIRST_TRIES = 5;
const FIRST_TRY_BACK_OFF = { firstMs: 250, maxMs: 4_000 };
/** What the keys derived from the platform's secret seal; a changed text makes what is stored unreadable. */
const SIGNING_KEYS_PURPOSE = 'mib auth signing keys 1';
const TOTP_PURPOSE = 'mib auth totp 1';

export async function start(env: NodeJS.ProcessEnv): Promise<RunningService> {
  const config = readAuthConfig(env);
  return openService((keep) => wire(config, keep));
}

/** Opens everything; each is put before the ones it stands on, the order in which to close. */
async function wire(config: AuthConfig, keep: Keep): Promise<RunningService> {
  const logger = createLogger(NAME, { level: config.logLevel });
  const metrics = createMetrics(NAME);
  const health = new Health();

  const prisma = createPrisma({ databaseUrl: config.databaseUrl, applicationName: NAME });
  keep({ [Symbol.asyncDispose]: () => prisma.$disconnect() });
  const pool = createPool(config.databaseUrl, { max: RELAY_CONNECTIONS, applicationName: `${NAME} outbox` });
  keep({ [Symbol.asyncDispose]: () => pool.end() });
  const cache = keep(await openCache({ redisUrl: config.redisUrl, namespace: NAME, maxEntries: MAX_CACHE_ENTRIES }));
  const bus = keep(await openEventBus({ databaseUrl: config.databaseUrl, kafkaBrokers: config.kafkaBrokers, logger }));
  await bus.ensureTopic(USERS_TOPIC);
  keep(startOutboxRelay({ pool, schema: OUTBOX_SCHEMA, bus, logger, metrics }));

  const services: AuthServices = {
    prisma, cache,
    passwords: await createPasswords(),
    keys: await patiently(() => SigningKeys.open(prisma, new Sealer(config.internalSecret, SIGNING_KEYS_PURPOSE), new Date())),
    totpSealer: new Sealer(config.internalSecret, TOTP_PURPOSE),
    telemetry: createTelemetry(metrics, logger),
    now: () => new Date(),
    random: randomBytes,
  };
  const { demoUser } = config;
  if (demoUser) await patiently(() => ensureDemoUser(services, demoUser));
  keep(startMaintenance(services, health));
  return keep(await startSubgraphServer({
    name: NAME, schemaSdl: readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8'), resolvers,
    host: config.host, port: config.port, internalSecret: config.internalSecret,
    context: (request) => createContext(services, request), health, metrics, logger, routes: httpRoutes(services, config.internalSecret),
  }));
}

/** Tries a first step again while the database has too much to do. */
async function patiently<T>(step: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await step();
    } catch (error) {
      if (attempt === MAX_FIRST_TRIES || !(error instanceof ClientError) || error.code !== 'UNAVAILABLE') throw error;
      await backOff(attempt, FIRST_TRY_BACK_OFF);
    }
  }
}
