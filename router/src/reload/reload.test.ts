// Replacing the supergraph of a running router: nothing in flight is lost, and what cannot be served changes nothing.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { composeSubgraphs, startTestRouter, type TestRouter } from '../test-support/router.ts';
import { startShop, type Shop } from '../test-support/shop.ts';
import type { SubgraphClient } from '../execute/subgraph-client.ts';
import { SubgraphConnections } from './subgraph-connections.ts';

const REVIEWS = '{ me { name reviews { body } } }';
const WHOLE = { me: { name: 'Ada', reviews: [{ body: 'Love it' }, { body: 'Too "expensive"' }] } };

describe('a reload', () => {
  let shop: Shop;
  let folder: string;
  let file: string;
  let router: TestRouter;
  let whole: string;
  let withoutReviews: string;
  beforeAll(async () => {
    shop = await startShop();
    folder = await mkdtemp(join(tmpdir(), 'mib-reload-'));
    file = join(folder, 'supergraph.graphql');
    [whole, withoutReviews] = [composeSubgraphs(shop.all), composeSubgraphs([shop.users, shop.products])];
    await writeFile(file, whole);
    router = await startTestRouter(shop.all, { SUPERGRAPH: file }, { reload: { watch: true } });
  });
  afterAll(async () => {
    await router[Symbol.asyncDispose]();
    await shop[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => reload(whole));

  async function reload(body: string, headers: Record<string, string> = {}): Promise<{ status: number; reloaded: boolean; [key: string]: unknown }> {
    const response = await fetch(`${router.url}/reload`, { method: 'POST', body, headers });
    return { status: response.status, ...((await response.json()) as { reloaded: boolean }) };
  }

  it('says what has changed, and serves that', async () => {
    const answer = await reload(withoutReviews);
    expect(answer).toMatchObject({ status: 200, reloaded: true, subgraphs: { added: [], removed: ['reviews'], moved: [] } });
    expect(answer['schema']).toMatchObject({ added: [], removed: expect.arrayContaining(['User.reviews: [Review!]!', 'Review']) });
    expect(await router.query(REVIEWS)).toMatchObject({ status: 200, errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] });
    expect(await router.query('{ me { name } }')).toMatchObject({ data: { me: { name: 'Ada' } } });
  });

  it('with no body reads the file again', async () => {
    await reload(withoutReviews);
    expect(await reload('')).toMatchObject({ status: 200, subgraphs: { added: ['reviews'] } });
    expect(await router.query(REVIEWS)).toEqual({ status: 200, data: WHOLE });
  });

  it('of the same supergraph changes nothing', async () => {
    expect(await reload(whole)).toEqual({ status: 200, reloaded: true, subgraphs: { added: [], removed: [], moved: [] }, schema: { added: [], removed: [] } });
  });

  it('of what cannot be served says why, and the old supergraph goes on', async () => {
    for (const nonsense of ['type Query { a: Int }', 'no SDL at all {', whole.replaceAll('http://', 'nowhere')]) {
      const answer = await reload(nonsense);
      expect(answer).toMatchObject({ status: 422, reloaded: false, reasons: [expect.any(String)] });
    }
    expect(await router.query(REVIEWS)).toEqual({ status: 200, data: WHOLE });
  });

  it('lets a request in flight finish on the old supergraph', async () => {
    const asked = new Promise<() => void>((resolve) => (shop.users.intercept = (_request, response) => resolve(() => response.end('{"data":{"me":{"__typename":"User","id":"1","name":"Ada"}}}'))));
    const answer = router.query(REVIEWS);
    const release = await asked;
    shop.users.intercept = undefined;
    await reload(withoutReviews);
    release();
    expect(await answer).toEqual({ status: 200, data: WHOLE });
  });

  it('loses no request under load', async () => {
    let isOver = false;
    const answers: unknown[] = [];
    const client = async (): Promise<void> => {
      while (!isOver) answers.push(await router.query(REVIEWS));
    };
    const clients = Array.from({ length: 8 }, client);
    const described = composeSubgraphs(shop.all).replace('type User', '"""Described"""\ntype User');
    for (const sdl of [described, whole, described]) expect(await reload(sdl)).toMatchObject({ status: 200 });
    isOver = true;
    await Promise.all(clients);
    expect(answers.length).toBeGreaterThan(3);
    for (const answer of answers) expect(answer).toEqual({ status: 200, data: WHOLE });
  });

  it('follows the file when that is asked for', async () => {
    await writeFile(file, withoutReviews);
    let answer = await router.query(REVIEWS);
    while (answer.data) answer = await router.query(REVIEWS);
    expect(answer).toMatchObject({ errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] });
    await writeFile(file, whole);
  });

  it('is not for pages of other sites', async () => {
    expect(await reload(withoutReviews, { origin: 'https://evil.example' })).toMatchObject({ status: 403, reloaded: false });
    expect(await router.query(REVIEWS)).toEqual({ status: 200, data: WHOLE });
  });

  it('over HTTP is for development only', async () => {
    await using production = await startTestRouter(shop.all, { MIB_ENVIRONMENT: 'production' });
    const response = await fetch(`${production.url}/reload`, { method: 'POST', body: withoutReviews });
    expect(response.status).toBe(405);
    expect(await production.query(REVIEWS)).toEqual({ status: 200, data: WHOLE });
  });
});

describe('connections to subgraphs', () => {
  it('stay while one graph uses them, and close after the last', async () => {
    const closed: string[] = [];
    const connections = new SubgraphConnections((name, url) => ({ [Symbol.asyncDispose]: async () => void closed.push(`${name} ${url}`) }) as SubgraphClient);
    const before = connections.take(new Map([['a', 'http://1'], ['b', 'http://2'], ['c', 'http://3']]));
    const after = connections.take(new Map([['a', 'http://1'], ['b', 'http://4']]));
    expect(after.client('a')).toBe(before.client('a'));
    expect(after.client('b')).not.toBe(before.client('b'));
    await before[Symbol.asyncDispose]();
    expect(closed.sort()).toEqual(['b http://2', 'c http://3']);
    await after[Symbol.asyncDispose]();
    expect(closed.sort()).toEqual(['a http://1', 'b http://2', 'b http://4', 'c http://3']);
  });
});
