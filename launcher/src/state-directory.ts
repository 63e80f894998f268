// Everything that survives a stop lies in one folder (.mib or MIB_DATA_DIR):
//
//   secrets.json   generated at the first start, mode 0600; also what marks the folder as ours
//   launcher.pid   the launcher that uses the folder now
//   processes.json name and process id of everything that runs, kept up to date by the supervisor
//   import/        files that importHistory may read as file:NAME
//   history/       data-processor's Parquet files
//   postgres/  engine/  logs/

import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { isReachable, unprivilegedUser } from './postgres-user.ts';

const SECRETS_FILE = 'secrets.json';
const LOCK_FILE = 'launcher.pid';
/** Where root's PostgreSQL keeps its data when the state folder lies below a private one such as /root. */
const FALLBACK_ROOT = '/var/lib/market-intel-brain';

const secretsShape = z.object({
  instance: z.string().min(8),
  internalSecret: z.string().min(32),
  engineToken: z.string().min(32),
  postgresPassword: z.string().min(16),
  demoPassword: z.string().min(12),
});
export type Secrets = z.infer<typeof secretsShape>;

export interface StateDirectory extends Disposable {
  readonly path: string;
  readonly secrets: Secrets;
  readonly engine: string;
  readonly history: string;
  readonly logs: string;
  /** Where `file:` imports may read from. */
  readonly imports: string;
  /** Process ids by name, rewritten at every start of one. */
  readonly processes: string;
}

/** @throws {Error} with one clear line when the folder is not ours, cannot be written or is in use. */
export function openStateDirectory(directory: string): StateDirectory {
  try {
    makeDirectory(directory);
    const lock = path.join(directory, LOCK_FILE);
    refuseForeign(directory);
    takeLock(lock, directory);
    const logs = path.join(directory, 'logs');
    mkdirSync(logs, { recursive: true, mode: 0o700 });
    const imports = path.join(directory, 'import');
    mkdirSync(imports, { recursive: true, mode: 0o755 });
    return { path: directory, secrets: readSecrets(directory), engine: path.join(directory, 'engine'), history: path.join(directory, 'history'), logs, imports, processes: path.join(directory, 'processes.json'), [Symbol.dispose]: () => rmSync(lock, { force: true }) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new Error(`data directory ${directory} cannot be used: ${message.split(',', 1)[0]}`, { cause: error });
  }
}

/** Not recursive for the last step: where the system refuses with ENOENT, as in /proc, Node's recursive mkdir never ends. */
function makeDirectory(directory: string): void {
  if (existsSync(directory)) return;
  if (!existsSync(path.dirname(directory))) mkdirSync(path.dirname(directory), { recursive: true, mode: 0o755 });
  mkdirSync(directory, { mode: 0o711 });
}

/** Beside the rest of the state, unless PostgreSQL's user cannot get there. */
export function postgresDirectory(state: StateDirectory, sudoUid: string | undefined): string {
  const usual = path.join(state.path, 'postgres');
  if (isReachable(usual, unprivilegedUser(usual, sudoUid))) return usual;
  return path.join(FALLBACK_ROOT, state.secrets.instance, 'postgres');
}

function refuseForeign(directory: string): void {
  if (!statSync(directory).isDirectory()) throw new Error(`data directory ${directory} is not a folder`);
  const names = readdirSync(directory).filter((name) => name !== LOCK_FILE);
  if (names.length > 0 && !names.includes(SECRETS_FILE)) throw new Error(`data directory ${directory} is not empty and was not made by Market Intel Brain (no ${SECRETS_FILE})`);
}

function takeLock(lock: string, directory: string): void {
  try {
    writeFileSync(lock, `${process.pid}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const holder = Number(readFileSync(lock, 'utf8'));
    if (isLauncher(holder)) throw new Error(`data directory ${directory} is in use by the launcher with process id ${holder}`, { cause: error });
    // Left behind by a launcher that was killed.
    rmSync(lock, { force: true });
    takeLock(lock, directory);
  }
}

/** Process ids are reused, most of all in containers, so the number alone proves nothing. */
function isLauncher(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(path.join('launcher', 'dist', 'main.js'));
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function readSecrets(directory: string): Secrets {
  const file = path.join(directory, SECRETS_FILE);
  if (!statSync(file, { throwIfNoEntry: false })) {
    const made: Secrets = { instance: text(9), internalSecret: text(36), engineToken: text(36), postgresPassword: text(24), demoPassword: text(12) };
    writeFileSync(file, `${JSON.stringify(made, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
    return made;
  }
  try {
    return secretsShape.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new Error(`${file} is damaged; restore it, or remove ${directory} to start from nothing`, { cause: error });
  }
}

function text(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}
