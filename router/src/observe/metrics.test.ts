// The page that Prometheus reads, after real operations.

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { startTestRouter, type TestRouter } from '../test-support/router.ts';
import { startShop, type Shop } from '../test-support/shop.ts';

const TRUSTED = 'query Best { topProducts(first: 1) { name } }';
const INVENTED = 1_000;
/** Debian's `prometheus` has it; a developer may do without, CI may not. */
const PROMTOOL_MISSING = 'promtool is not installed (Debian package prometheus)';

describe('metrics', () => {
  let shop: Shop;
  let router: TestRouter;
  let folder: string;
  const page = async (): Promise<string> => (await fetch(`${router.url}/metrics`)).text();
  const figure = async (name: string, labels: Readonly<Record<string, string>>): Promise<number | undefined> => {
    const series = (await page()).split('\n').filter((line) => line.startsWith(`${name}{`));
    const found = series.find((line) => Object.entries(labels).every(([label, value]) => line.includes(`${label}="${value}"`)));
    return found === undefined ? undefined : Number(found.split(' ').at(-1));
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mib-metrics-'));
    const manifest = join(folder, 'trusted.json');
    await writeFile(manifest, JSON.stringify({ best: TRUSTED }));
    shop = await startShop();
    router = await startTestRouter(shop.all, {}, { documents: { manifest } });
    await router.query(TRUSTED);
  });
  afterAll(async () => {
    await router[Symbol.asyncDispose]();
    await shop[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  it('name the operations of trusted documents, and no other of a thousand invented ones', async () => {
    // A mutation by GET is refused once its name is known, which spares the planner a thousand plans.
    const invented = (name: string) => fetch(`${router.url}/graphql?query=${encodeURIComponent(`mutation ${name} { __typename }`)}`, { headers: { 'content-type': 'application/json' } });
    for (let from = 0; from < INVENTED; from += 50) {
      const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => invented(`Invented${from + index}`)));
      expect(answers.every(({ status }) => status === 405)).toBe(true);
    }
    await router.query('query Best { __typename }');
    await router.query('{ __typename }');
    const names = new Set([...(await page()).matchAll(/^mib_router_operation_seconds_count\{.*operation="(\w+)"/gm)].map(([, name]) => name));
    expect([...names].sort()).toEqual(['Best', 'anonymous', 'other']);
    expect(await figure('mib_router_operation_seconds_count', { operation: 'Best', outcome: 'ok' })).toBe(1);
    expect(await figure('mib_router_operation_seconds_count', { operation: 'other', outcome: 'ok' })).toBe(1);
    expect(await figure('mib_router_operation_seconds_count', { operation: 'other', outcome: 'refused' })).toBe(INVENTED);
  });

  it('count every stage that an operation reached', async () => {
    const count = (stage: string) => figure('mib_router_stage_seconds_count', { stage });
    const [parsed, responded] = await Promise.all(['parse', 'respond'].map(count));
    await router.query('{ nothing }');
    expect(await Promise.all(['parse', 'respond'].map(count))).toEqual([parsed! + 1, responded]);
  });

  it('say how often documents and plans were known', async () => {
    const hits = (cache: string) => figure('mib_router_cache_lookups_total', { cache, outcome: 'hit' });
    const before = await Promise.all(['documents', 'plans'].map(hits));
    await router.query(TRUSTED);
    expect(await Promise.all(['documents', 'plans'].map(hits))).toEqual(before.map((count) => count! + 1));
  });

  it('count refusals by code', async () => {
    await router.query('{');
    await router.query('{');
    expect(await figure('mib_router_refusals_total', { code: 'GRAPHQL_PARSE_FAILED' })).toBe(2);
  });

  it('count operations over WebSockets like those over HTTP', async () => {
    const client = createClient({ url: `${router.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0 });
    const counts = () => Promise.all(['OK', 'GRAPHQL_VALIDATION_FAILED'].map(async (outcome) => (await figure('mib_graphql_request_seconds_count', { operation: outcome === 'OK' ? 'query' : 'refused', outcome })) ?? 0));
    const before = await counts();
    await client.iterate({ query: '{ me { name } }' }).next();
    await expect(client.iterate({ query: '{ nothing }' }).next()).rejects.toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
    expect(await counts()).toEqual(before.map((count) => count + 1));
    await client.dispose();
  });

  it('follow Prometheus\' conventions', async () => {
    const own = (await page()).split('\n').filter((line) => /^(# \w+ )?mib_/.test(line)).join('\n');
    const said = await promtool(`${own}\n`);
    if (said === undefined && process.env['CI']) throw new Error(PROMTOOL_MISSING);
    if (said === undefined) process.stderr.write(`NOT CHECKED: ${PROMTOOL_MISSING}\n`);
    else expect(said).toBe('');
  });
});

/** @returns what it complains of; undefined where there is none. */
function promtool(text: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = execFile('promtool', ['check', 'metrics'], (error, stdout, stderr) => resolve(error?.code === 'ENOENT' ? undefined : `${stdout}${stderr}`));
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(text);
  });
}
