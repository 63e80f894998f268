// Files of the history. A file is written under a temporary name, synced, renamed, and its folder synced, before the
// manifest speaks of it: a name that ends in .parquet is always a whole file, on disk.

import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

const TEMPORARY = '.tmp';
const SUFFIX = '.parquet';
/** Folder of whole files that belong to no row. */
const ASIDE = 'set-aside';

/** Writes a file so that it is there whole or not at all. @returns its bytes. */
export async function writeDurably(directory: string, file: string, write: (temporaryPath: string) => Promise<void>): Promise<number> {
  await mkdir(directory, { recursive: true });
  const temporary = path.join(directory, `${file}${TEMPORARY}`);
  await write(temporary);
  const handle = await open(temporary, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, path.join(directory, file));
  await syncDirectory(directory);
  return (await stat(path.join(directory, file))).size;
}

/**
 * Clears the folder of what no manifest row names: temporary files go; whole files, which a transaction left that never
 * committed, are set aside, for a folder given to the wrong database must not cost a history.
 *
 * @returns names of what was found, and of files that the manifest names and the folder lacks.
 */
export async function clearDebris(directory: string, known: ReadonlySet<string>): Promise<{ readonly debris: readonly string[]; readonly missing: readonly string[] }> {
  await mkdir(directory, { recursive: true });
  const names = await readdir(directory);
  const torn = names.filter((name) => name.includes(TEMPORARY));
  const unknown = names.filter((name) => name.endsWith(SUFFIX) && !known.has(name));
  for (const name of torn) await rm(path.join(directory, name), { force: true });
  if (unknown.length > 0) await mkdir(path.join(directory, ASIDE), { recursive: true });
  for (const name of unknown) await rename(path.join(directory, name), path.join(directory, ASIDE, name));
  return { debris: [...torn, ...unknown], missing: [...known].filter((name) => !names.includes(name)).sort() };
}

export async function removeFile(directory: string, file: string): Promise<void> {
  await rm(path.join(directory, file), { force: true });
}

/** Names of text partitions under way. */
export function temporaryName(name: string): string {
  return `${name}${TEMPORARY}`;
}

export function partitionName(kind: string, monthMs: number, unique: string): string {
  return `${kind}-${new Date(monthMs).toISOString().slice(0, 7)}-${unique}${SUFFIX}`;
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
