// Stop and start on the same directory: the same people, orders, cash, candles and credentials, and a kill switch that
// stays pulled until somebody lifts it.

import { describe, expect, it } from '@jest/globals';
import { graphql } from '@mib/testkit/graphql';
import { startPlatform, type Platform } from '@mib/testkit/platform';
import { login, placeOrder, registerQuietInstrument, registerTrader } from '../people.ts';

const STATE = `query ($account: ID!) {
  me { id email roles { name } }
  account(id: $account) {
    balances { currency total locked }
    positions { instrument { id symbol } quantity averagePrice }
    orders { edges { node { id clientOrderId status filledQuantity } } }
    fills { edges { node { id price quantity } } } }
  instrument(symbol: "SPX") { candles(interval: D1, to: "2020-04-18T00:00:00Z", first: 3) { edges { node { openTime close source } } } } }`;

const BUY = { side: 'BUY', quantity: '1', limitPrice: '10.00' } as const;

/** A suite for a platform on `dataDirectory` that has stories behind it; it is stopped here. */
export function restart(running: () => Platform): void {
  describe('restart', () => {
    it('finds everything again after stop and start, a halt of everybody too', async () => {
      const first = running();
      const [buyer, seller, instrumentId] = await Promise.all([registerTrader(first.url), registerTrader(first.url), registerQuietInstrument(first)]);
      await placeOrder(first.url, buyer, { instrumentId, side: 'BUY', quantity: '5', limitPrice: '20.00' });
      await placeOrder(first.url, seller, { instrumentId, side: 'SELL', quantity: '3', limitPrice: '20.00' });
      await setState(first.url, await login(first.url, first.demo), 'HALTED');
      expect(await placeOrder(first.url, buyer, { ...BUY, instrumentId })).toMatchObject({ __typename: 'OrderDenied', reason: 'TRADING_HALTED' });
      const before = await graphql(first.url, { query: STATE, variables: { account: buyer.accountId }, token: buyer.token });
      expect(before.errors).toBeUndefined();
      expect(before.data.account.positions).toHaveLength(1);
      expect(before.data.instrument.candles.edges).toHaveLength(3);
      expect(await first.stop()).toBe(0);

      await using second = await startPlatform({ dataDirectory: first.dataDirectory });
      expect(second.demo).toEqual(first.demo);
      const token = await login(second.url, buyer);
      const after = await graphql(second.url, { query: STATE, variables: { account: buyer.accountId }, token });
      expect(after.errors).toBeUndefined();
      expect(after.data).toEqual(before.data);

      expect(await placeOrder(second.url, { ...buyer, token }, { ...BUY, instrumentId })).toMatchObject({ __typename: 'OrderDenied', reason: 'TRADING_HALTED' });
      await setState(second.url, await login(second.url, second.demo), 'ACTIVE');
      const sold = await placeOrder(second.url, seller, { instrumentId, side: 'SELL', quantity: '2', limitPrice: '20.00' });
      expect(sold).toMatchObject({ order: { status: 'FILLED', filledQuantity: '2' } });
    }, 240_000);
  });
}

async function setState(url: string, token: string, state: string): Promise<void> {
  const { data, errors } = await graphql(url, { query: `mutation ($input: TradingStateInput!) { setTradingState(input: $input) { state userErrors { code message } } }`, variables: { input: { state, reason: 'story' } }, token });
  expect(errors).toBeUndefined();
  expect(data.setTradingState).toEqual({ state, userErrors: [] });
}
