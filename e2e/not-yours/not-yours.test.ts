// B knows the ids of everything A owns and asks through every door of the graph. Nothing leaks, not even existence.

import { beforeAll, describe, expect, it } from '@jest/globals';
import { graphql } from '@mib/testkit/graphql';
import { subscribe } from '../live.ts';
import { placeOrder, registerPerson, registerQuietInstrument, registerTrader, type Person, type Trader } from '../people.ts';
import { sharedPlatform } from '../shared-platform.ts';

let url: string;
let owner: Trader;
let stranger: Person;
let orderId: string;
let watchlistId: string;

beforeAll(async () => {
  const platform = sharedPlatform();
  url = platform.url;
  const [a, b, instrumentId] = await Promise.all([registerTrader(url), registerPerson(url), registerQuietInstrument(platform)]);
  owner = a;
  stranger = b;
  orderId = (await placeOrder(url, owner, { instrumentId, side: 'BUY', quantity: '1', limitPrice: '7.77' })).order.id;
  const { data } = await graphql(url, { query: `mutation { createWatchlist(input: { name: "Private", instrumentIds: ["SPX.XSIM"] }) { watchlist { id } userErrors { message } } }`, token: owner.token });
  watchlistId = data.createWatchlist.watchlist.id;
});

describe('not yours', () => {
  it('the owner sees it all', async () => {
    const { data, errors } = await ask(owner, `{ account(id: "${owner.accountId}") { id } order(id: "${orderId}") { id } watchlist(id: "${watchlistId}") { id } me { email accounts { id } watchlists { id } } }`);
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({ account: { id: owner.accountId }, order: { id: orderId }, watchlist: { id: watchlistId } });
  });

  it.each([
    ['account', () => `{ it: account(id: "${owner.accountId}") { id name balances { total } orders { edges { node { id } } } } }`],
    ['order', () => `{ it: order(id: "${orderId}") { id limitPrice account { id } } }`],
    ['watchlist', () => `{ it: watchlist(id: "${watchlistId}") { id name } }`],
    ['user', () => `{ it: user(id: "${owner.userId}") { email accounts { id } watchlists { id } } }`],
  ])('a stranger asks for the %s and gets null', async (_name, query) => {
    const { data } = await ask(stranger, query());
    expect(data.it).toBeNull();
  });

  it.each([
    ['cancels the order', () => `mutation { it: cancelOrder(input: { orderId: "${orderId}" }) { order { id } userErrors { code } } }`],
    ['cancels all orders', () => `mutation { it: cancelAllOrders(input: { accountId: "${owner.accountId}" }) { canceled userErrors { code } } }`],
    ['adds to the watchlist', () => `mutation { it: addToWatchlist(input: { watchlistId: "${watchlistId}", instrumentId: "WTI.XSIM" }) { watchlist { id } userErrors { code } } }`],
    [
      'trades on the account',
      () =>
        `mutation { it: placeOrder(input: { accountId: "${owner.accountId}", clientOrderId: "theft", instrumentId: "SPX.XSIM", side: BUY, type: MARKET, quantity: "1" }) { ... on InvalidInput { userErrors { code } } ... on OrderAccepted { order { id } } ... on OrderDenied { order { id } } } }`,
    ],
  ])('a stranger %s and is told NOT_FOUND', async (_name, mutation) => {
    const { data } = await ask(stranger, mutation());
    expect(data.it.userErrors).toEqual([{ code: 'NOT_FOUND' }]);
    const { data: untouched } = await ask(owner, `{ order(id: "${orderId}") { status } watchlist(id: "${watchlistId}") { items { id } } account(id: "${owner.accountId}") { fills { edges { node { id } } } } }`);
    expect(untouched).toEqual({ order: { status: 'ACCEPTED' }, watchlist: { items: [{ id: 'SPX.XSIM' }] }, account: { fills: { edges: [] } } });
  });

  it.each(['orderUpdated', 'positionUpdated'])('a stranger subscribes to %s and is refused', async (field) => {
    await using events = await subscribe(url, { query: `subscription { ${field}(accountId: "${owner.accountId}") { __typename } }`, token: stranger.token });
    await expect(events.next()).rejects.toThrow(/NOT_FOUND/);
  });

  it.each([
    ['me', `{ me { email } }`],
    ['account', `{ account(id: "x") { id } }`],
  ])('nobody signed in gets no %s and a typed error', async (_name, query) => {
    const { data, errors } = await graphql(url, { query });
    expect(Object.values(data ?? { gone: null })).toEqual([null]);
    expect(errors?.[0]?.extensions?.['code']).toBe('UNAUTHORIZED_FIELD_OR_TYPE');
  });

  it('a forged token is refused as a whole', async () => {
    const [header, body] = owner.token.split('.');
    const forged = await graphql(url, { query: '{ me { email } }', token: `${header}.${body}.${'A'.repeat(86)}` });
    expect(forged.status).toBe(401);
    expect(forged.errors?.[0]?.extensions?.['code']).toBe('UNAUTHENTICATED');
  });
});

function ask(who: Person, query: string) {
  return graphql(url, { query, token: who.token });
}
