// The environment of this service. MODELS_DIR is for an operator's own models; the shipped ones need no setting.

import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { readConfig, subgraphVariables } from '@mib/service/config';

const variables = subgraphVariables.extend({ MODELS_DIR: z.string().optional() });
const SHIPPED_MODELS = fileURLToPath(new URL('../models', import.meta.url));

export interface InferenceConfig {
  readonly host: string;
  readonly port: number;
  readonly databaseUrl: string;
  readonly kafkaBrokers: string | undefined;
  readonly internalSecret: string;
  readonly logLevel: string;
  readonly modelsDirectory: string;
}

/** @throws {ConfigError} naming the variable. */
export function readInferenceConfig(env: NodeJS.ProcessEnv): InferenceConfig {
  const config = readConfig(variables, env);
  return {
    host: config.HOST,
    port: config.PORT,
    databaseUrl: config.DATABASE_URL,
    kafkaBrokers: config.KAFKA_BROKERS,
    internalSecret: config.MIB_INTERNAL_SECRET,
    logLevel: config.LOG_LEVEL,
    modelsDirectory: config.MODELS_DIR ?? SHIPPED_MODELS,
  };
}
