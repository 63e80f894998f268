// A real PostgreSQL from npm as a child process: data directory made at the first start, durable from then on, stopped by
// a fast shutdown. It survives kill -9 of itself and of us; an orphan of an earlier run is stopped before a new start,
// because two postmasters on one data directory would be the end of it.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stopOrphan } from './postgres-orphan.ts';
import { locatePostgres, type PostgresBinaries } from './postgres-binaries.ts';
import { isReachable, unprivilegedUser, type UnixUser } from './postgres-user.ts';

export interface EmbeddedPostgresOptions {
  readonly dataDirectory: string;
  readonly port: number;
  /** Of the superuser `postgres`; fixed when the data directory is made. */
  readonly password: string;
  /** False skips every fsync: for tests that throw the data away. */
  readonly durable?: boolean;
  /** Receives the server's log. */
  readonly onLog?: (text: string) => void;
  readonly sudoUid?: string | undefined;
}

export interface EmbeddedPostgres extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  readonly process: ChildProcess;
  /** Resolves with the reason when the server has ended, by our will or not. */
  readonly ended: Promise<string>;
}

const SUPERUSER = 'postgres';
const START_TIMEOUT_MS = 60_000;
const FAST_SHUTDOWN_MS = 8_000;
const KEPT_LOG_CHARACTERS = 4_000;

/** Small on purpose: the whole platform shares one machine. */
const SETTINGS = {
  listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '150', shared_buffers: '48MB', max_wal_size: '512MB',
  io_method: 'sync', jit: 'off', log_line_prefix: '%m [%p] ', log_timezone: 'UTC', timezone: 'UTC',
};
const NOT_DURABLE = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** @throws {Error} with one clear line for a foreign, broken or unreachable data directory or a busy port. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDirectory = path.resolve(options.dataDirectory);
  const user = unprivilegedUser(dataDirectory, options.sudoUid);
  if (!isReachable(dataDirectory, user)) throw new Error(`data directory ${dataDirectory} lies below a folder that uid ${user?.uid} may not enter, and PostgreSQL cannot run as root`);
  const binaries = locatePostgres(user);
  const durable = options.durable !== false;
  if (isEmpty(dataDirectory)) createCluster(binaries, user, { dataDirectory, password: options.password, durable });
  else checkCluster(binaries, user, dataDirectory);
  await stopOrphan(dataDirectory);
  const settings = { ...SETTINGS, port: String(options.port), ...(durable ? {} : NOT_DURABLE) };
  const args = ['-D', dataDirectory, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  // A group of its own: Ctrl-C must not stop the database before those who use it.
  const child = spawn(binaries.postgres, args, { ...childOptions(user), stdio: ['ignore', 'ignore', 'pipe'], detached: process.platform !== 'win32' });
  const { ended } = await untilReady(child, options.onLog ?? (() => undefined));
  return {
    url: `postgresql://${SUPERUSER}:${encodeURIComponent(options.password)}@127.0.0.1:${options.port}/postgres`,
    pid: child.pid as number,
    process: child,
    ended,
    [Symbol.asyncDispose]: () => stop(child, ended),
  };
}

function isEmpty(directory: string): boolean {
  const stat = statSync(directory, { throwIfNoEntry: false });
  if (stat && !stat.isDirectory()) throw new Error(`data directory ${directory} is not a folder`);
  return !stat || readdirSync(directory).length === 0;
}

/** Built aside and renamed when complete, so that a crash in the middle leaves nothing that looks like data. */
function createCluster(binaries: PostgresBinaries, user: UnixUser | undefined, options: { dataDirectory: string; password: string; durable: boolean }): void {
  const { dataDirectory, durable } = options;
  const building = `${dataDirectory}.building`;
  const secret = mkdtempSync(path.join(os.tmpdir(), 'mib-initdb-'));
  const passwordFile = path.join(secret, 'password');
  try {
    rmSync(building, { recursive: true, force: true });
    mkdirSync(path.dirname(building), { recursive: true });
    mkdirSync(building, { mode: 0o700 });
    writeFileSync(passwordFile, `${options.password}\n`, { mode: 0o600 });
    if (user) for (const owned of [building, secret, passwordFile]) chownSync(owned, user.uid, user.gid);
    const args = ['-D', building, '-U', SUPERUSER, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C',
      '--locale-provider=builtin', '--builtin-locale=C.UTF-8', ...(durable ? [] : ['--no-sync'])];
    const { status, stderr, error } = spawnSync(binaries.initdb, args, { ...childOptions(user), encoding: 'utf8' });
    if (status !== 0) throw new Error(`initdb failed in ${dataDirectory}: ${error?.message ?? lastLine(stderr)}`);
    if (existsSync(dataDirectory)) rmdirSync(dataDirectory);
    renameSync(building, dataDirectory);
  } finally {
    rmSync(secret, { recursive: true, force: true });
  }
}

function checkCluster(binaries: PostgresBinaries, user: UnixUser | undefined, dataDirectory: string): void {
  const versionFile = path.join(dataDirectory, 'PG_VERSION');
  if (!existsSync(versionFile)) throw new Error(`data directory ${dataDirectory} is not empty and holds no PostgreSQL data`);
  const found = readFileSync(versionFile, 'utf8').trim();
  const wanted = /(\d+)\./.exec(spawnSync(binaries.postgres, ['--version'], { ...childOptions(user), encoding: 'utf8' }).stdout ?? '')?.[1];
  if (found !== wanted) throw new Error(`data directory ${dataDirectory} holds data of PostgreSQL ${JSON.stringify(found)}, this is ${wanted}`);
}

function childOptions(user: UnixUser | undefined): { uid?: number; gid?: number; cwd: string; env: NodeJS.ProcessEnv; windowsHide: boolean } {
  // A folder that everybody may enter, an environment that changes no message, nothing inherited.
  const cwd = process.platform === 'win32' ? os.tmpdir() : '/';
  return { ...user, cwd, windowsHide: true, env: { PATH: process.env['PATH'], SystemRoot: process.env['SystemRoot'], LC_ALL: 'C', TZ: 'UTC' } };
}

/** Resolves once connections are accepted, with the promise of the end (in an object, or it would be awaited too). */
async function untilReady(child: ChildProcess, onLog: (text: string) => void): Promise<{ readonly ended: Promise<string> }> {
  let log = '';
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(reason(log) ?? `ended by ${signal ?? `code ${code}`}`));
  });
  const ready = new Promise<void>((resolve) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-KEPT_LOG_CHARACTERS);
      onLog(chunk.toString());
      if (log.includes('database system is ready to accept connections')) resolve();
    });
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => (timer = setTimeout(resolve, START_TIMEOUT_MS, `not ready within ${START_TIMEOUT_MS} ms`)));
  const failure = await Promise.race([ready, ended, late]);
  clearTimeout(timer);
  if (failure === undefined) return { ended };
  child.kill('SIGKILL');
  throw new Error(`PostgreSQL did not start: ${failure}`);
}

function reason(log: string): string | undefined {
  return /(?:FATAL|PANIC): +(.*)/.exec(log)?.[1];
}

async function stop(child: ChildProcess, ended: Promise<string>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGINT'); // fast shutdown: disconnects clients and writes a checkpoint
  const timer = setTimeout(() => child.kill('SIGQUIT'), FAST_SHUTDOWN_MS); // immediate: recovers at the next start
  await ended;
  clearTimeout(timer);
}

function lastLine(text: string | null): string {
  return text?.trim().split('\n').at(-1) ?? 'no output';
}
