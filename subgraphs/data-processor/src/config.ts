// The environment of this service.

import { z } from 'zod';
import { engineConnection, engineVariables, readConfig, subgraphVariables } from '@mib/service/config';

const variables = subgraphVariables.extend(engineVariables.shape).extend({
  /** Folder of the history's Parquet files; this service is the only one to write there. */
  MIB_HISTORY_DIR: z.string().min(1, 'must name a folder').default('.mib/history'),
});

export interface ProcessorConfig {
  readonly host: string;
  readonly port: number;
  readonly databaseUrl: string;
  readonly kafkaBrokers: string | undefined;
  readonly engine: ReturnType<typeof engineConnection>;
  readonly internalSecret: string;
  readonly historyDirectory: string;
  readonly logLevel: string;
}

/** @throws {ConfigError} naming the variable. */
export function readProcessorConfig(env: NodeJS.ProcessEnv): ProcessorConfig {
  const config = readConfig(variables, env);
  return {
    host: config.HOST,
    port: config.PORT,
    databaseUrl: config.DATABASE_URL,
    kafkaBrokers: config.KAFKA_BROKERS,
    engine: engineConnection(config),
    internalSecret: config.MIB_INTERNAL_SECRET,
    historyDirectory: config.MIB_HISTORY_DIR,
    logLevel: config.LOG_LEVEL,
  };
}
