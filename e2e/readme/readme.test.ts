// The README's own blocks, run in one shell in the order a reader would: each `sh` block's output must be the `json` block
// below it. An ellipsis in an expected string stands for what differs from run to run; everything else is compared exactly.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPlatform, temporaryDirectory, type Platform, type PlatformFacts } from '@mib/testkit/platform';
import { REPOSITORY } from '@mib/testkit/repository';
import { restart } from '../restart/restart.ts';

interface Block {
  readonly command: string;
  readonly expected: string | undefined;
}

const README = readFileSync(path.join(REPOSITORY, 'README.md'), 'utf8');
const MARK = '=====block=====';
const ELLIPSIS = '…';
/** Set-up and checks: .ci/run runs these on a fresh clone. */
const NPM = /^npm /;

// Of its own, because one of the blocks kills the engine, and the story of the restart stops it.
let dataDirectory: string;
let platform: Platform;
beforeAll(async () => {
  dataDirectory = await temporaryDirectory();
  platform = await startPlatform({ dataDirectory });
}, 120_000);
afterAll(async () => {
  await platform?.[Symbol.asyncDispose]();
  await rm(dataDirectory, { recursive: true, force: true });
});

describe('the README', () => {
  it('is at most 150 lines', () => {
    expect(README.split('\n').length).toBeLessThanOrEqual(150);
  });

  it('names only npm commands that exist and that CI runs or lists', () => {
    const { scripts } = JSON.parse(readFileSync(path.join(REPOSITORY, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
    const named = [...README.matchAll(/npm (?:run )?([a-z][a-z:-]*)/g)].map((match) => match[1]!);
    expect(named.filter((name) => name !== 'ci' && !(name in scripts))).toEqual([]);
  });

  it('does what its blocks say', async () => {
    const blocks = blocksOf(README).filter(({ command }) => !NPM.test(command));
    expect(blocks.length).toBeGreaterThan(3);
    const outputs = await runInOneShell(platform, blocks.map(({ command }) => command));
    for (const [index, { command, expected }] of blocks.entries()) {
      if (expected === undefined) continue;
      const output = outputs[index]!;
      expect({ command, answer: JSON.parse(output) as unknown }).toEqual({ command, answer: withWildcards(JSON.parse(expected)) });
    }
  }, 180_000);
});

restart(() => platform);

function blocksOf(markdown: string): Block[] {
  const fences = [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map((match) => ({ language: match[1], text: match[2]!.trim() }));
  return fences.flatMap(({ language, text }, index) => (language === 'sh' ? [{ command: text, expected: fences[index + 1]?.language === 'json' ? fences[index + 1]!.text : undefined }] : []));
}

async function runInOneShell({ url, dataDirectory }: PlatformFacts & { readonly dataDirectory: string }, commands: readonly string[]): Promise<string[]> {
  const script = commands.map((command) => `${command}\necho; echo ${MARK}`).join('\n').replaceAll('localhost:4000', new URL(url).host).replaceAll('.mib/', `${dataDirectory}/`);
  const output = await new Promise<string>((resolve, reject) =>
    execFile('bash', ['-c', `set -e\n${script}`], { cwd: REPOSITORY }, (error, stdout, stderr) => (error ? reject(new Error(`${error.message}\n${stdout}\n${stderr}`)) : resolve(stdout))),
  );
  return output.split(MARK).map((text) => text.trim());
}

function withWildcards(value: unknown): unknown {
  if (typeof value === 'string' && value.includes(ELLIPSIS)) return expect.stringMatching(new RegExp(`^${value.split(ELLIPSIS).map(escape).join('.*')}$`));
  if (Array.isArray(value)) return value.map(withWildcards);
  if (value !== null && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withWildcards(inner)]));
  return value;
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
