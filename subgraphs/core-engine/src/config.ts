// The environment of core-engine; the only file that reads it. It keeps no state, so it asks for no database.

import { engineVariables, integerVariable, readConfig, subgraphVariables } from '@mib/service/config';

const VARIABLES = subgraphVariables.omit({ DATABASE_URL: true }).extend({
  ...engineVariables.shape,
  /** Silence after which a quote is called STALE, or CLOSED when nothing rests. */
  MIB_STALE_AFTER_MS: integerVariable(1_000, 3_600_000).default(30_000),
});

export type Config = ReturnType<typeof readCoreConfig>;

export function readCoreConfig(env: NodeJS.ProcessEnv) {
  const variables = readConfig(VARIABLES, env);
  return {
    host: variables.HOST,
    port: variables.PORT,
    internalSecret: variables.MIB_INTERNAL_SECRET,
    logLevel: variables.LOG_LEVEL,
    engine: { address: variables.ENGINE_ADDRESS, token: variables.ENGINE_TOKEN },
    staleAfterMs: variables.MIB_STALE_AFTER_MS,
  };
}
