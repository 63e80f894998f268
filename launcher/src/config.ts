// What the user may say to the launcher: environment variables and two options.

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { clusterVariables, ConfigError, portVariable, readConfig } from '@mib/service/config';
import { z } from 'zod';
import { PUBLIC_PORT } from './topology.ts';

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

const MIN_SECRET_CHARACTERS = 32;
const secret = z.string().min(MIN_SECRET_CHARACTERS, `must have at least ${MIN_SECRET_CHARACTERS} characters`).optional();

const variables = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: portVariable().default(PUBLIC_PORT),
  MIB_DATA_DIR: z.string().optional(),
  // Refused here, before anything starts; every service inherits them.
  ...clusterVariables.shape,
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must be a postgresql:// URL').optional(),
  MIB_ENVIRONMENT: z.enum(['development', 'production'], 'must be development or production').default('development'),
  MIB_INTERNAL_SECRET: secret,
  ENGINE_TOKEN: secret,
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'must be a pino level').default('info'),
  SUDO_UID: z.string().optional(),
});

export interface LauncherConfig {
  readonly host: string;
  /** Of the router; 0 takes any free one. */
  readonly port: number;
  readonly stateDirectory: string;
  /** Replaces the embedded PostgreSQL. */
  readonly databaseUrl: string | undefined;
  readonly environment: 'development' | 'production';
  /** Given ones win over generated ones. */
  readonly secrets: { readonly internalSecret: string | undefined; readonly engineToken: string | undefined };
  readonly logLevel: string;
  readonly sudoUid: string | undefined;
  /** Every subgraph in a process of its own. */
  readonly isolated: boolean;
  /** One line of JSON on stdout instead of the table. */
  readonly json: boolean;
  /** What children inherit: everything but the variables that the launcher sets itself. */
  readonly inherited: NodeJS.ProcessEnv;
}

const OPTIONS = ['--isolated', '--json'];
const OWN_VARIABLES = /^(HOST|PORT|DATABASE_URL|SUBGRAPH_PORTS|SUBGRAPH_URLS|AUTH_URL|ENGINE_.*|MIB_.*|NODE_OPTIONS|NODE_CHANNEL_.*)$/;
/** Settings of single services that pass through. */
const PASSED = /^MIB_(SIMULATED_|IMPORT_DIR$|FEEDS(_FILE)?$|ALPACA_|OTEL)/;

/** @throws {ConfigError} naming the variable or option. */
export function readLauncherConfig(env: NodeJS.ProcessEnv, args: readonly string[]): LauncherConfig {
  const unknown = args.find((arg) => !OPTIONS.includes(arg));
  if (unknown !== undefined) throw new ConfigError(`option must be one of ${OPTIONS.join(' ')}, was "${unknown}"`);
  const config = readConfig(variables, env);
  if (config.MIB_ENVIRONMENT === 'production') {
    const missing = (['MIB_INTERNAL_SECRET', 'ENGINE_TOKEN'] as const).filter((name) => config[name] === undefined);
    if (missing.length > 0) throw new ConfigError(`${missing.join(' and ')} must be set when MIB_ENVIRONMENT is production`);
  }
  return {
    host: config.HOST,
    port: config.PORT,
    stateDirectory: path.resolve(config.MIB_DATA_DIR ?? path.join(REPOSITORY, '.mib')),
    databaseUrl: config.DATABASE_URL,
    environment: config.MIB_ENVIRONMENT,
    secrets: { internalSecret: config.MIB_INTERNAL_SECRET, engineToken: config.ENGINE_TOKEN },
    logLevel: config.LOG_LEVEL,
    sudoUid: config.SUDO_UID,
    isolated: args.includes('--isolated'),
    json: args.includes('--json'),
    inherited: Object.fromEntries(Object.entries(env).filter(([name]) => PASSED.test(name) || !OWN_VARIABLES.test(name))),
  };
}
