// Runs once before jest's workers: one embedded PostgreSQL for the whole run with a migrated template database.
// Built entries are loaded by path, so that testkit imports no room and every room may import testkit.

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './free-port.ts';
import { REPOSITORY } from './repository.ts';
import { POSTGRES_URL_VARIABLE, TEMPLATE_DATABASE, withDatabase } from './test-database.ts';

const run = promisify(execFile);

interface Started extends AsyncDisposable {
  readonly url: string;
}

declare global {
  // jest hands globalSetup's globals to globalTeardown of the same process.
  var mibTestPostgres: { server: Started; directory: string } | undefined;
}

export default async function globalSetup(): Promise<void> {
  const { startEmbeddedPostgres } = (await load('launcher/dist/embedded-postgres.js')) as { startEmbeddedPostgres(o: object): Promise<Started> };
  const directory = await mkdtemp(path.join(os.tmpdir(), 'mib-test-'));
  await chmod(directory, 0o755); // PostgreSQL runs as another user when we are root
  const server = await startEmbeddedPostgres({ dataDirectory: path.join(directory, 'data'), port: await freePort(), password: randomBytes(12).toString('hex'), durable: false });
  globalThis.mibTestPostgres = { server, directory };
  const client = new pg.Client(server.url);
  await client.connect();
  await client.query(`CREATE DATABASE ${TEMPLATE_DATABASE}`);
  await client.end();
  // In a process of its own: the schema engine leaves a ten-second timer behind, which would keep jest from ending.
  await run(process.execPath, [path.join(REPOSITORY, 'prisma/dist/migrate.js')], { env: { DATABASE_URL: withDatabase(server.url, TEMPLATE_DATABASE) } });
  process.env[POSTGRES_URL_VARIABLE] = server.url;
}

function load(file: string): Promise<unknown> {
  return import(pathToFileURL(path.join(REPOSITORY, file)).href);
}
