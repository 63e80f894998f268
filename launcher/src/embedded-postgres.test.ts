import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.ts';
import { freePort } from './readiness.ts';

const password = randomBytes(12).toString('base64url');

describe('embedded PostgreSQL', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(path.join(os.tmpdir(), 'mib-postgres-test-'));
    chmodSync(directory, 0o755);
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const start = async (port: number): Promise<EmbeddedPostgres> => startEmbeddedPostgres({ dataDirectory: path.join(directory, 'data'), port, password });

  it('keeps committed rows over kill -9 and an orderly stop', async () => {
    const port = await freePort();
    const first = await start(port);
    await run(first.url, 'create table kept (n int)', 'insert into kept values (1)');
    process.kill(first.pid, 'SIGKILL');
    expect(await first.ended).toContain('SIGKILL');
    const second = await start(port);
    expect(await run(second.url, 'insert into kept values (2)', 'select n from kept order by n')).toEqual([{ n: 1 }, { n: 2 }]);
    await second[Symbol.asyncDispose]();
    await using third = await start(port);
    expect(await run(third.url, 'select count(*)::int as n from kept')).toEqual([{ n: 2 }]);
  });

  it('stops the server that an earlier launcher left behind', async () => {
    const orphan = await start(await freePort());
    await run(orphan.url, 'create table kept (n int)');
    await using next = await start(await freePort());
    expect(await orphan.ended).toBeDefined();
    expect(await run(next.url, 'select count(*)::int as n from kept')).toEqual([{ n: 0 }]);
  });

  it('asks for the password', async () => {
    await using server = await start(await freePort());
    await expect(run(server.url.replace(password, 'guess'), 'select 1')).rejects.toThrow('password authentication failed');
  });

  it('begins again after an initialisation that was cut short', async () => {
    mkdirSync(path.join(directory, 'data.building', 'base'), { recursive: true });
    await using server = await start(await freePort());
    expect(await run(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(existsSync(path.join(directory, 'data.building'))).toBe(false);
  });

  it.each([
    ['a folder of something else', { 'photo.jpg': '' }, /is not empty and holds no PostgreSQL data/],
    ['data of another version', { PG_VERSION: '12\n' }, /holds data of PostgreSQL "12", this is 18/],
    ['damaged data', { PG_VERSION: '18\n' }, /PostgreSQL did not start: /],
  ])('refuses %s', async (_case, files, message) => {
    mkdirSync(path.join(directory, 'data'), { mode: 0o700 });
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(directory, 'data', name), text);
    await expect(start(await freePort())).rejects.toThrow(message);
  });

  it('refuses a busy port', async () => {
    await using server = await start(await freePort());
    const other = startEmbeddedPostgres({ dataDirectory: path.join(directory, 'other'), port: Number(new URL(server.url).port), password });
    await expect(other).rejects.toThrow(/PostgreSQL did not start: .*/);
  });
});

/** @returns the rows of the last statement. */
async function run(url: string, ...statements: string[]): Promise<unknown[]> {
  const client = new pg.Client(url);
  // A server that is killed cuts us off; the test looks at the server.
  client.on('error', () => undefined);
  try {
    await client.connect();
    let rows: unknown[] = [];
    for (const statement of statements) rows = (await client.query(statement)).rows;
    return rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}
