/** @jest-environment-options {"customExportConditions": ["node", "node-addons", "small-core"]} */

import { describe, expect, it } from '@jest/globals';
import type { PlaceOrder } from '@mib/proto/engine-commands';
import { IDEMPOTENCY_WINDOW } from './capacities.ts';
import { CoreDriver } from './core-driver.ts';

function market(): CoreDriver {
  const driver = new CoreDriver();
  driver.submit({ kind: 'RegisterInstrument', instrumentNumber: 1, instrumentId: 'A.XSIM', tickSize: '1', lotSize: '1', currency: 'USD', cashScale: 0 });
  for (const accountNumber of [1000, 1001]) {
    driver.submit({ kind: 'OpenAccount', accountNumber });
    driver.submit({ kind: 'AdjustCash', accountNumber, currency: 'USD', amountUnits: 1_000, clientOrderId: 'deposit' });
  }
  return driver;
}

const buy: PlaceOrder = { kind: 'PlaceOrder', accountNumber: 1000, clientOrderId: 'mine-1', instrumentNumber: 1, side: 'BUY', type: 'LIMIT', tif: 'GTC', limitPriceTicks: 10, quantityLots: 5 };

describe('a repeated command', () => {
  it('answers with the first outcome and does nothing', () => {
    const driver = market();
    const first = driver.submit(buy);
    driver.submit({ ...buy, accountNumber: 1001, clientOrderId: 'other', side: 'SELL' });
    const again = driver.submit(buy);
    expect(again.events).toHaveLength(0);
    expect(again.result).toEqual({ ...first.result, replayed: true });
  });

  it('answers with a denial when the first was denied', () => {
    const driver = market();
    const first = driver.submit({ ...buy, quantityLots: 101 });
    expect(driver.submit({ ...buy, quantityLots: 101 }).result).toEqual({ ...first.result, replayed: true });
    expect(first.result).toMatchObject({ code: 'NOTIONAL_EXCEEDS_FREE_BALANCE', limit: 1_000, observed: 1_010 });
  });

  it('counts cash once', () => {
    const driver = market();
    const again = driver.submit({ kind: 'AdjustCash', accountNumber: 1000, currency: 'USD', amountUnits: 1_000, clientOrderId: 'deposit' });
    expect(again.result).toMatchObject({ code: 'OK', replayed: true });
    expect(driver.submit({ ...buy, quantityLots: 101 }).result.limit).toBe(1_000);
  });

  it('belongs to its account only', () => {
    const driver = market();
    driver.submit(buy);
    expect(driver.submit({ ...buy, accountNumber: 1001 }).result).toMatchObject({ code: 'OK', replayed: false });
  });

  it('is refused when its terms are not those of the first', () => {
    const driver = market();
    driver.submit(buy);
    const other = driver.submit({ ...buy, quantityLots: 6 });
    expect(other.result).toMatchObject({ code: 'DUPLICATE_CLIENT_ORDER_ID', replayed: false, status: 'DENIED' });
    expect(other.events).toHaveLength(0);
  });

  it('of a venue participant is a new command', () => {
    const driver = market();
    const venue = { ...buy, accountNumber: 1 };
    const first = driver.submit(venue).result;
    const second = driver.submit(venue).result;
    expect(second.replayed).toBe(false);
    expect(second.orderId).not.toBe(first.orderId);
  });
});

describe('the window of outcomes', () => {
  it('forgets the oldest first and finds all the others', () => {
    const driver = market();
    const extra = 100;
    const nth = (n: number): PlaceOrder => ({ ...buy, accountNumber: 1000 + (n % 7), clientOrderId: `order-${n}` });
    const first = Array.from({ length: IDEMPOTENCY_WINDOW + extra }, (_, n) => driver.submit(nth(n)).result);
    expect(first.filter(({ replayed }) => replayed)).toEqual([]);
    for (let n = extra; n < first.length; n++) expect(driver.submit(nth(n)).result).toEqual({ ...first[n], replayed: true });
    expect(driver.submit(nth(extra - 1)).result.replayed).toBe(false);
    expect(driver.submit(nth(extra)).result.replayed).toBe(false);
  });
});
