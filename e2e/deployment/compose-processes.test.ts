// docker-compose.yml without Docker: the commands and environments of its containers as processes, each on a loopback
// address of its own in place of its host name, in production mode, on a fresh database of the shared platform's
// PostgreSQL. What a container could not start with, does not start here. Redis and Redpanda have suites of their own.

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SUBGRAPHS } from '@mib/launcher/topology';
import { startChild, type Child } from '@mib/testkit/child';
import { graphql } from '@mib/testkit/graphql';
import { REPOSITORY } from '@mib/testkit/repository';
import { withDatabase } from '@mib/testkit/test-database';
import { untilReady } from '@mib/testkit/until-ready';
import pg from 'pg';
import { readCompose, TEST_SECRETS } from './compose.ts';
import { environmentOf } from './platform-processes.ts';

const SERVICES = readCompose({ ...TEST_SECRETS, LOG_LEVEL: 'warn', MIB_SIMULATED_VENUE: 'off' });
const NAMES = ['engine', ...SUBGRAPHS, 'router'];
const DATABASE = 'compose_processes';
/** Where a container sees its secrets, and what `deployments/engine-tls.sh` calls them. */
const SECRET_FILES: Readonly<Record<string, string>> = { '/run/secrets/engine-tls-ca': 'ca.crt', '/run/secrets/engine-tls-cert': 'engine.crt', '/run/secrets/engine-tls-key': 'engine.key' };
/** Linux answers on all of 127/8; the launcher's own processes are on .0.0.1. */
const addressOf = (name: string) => `127.0.77.${NAMES.indexOf(name) + 1}`;

describe('the processes of docker-compose.yml', () => {
  const children = new Map<string, Child>();
  let serverUrl: string;
  let engineDirectory: string;

  beforeAll(async () => {
    serverUrl = environmentOf('subgraphs')['DATABASE_URL']!;
    engineDirectory = await mkdtemp(path.join(os.tmpdir(), 'mib-compose-'));
    await promisify(execFile)('sh', [path.join(REPOSITORY, 'deployments/engine-tls.sh'), path.join(engineDirectory, 'tls'), 'engine', addressOf('engine')]);
    await administrate(`create database ${DATABASE}`);
    await promisify(execFile)(process.execPath, commandOf('migrate'), { cwd: REPOSITORY, env: environmentFor('migrate') });
    await start('engine');
    await Promise.all(SUBGRAPHS.map(start));
    await start('router');
  }, 120_000);

  afterAll(async () => {
    for (const name of [...NAMES].reverse()) await children.get(name)?.[Symbol.asyncDispose]();
    await administrate(`drop database if exists ${DATABASE} with (force)`);
    await rm(engineDirectory, { recursive: true, force: true });
  }, 60_000);

  it('are all healthy by the probe of their container', async () => {
    for (const name of NAMES) {
      const [, runtime, ...probe] = SERVICES[name]!.healthcheck.test!;
      expect([runtime, probe.at(-1)]).toEqual(['node', '/readyz']);
      // The probe asks 127.0.0.1 in its own container; here that is the address of the process.
      const port = environmentFor(name)['ENGINE_METRICS_PORT'] ?? environmentFor(name)['PORT'];
      // Docker asks again until it is healthy or out of retries.
      await expect(untilReady(`http://${addressOf(name)}:${port}`)).resolves.toBeUndefined();
    }
  }, 120_000);

  it('answer one query through router, subgraph and engine', async () => {
    const answer = await graphql(`http://${addressOf('router')}:4000`, { query: '{ engine { ready } roles { name } instruments(first: 3) { edges { node { id } } } }' });
    expect(answer.errors).toBeUndefined();
    expect(answer.data.engine).toEqual({ ready: true });
    expect(answer.data.instruments.edges.length).toBeGreaterThan(0);
  });

  it('have no demo user', async () => {
    const answer = await graphql(`http://${addressOf('router')}:4000`, {
      query: 'mutation ($input: LoginInput!) { login(input: $input) { __typename } }', variables: { input: { email: 'demo@mib.local', password: 'any-password-at-all' } },
    });
    expect(JSON.stringify(answer)).not.toContain('LoginSuccess');
  });

  it('end cleanly on SIGTERM, as `docker stop` asks', async () => {
    const router = children.get('router')!;
    await router.kill('SIGTERM');
    expect(router.process.exitCode).toBe(0);
  });

  async function start(name: string): Promise<void> {
    const [entry] = commandOf(name).slice(-1);
    children.set(name, await startChild(entry!, environmentFor(name)));
  }

  function commandOf(name: string): string[] {
    return [...SERVICES[name]!.command!];
  }

  function environmentFor(name: string): Record<string, string> {
    const given = Object.entries(SERVICES[name]!.environment!).filter(([variable]) => variable !== 'KAFKA_BROKERS' && variable !== 'REDIS_URL');
    const environment = Object.fromEntries(given.map(([variable, value]) => [variable, value in SECRET_FILES ? path.join(engineDirectory, 'tls', SECRET_FILES[value]!) : NAMES.reduce((text, other) => text.replaceAll(new RegExp(`(^|//)${other}:`, 'g'), `$1${addressOf(other)}:`), value)]));
    return {
      ...environment,
      ...('HOST' in environment && { HOST: addressOf(name) }),
      ...('DATABASE_URL' in environment && { DATABASE_URL: withDatabase(serverUrl, DATABASE) }),
      ...('ENGINE_DATA_DIR' in environment && { ENGINE_DATA_DIR: path.join(engineDirectory, 'engine') }),
      ...('MIB_HISTORY_DIR' in environment && { MIB_HISTORY_DIR: path.join(engineDirectory, 'history') }),
    };
  }

  async function administrate(statement: string): Promise<void> {
    const client = new pg.Client(serverUrl);
    await client.connect();
    await client.query(statement).finally(() => client.end());
  }
});
