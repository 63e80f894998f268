import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestRouter, type TestRouter } from '../test-support/router.ts';
import { startShop, type Shop } from '../test-support/shop.ts';
import { createHeaderRules } from './header-rules.ts';
import { headersSection } from './headers-config.ts';

const rules = (section: object, environment: NodeJS.ProcessEnv = {}) => createHeaderRules(headersSection.parse(section), environment);
const client = { 'x-tenant': 'acme', 'accept-language': 'de', cookie: 'a=b', 'x-mib-viewer': 'forged' };

describe('header rules', () => {
  it.each<readonly [string, object, Record<string, string>]>([
    ['no rule lets nothing through', {}, {}],
    ['propagate', { all: [{ propagate: 'X-Tenant' }] }, { 'x-tenant': 'acme' }],
    ['propagate what the client has not', { all: [{ propagate: 'x-none' }] }, {}],
    ['propagate with a default', { all: [{ propagate: 'x-none', default: 'd' }, { propagate: 'x-tenant', default: 'd' }] }, { 'x-none': 'd', 'x-tenant': 'acme' }],
    ['rename', { all: [{ propagate: 'x-tenant' }, { rename: 'x-tenant', to: 'x-organisation' }] }, { 'x-organisation': 'acme' }],
    ['rename what is not there', { all: [{ rename: 'x-tenant', to: 'x-organisation' }] }, {}],
    ['insert over what the client sent', { all: [{ propagate: 'x-tenant' }, { insert: 'x-tenant', value: 'fixed' }] }, { 'x-tenant': 'fixed' }],
    ['insert from the environment', { all: [{ insert: 'x-key', valueFrom: 'SUBGRAPH_KEY' }] }, { 'x-key': 'hidden' }],
    ['remove', { all: [{ propagate: 'x-tenant' }, { propagate: 'cookie' }, { remove: 'cookie' }] }, { 'x-tenant': 'acme' }],
    ['for one subgraph, behind those for all', { all: [{ propagate: 'x-tenant' }, { insert: 'x-a', value: '1' }], subgraphs: { users: [{ remove: 'x-a' }, { insert: 'x-b', value: '2' }] } }, { 'x-tenant': 'acme', 'x-b': '2' }],
    ['of another subgraph', { subgraphs: { other: [{ propagate: 'x-tenant' }] } }, {}],
  ])('%s', (_title, section, expected) => {
    const made = rules(section, { SUBGRAPH_KEY: 'hidden' });
    expect(made.forSubgraph('users', made.select(client))).toEqual(expected);
  });

  it.each<readonly [string, object]>([
    ['the statement of who asks', { propagate: 'x-mib-viewer' }],
    ['headers of the connection', { propagate: 'Transfer-Encoding' }],
    ['the length of the body', { insert: 'content-length', value: '0' }],
    ['the host', { rename: 'x-tenant', to: 'host' }],
    ['two lines', { insert: 'x-a', value: 'a\r\nx-mib-viewer: forged' }],
    ['a name that is none', { propagate: 'x a' }],
    ['two verbs at once', { propagate: 'x-a', remove: 'x-b' }],
    ['an insert without a value', { insert: 'x-a' }],
    ['nothing', {}],
  ])('cannot be about %s', (_title, rule) => {
    expect(headersSection.safeParse({ all: [rule] }).success).toBe(false);
  });

  it('names a variable that is not set', () => {
    expect(() => rules({ all: [{ insert: 'x-key', valueFrom: 'SUBGRAPH_KEY' }] })).toThrow('SUBGRAPH_KEY, which a header rule names, must be set');
  });
});

describe('headers of a client', () => {
  let shop: Shop;
  let router: TestRouter;
  beforeAll(async () => {
    shop = await startShop();
    router = await startTestRouter(shop.all, {}, { headers: { all: [{ propagate: 'x-tenant' }], subgraphs: { reviews: [{ insert: 'x-source', value: 'router' }] } } });
  });
  afterAll(async () => {
    await router[Symbol.asyncDispose]();
    await shop[Symbol.asyncDispose]();
  });
  afterEach(() => shop.all.forEach(({ requests }) => (requests.length = 0)));

  it('reach the subgraphs their rules name, and no other header does', async () => {
    await router.query('{ me { name reviews { id } } }', { headers: { 'x-tenant': 'acme', cookie: 'session=1', 'x-forwarded-for': '1.2.3.4', 'x-mib-client-ip': '1.2.3.4', authorization: 'Bearer t', 'x-request-id': 'mine' } });
    const [users, reviews] = [shop.users.requests[0]!.headers, shop.reviews.requests[0]!.headers];
    expect([users['x-tenant'], users['x-source'], reviews['x-tenant'], reviews['x-source']]).toEqual(['acme', undefined, 'acme', 'router']);
    for (const name of ['cookie', 'x-forwarded-for', 'authorization']) expect([users[name], reviews[name]]).toEqual([undefined, undefined]);
    expect(users['x-mib-client-ip']).toBe('127.0.0.1');
    expect(users['x-request-id']).not.toBe('mine');
  });

  it('reach subgraphs with the WebSocket of a subscription, which only those with the same headers share', async () => {
    const events = async (tenant: string): Promise<void> => {
      const query = encodeURIComponent('subscription { reviewAdded { review { id } } }');
      const response = await fetch(`${router.url}/graphql?query=${query}`, { headers: { accept: 'text/event-stream', 'x-tenant': tenant, cookie: 'session=1' } });
      expect(await response.text()).toContain('event: complete');
    };
    await events('acme');
    await events('zebra');
    const shown = shop.reviews.subscriptions.headers.map((headers) => [headers['x-tenant'], headers['x-source'], headers.cookie]);
    expect(shown).toEqual([['acme', 'router', undefined], ['zebra', 'router', undefined]]);
  });
});
