// Limits and trading states set in the graph bind the very next order, and outlive the engine and the platform.

import { rm } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { graphql } from '@mib/testkit/graphql';
import { startPlatform, temporaryDirectory } from '@mib/testkit/platform';
import { eventually } from '../eventually.ts';
import { login, placeOrder, registerQuietInstrument, registerTrader, type Trader } from '../people.ts';
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

describe('the kill switch', () => {
  it('halts everybody, through a restart of the platform, until it is lifted', async () => {
    const dataDirectory = await temporaryDirectory();
    try {
      const first = await startPlatform({ dataDirectory });
      const [trader, instrumentId] = await Promise.all([registerTrader(first.url), registerQuietInstrument(first)]);
      await setState(first.url, await login(first.url, first.demo), 'HALTED');
      expect(await placeOrder(first.url, trader, { ...BUY, instrumentId })).toMatchObject({ __typename: 'OrderDenied', reason: 'TRADING_HALTED' });
      await first.stop();

      await using second = await startPlatform({ dataDirectory });
      const back = { ...trader, token: await login(second.url, trader) };
      expect(await placeOrder(second.url, back, { ...BUY, instrumentId })).toMatchObject({ __typename: 'OrderDenied', reason: 'TRADING_HALTED' });
      await setState(second.url, await login(second.url, second.demo), 'ACTIVE');
      expect(await placeOrder(second.url, back, { ...BUY, instrumentId })).toMatchObject({ __typename: 'OrderAccepted' });
    } finally {
      await rm(dataDirectory, { recursive: true, force: true });
    }
  }, 180_000);
});

async function setLimits(url: string, trader: Trader, limits: object): Promise<void> {
  const input = { accountId: trader.accountId, ...limits };
  // The account is announced to risk-engine over the bus.
  await eventually(async () => {
    const { data } = await graphql(url, { query: `mutation ($input: RiskLimitsInput!) { setRiskLimits(input: $input) { limits { version } userErrors { code message } } }`, variables: { input }, token: trader.token });
    expect(data.setRiskLimits.userErrors).toEqual([]);
  }, 10_000);
}

async function setState(url: string, token: string, state: string): Promise<void> {
  const { data, errors } = await graphql(url, { query: `mutation ($input: TradingStateInput!) { setTradingState(input: $input) { state userErrors { code message } } }`, variables: { input: { state, reason: 'story' } }, token });
  expect(errors).toBeUndefined();
  expect(data.setTradingState).toEqual({ state, userErrors: [] });
}
