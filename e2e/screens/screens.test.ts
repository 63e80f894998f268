// A screen of one's own watchlist, through the router: as a subscription it tells the members once and then only who enters,
// moves and leaves, as a query the same, and nobody else may look through it.

import { beforeAll, describe, expect, it } from '@jest/globals';
import { graphql } from '@mib/testkit/graphql';
import { eventually } from '../eventually.ts';
import { subscribe } from '../live.ts';
import { placeOrder, registerQuietInstrument, registerTrader, type Trader } from '../people.ts';
import { sharedPlatform } from '../shared-platform.ts';

const WITHIN_MS = 15_000;
const QUERY = `query ($input: ScreenInput!, $first: Int, $after: String) { screen(input: $input, first: $first, after: $after) { edges { cursor node { instrument { id } rank value } } pageInfo { hasNextPage } } }`;
/** The symbol comes from another subgraph than the screen. */
const CHANGES = `subscription ($input: ScreenInput!) { screenChanged(input: $input) { entered { instrument { id symbol } rank value } moved { instrument { id } rank value } left members } }`;

let url: string;
let buyer: Trader;
let seller: Trader;
let first: string;
let second: string;
let input: object;

beforeAll(async () => {
  const platform = sharedPlatform();
  url = platform.url;
  [buyer, seller, first, second] = await Promise.all([registerTrader(url), registerTrader(url), registerQuietInstrument(platform), registerQuietInstrument(platform)]);
  const watchlistId = await eventually(makeWatchlist, WITHIN_MS);
  input = { interval: 'MO1', conditions: [{ left: { metric: 'CLOSE' }, comparison: 'BELOW', right: { value: 13 } }], rankBy: { metric: 'VOLUME' }, watchlistId };
});

describe('a screen of a watchlist', () => {
  it('tells who enters, moves and leaves, and not what changes no rank', async () => {
    await using changes = await subscribe(url, { query: CHANGES, variables: { input }, token: buyer.token });
    const next = async () => (await changes.next()).screenChanged;
    expect(await next()).toEqual({ entered: [], moved: [], left: [], members: 0 });
    await trade(first, '10', '5');
    expect(await next()).toEqual({ entered: [{ ...member(first, 1, 5), instrument: { id: first, symbol: symbolOf(first) } }], moved: [], left: [], members: 1 });
    await trade(second, '10', '9');
    expect(await next()).toEqual({ entered: [{ ...member(second, 1, 9), instrument: { id: second, symbol: symbolOf(second) } }], moved: [member(first, 2, 5)], left: [], members: 2 });
    // Two more of the first leave the order as it is; the next ten do not, and are told alone.
    await trade(first, '11', '2');
    await eventually(async () => expect((await members()).map(({ value }) => value)).toEqual([9, 7]), WITHIN_MS);
    await trade(first, '12', '10');
    expect(await next()).toEqual({ entered: [], moved: [member(first, 1, 17), member(second, 2, 9)], left: [], members: 2 });
    await trade(first, '13', '1');
    expect(await next()).toEqual({ entered: [], moved: [member(second, 1, 9)], left: [first], members: 1 });
  });

  it('is a query with the same members, page by page', async () => {
    await trade(first, '12.99', '1');
    await eventually(async () => expect(await members()).toEqual([member(first, 1, 19), member(second, 2, 9)]), WITHIN_MS);
    const page = (variables: object) => graphql(url, { query: QUERY, variables: { input, ...variables }, token: buyer.token });
    const { data } = await page({ first: 1 });
    expect(data.screen).toMatchObject({ edges: [{ node: member(first, 1, 19) }], pageInfo: { hasNextPage: true } });
    expect((await page({ first: 1, after: data.screen.edges[0].cursor })).data.screen).toMatchObject({ edges: [{ node: member(second, 2, 9) }], pageInfo: { hasNextPage: false } });
  });

  it('is nobody else\'s, as a query and as a subscription', async () => {
    const { data, errors } = await graphql(url, { query: QUERY, variables: { input }, token: seller.token });
    expect(data.screen).toBeNull();
    expect(errors?.[0]?.extensions?.['code']).toBe('NOT_FOUND');
    await using changes = await subscribe(url, { query: CHANGES, variables: { input }, token: seller.token });
    await expect(changes.next()).rejects.toThrow(/NOT_FOUND/);
    expect((await graphql(url, { query: QUERY, variables: { input } })).errors?.[0]?.extensions?.['code']).toBe('UNAUTHENTICATED');
  });
});

/** The processor hears of a new instrument a moment later. */
async function makeWatchlist(): Promise<string> {
  const { data } = await graphql(url, { query: 'mutation ($ids: [ID!]) { createWatchlist(input: { name: "Screened", instrumentIds: $ids }) { watchlist { id } userErrors { message } } }', variables: { ids: [first, second] }, token: buyer.token });
  expect(data.createWatchlist.userErrors).toEqual([]);
  return data.createWatchlist.watchlist.id as string;
}

async function trade(instrumentId: string, limitPrice: string, quantity: string): Promise<void> {
  await placeOrder(url, buyer, { instrumentId, side: 'BUY', quantity, limitPrice });
  const { order } = await placeOrder(url, seller, { instrumentId, side: 'SELL', quantity, limitPrice, tif: 'IOC' });
  expect(order).toMatchObject({ status: 'FILLED' });
}

async function members(): Promise<{ readonly value: number }[]> {
  const { data } = await graphql(url, { query: QUERY, variables: { input }, token: buyer.token });
  return data.screen.edges.map((edge: { node: object }) => edge.node);
}

function member(id: string, rank: number, value: number) {
  return { instrument: { id }, rank, value };
}

function symbolOf(instrumentId: string): string {
  return instrumentId.split('.')[0]!;
}
