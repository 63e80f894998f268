import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readModelFiles } from './model-files.ts';
import { ModelLoadError } from './model-load-error.ts';

const SHIPPED = fileURLToPath(new URL('../../models', import.meta.url));
const VOLATILITY = 'volatility-log-har-1.0.0';

describe('model files', () => {
  let directory: string;
  const file = (name: string) => path.join(directory, VOLATILITY, name);
  const changeManifest = async (change: (manifest: Record<string, unknown>) => void) => {
    const manifest = JSON.parse(await readFile(file('model.json'), 'utf8')) as Record<string, unknown>;
    change(manifest);
    await writeFile(file('model.json'), JSON.stringify(manifest));
  };

  beforeEach(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'mib-models-'));
    await cp(SHIPPED, directory, { recursive: true });
  });

  afterEach(() => rm(directory, { recursive: true }));

  it('reads what ships', async () => {
    expect((await readModelFiles(directory)).map(({ manifest }) => manifest.id)).toEqual(['finance-lexicon-1.0.0', VOLATILITY]);
  });

  it.each([
    ['one flipped bit of the file', async () => {
      const bytes = await readFile(file('model.onnx'));
      bytes[bytes.length >> 1]! ^= 1;
      await writeFile(file('model.onnx'), bytes);
    }, 'CHECKSUM_MISMATCH'],
    ['a changed word list', async () => {
      const lexicon = path.join(directory, 'finance-lexicon-1.0.0', 'lexicon.json');
      await writeFile(lexicon, (await readFile(lexicon, 'utf8')).replace('"beat": 2', '"beat": 3'));
    }, 'CHECKSUM_MISMATCH'],
    ['a checksum that belongs to nothing', () => changeManifest((manifest) => (manifest['sha256'] = '0'.repeat(64))), 'CHECKSUM_MISMATCH'],
    ['a missing file', () => rm(file('model.onnx')), 'FILE_MISSING'],
    ['a missing manifest', () => rm(file('model.json')), 'MANIFEST_INVALID'],
    ['an unknown field', () => changeManifest((manifest) => (manifest['extra'] = 1)), 'MANIFEST_INVALID'],
    ['a file name that leaves the folder', () => changeManifest((manifest) => (manifest['file'] = '../model.onnx')), 'MANIFEST_INVALID'],
    ['the id of another folder', () => changeManifest((manifest) => Object.assign(manifest, { id: 'other-1.0.0', name: 'other' })), 'MANIFEST_INVALID'],
  ])('refuses %s', async (_, tamper, code) => {
    await tamper();
    const refusal = await readModelFiles(directory).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ModelLoadError);
    expect((refusal as ModelLoadError).code).toBe(code);
  });
});
