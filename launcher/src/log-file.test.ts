import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LogFile } from './log-file.ts';

describe('LogFile', () => {
  let directory: string;
  let shown: string[];
  beforeEach(() => {
    directory = mkdtempSync(path.join(os.tmpdir(), 'mib-log-test-'));
    shown = [];
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('keeps everything and shows warnings and errors, across chunks', () => {
    using log = new LogFile(directory, 'thing', (line) => shown.push(line));
    const text = '{"level":"info","msg":"a"}\n{"level":"warn","service":"part","msg":"b"}\n{"level":"error","msg":"c","err":{"message":"d\\ne"}}\nplain\n';
    log.write(text.slice(0, 40), false);
    log.write(text.slice(40), false);
    expect(readFileSync(log.path, 'utf8')).toBe(text);
    expect(shown).toEqual(['[part] warn: b', '[thing] error: c (d)']);
  });

  it('shows plain lines of a loud output', () => {
    using log = new LogFile(directory, 'thing', (line) => shown.push(line));
    log.write('Error: oops\n\n', true);
    expect(shown).toEqual(['[thing] Error: oops']);
  });

  it('shows a repeated line once and a storm in part', () => {
    using log = new LogFile(directory, 'thing', (line) => shown.push(line));
    for (let i = 0; i < 100; i += 1) log.write('same\n', true);
    expect(shown).toEqual(['[thing] same']);
    for (let i = 0; i < 100; i += 1) log.write(`line ${i}\n`, true);
    expect(shown.length).toBeLessThan(40);
    expect(shown.some((line) => line.includes('… more in'))).toBe(true);
  });

  it('begins a new file when the old one is full, and keeps one old file', () => {
    const file = path.join(directory, 'thing.log');
    writeFileSync(file, 'x'.repeat(8_000_001));
    using log = new LogFile(directory, 'thing', () => undefined);
    log.write('new\n', false);
    expect(readFileSync(log.path, 'utf8')).toBe('new\n');
    expect(statSync(`${file}.1`).size).toBe(8_000_001);
  });
});
