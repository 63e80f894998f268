// A price-cross rule on the stream of trades: fires on the cross, stays silent within its cooldown, resumes from a cursor.

import { describe, expect, it } from '@jest/globals';
import { graphql } from '@mib/testkit/graphql';
import { subscribe } from '../live.ts';
import { placeOrder, registerQuietInstrument, registerTrader, type Trader } from '../people.ts';
import { sharedPlatform } from '../shared-platform.ts';

const RECEIVED = `subscription ($after: String) { notificationReceived(after: $after) { cursor title rule { name } instrument { id } } }`;
const INBOX = `{ me { notifications(first: 10) { unreadCount latestCursor edges { node { title rule { name } } } } } }`;

describe('alerts', () => {
  it('fires once per cooldown on the stream, and never for somebody else', async () => {
    const platform = sharedPlatform();
    const { url } = platform;
    const [watcher, other, instrumentId] = await Promise.all([registerTrader(url), registerTrader(url), registerQuietInstrument(platform)]);
    await createRule(url, watcher, { name: 'above ten', instrumentId, cooldownSeconds: 3600, priceCross: { direction: 'ABOVE', price: '10.00' } });
    await createRule(url, watcher, { name: 'below nine', instrumentId, cooldownSeconds: 3600, priceCross: { direction: 'BELOW', price: '9.00' } });
    const { data } = await graphql(url, { query: INBOX, token: watcher.token });
    await using inbox = await subscribe(url, { query: RECEIVED, variables: { after: data.me.notifications.latestCursor }, token: watcher.token });

    // 9.50 arms, 10.50 crosses; 9.50 and 10.60 cross again within the cooldown; 8.50 crosses the other rule.
    for (const price of ['9.50', '10.50', '9.50', '10.60', '8.50']) await trade(url, watcher, other, instrumentId, price);
    expect((await inbox.next()).notificationReceived).toMatchObject({ rule: { name: 'above ten' }, instrument: { id: instrumentId } });
    expect((await inbox.next()).notificationReceived).toMatchObject({ rule: { name: 'below nine' } });

    const mine = await graphql(url, { query: INBOX, token: watcher.token });
    expect(mine.data.me.notifications.edges.map((edge: { node: { rule: { name: string } } }) => edge.node.rule.name)).toEqual(['below nine', 'above ten']);
    const theirs = await graphql(url, { query: INBOX, token: other.token });
    expect(theirs.data.me.notifications).toMatchObject({ unreadCount: 0, edges: [] });
  });
});

async function createRule(url: string, trader: Trader, input: object): Promise<void> {
  const { data, errors } = await graphql(url, { query: `mutation ($input: AlertRuleInput!) { createAlertRule(input: $input) { rule { id } userErrors { code message } } }`, variables: { input }, token: trader.token });
  expect(errors).toBeUndefined();
  expect(data.createAlertRule.userErrors).toEqual([]);
}

async function trade(url: string, buyer: Trader, seller: Trader, instrumentId: string, limitPrice: string): Promise<void> {
  await placeOrder(url, buyer, { instrumentId, side: 'BUY', quantity: '1', limitPrice });
  const sold = await placeOrder(url, seller, { instrumentId, side: 'SELL', quantity: '1', limitPrice });
  expect(sold.order.status).toBe('FILLED');
}
