// Two people meet at a price: both see it happen live, and afterwards cash and positions are exact to the last cent.

import { describe, expect, it } from '@jest/globals';
import { graphql } from '@mib/testkit/graphql';
import { subscribe } from '../live.ts';
import { eventCursor, placeOrder, registerQuietInstrument, registerTrader, type Trader } from '../people.ts';
import { sharedPlatform } from '../shared-platform.ts';

const ORDER_UPDATED = `subscription ($account: ID!, $after: String) { orderUpdated(accountId: $account, after: $after) { kind fill { price quantity liquidity } order { id filledQuantity leavesQuantity } } }`;
const HOLDINGS = `query ($account: ID!) { account(id: $account) {
  balances { currency total available locked }
  positions { instrument { id } quantity averagePrice markPrice realisedPnl unrealisedPnl lots { quantity costPerUnit } }
  fills { edges { node { price quantity fee side liquidity } } }
  equity { amount currency complete } } }`;

describe('first trade', () => {
  it('fills two crossing orders and keeps cash and positions exact', async () => {
    const platform = sharedPlatform();
    const [buyer, seller, instrumentId] = await Promise.all([registerTrader(platform.url), registerTrader(platform.url), registerQuietInstrument(platform)]);
    const after = await eventCursor(platform.url, buyer);
    await using buyerEvents = await subscribe(platform.url, { query: ORDER_UPDATED, variables: { account: buyer.accountId, after }, token: buyer.token });

    const buy = await placeOrder(platform.url, buyer, { instrumentId, side: 'BUY', quantity: '10', limitPrice: '101.25' });
    expect(buy).toMatchObject({ __typename: 'OrderAccepted', order: { status: 'ACCEPTED', filledQuantity: '0' } });
    expect(await buyerEvents.next()).toMatchObject({ orderUpdated: { kind: 'ACCEPTED', fill: null, order: { id: buy.order.id, leavesQuantity: '10' } } });

    const sell = await placeOrder(platform.url, seller, { instrumentId, side: 'SELL', quantity: '4', limitPrice: '100.00', tif: 'IOC' });
    expect(sell).toMatchObject({ __typename: 'OrderAccepted', order: { status: 'FILLED', filledQuantity: '4', averageFillPrice: expect.stringMatching(/^101\.250*$/) } });
    expect(await buyerEvents.next()).toMatchObject({ orderUpdated: { kind: 'PARTIALLY_FILLED', fill: { price: '101.25', quantity: '4', liquidity: 'MAKER' }, order: { id: buy.order.id, filledQuantity: '4', leavesQuantity: '6' } } });

    // 100,000 - 4 x 101.25 = 99,595.00; 6 x 101.25 = 607.50 stay locked behind what rests.
    expect(await holdings(platform.url, buyer)).toMatchObject({
      balances: [{ currency: 'USD', total: decimal('99595.00'), available: decimal('98987.50'), locked: decimal('607.50') }],
      positions: [{ instrument: { id: instrumentId }, quantity: '4', averagePrice: decimal('101.25'), realisedPnl: decimal('0'), lots: [{ quantity: '4', costPerUnit: decimal('101.25') }] }],
      equity: { amount: decimal('100000.00'), currency: 'USD', complete: true },
    });
    expect(await holdings(platform.url, seller)).toMatchObject({
      balances: [{ currency: 'USD', total: decimal('100405.00') }],
      positions: [{ instrument: { id: instrumentId }, quantity: '-4', averagePrice: decimal('101.25') }],
      fills: { edges: [{ node: { price: '101.25', quantity: '4', fee: decimal('0'), side: 'SELL', liquidity: 'TAKER' } }] },
    });
  });

  it('answers the same clientOrderId with the same order and places nothing twice', async () => {
    const platform = sharedPlatform();
    const [trader, instrumentId] = await Promise.all([registerTrader(platform.url), registerQuietInstrument(platform)]);
    const order = { clientOrderId: 'once', instrumentId, side: 'BUY', quantity: '1', limitPrice: '10.00' } as const;
    const [first, second] = await Promise.all([placeOrder(platform.url, trader, order), placeOrder(platform.url, trader, order)]);
    expect(first.order.id).toBe(second.order.id);
    expect([first.replayed, second.replayed].sort()).toEqual([false, true]);
    expect((await holdings(platform.url, trader)).balances[0].locked).toEqual(decimal('10.00'));
  });

  it('denies an order beyond the free balance, names limit and observed value, and keeps it as an order', async () => {
    const platform = sharedPlatform();
    const [trader, instrumentId] = await Promise.all([registerTrader(platform.url), registerQuietInstrument(platform)]);
    const denied = await placeOrder(platform.url, trader, { instrumentId, side: 'BUY', quantity: '1001', limitPrice: '100.00' });
    expect(denied).toMatchObject({ __typename: 'OrderDenied', reason: 'NOTIONAL_EXCEEDS_FREE_BALANCE', limit: decimal('100000'), observed: decimal('100100'), order: { status: 'DENIED', denyReason: 'NOTIONAL_EXCEEDS_FREE_BALANCE' } });
    const { data } = await graphql(platform.url, { query: `query ($id: ID!) { order(id: $id) { status denyReason quantity } }`, variables: { id: denied.order.id }, token: trader.token });
    expect(data.order).toEqual({ status: 'DENIED', denyReason: 'NOTIONAL_EXCEEDS_FREE_BALANCE', quantity: '1001' });
  });
});

// eslint-disable-next-line @typescript-eslint/no-explicit-any
async function holdings(url: string, trader: Trader): Promise<any> {
  const { data, errors } = await graphql(url, { query: HOLDINGS, variables: { account: trader.accountId }, token: trader.token });
  expect(errors).toBeUndefined();
  return data.account;
}

/** Matches any spelling of the value: 10, 10.0 and 10.00 are one number. */
function decimal(value: string): unknown {
  const bare = value.includes('.') ? value.replace(/0+$/, '').replace(/\.$/, '') : value;
  return expect.stringMatching(new RegExp(`^${bare.replace('.', '\\.')}${bare.includes('.') ? '0*' : '(\\.0+)?'}$`));
}
