// The one door to the environment. Each process declares its variables as a zod object; a value that does not fit stops
// the start with one line that names the variable and what it was. Values that may hold credentials are never echoed.

import { z } from 'zod';

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads the environment through a schema.
 *
 * An empty variable counts as absent, so `PORT= npm start` means the default.
 *
 * @param schema - one key per variable; messages of the form "must be ..." read best.
 * @throws {ConfigError} naming every variable that does not fit, e.g. `PORT must be a port 0..65535, was "x"`.
 */
export function readConfig<S extends z.ZodObject>(schema: S, env: NodeJS.ProcessEnv): z.infer<S> {
  const given = Object.fromEntries(Object.keys(schema.shape).map((name) => [name, env[name] === '' ? undefined : env[name]]));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw new ConfigError(result.error.issues.map((issue) => problem(String(issue.path[0] ?? '?'), issue.message, given)).join('; '));
}

/** A TCP port; 0 lets the system choose a free one. */
export function portVariable(): z.ZodType<number> {
  return z.string().regex(/^\d{1,5}$/, 'must be a port 0..65535').transform(Number).refine((port) => port <= 65_535, 'must be a port 0..65535');
}

/** A whole number in decimal digits. */
export function integerVariable(minimum: number, maximum: number): z.ZodType<number> {
  const rule = `must be a whole number ${minimum}..${maximum}`;
  return z.string().regex(/^-?\d{1,16}$/, rule).transform(Number).refine((value) => value >= minimum && value <= maximum, rule);
}

const SECRET_CHARACTERS = 32;

/** What a cluster shares. Each one set replaces an embedded part; nothing else changes. */
export const clusterVariables = z.object({
  /** Event bus on Kafka instead of in PostgreSQL. */
  KAFKA_BROKERS: z.string().regex(/^[^\s,/]+:\d+(,[^\s,/]+:\d+)*$/, 'must be host:port,host:port').optional(),
  /** Cache and rate limits in Redis instead of in each process. */
  REDIS_URL: z.string().regex(/^rediss?:\/\//, 'must be a redis:// or rediss:// URL').optional(),
});

/** Variables that every subgraph knows; extend with `subgraphVariables.extend({ ... })`. */
export const subgraphVariables = z.object({
  ...clusterVariables.shape,
  HOST: z.string().default('127.0.0.1'),
  PORT: portVariable().default(0),
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must be a postgresql:// URL'),
  /** Signs and checks the viewer statements between router and subgraphs; there is no default on purpose. */
  MIB_INTERNAL_SECRET: z.string().min(SECRET_CHARACTERS, `must have at least ${SECRET_CHARACTERS} characters`),
  MIB_ENVIRONMENT: z.enum(['development', 'production'], 'must be development or production').default('development'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'must be a pino level').default('info'),
});

/** Variables of a subgraph that talks to the engine. */
export const engineVariables = z.object({
  ENGINE_ADDRESS: z.string().regex(/^[^\s/]+:\d+$/, 'must be host:port'),
  ENGINE_TOKEN: z.string().optional(),
  /** File with the authority that signed the engine's certificate; needed unless ENGINE_ADDRESS is loopback. */
  ENGINE_TLS_CA: z.string().optional(),
  /** Files with this service's own certificate and key, where the engine asks for one. */
  ENGINE_TLS_CLIENT_CERT: z.string().optional(),
  ENGINE_TLS_CLIENT_KEY: z.string().optional(),
});

/** What `connectEngine` of @mib/proto takes, out of the variables above. */
export function engineConnection(config: z.infer<typeof engineVariables>) {
  const { ENGINE_ADDRESS: address, ENGINE_TOKEN: token, ENGINE_TLS_CA: caFile, ENGINE_TLS_CLIENT_CERT: certificateFile, ENGINE_TLS_CLIENT_KEY: keyFile } = config;
  if ((certificateFile === undefined) !== (keyFile === undefined)) throw new ConfigError('ENGINE_TLS_CLIENT_CERT and ENGINE_TLS_CLIENT_KEY must be set together');
  return { address, token, tls: caFile === undefined ? undefined : { caFile, certificateFile, keyFile } };
}

function problem(name: string, message: string, given: Record<string, string | undefined>): string {
  const value = given[name];
  if (value === undefined) return `${name} is required`;
  return `${name} ${message.startsWith('must') ? message : `must fit (${message})`}, was ${shown(name, value)}`;
}

function shown(name: string, value: string): string {
  if (/SECRET|TOKEN|PASSWORD|KEY/.test(name)) return `${value.length} hidden characters`;
  return JSON.stringify(value.replace(/\/\/[^@/]*@/, '//***@'));
}
