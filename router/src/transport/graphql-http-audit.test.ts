// Every audit of the npm package graphql-http by itself, against the running router: the wording of a title is theirs.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serverAudits } from 'graphql-http';
import { startTestRouter, type TestRouter } from '../test-support/router.ts';
import { startShop, type Shop } from '../test-support/shop.ts';

describe('the audits of graphql-http', () => {
  let shop: Shop;
  let router: TestRouter;
  beforeAll(async () => {
    shop = await startShop();
    router = await startTestRouter(shop.all);
  });
  afterAll(async () => {
    await router[Symbol.asyncDispose]();
    await shop[Symbol.asyncDispose]();
  });
  const audits = serverAudits({ url: () => `${router.url}/graphql` });

  it('are 61', () => {
    expect(audits).toHaveLength(61);
  });

  it.each(audits.map((audit) => [`${audit.id} ${audit.name}`, audit] as const))('%s', async (_title, audit) => {
    const result = await audit.fn();
    // A response in a result would be printed as nothing; its reason says more.
    expect('reason' in result ? result.reason : result.status).toBe('ok');
  });
});
