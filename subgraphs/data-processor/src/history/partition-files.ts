// Files of the history. A file is written under a temporary name, synced, renamed, and its folder synced, before the
// manifest speaks of it: a name that ends in .parquet is always a whole file, on disk.

import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

const TEMPORARY = '.tmp';
const SUFFIX = '.parquet';

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

/** Removes what no manifest row names: temporary files, and files whose transaction never committed. @returns their names. */
export async function removeDebris(directory: string, known: ReadonlySet<string>): Promise<string[]> {
  await mkdir(directory, { recursive: true });
  const debris = (await readdir(directory)).filter((name) => (name.endsWith(SUFFIX) && !known.has(name)) || name.includes(TEMPORARY));
  for (const name of debris) await rm(path.join(directory, name), { force: true });
  return debris;
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
