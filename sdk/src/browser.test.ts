import { execFile } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const DIST = fileURLToPath(new URL('.', import.meta.url));
const ROOM = path.join(DIST, '..');

const shipped = readdirSync(DIST, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js') && !file.endsWith('.test.js') && !file.startsWith('test-support'));

describe('in a browser', () => {
  it.each(shipped)('%s imports nothing but its neighbours and graphql-ws, and touches nothing of Node', (file) => {
    const text = readFileSync(path.join(DIST, file), 'utf8');
    const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map((match) => match[1]!);
    expect(imports.filter((name) => !name.startsWith('.') && name !== 'graphql-ws')).toEqual([]);
    expect(text.match(/\b(process|Buffer|require|__dirname)\b\s*[.(]/)).toBeNull();
  });

  it('type-checks with the types of the browser alone', async () => {
    const tsc = path.join(ROOM, '../node_modules/typescript/bin/tsc');
    await expect(promisify(execFile)(process.execPath, [tsc, '-p', path.join(ROOM, 'tsconfig.browser.json')])).resolves.toMatchObject({ stdout: '' });
  });
});
