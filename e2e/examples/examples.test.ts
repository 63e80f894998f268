// The SDK's examples, run as their first lines say.

import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { freePort } from '@mib/testkit/free-port';
import { REPOSITORY } from '@mib/testkit/repository';
import { itInBrowser, launchChromium } from '../chromium.ts';
import { sharedPlatform } from '../shared-platform.ts';

const EXAMPLES = path.join(REPOSITORY, 'sdk/examples');
const VITE = path.join(REPOSITORY, 'node_modules/vite/bin/vite.js');

describe('examples of the SDK', () => {
  it('make a first trade on Node', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [path.join(EXAMPLES, 'first-trade.mjs'), sharedPlatform().url]);
    const [quote, accepted, ...rest] = stdout.trim().split('\n');
    expect(quote).toMatch(/^\S+\.XSIM: bid [\d.]+, ask [\d.]+, XSIM \(synthetic\)$/);
    expect(accepted).toMatch(/^accepted: order \d+ is FILLED$/);
    expect(rest).toEqual([
      'ACCEPTED',
      expect.stringMatching(/^FILLED: 1 at [\d.]+ USD$/),
      expect.stringMatching(/^holds 1 \S+\.XSIM at [\d.]+$/),
      expect.stringMatching(/^equity (99999|100000)(\.\d+)? USD$/),
    ]);
  });

  itInBrowser('show live quotes in a page', async () => {
    await using vite = await startVite(sharedPlatform().url);
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      await page.goto(`${vite.url}/browser.html`);
      const spx = page.getByRole('row', { name: /^SPX\.XSIM [\d.]+ [\d.]+ XSIM \(synthetic\)$/ });
      const first = await spx.textContent();
      await page.getByRole('row', { name: /^SPX/ }).filter({ hasNotText: first! }).waitFor();
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});

async function startVite(router: string): Promise<AsyncDisposable & { readonly url: string }> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const child = spawn(process.execPath, [VITE, EXAMPLES, '--host', '127.0.0.1', '--port', new URL(url).port, '--strictPort', '--clearScreen', 'false'], {
    env: { PATH: process.env['PATH'], MIB_ROUTER: router, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => line.includes('ready in') && resolve());
    void ended.then(() => reject(new Error('vite ended')));
  });
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
