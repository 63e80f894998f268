// Upstream subscriptions against a subgraph that goes away and comes back, and what the settings make of their events.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { buildSchema, getNamedType, isLeafType, type GraphQLObjectType } from 'graphql';
import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { readRouterConfig } from '../config.ts';
import { createLiveSource, type LiveSource } from '../test-support/live.ts';
import { startTestRouter, type TestRouter } from '../test-support/router.ts';
import { startSubgraph, type TestSubgraph } from '../test-support/subgraph.ts';

interface Tick {
  readonly cursor: string;
  readonly instrument: { readonly id: string };
  readonly price: number;
}

const SDL = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Query { now: Int }
  type Subscription { trades(after: String): Tick! quotes: Tick! news: Tick! }
  type Tick { cursor: String! instrument: Instrument! price: Int! }
  type Instrument { id: ID! }`;
const tick = (number: number, id = 'ACME'): Tick => ({ cursor: String(number), instrument: { id }, price: number });

describe('an upstream subscription', () => {
  let live: LiveSource<Tick>;
  let subgraph: TestSubgraph;
  let router: TestRouter;
  let clients: Client[];
  const start = (port?: number): Promise<TestSubgraph> => {
    const open = { subscribe: (_: unknown, { after }: { after?: string }) => live.open(after), resolve: (event: unknown) => event };
    return startSubgraph({ name: 'ticks', sdl: SDL, resolvers: { Subscription: { trades: open, quotes: open, news: open } }, ...(port === undefined ? {} : { port }) });
  };
  const restart = async (): Promise<void> => {
    await subgraph[Symbol.asyncDispose]();
    await live.reached(0);
    subgraph = await start(Number(new URL(subgraph.url).port));
  };
  beforeAll(async () => {
    subgraph = await start();
    router = await startTestRouter([subgraph], {}, { subscriptions: { policies: { quotes: { onOverflow: 'coalesce', key: 'instrument.id' } } } });
  });
  afterAll(async () => {
    await router[Symbol.asyncDispose]();
    await subgraph[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    live = createLiveSource();
    clients = [];
  });
  afterEach(async () => {
    await Promise.all(clients.map((client) => client.dispose()));
    await live.reached(0);
  });

  function subscribe(query: string): () => Promise<unknown> {
    const client = createClient({ url: `${router.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0 });
    clients.push(client);
    const stream = client.iterate({ query });
    const first = stream.next();
    first.catch(() => undefined);
    let next: Promise<IteratorResult<unknown>> | undefined = first;
    return async () => {
      const result = await (next ?? stream.next());
      next = undefined;
      return result.value;
    };
  }

  it('goes on behind its last event when the subgraph restarts', async () => {
    const next = subscribe('subscription { trades { price } }');
    await live.reached(1);
    live.push(tick(1));
    expect(await next()).toEqual({ data: { trades: { price: 1 } } });
    const restarted = restart();
    await live.reached(0);
    live.push(tick(2)); // while nobody listens
    await restarted;
    await live.reached(1);
    live.push(tick(3));
    expect([await next(), await next()]).toEqual([{ data: { trades: { price: 2 } } }, { data: { trades: { price: 3 } } }]);
  });

  it('of states is subscribed to again without a cursor', async () => {
    const next = subscribe('subscription { quotes { price } }');
    await live.reached(1);
    await restart();
    await live.reached(1);
    live.push(tick(1));
    expect(await next()).toEqual({ data: { quotes: { price: 1 } } });
  });

  it('ends with UPSTREAM_LOST where events could have been missed', async () => {
    const next = subscribe('subscription { news { price } }');
    await live.reached(1);
    await restart();
    await expect(next()).rejects.toMatchObject([{ extensions: { code: 'UPSTREAM_LOST' } }]);
  });

  it('waits for a subgraph that is not there yet', async () => {
    await subgraph[Symbol.asyncDispose]();
    const next = subscribe('subscription { news { price } }');
    await clients[0]!.iterate({ query: '{ __typename }' }).next();
    subgraph = await start(Number(new URL(subgraph.url).port));
    await live.reached(1);
    live.push(tick(1));
    expect(await next()).toEqual({ data: { news: { price: 1 } } });
  });

  it('carries many subscriptions over one socket, and closes it behind the last', async () => {
    const queries = ['trades', 'quotes', 'news'].map((field) => `subscription { ${field} { price } }`);
    const streams = queries.map(subscribe);
    await live.reached(3);
    expect(subgraph.openSockets).toBe(1);
    live.push(tick(1));
    await Promise.all(streams.map((next) => next()));
  });

  it('shows a newcomer the newest state of each thing, then what comes', async () => {
    const first = subscribe('subscription { quotes { price } }');
    await live.reached(1);
    for (const [price, id] of [[1, 'A'], [2, 'B'], [3, 'A']] as const) live.push(tick(price, id));
    for (const price of [1, 2, 3]) expect(await first()).toEqual({ data: { quotes: { price } } });
    const second = subscribe('subscription { quotes { price } }');
    for (const price of [2, 3]) expect(await second()).toEqual({ data: { quotes: { price } } });
    live.push(tick(4, 'B'));
    expect([await first(), await second()]).toEqual([{ data: { quotes: { price: 4 } } }, { data: { quotes: { price: 4 } } }]);
    await live.reached(1);
  });

  it('shows a newcomer of events only what comes', async () => {
    const first = subscribe('subscription { news { price } }');
    await live.reached(1);
    live.push(tick(1));
    await first();
    const second = subscribe('subscription { news { price } }');
    await clients[1]!.iterate({ query: '{ __typename }' }).next();
    live.push(tick(2));
    expect(await second()).toEqual({ data: { news: { price: 2 } } });
  });
});

describe('the policies of the platform', () => {
  it('name fields of its supergraph, and keys that their subgraphs have', async () => {
    const { subscriptions, supergraphFile } = readRouterConfig({}, []);
    const fields = buildSchema(await readFile(supergraphFile, 'utf8'), { assumeValidSDL: true }).getSubscriptionType()!.getFields();
    expect(Object.keys(subscriptions.policies)).toEqual(Object.keys(subscriptions.policies).filter((name) => name in fields));
    for (const [name, { key }] of Object.entries(subscriptions.policies)) {
      let type = getNamedType(fields[name]!.type);
      for (const part of key?.split('.') ?? []) type = getNamedType((type as GraphQLObjectType).getFields()[part]!.type);
      expect(key === undefined || isLeafType(type)).toBe(true);
    }
  });
});
