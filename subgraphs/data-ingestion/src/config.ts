// The environment of data-ingestion; the only file that reads it.

import { engineConnection, engineVariables, integerVariable, readConfig, subgraphVariables } from '@mib/service/config';
import { z } from 'zod';

const VARIABLES = subgraphVariables.extend({
  ...engineVariables.shape,
  /** Where `file:` imports may read; none means they are refused. */
  MIB_IMPORT_DIR: z.string().optional(),
  /** Whether the simulated venue runs until an operator says otherwise. */
  MIB_SIMULATED_VENUE: z.enum(['on', 'off'], 'must be on or off').default('on'),
  /** Commands a second and instrument. */
  MIB_SIMULATED_RATE: integerVariable(1, 1_000).default(15),
  MIB_SIMULATED_SEED: integerVariable(0, 2 ** 31 - 1).default(1),
});

export type Config = ReturnType<typeof readIngestionConfig>;

export function readIngestionConfig(env: NodeJS.ProcessEnv) {
  const variables = readConfig(VARIABLES, env);
  return {
    host: variables.HOST,
    port: variables.PORT,
    databaseUrl: variables.DATABASE_URL,
    kafkaBrokers: variables.KAFKA_BROKERS,
    internalSecret: variables.MIB_INTERNAL_SECRET,
    logLevel: variables.LOG_LEVEL,
    engine: engineConnection(variables),
    importDirectory: variables.MIB_IMPORT_DIR,
    simulatedVenue: { enabled: variables.MIB_SIMULATED_VENUE === 'on', commandsPerSecond: variables.MIB_SIMULATED_RATE, seed: variables.MIB_SIMULATED_SEED },
  };
}
