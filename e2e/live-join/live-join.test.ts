// One order event, joined live over four subgraphs: the order, its instrument, the quote and an indicator.

import { describe, expect, it } from '@jest/globals';
import { subscribe } from '../live.ts';
import { eventCursor, placeOrder, registerTrader } from '../people.ts';
import { sharedPlatform } from '../shared-platform.ts';

const LIVE_ORDERS = `subscription ($account: ID!, $after: String) { orderUpdated(accountId: $account, after: $after) {
  cursor kind
  order { clientOrderId status account { name equity { complete } }
    instrument { symbol venue { name synthetic }
      quote { bid ask freshness source }
      indicator(spec: { kind: RSI, period: 14 }, interval: D1) { ready components { name value } } } } } }`;
/** The bar of the issue: an event reaches the subscriber within a second of placeOrder. */
const BAR_MS = 1_000;

describe('live join', () => {
  it('streams an event joined over four subgraphs within a second of placeOrder', async () => {
    const { url } = sharedPlatform();
    const trader = await registerTrader(url);
    await using events = await subscribe(url, { query: LIVE_ORDERS, variables: { account: trader.accountId, after: await eventCursor(url, trader) }, token: trader.token });

    const placedAt = performance.now();
    const placed = placeOrder(url, trader, { clientOrderId: 'live-1', instrumentId: 'SPX.XSIM', side: 'BUY', quantity: '1', type: 'MARKET' });
    const { orderUpdated } = await events.next();
    const elapsedMs = performance.now() - placedAt;

    expect((await placed).__typename).toBe('OrderAccepted');
    expect(orderUpdated).toMatchObject({
      kind: 'ACCEPTED',
      order: {
        clientOrderId: 'live-1',
        account: { name: 'Story' },
        instrument: { symbol: 'SPX', venue: { synthetic: true }, quote: { bid: expect.any(String), ask: expect.any(String), freshness: 'LIVE' }, indicator: { ready: true } },
      },
    });
    expect(elapsedMs).toBeLessThan(BAR_MS);
    expect((await events.next()).orderUpdated.kind).toMatch(/FILLED/);
  });
});
