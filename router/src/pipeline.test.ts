// The whole way of a request, where it is decided by more than one step: documents by id, and the view of the plan.

import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestRouter, type TestRouter } from './test-support/router.ts';
import { startShop, type Shop } from './test-support/shop.ts';

const REVIEWS = '{ me { name reviews { body } } }';
const WHOLE = { me: { name: 'Ada', reviews: [{ body: 'Love it' }, { body: 'Too "expensive"' }] } };
const SEE_PLAN = { 'x-mib-query-plan': '1' };

describe('a request', () => {
  let shop: Shop;
  let folder: string;
  let open: TestRouter;
  let closed: TestRouter;
  beforeAll(async () => {
    shop = await startShop();
    folder = await mkdtemp(join(tmpdir(), 'mib-pipeline-'));
    const manifest = join(folder, 'manifest.json');
    await writeFile(manifest, JSON.stringify({ reviews: REVIEWS }));
    open = await startTestRouter(shop.all);
    closed = await startTestRouter(shop.all, { MIB_ENVIRONMENT: 'production' }, { documents: { manifest, enforced: true } });
  });
  afterAll(async () => {
    await Promise.all([open, closed, shop].map((resource) => resource[Symbol.asyncDispose]()));
    await rm(folder, { recursive: true });
  });

  async function get(router: TestRouter, parameters: Record<string, string>): Promise<unknown> {
    const response = await fetch(`${router.url}/graphql?${new URLSearchParams(parameters)}`, { headers: { accept: 'application/json', 'apollo-require-preflight': '1' } });
    return { status: response.status, ...((await response.json()) as object) };
  }

  it('may ask by hash, send the text once, and ask by hash from then on', async () => {
    const extensions = { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(REVIEWS).digest('hex') } };
    const byHash = { extensions: JSON.stringify(extensions) };
    expect(await get(open, byHash)).toEqual({ status: 200, errors: [{ message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] });
    const both = await fetch(`${open.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query: REVIEWS, extensions }) });
    expect(await both.json()).toEqual({ data: WHOLE });
    expect(await get(open, byHash)).toEqual({ status: 200, data: WHOLE });
  });

  it('may name a trusted document, and nothing else where that is enforced', async () => {
    expect(await get(closed, { documentId: 'reviews' })).toEqual({ status: 200, data: WHOLE });
    expect(await closed.query(REVIEWS)).toEqual({ status: 200, data: WHOLE });
    const callsBefore = shop.users.requests.length;
    expect(await closed.query('{ me { id } }')).toMatchObject({ status: 403, errors: [{ extensions: { code: 'DOCUMENT_NOT_TRUSTED' } }] });
    expect(shop.users.requests).toHaveLength(callsBefore);
  });

  it('shows its plan to those who ask, in development', async () => {
    const { data, extensions } = (await open.query(REVIEWS, { headers: SEE_PLAN })) as { data?: unknown; extensions?: { queryPlan: { steps: object[] } } };
    expect(data).toEqual(WHOLE);
    expect(extensions?.queryPlan.steps).toEqual([
      { service: 'users', after: [], paths: [''], operation: expect.stringContaining('{me{__typename id name}}') },
      { service: 'reviews', after: [0], paths: ['me'], operation: expect.stringContaining('reviews{body}') },
    ]);
    expect(await open.query(REVIEWS)).toEqual({ status: 200, data: WHOLE });
  });

  it('shows no plan in production without the scope', async () => {
    expect(await closed.query(REVIEWS, { headers: SEE_PLAN })).toEqual({ status: 200, data: WHOLE });
  });
});
