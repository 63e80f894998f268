// A fresh database per test, copied from the migrated template in some tens of milliseconds.

import { randomBytes } from 'node:crypto';
import pg from 'pg';

export const POSTGRES_URL_VARIABLE = 'MIB_TEST_POSTGRES_URL';
export const TEMPLATE_DATABASE = 'mib_template';

export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
}

/** Every migration is applied; dropped on dispose, whoever is still connected. */
export async function testDatabase(): Promise<TestDatabase> {
  const serverUrl = process.env[POSTGRES_URL_VARIABLE];
  if (!serverUrl) throw new Error(`${POSTGRES_URL_VARIABLE} is not set: run through jest.config.js of the repository`);
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administrate(serverUrl, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE_DATABASE}`);
  return {
    url: withDatabase(serverUrl, name),
    [Symbol.asyncDispose]: () => administrate(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.toString();
}

/** Serialised over all test processes: PostgreSQL refuses to copy a template that another session is copying from. */
async function administrate(serverUrl: string, statement: string): Promise<void> {
  const client = new pg.Client(serverUrl);
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock(1)');
    await client.query(statement);
  } finally {
    await client.end();
  }
}
