// Everything the router says at level trace while credentials of every kind pass through it, good and bad, over every door: no
// secret is in it.

import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { INTERNAL_SECRET, startAuthService } from './test-support/auth-service.ts';
import { composeSubgraphs } from './test-support/router.ts';
import { startShop } from './test-support/shop.ts';

const MAIN = new URL('./main.js', import.meta.url).pathname;
const KEYS = { good: 'mib_good_key_0123456789abcdef', bad: 'mib_bad_key_0123456789abcdef', inserted: 'inserted-header-secret' };
const VARIABLE = 'hunter2-in-a-variable';

describe('logs at level trace', () => {
  it('hold no credential, no secret and no variable', async () => {
    await using auth = await startAuthService();
    auth.apiKeys.set(KEYS.good, { active: true, sub: 'u1', scope: '' });
    await using shop = await startShop();
    const folder = await mkdtemp(join(tmpdir(), 'mib-logs-'));
    await writeFile(join(folder, 'supergraph.graphql'), composeSubgraphs(shop.all));
    await writeFile(join(folder, 'router.json'), JSON.stringify({ observe: { slowOperationMs: 1 }, headers: { all: [{ insert: 'x-key', valueFrom: 'SUBGRAPH_KEY' }] } }));
    const env = { PATH: process.env['PATH'], LOG_LEVEL: 'trace', AUTH_URL: auth.url, MIB_INTERNAL_SECRET: INTERNAL_SECRET, SUBGRAPH_KEY: KEYS.inserted, SUBGRAPH_TIMEOUT_MS: '100' };
    const child = spawn(process.execPath, [MAIN, '--supergraph', join(folder, 'supergraph.graphql'), '--config', join(folder, 'router.json'), '--port', '0'], { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    let said = '';
    for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const url = await new Promise<string>((resolve) => child.once('message', (message) => resolve((message as { url: string }).url)));
    const [good, expired] = await Promise.all([auth.token({}), auth.token({ expiresInSeconds: -60 })]);
    const ask = (headers: Record<string, string>, query = 'query Asked($v: String) { me { name @skip(if: false) } p: product(upc: "p1") { name } }') =>
      fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ query, variables: { v: VARIABLE, $first: VARIABLE } }) }).then((response) => response.text());
    const credentials: readonly Record<string, string>[] = [{ authorization: `Bearer ${good}` }, { authorization: `Bearer ${expired}` }, { authorization: `Bearer ${good}x` }, { 'x-api-key': KEYS.good }, { 'x-api-key': KEYS.bad }, { authorization: `Basic ${KEYS.bad}` }];
    for (const headers of credentials) await ask(headers);
    shop.users.intercept = () => undefined; // never answers
    await ask(credentials[0]!, '{ me { name } }');
    shop.users.intercept = (_request, response) => void response.socket?.destroy();
    await ask(credentials[3]!, '{ users { name } }');
    const client = createClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0, connectionParams: credentials[0]! });
    await client.iterate({ query: '{ topProducts { name } }' }).next();
    await client.dispose();
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true });
    const viewers = [...shop.all.flatMap(({ requests }) => requests)].flatMap(({ headers }) => headers['x-mib-viewer'] ?? []).map(String);
    expect(viewers.length).toBeGreaterThan(0);
    expect(said).toContain('subgraph fetch failed');
    const secrets = [good, expired, ...Object.values(KEYS), INTERNAL_SECRET, VARIABLE, ...viewers];
    expect(secrets.filter((secret) => said.includes(secret))).toEqual([]);
  });
});
