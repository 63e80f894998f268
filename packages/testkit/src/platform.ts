// The whole platform as a user starts it: the launcher as a child process on free ports and a directory of its own.
// With MIB_E2E_CLUSTER=1 each gets a real Kafka and a real Redis of its own instead of the embedded parts.

import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './free-port.ts';
import { kafkaProblem, startKafkaBroker } from './kafka-broker.ts';
import { redisProblem, startRedisServer } from './redis-server.ts';
import { REPOSITORY } from './repository.ts';

/** What the launcher prints with `--json` once everything is ready. */
export interface PlatformFacts {
  /** Base URL of the router, for example `http://127.0.0.1:4000`. */
  readonly url: string;
  readonly demo: { readonly email: string; readonly password: string };
  /** Process ids by name: engine, router, postgres, and subgraphs or one entry a subgraph. */
  readonly pids: Readonly<Record<string, number>>;
}

export interface Platform extends PlatformFacts, AsyncDisposable {
  readonly dataDirectory: string;
  /** The launcher's own; each of its processes is a child of it. */
  readonly pid: number;
  /** Milliseconds from spawn to ready. */
  readonly readyMs: number;
  /** As Ctrl-C does; resolves with the exit code. */
  stop(): Promise<number | null>;
}

export interface PlatformOptions {
  /** Kept on dispose when given, else made and removed. */
  readonly dataDirectory?: string;
  readonly arguments?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

const CLUSTER_VARIABLE = 'MIB_E2E_CLUSTER';
const KEPT_OUTPUT_CHARACTERS = 8_000;
/** Without plans made ahead, which are half of what a start computes; `.ci/start-and-stop` starts as a user does, with them. */
const ROUTER_CONFIG = path.join(REPOSITORY, 'packages/testkit/router-settings.json');

export async function startPlatform(options: PlatformOptions = {}): Promise<Platform> {
  const dataDirectory = options.dataDirectory ?? (await temporaryDirectory());
  const cluster = process.env[CLUSTER_VARIABLE] === '1' ? await startCluster() : undefined;
  const startedMs = performance.now();
  const child = spawn(process.execPath, [path.join(REPOSITORY, 'launcher/dist/main.js'), '--json', ...(options.arguments ?? [])], {
    cwd: REPOSITORY,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...cluster?.environment, MIB_DATA_DIR: dataDirectory, PORT: String(await freePort()), ROUTER_CONFIG, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (text: Buffer) => (complaints = (complaints + text.toString()).slice(-KEPT_OUTPUT_CHARACTERS)));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const facts = await new Promise<PlatformFacts>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('{')) resolve(JSON.parse(line) as PlatformFacts);
    });
    void ended.then((code) => reject(new Error(`the launcher ended with ${code}:\n${complaints}`)));
  });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT');
    const code = await ended;
    await cluster?.[Symbol.asyncDispose]();
    return code;
  };
  const dispose = async () => {
    await stop();
    if (options.dataDirectory === undefined) await rm(dataDirectory, { recursive: true, force: true });
  };
  return { ...facts, dataDirectory, pid: child.pid!, readyMs: performance.now() - startedMs, stop, [Symbol.asyncDispose]: dispose };
}

interface Cluster extends AsyncDisposable {
  readonly environment: Readonly<Record<string, string>>;
}

async function startCluster(): Promise<Cluster> {
  const problem = (await kafkaProblem()) ?? redisProblem();
  if (problem !== undefined) throw new Error(`${CLUSTER_VARIABLE}=1 needs Kafka and Redis: ${problem}`);
  const [kafka, redis] = await Promise.all([startKafkaBroker(), startRedisServer()]);
  return {
    environment: { KAFKA_BROKERS: kafka.brokers, REDIS_URL: redis.url },
    async [Symbol.asyncDispose]() {
      await kafka[Symbol.asyncDispose]();
      await redis[Symbol.asyncDispose]();
    },
  };
}

/** Open to the user PostgreSQL runs as when we are root. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'mib-platform-'));
  await chmod(directory, 0o755);
  return directory;
}
