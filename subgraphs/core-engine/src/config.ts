// The environment of core-engine; the only file that reads it. It keeps no state: the database is the event bus' only.

import { engineConnection, engineVariables, integerVariable, readConfig, subgraphVariables } from '@mib/service/config';

const VARIABLES = subgraphVariables.extend({
  ...engineVariables.shape,
  /** Silence after which a quote is called STALE, or CLOSED when nothing rests; until `core-engine.stale-after-seconds` is set. */
  MIB_STALE_AFTER_MS: integerVariable(1_000, 3_600_000).default(30_000),
});

export type Config = ReturnType<typeof readCoreConfig>;

export function readCoreConfig(env: NodeJS.ProcessEnv) {
  const variables = readConfig(VARIABLES, env);
  return {
    host: variables.HOST,
    port: variables.PORT,
    databaseUrl: variables.DATABASE_URL,
    kafkaBrokers: variables.KAFKA_BROKERS,
    internalSecret: variables.MIB_INTERNAL_SECRET,
    logLevel: variables.LOG_LEVEL,
    engine: engineConnection(variables),
    staleAfterMs: variables.MIB_STALE_AFTER_MS,
  };
}
