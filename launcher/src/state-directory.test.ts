import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openStateDirectory } from './state-directory.ts';

describe('state directory', () => {
  let parent: string;
  let directory: string;
  beforeEach(() => {
    parent = mkdtempSync(path.join(os.tmpdir(), 'mib-state-test-'));
    directory = path.join(parent, 'state');
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  it('makes secrets once, for its owner only, and finds them again', () => {
    const { secrets } = open();
    expect(new Set(Object.values(secrets)).size).toBe(5);
    expect(statSync(path.join(directory, 'secrets.json')).mode & 0o777).toBe(0o600);
    expect(open().secrets).toEqual(secrets);
  });

  it('makes other secrets in another folder', () => {
    const { secrets } = open();
    directory = path.join(parent, 'other');
    expect(open().secrets.demoPassword).not.toBe(secrets.demoPassword);
  });

  it.each([
    ['a process that is gone', '4194305'],
    ['a process that is not a launcher', '1'],
    ['nonsense', 'nonsense'],
  ])('takes over the lock of %s', (_case, holder) => {
    open();
    writeFileSync(path.join(directory, 'launcher.pid'), holder);
    expect(() => open()).not.toThrow();
  });

  it.each([
    ['a folder of something else', () => writeFileSync(path.join(directory = parent, 'thesis.txt'), ''), /is not empty and was not made by Market Intel Brain/],
    ['a file', () => writeFileSync(directory, ''), /is not a folder/],
    ['a path through a file', () => writeFileSync((directory = path.join(parent, 'file', 'x'), path.join(parent, 'file')), ''), /cannot be used: ENOTDIR/],
    ['damaged secrets', () => (open(), writeFileSync(path.join(directory, 'secrets.json'), '{')), /secrets.json is damaged/],
  ])('refuses %s', (_case, prepare, message) => {
    prepare();
    expect(() => open()).toThrow(message);
  });

  function open(): ReturnType<typeof openStateDirectory> {
    const state = openStateDirectory(directory);
    state[Symbol.dispose]();
    return state;
  }
});
