// The router as a process of its own: starts on a supergraph alone, says what is wrong in one line, loses no request.

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { composeSubgraphs } from './test-support/router.ts';
import { startShop, type Shop } from './test-support/shop.ts';

const MAIN = new URL('./main.js', import.meta.url).pathname;

describe('the router process', () => {
  let shop: Shop;
  let folder: string;
  let supergraph: string;
  beforeAll(async () => {
    shop = await startShop();
    folder = await mkdtemp(join(tmpdir(), 'mib-router-'));
    supergraph = join(folder, 'supergraph.graphql');
    await writeFile(supergraph, composeSubgraphs(shop.all));
    await writeFile(join(folder, 'nonsense.graphql'), 'type Query { a: Int }');
  });
  afterAll(async () => {
    await shop[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  function start(args: readonly string[]): ChildProcess {
    return spawn(process.execPath, [MAIN, ...args], { env: { PATH: process.env['PATH'], LOG_LEVEL: 'silent' }, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  }
  const ended = (child: ChildProcess): Promise<number | null> => new Promise((resolve) => child.once('exit', resolve));
  const ready = (child: ChildProcess): Promise<string> => new Promise((resolve) => child.once('message', (message) => resolve((message as { url: string }).url)));
  const ask = (url: string, query: string): Promise<Response> => fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) });

  it('serves a supergraph with nothing else around', async () => {
    const child = start(['--supergraph', supergraph, '--port', '0']);
    const answer = await ask(await ready(child), '{ me { name reviews { body } } }');
    expect(await answer.json()).toEqual({ data: { me: { name: 'Ada', reviews: [{ body: 'Love it' }, { body: 'Too "expensive"' }] } } });
    child.kill('SIGTERM');
    expect(await ended(child)).toBe(0);
  });

  it('answers a request in flight before it ends', async () => {
    const child = start(['--supergraph', supergraph, '--port', '0']);
    const url = await ready(child);
    const asked = new Promise<() => void>((resolve) => (shop.users.intercept = (_request, response) => resolve(() => response.end('{"data":{"me":{"name":"Late"}}}'))));
    const answer = ask(url, '{ me { name } }');
    const release = await asked;
    const end = ended(child);
    child.kill('SIGTERM');
    release();
    expect(await (await answer).json()).toEqual({ data: { me: { name: 'Late' } } });
    expect(await end).toBe(0);
    shop.users.intercept = undefined;
  });

  it('reads its supergraph again on SIGHUP', async () => {
    const changing = join(folder, 'changing.graphql');
    await writeFile(changing, composeSubgraphs([shop.users]));
    const child = start(['--supergraph', changing, '--port', '0']);
    const url = await ready(child);
    const query = '{ me { reviews { body } } }';
    expect(await (await ask(url, query)).json()).toMatchObject({ errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] });
    await writeFile(changing, composeSubgraphs(shop.all));
    child.kill('SIGHUP');
    let answer = (await (await ask(url, query)).json()) as { data?: unknown };
    while (!answer.data) answer = (await (await ask(url, query)).json()) as { data?: unknown };
    expect(answer).toEqual({ data: { me: { reviews: [{ body: 'Love it' }, { body: 'Too "expensive"' }] } } });
    child.kill('SIGTERM');
    expect(await ended(child)).toBe(0);
  });

  it('says in one line why it cannot start', async () => {
    const child = start(['--supergraph', join(folder, 'nonsense.graphql'), '--port', '0']);
    let errors = '';
    child.stderr!.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const closed = new Promise((resolve) => child.stderr!.once('close', resolve));
    expect(await ended(child)).toBe(1);
    await closed;
    expect(errors.trim().split('\n')).toHaveLength(1);
    expect(errors).toMatch(/^router: /);
  });
});
