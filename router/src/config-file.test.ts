import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readRouterConfig } from './config.ts';

describe('the settings file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mib-settings-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const read = (text: string) => {
    const file = join(folder, 'router.yaml');
    writeFileSync(file, text);
    return readRouterConfig({}, ['--config', file]);
  };

  it.each([
    ['YAML', 'limits:\n  maxDepth: 7 # no more\n'],
    ['JSON', '{"limits":{"maxDepth":7}}'],
  ])('is %s', (_title, text) => {
    expect(read(text).limits).toMatchObject({ maxDepth: 7, maxRootFields: 50 });
  });

  it('may be empty or absent', () => {
    expect(read('').limits).toEqual(readRouterConfig({}, []).limits);
  });

  it.each([
    ['an unknown section', 'limts: {}', /router\.yaml: limts is not a setting$/],
    ['an unknown setting', 'limits: { maxDepht: 1 }', /: limits\.maxDepht is not a setting$/],
    ['every problem at once', 'limits: { a: 1, maxDepth: 0 }\nb: 1', /limits\.maxDepth must be a whole number 1\.\.500, was 0; limits\.a is not a setting; b is not a setting$/],
    ['a wrong type', 'limits: { maxDepth: many }', /limits\.maxDepth must be a whole number 1\.\.500, was "many"$/],
    ['a section that is none', 'limits: 5', /limits does not fit \(.*\), was 5$/],
    ['an origin that is none', 'http: { cors: { origins: [app.example] } }', /http\.cors\.origins\.0 must be an origin such as https:\/\/app\.example, or \*, was "app\.example"$/],
    ['cookies for every page', 'http: { cors: { origins: ["*"], credentials: true } }', /^http\.cors\.credentials must be false where every origin/],
    ['batches beyond the bound', 'http: { maxBatchOperations: 101 }', /http\.maxBatchOperations must be a whole number 0\.\.100, was 101$/],
    ['headers that may take longer than their request', 'http: { headersTimeoutMs: 500, requestTimeoutMs: 400 }', /http\.headersTimeoutMs must not exceed requestTimeoutMs, was 500$/],
    ['a list', '- 1', /the file does not fit \(.*\), was a list$/],
    ['a prototype', '{"__proto__":{"limits":{}}}', /__proto__ is not a setting/],
    ['no YAML, without quoting it', 'hunter2: [', /^ROUTER_CONFIG .*router\.yaml is not YAML \(line 1\)$/],
  ])('refuses %s', (_title, text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  it('must be there when it is named', () => {
    expect(() => readRouterConfig({ ROUTER_CONFIG: join(folder, 'none.yaml') }, [])).toThrow(/ROUTER_CONFIG .*none\.yaml cannot be read \(ENOENT\)/);
  });
});
