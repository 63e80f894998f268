// The engine's variables, read once.

import { z } from 'zod';
import { isLoopback } from '@mib/model/loopback';
import { ConfigError, portVariable, readConfig } from '@mib/service/config';
import type { TlsFiles } from './gateway/server-tls.ts';
import { COMMANDS_PER_SNAPSHOT } from './snapshot/snapshotter.ts';

const TOKEN_CHARACTERS = 16;

const variables = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: portVariable().default(0),
  /** Every call must show it; without one the engine listens on loopback only. */
  ENGINE_TOKEN: z.string().min(TOKEN_CHARACTERS, `must have at least ${TOKEN_CHARACTERS} characters`).optional(),
  /** Files of the door's certificate and key, which it has off loopback. */
  ENGINE_TLS_CERT: z.string().optional(),
  ENGINE_TLS_KEY: z.string().optional(),
  /** File with an authority: every client must show a certificate that it signed. */
  ENGINE_TLS_CLIENT_CA: z.string().optional(),
  ENGINE_DATA_DIR: z.string(),
  ENGINE_METRICS_PORT: portVariable().default(0),
  /** Commands between snapshots. */
  ENGINE_SNAPSHOT_COMMANDS: z.coerce.number().int().min(1, 'must be at least 1').default(COMMANDS_PER_SNAPSHOT),
  MIB_ENVIRONMENT: z.enum(['development', 'production'], 'must be development or production').default('development'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'must be a pino level').default('info'),
});

export type EngineConfig = z.infer<typeof variables>;

/** @throws {ConfigError} naming the variable; also for a door open to the network without a token or in plaintext. */
export function readEngineConfig(env: NodeJS.ProcessEnv): EngineConfig {
  const config = readConfig(variables, env);
  if ((config.ENGINE_TLS_CERT === undefined) !== (config.ENGINE_TLS_KEY === undefined)) throw new ConfigError('ENGINE_TLS_CERT and ENGINE_TLS_KEY must be set together');
  if (config.ENGINE_TLS_CLIENT_CA !== undefined && config.ENGINE_TLS_CERT === undefined) throw new ConfigError('ENGINE_TLS_CLIENT_CA needs ENGINE_TLS_CERT and ENGINE_TLS_KEY');
  if (isLoopback(config.HOST)) return config;
  for (const name of ['ENGINE_TOKEN', 'ENGINE_TLS_CERT'] as const) {
    if (config[name] === undefined) throw new ConfigError(`${name} is required when HOST is not loopback, was HOST=${JSON.stringify(config.HOST)}`);
  }
  return config;
}

/** The certificate files of the door; undefined for plaintext, on loopback only. */
export function tlsFiles({ ENGINE_TLS_CERT, ENGINE_TLS_KEY, ENGINE_TLS_CLIENT_CA }: EngineConfig): TlsFiles | undefined {
  if (ENGINE_TLS_CERT === undefined || ENGINE_TLS_KEY === undefined) return undefined;
  return { certificateFile: ENGINE_TLS_CERT, keyFile: ENGINE_TLS_KEY, clientCaFile: ENGINE_TLS_CLIENT_CA };
}
