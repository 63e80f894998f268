// The environment of this service.

import { engineConnection, engineVariables, readConfig, subgraphVariables } from '@mib/service/config';

const variables = subgraphVariables.extend(engineVariables.shape);

export interface ProcessorConfig {
  readonly host: string;
  readonly port: number;
  readonly databaseUrl: string;
  readonly kafkaBrokers: string | undefined;
  readonly engine: ReturnType<typeof engineConnection>;
  readonly internalSecret: string;
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
    logLevel: config.LOG_LEVEL,
  };
}
