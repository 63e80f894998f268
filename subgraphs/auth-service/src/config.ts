// The environment of this service. The demo user is for development only: in production its variables are a mistake
// that must stop the start, not an account that nobody remembers.

import { ConfigError, readConfig, subgraphVariables } from '@mib/service/config';
import { z } from 'zod';

const variables = subgraphVariables.extend({
  MIB_DEMO_EMAIL: z.string().optional(),
  MIB_DEMO_PASSWORD: z.string().optional(),
});

export interface AuthConfig {
  readonly host: string;
  readonly port: number;
  readonly databaseUrl: string;
  readonly kafkaBrokers: string | undefined;
  readonly redisUrl: string | undefined;
  readonly internalSecret: string;
  readonly logLevel: string;
  readonly demoUser: { readonly email: string; readonly password: string } | undefined;
}

/** @throws {ConfigError} naming the variable. */
export function readAuthConfig(env: NodeJS.ProcessEnv): AuthConfig {
  const config = readConfig(variables, env);
  const { MIB_DEMO_EMAIL: email, MIB_DEMO_PASSWORD: password } = config;
  if (config.MIB_ENVIRONMENT === 'production' && (email !== undefined || password !== undefined)) {
    throw new ConfigError('MIB_DEMO_EMAIL and MIB_DEMO_PASSWORD must not be set when MIB_ENVIRONMENT is production');
  }
  return {
    host: config.HOST,
    port: config.PORT,
    databaseUrl: config.DATABASE_URL,
    kafkaBrokers: config.KAFKA_BROKERS,
    redisUrl: config.REDIS_URL,
    internalSecret: config.MIB_INTERNAL_SECRET,
    logLevel: config.LOG_LEVEL,
    demoUser: email !== undefined && password !== undefined ? { email, password } : undefined,
  };
}
