// Reads the folders of models/: a manifest and a file each. What comes out has the checksum that its manifest names.

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { ZodError } from 'zod';
import { manifest as manifestShape, type Manifest } from './manifest.ts';
import { ModelLoadError } from './model-load-error.ts';

export interface ModelFile<M extends Manifest = Manifest> {
  readonly manifest: M;
  readonly bytes: Uint8Array;
}

const MANIFEST_FILE = 'model.json';

/**
 * @returns by id.
 * @throws {ModelLoadError} MANIFEST_INVALID, FILE_MISSING or CHECKSUM_MISMATCH: one bad model stops them all.
 */
export async function readModelFiles(directory: string): Promise<ModelFile[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(folders.sort().map((folder) => readModelFile(directory, folder)));
}

async function readModelFile(directory: string, folder: string): Promise<ModelFile> {
  const manifest = await readManifest(directory, folder);
  const bytes = await readFile(path.join(directory, folder, manifest.file)).catch((error: unknown) => {
    throw new ModelLoadError('FILE_MISSING', folder, manifest.file, error);
  });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== manifest.sha256) throw new ModelLoadError('CHECKSUM_MISMATCH', folder, `${manifest.file} must have sha256 ${manifest.sha256}, has ${sha256}`);
  return { manifest, bytes };
}

async function readManifest(directory: string, folder: string): Promise<Manifest> {
  try {
    const manifest = manifestShape.parse(JSON.parse(await readFile(path.join(directory, folder, MANIFEST_FILE), 'utf8')));
    if (manifest.id !== folder || manifest.id !== `${manifest.name}-${manifest.version}`) throw new Error(`id must be the folder's name and <name>-<version>, was ${JSON.stringify(manifest.id)}`);
    return manifest;
  } catch (error) {
    throw new ModelLoadError('MANIFEST_INVALID', folder, problemOf(error), error);
  }
}

function problemOf(error: unknown): string {
  if (error instanceof ZodError) return error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  return error instanceof Error ? error.message : String(error);
}
