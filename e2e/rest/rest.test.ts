// The platform without GraphQL: market, an order and its portfolio over REST, and the page that documents it, in a browser
// that may load nothing from elsewhere.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { itInBrowser, launchChromium } from '../chromium.ts';
import { registerTrader, type Trader } from '../people.ts';
import { sharedPlatform } from '../shared-platform.ts';

const WITHIN_MS = 40_000;

describe('REST', () => {
  let trader: Trader;
  beforeAll(async () => {
    trader = await registerTrader(sharedPlatform().url);
  });

  /** @param token - empty for nobody. */
  async function ask(method: string, path: string, body?: unknown, token: string = trader.token): Promise<readonly [number, Record<string, never>]> {
    const response = await fetch(`${sharedPlatform().url}/api${path}`, {
      method,
      headers: { ...(token === '' ? {} : { authorization: `Bearer ${token}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return [response.status, (await response.json()) as Record<string, never>];
  }

  it('shows the market to anybody', async () => {
    expect(await ask('GET', '/quotes/SPX', undefined, '')).toMatchObject([200, { instrument: { symbol: 'SPX' }, freshness: expect.any(String), source: expect.stringContaining('synthetic') }]);
    expect(await ask('GET', '/candles/SPX?to=2020-04-18T00:00:00Z&first=1', undefined, '')).toMatchObject([200, { edges: [{ node: { openTime: '2020-04-17T00:00:00Z', close: '2874.560059' } }] }]);
    expect(await ask('GET', '/books/SPX?depth=2', undefined, '')).toMatchObject([200, { bids: expect.any(Array), asks: expect.any(Array) }]);
    expect(await ask('GET', '/quotes/NOPE', undefined, '')).toMatchObject([404, { code: 'NOT_FOUND' }]);
    expect(await ask('GET', '/books/SPX?depth=0', undefined, '')).toMatchObject([400, { detail: expect.stringContaining('0') }]);
  });

  it('takes an order, shows it, and says why it denies one', async () => {
    const order = { accountId: trader.accountId, instrumentId: 'SPX.XSIM', side: 'BUY' };
    const [status, accepted] = await ask('POST', '/orders', { ...order, clientOrderId: 'rest-1', type: 'LIMIT', limitPrice: '1500.00', quantity: '1' });
    expect([status, accepted]).toMatchObject([201, { __typename: 'OrderAccepted', order: { status: 'ACCEPTED' } }]);
    const { id } = accepted['order'] as { id: string };
    expect(await ask('GET', `/accounts/${trader.accountId}/orders?status=ACCEPTED&status=PARTIALLY_FILLED`)).toMatchObject([200, { edges: [{ node: { id, clientOrderId: 'rest-1' } }] }]);
    expect(await ask('DELETE', `/orders/${id}`)).toMatchObject([200, { order: { status: 'CANCELED' } }]);
    expect(await ask('DELETE', `/orders/${id}`)).toMatchObject([409, { code: 'CONFLICT' }]);
    expect(await ask('POST', '/orders', { ...order, clientOrderId: 'rest-2', type: 'MARKET', quantity: '900' })).toMatchObject([422, { reason: 'NOTIONAL_EXCEEDS_FREE_BALANCE' }]);
    expect(await ask('POST', '/orders', { ...order, clientOrderId: 'rest 3', type: 'MARKET', quantity: '1' })).toMatchObject([400, { __typename: 'InvalidInput' }]);
    expect(await ask('GET', `/accounts/${trader.accountId}/portfolio`)).toMatchObject([200, { status: 'OPEN', balances: [{ currency: 'USD' }] }]);
  });

  it('shows nobody what is not theirs', async () => {
    const stranger = await registerTrader(sharedPlatform().url);
    expect(await ask('GET', `/accounts/${trader.accountId}/portfolio`, undefined, stranger.token)).toMatchObject([404, { code: 'NOT_FOUND' }]);
    expect((await ask('GET', '/accounts', undefined, ''))[0]).toBe(401);
  });

  it('signs in', async () => {
    expect(await ask('POST', '/sessions', { input: {} }, '')).toMatchObject([400, { code: 'BAD_USER_INPUT' }]);
    expect(await ask('POST', '/sessions', { email: trader.email, password: 'wrong password' }, '')).toMatchObject([403, { __typename: 'LoginFailed' }]);
    expect(await ask('POST', '/sessions', { email: trader.email, password: trader.password }, '')).toMatchObject([201, { __typename: 'SessionTokens', accessToken: expect.any(String) }]);
  });

  describe('the page at /docs', () => {
    let browser: Browser | undefined;
    afterAll(() => browser?.close());

    itInBrowser('lists every operation and runs one, with nothing from elsewhere', async () => {
      const { url } = sharedPlatform();
      browser = await launchChromium();
      const page = await browser.newPage();
      page.setDefaultTimeout(WITHIN_MS);
      const complaints: string[] = [];
      const hosts = new Set<string>();
      page.on('request', (request) => request.url().startsWith('data:') || hosts.add(new URL(request.url()).origin));
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      await page.goto(`${url}/docs`);
      const quote = page.locator('#operations-Market-Quote');
      await quote.locator('.opblock-summary-control').click();
      await quote.getByRole('button', { name: 'Try it out' }).click();
      await quote.getByRole('button', { name: 'Execute' }).click();
      await quote.locator('.live-responses-table').getByText('"freshness"').first().waitFor();
      expect([[...hosts], complaints]).toEqual([[new URL(url).origin], []]);
    });
  });
});
