// The typed database client of every subgraph's store/. Each service opens one with a small pool of its own.

import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from './generated/client.ts';

export { Prisma, PrismaClient } from './generated/client.ts';

export interface CreatePrismaOptions {
  readonly databaseUrl: string;
  readonly applicationName?: string;
  /** Connections of this client, default 5. */
  readonly maxConnections?: number;
}

const DEFAULT_CONNECTIONS = 5;
const CONNECT_TIMEOUT_MS = 10_000;
const IDLE_TIMEOUT_MS = 30_000;

/** Close with `$disconnect()`, which also ends the pool. */
export function createPrisma(options: CreatePrismaOptions): PrismaClient {
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    application_name: options.applicationName ?? 'mib-prisma',
    max: options.maxConnections ?? DEFAULT_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    allowExitOnIdle: true,
  });
  // A lost connection shows at its next query, idle or lent out; without listeners it would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: true }) });
}
