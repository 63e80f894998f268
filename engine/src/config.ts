// The engine's variables, read once.

import { z } from 'zod';
import { ConfigError, portVariable, readConfig } from '@mib/service/config';
import { COMMANDS_PER_SNAPSHOT } from './snapshot/snapshotter.ts';

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);
const TOKEN_CHARACTERS = 16;

const variables = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: portVariable().default(0),
  /** Every call must show it; without one the engine listens on loopback only. */
  ENGINE_TOKEN: z.string().min(TOKEN_CHARACTERS, `must have at least ${TOKEN_CHARACTERS} characters`).optional(),
  ENGINE_DATA_DIR: z.string(),
  ENGINE_METRICS_PORT: portVariable().default(0),
  /** Commands between snapshots. */
  ENGINE_SNAPSHOT_COMMANDS: z.coerce.number().int().min(1, 'must be at least 1').default(COMMANDS_PER_SNAPSHOT),
  MIB_ENVIRONMENT: z.enum(['development', 'production'], 'must be development or production').default('development'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'must be a pino level').default('info'),
});

export type EngineConfig = z.infer<typeof variables>;

/** @throws {ConfigError} naming the variable; also for a door open to the network without a token. */
export function readEngineConfig(env: NodeJS.ProcessEnv): EngineConfig {
  const config = readConfig(variables, env);
  if (config.ENGINE_TOKEN === undefined && !LOOPBACK.has(config.HOST)) {
    throw new ConfigError(`ENGINE_TOKEN is required when HOST is not loopback, was HOST=${JSON.stringify(config.HOST)}`);
  }
  return config;
}

