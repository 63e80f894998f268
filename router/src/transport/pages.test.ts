import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadConsole, MAX_FILES, sendPage, type ConsolePages } from './pages.ts';

const SCRIPT = 'console.log("a long enough line to be worth zipping");\n'.repeat(50);

describe('pages of the console', () => {
  let directory: string;
  let server: Server;
  let url: string;
  let pages: ConsolePages;

  beforeAll(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'mib-pages-'));
    await mkdir(path.join(directory, 'assets'));
    await writeFile(path.join(directory, 'index.html'), '<!doctype html><title>page</title>');
    await writeFile(path.join(directory, 'icon.svg'), '<svg/>');
    await writeFile(path.join(directory, 'assets/index-1a2b.js'), SCRIPT);
    pages = await loadConsole(directory);
    server = createServer((request, response) => {
      const page = pages.get(new URL(request.url!, 'http://x').pathname);
      if (page) return sendPage(request, response, page);
      response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    server.close();
    await rm(directory, { recursive: true });
  });

  it.each([
    ['/', 'text/html; charset=utf-8', 'no-cache'],
    ['/icon.svg', 'image/svg+xml', 'no-cache'],
    ['/assets/index-1a2b.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
  ])('sends %s as %s, cached %s, under a policy that allows nothing foreign', async (urlPath, contentType, cacheControl) => {
    const response = await fetch(url + urlPath);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(contentType);
    expect(response.headers.get('cache-control')).toBe(cacheControl);
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'$/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('zips for those who can read it and sends the same to those who cannot', async () => {
    const zipped = await fetch(`${url}/assets/index-1a2b.js`, { headers: { 'accept-encoding': 'gzip' } });
    expect(zipped.headers.get('content-encoding')).toBe('gzip');
    expect(await zipped.text()).toBe(SCRIPT);
    const plain = await fetch(`${url}/assets/index-1a2b.js`, { headers: { 'accept-encoding': 'identity' } });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(await plain.text()).toBe(SCRIPT);
  });

  it('answers 304 to who has it already', async () => {
    const etag = (await fetch(url)).headers.get('etag')!;
    expect((await fetch(url, { headers: { 'if-none-match': etag } })).status).toBe(304);
  });

  it.each(['/index.htm', '/assets/', '/assets/../../etc/passwd', '/%2e%2e/package.json', '/anything'])('knows no %s', async (urlPath) => {
    expect((await fetch(url + urlPath)).status).toBe(404);
  });

  it('is empty without a built console, and refuses a directory that cannot be one', async () => {
    expect((await loadConsole(path.join(directory, 'missing'))).size).toBe(0);
    expect((await loadConsole(path.join(directory, 'assets'))).size).toBe(0);
    const crowded = path.join(directory, 'crowded');
    await mkdir(crowded);
    await Promise.all(Array.from({ length: MAX_FILES + 1 }, (_, index) => writeFile(path.join(crowded, `${index}.js`), '')));
    await expect(loadConsole(crowded)).rejects.toThrow(`at most ${MAX_FILES} files, was ${MAX_FILES + 1}`);
  });
});
