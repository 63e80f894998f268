// A person at the console, in a real browser: sees the market move, trades, is told when a price is crossed. The browser
// may complain about nothing on the way.

import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { graphql } from '@mib/testkit/graphql';
import { REPOSITORY } from '@mib/testkit/repository';
import type { Browser, Locator, Page } from 'playwright-core';
import { itInBrowser, launchChromium } from '../chromium.ts';
import { login } from '../people.ts';
import { sharedPlatform } from '../shared-platform.ts';

const SCREENSHOTS = path.join(REPOSITORY, 'e2e/console/screenshots');
const INSTRUMENT = 'SPX.XSIM';
const WITHIN_MS = 15_000;
const ROUNDS = 8;

describe('the console', () => {
  let browser: Browser | undefined;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    browser = await launchChromium().catch((error: unknown) => {
      if (process.env['CI']) throw error;
      return undefined;
    });
    if (!browser) return;
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(WITHIN_MS);
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(`${message.type()}: ${message.text()}`);
    });
    mkdirSync(SCREENSHOTS, { recursive: true });
  });

  afterAll(() => browser?.close());

  itInBrowser('shows quotes as they move, marked synthetic, to anybody', async () => {
    await page.goto(sharedPlatform().url);
    expect(await row().getByTitle(/^Synthetic/).textContent()).toBe('SIM');
    for (let moves = 0; moves < 3; moves++) await row(`:not([data-sequence="${await row().getAttribute('data-sequence')}"])`).waitFor();
    await page.screenshot({ path: path.join(SCREENSHOTS, 'market.png') });
  });

  itInBrowser('says why a password is not taken, then signs in', async () => {
    const { url, demo } = sharedPlatform();
    const account = await openOwnAccount(url, await login(url, demo));
    await page.getByLabel('E-mail').fill(demo.email);
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').filter({ hasText: 'FORBIDDEN' }).waitFor();
    await page.getByLabel('Password').fill(demo.password);
    await page.getByLabel('Password').press('Enter');
    await page.getByLabel('Account').selectOption(account);
    await row().getByRole('button').press('Enter');
    await page.getByRole('heading', { name: 'Order SPX' }).waitFor();
  });

  itInBrowser('takes an order and shows its fill and the position', async () => {
    await placeMarketOrder('Buy', '3');
    await status('Order ticket').getByText(/^FILLED: 3 at 2,\d{3}\.\d+/).waitFor();
    await table('Orders').locator('tr[data-status="FILLED"]', { hasText: '3 / 3' }).waitFor();
    await table('Positions').getByRole('row', { name: /^SPX 3 2,\d{3}\.\d+ .* USD/ }).waitFor();
  });

  itInBrowser('shows the rule, limit and observed value of a denied order', async () => {
    await placeMarketOrder('Buy', '900');
    const outcome = status('Order ticket');
    await outcome.getByText('DENIED NOTIONAL_EXCEEDS_FREE_BALANCE').waitFor();
    expect(await outcome.locator('dl').textContent()).toMatch(/^limit9\d,\d{3}(\.\d+)?observed2,\d{3},\d{3}(\.\d+)?$/);
    await table('Orders').locator('tr[data-status="DENIED"]').waitFor();
  });

  itInBrowser('notifies when trades cross the price of an alert', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      // Trades at the bid, then at the ask, cross the price between; a market that runs away meanwhile needs another price.
      const price = await middle();
      await page.getByRole('form', { name: 'Price alert' }).getByLabel('Price').fill(price);
      await page.getByRole('button', { name: 'Create alert' }).click();
      await status('Price alert').getByText(`SPX above ${price}`).waitFor();
      await placeMarketOrder('Sell', '1');
      await placeMarketOrder('Buy', '1');
      if (await appears(page.getByRole('list', { name: 'Notifications' }).getByRole('listitem').filter({ hasText: price }))) break;
      if (round === ROUNDS - 1) throw new Error(`no notification after ${ROUNDS} alerts`);
    }
    await page.getByRole('button', { name: 'D1', exact: true }).click();
    await page.getByRole('img', { name: /^Candle chart of SPX, interval D1, last close 2\d{3}/ }).waitFor();
    await page.screenshot({ path: path.join(SCREENSHOTS, 'desk.png') });
  });

  itInBrowser('keeps the person signed in over a reload, and forgets them when they sign out', async () => {
    await page.reload();
    await table('Orders').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
  });

  itInBrowser('makes the browser complain about nothing', () => {
    expect(complaints).toEqual([]);
  });

  function row(condition = ''): Locator {
    return page.locator(`tr[data-instrument="${INSTRUMENT}"][data-sequence]${condition}`);
  }

  function table(name: string): Locator {
    return page.getByRole('table', { name });
  }

  /** What a form's panel says about the last thing done. */
  function status(form: string): Locator {
    return page.getByRole('region').filter({ has: page.getByRole('form', { name: form }) }).getByRole('status');
  }

  async function placeMarketOrder(side: 'Buy' | 'Sell', quantity: string): Promise<void> {
    const ticket = page.getByRole('form', { name: 'Order ticket' });
    await ticket.getByLabel(side).check();
    await ticket.getByLabel('Type').selectOption('MARKET');
    await ticket.getByLabel('Quantity').fill(quantity);
    await ticket.getByRole('button', { name: 'Place order' }).click();
    await status('Order ticket').getByText(/FILLED|DENIED/).first().waitFor();
  }

  /** Between the bid and the ask that the page shows, two decimals. */
  async function middle(): Promise<string> {
    const [bid, ask] = (await row().locator('td').allTextContents()).map((text) => Number(text.replaceAll(',', '')));
    return ((bid! + ask!) / 2).toFixed(2);
  }
});

async function appears(locator: Locator): Promise<boolean> {
  return locator.first().waitFor({ timeout: 3_000 }).then(() => true, () => false);
}

/** Other stories may use the demo user too, so this one trades on an account of its own. Answers the id. */
async function openOwnAccount(url: string, token: string): Promise<string> {
  const { data } = await graphql(url, {
    query: `mutation ($name: String!) { openAccount(input: { name: $name, initialCash: "100000" }) { account { id } userErrors { message } } }`,
    variables: { name: `Console ${randomBytes(3).toString('hex')}` },
    token,
  });
  if (!data?.openAccount?.account) throw new Error(`openAccount failed: ${JSON.stringify(data)}`);
  return data.openAccount.account.id as string;
}
