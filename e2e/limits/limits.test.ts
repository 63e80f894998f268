// Limits set in the graph bind the very next order.

import { describe, expect, it } from '@jest/globals';
import { graphql } from '@mib/testkit/graphql';
import { eventually } from '../eventually.ts';
import { placeOrder, registerQuietInstrument, registerTrader, type Trader } from '../people.ts';
import { sharedPlatform } from '../shared-platform.ts';

const BUY = { side: 'BUY', quantity: '3', limitPrice: '10.00' } as const;

describe('risk limits', () => {
  it('refuse the next order with their code, limit and observed value, and lift again', async () => {
    const platform = sharedPlatform();
    const { url } = platform;
    const [trader, instrumentId] = await Promise.all([registerTrader(url), registerQuietInstrument(platform)]);
    await setLimits(url, trader, { expectedVersion: 0, maxPositionLots: 2 });
    expect(await placeOrder(url, trader, { ...BUY, instrumentId })).toMatchObject({ __typename: 'OrderDenied', reason: 'POSITION_LIMIT', limit: '2', observed: '3' });
    await setLimits(url, trader, { expectedVersion: 1, maxPositionLots: 3 });
    expect(await placeOrder(url, trader, { ...BUY, instrumentId })).toMatchObject({ __typename: 'OrderAccepted' });
  });
});

async function setLimits(url: string, trader: Trader, limits: object): Promise<void> {
  const input = { accountId: trader.accountId, ...limits };
  // The account is announced to risk-engine over the bus.
  await eventually(async () => {
    const { data } = await graphql(url, { query: `mutation ($input: RiskLimitsInput!) { setRiskLimits(input: $input) { limits { version } userErrors { code message } } }`, variables: { input }, token: trader.token });
    expect(data.setRiskLimits.userErrors).toEqual([]);
  }, 10_000);
}
