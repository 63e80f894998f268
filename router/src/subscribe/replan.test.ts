// A new supergraph under live subscriptions: what still fits goes on, in place; only the rest ends.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { createLiveSource, type LiveSource } from '../test-support/live.ts';
import { composeSubgraphs, startTestRouter, type TestRouter } from '../test-support/router.ts';
import { startShop, type Shop } from '../test-support/shop.ts';

interface ReviewEvent {
  readonly cursor: string;
  readonly review: { readonly id: string; readonly authorId: string; readonly upc: string; readonly body: string };
}

const JOINED = 'subscription { reviewAdded { review { body author { name } } } }';
const PLAIN = 'subscription { reviewAdded { review { body } } }';
const STATES = 'subscription { stock(upc: "p1") { left } }';
const event = (number: number): ReviewEvent => ({ cursor: String(number), review: { id: `r${number}`, authorId: '1', upc: 'p1', body: `body ${number}` } });
const joined = (number: number) => ({ data: { reviewAdded: { review: { body: `body ${number}`, author: { name: 'Ada' } } } } });
const plain = (number: number) => ({ data: { reviewAdded: { review: { body: `body ${number}` } } } });

describe('subscriptions over a reload', () => {
  let live: LiveSource<ReviewEvent>;
  let elsewhere: LiveSource<ReviewEvent>;
  let shop: Shop;
  let other: Shop;
  let router: TestRouter;
  let client: Client;
  let graphs: Record<'whole' | 'grown' | 'withoutUsers' | 'moved', string>;
  beforeAll(async () => {
    shop = await startShop(({ after }) => live.open(after));
    other = await startShop(({ after }) => elsewhere.open(after));
    const [sdl, types] = [shop.users.sdl, 'type User @key(fields: "id") {'];
    const grown = { ...shop.users, sdl: sdl.replace(types, `${types} nickname: String`) };
    graphs = {
      whole: composeSubgraphs(shop.all),
      grown: composeSubgraphs([grown, shop.products, shop.reviews]),
      withoutUsers: composeSubgraphs([shop.products, shop.reviews]),
      moved: composeSubgraphs([shop.users, shop.products, other.reviews]),
    };
    router = await startTestRouter(shop.all, {}, { subscriptions: { policies: { stock: { onOverflow: 'coalesce' } } } });
  });
  afterAll(async () => {
    for (const running of [router, shop, other]) await running[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    live = createLiveSource();
    elsewhere = createLiveSource();
    await reload(graphs.whole);
    shop.reviews.subscriptions.payloads.length = 0;
    client = createClient({ url: `${router.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0 });
  });
  afterEach(async () => {
    await client.dispose();
    await Promise.all([live.reached(0), elsewhere.reached(0)]);
  });

  async function reload(supergraph: string): Promise<void> {
    const response = await fetch(`${router.url}/reload`, { method: 'POST', body: supergraph });
    expect(response.status).toBe(200);
  }

  it('go on over the same upstream subscription when the operation still fits', async () => {
    const stream = client.iterate({ query: JOINED });
    const first = stream.next();
    await live.reached(1);
    live.push(event(1));
    expect((await first).value).toEqual(joined(1));
    await reload(graphs.grown);
    live.push(event(2));
    expect((await stream.next()).value).toEqual(joined(2));
    expect(shop.reviews.subscriptions.payloads).toHaveLength(1);
  });

  it('end with SUPERGRAPH_CHANGED only where the operation fits no more', async () => {
    const [broken, kept] = [client.iterate({ query: JOINED }), client.iterate({ query: PLAIN })];
    const [end, first] = [broken.next(), kept.next()];
    end.catch(() => undefined);
    await live.reached(2);
    await reload(graphs.withoutUsers);
    await expect(end).rejects.toMatchObject([{ message: expect.stringContaining('name'), extensions: { code: 'SUPERGRAPH_CHANGED' } }]);
    await live.reached(1);
    live.push(event(1));
    expect((await first).value).toEqual(plain(1));
  });

  it('follow a subgraph to its new place behind the last event', async () => {
    const stream = client.iterate({ query: JOINED });
    const first = stream.next();
    await live.reached(1);
    for (const number of [1, 2]) elsewhere.push(event(number));
    live.push(event(1));
    await first;
    await reload(graphs.moved);
    await Promise.all([live.reached(0), elsewhere.reached(1)]);
    elsewhere.push(event(3));
    expect([(await stream.next()).value, (await stream.next()).value]).toEqual([joined(2), joined(3)]);
  });

  it('without a cursor stay with the old place until the new one has an event', async () => {
    const state = (left: number) => ({ left, product: { upc: 'p1' } }) as unknown as ReviewEvent;
    const stream = client.iterate({ query: STATES });
    const first = stream.next();
    await live.reached(1);
    await reload(graphs.moved);
    await elsewhere.reached(1);
    live.push(state(1));
    expect((await first).value).toEqual({ data: { stock: { left: 1 } } });
    elsewhere.push(state(2));
    expect((await stream.next()).value).toEqual({ data: { stock: { left: 2 } } });
    await live.reached(0);
  });

  it('share one upstream with clients that come after the reload', async () => {
    const streams = [client.iterate({ query: PLAIN })];
    const answers = [streams[0]!.next()];
    await live.reached(1);
    await reload(graphs.grown);
    streams.push(client.iterate({ query: PLAIN }));
    answers.push(streams[1]!.next());
    await client.iterate({ query: '{ __typename }' }).next();
    live.push(event(1));
    expect((await Promise.all(answers)).map(({ value }) => value)).toEqual([plain(1), plain(1)]);
    expect(shop.reviews.subscriptions.payloads).toHaveLength(1);
  });
});
