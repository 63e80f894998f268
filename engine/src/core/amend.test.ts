/** @jest-environment-options {"customExportConditions": ["node", "node-addons", "small-core"]} */

import { describe, expect, it } from '@jest/globals';
import type { AmendOrder } from '@mib/proto/engine-commands';
import { ANN, BOB, TestMarket, trades, triggered, VENUE, type Done } from './test-market.ts';
import { viewAccounts } from './views.ts';

function amend(one: TestMarket, orderId: number, terms: Partial<AmendOrder>): Done {
  return one.submit({ kind: 'AmendOrder', accountNumber: ANN, orderId, ...terms });
}

function locked(one: TestMarket): number {
  return viewAccounts(one.driver.core, [ANN])[0]!.cash[0]!.lockedUnits;
}

describe('an amendment', () => {
  it('to fewer lots at the same price keeps the place in the queue', () => {
    const one = new TestMarket();
    const first = one.place(ANN, 'BUY', 10, 100).id;
    one.place(BOB, 'BUY', 10, 100);
    const done = amend(one, first, { quantityLots: 4 });
    expect(done.events[0]).toMatchObject({ kind: 'OrderAmended', orderId: first, limitPriceTicks: 100, quantityLots: 4, remainingLots: 4, keptPriority: true });
    expect(done.result).toMatchObject({ status: 'ACCEPTED', filledLots: 0, orderId: first });
    expect(locked(one)).toBe(400);
    expect(trades(one.place(VENUE, 'SELL', 4, 100))).toEqual([[first, 4, 100]]);
  });

  it('to more lots loses the place and keeps id and what is filled', () => {
    const one = new TestMarket();
    const first = one.place(ANN, 'BUY', 10, 100).id;
    const second = one.place(BOB, 'BUY', 10, 100).id;
    one.place(VENUE, 'SELL', 3, 100);
    const done = amend(one, first, { quantityLots: 12 });
    expect(done.events[0]).toMatchObject({ kind: 'OrderAmended', quantityLots: 12, remainingLots: 9, keptPriority: false });
    expect(done.result).toMatchObject({ status: 'PARTIALLY_FILLED', filledLots: 3 });
    expect(done.events.filter((event) => event.kind === 'LevelChanged')).toHaveLength(1);
    expect(trades(one.place(VENUE, 'SELL', 11, 100))).toEqual([
      [second, 10, 100],
      [first, 1, 100],
    ]);
  });

  it('to another price may trade at once', () => {
    const one = new TestMarket();
    const maker = one.place(VENUE, 'SELL', 4, 105).id;
    const id = one.place(ANN, 'BUY', 10, 100).id;
    const done = amend(one, id, { limitPriceTicks: 105 });
    expect(done.events.map((event) => event.kind)).toEqual(['OrderAmended', 'Trade', 'LevelChanged', 'LevelChanged', 'LevelChanged']);
    expect(trades(done)).toEqual([[maker, 4, 105]]);
    expect(done.result).toMatchObject({ status: 'PARTIALLY_FILLED', filledLots: 4 });
    expect(one.bids).toEqual([[105, 6, 1]]);
    expect(amend(one, id, { quantityLots: 5 }).result).toMatchObject({ status: 'PARTIALLY_FILLED', filledLots: 4 });
    expect(one.bids).toEqual([[105, 1, 1]]);
  });

  it('gives its old reservation back first', () => {
    const one = new TestMarket();
    const id = one.place(ANN, 'BUY', 10_000, 100).id;
    expect(locked(one)).toBe(1_000_000);
    expect(amend(one, id, { limitPriceTicks: 50, quantityLots: 20_000 }).result.code).toBe('OK');
    expect(locked(one)).toBe(1_000_000);
  });

  it('that the gate refuses leaves the order as it was', () => {
    const one = new TestMarket();
    const id = one.place(ANN, 'BUY', 10_000, 100).id;
    one.place(BOB, 'BUY', 1, 100);
    const done = amend(one, id, { limitPriceTicks: 101 });
    expect(done.result).toMatchObject({ code: 'NOTIONAL_EXCEEDS_FREE_BALANCE', limit: 1_000_000, observed: 1_010_000, status: 'DENIED' });
    expect(done.events).toEqual([]);
    expect(locked(one)).toBe(1_000_000);
    expect(trades(one.place(VENUE, 'SELL', 1, 100))).toEqual([[id, 1, 100]]);
  });

  it.each<[string, Partial<AmendOrder>, string, number | null, number | null]>([
    ['no more lots than are filled', { quantityLots: 3 }, 'INVALID_AMENDMENT', 3, 3],
    ['the terms it has', { quantityLots: 10, limitPriceTicks: 100 }, 'NOTHING_TO_AMEND', null, null],
    ['nothing', {}, 'NOTHING_TO_AMEND', null, null],
    ['a trigger', { triggerTicks: 90 }, 'INVALID_AMENDMENT', null, null],
  ])('to %s is refused', (_, terms, code, limit, observed) => {
    const one = new TestMarket();
    const id = one.place(ANN, 'BUY', 10, 100).id;
    one.place(VENUE, 'SELL', 3, 100);
    expect(amend(one, id, terms).result).toMatchObject({ code, limit, observed, status: 'DENIED' });
    expect(one.bids).toEqual([[100, 7, 1]]);
  });

  it('of the orders of others, of gone ones and of venue levels knows no order', () => {
    const one = new TestMarket();
    const bobs = one.place(BOB, 'BUY', 10, 100).id;
    one.submit({ kind: 'SetVenueLevel', accountNumber: VENUE, instrumentNumber: 1, side: 'SELL', priceTicks: 110, quantityLots: 5 });
    const level = one.driver.core.lastCommandSequence;
    expect(amend(one, bobs, { quantityLots: 5 }).result.code).toBe('UNKNOWN_ORDER');
    expect(amend(one, 999, { quantityLots: 5 }).result.code).toBe('UNKNOWN_ORDER');
    expect(one.submit({ kind: 'AmendOrder', accountNumber: VENUE, orderId: level, quantityLots: 3 }).result.code).toBe('UNKNOWN_ORDER');
  });

  it('of a dormant stop moves its trigger, and elects it when that is reached', () => {
    const one = new TestMarket();
    one.trade(100);
    one.place(VENUE, 'SELL', 10, 110);
    const id = one.place(ANN, 'BUY', 5, undefined, { type: 'STOP', triggerTicks: 105 }).id;
    const moved = amend(one, id, { triggerTicks: 103, quantityLots: 7 });
    expect(moved.events[0]).toMatchObject({ kind: 'OrderAmended', triggerTicks: 103, limitPriceTicks: null, quantityLots: 7, remainingLots: 7, keptPriority: true });
    expect(triggered(one.trade(102))).toEqual([]);
    const reached = amend(one, id, { triggerTicks: 102 });
    expect(triggered(reached)).toEqual([[id, 102]]);
    expect(trades(reached)).toEqual([[expect.any(Number), 7, 110]]);
  });

  it('of a stop takes a price only where the stop has one', () => {
    const one = new TestMarket();
    one.trade(100);
    const market = one.place(ANN, 'BUY', 5, undefined, { type: 'STOP', triggerTicks: 105 }).id;
    const limit = one.place(ANN, 'BUY', 5, 106, { type: 'STOP_LIMIT', triggerTicks: 105 }).id;
    expect(amend(one, market, { limitPriceTicks: 107 }).result.code).toBe('INVALID_AMENDMENT');
    expect(amend(one, limit, { limitPriceTicks: 107, quantityLots: 4 }).result.code).toBe('OK');
    expect(amend(one, limit, { quantityLots: 3 }).result.code).toBe('OK');
    one.cancel(ANN, market);
    one.trade(105);
    expect(one.bids).toEqual([[107, 3, 1]]);
  });

  it('of a trailing stop starts again from the last trade', () => {
    const one = new TestMarket();
    one.trade(100);
    one.place(VENUE, 'BUY', 10, 50);
    const id = one.place(ANN, 'SELL', 5, undefined, { type: 'TRAILING_STOP', triggerTicks: 5 }).id;
    one.trade(110);
    one.trade(107);
    amend(one, id, { triggerTicks: 10 });
    expect(triggered(one.trade(98))).toEqual([]);
    expect(triggered(one.trade(97))).toEqual([[id, 97]]);
  });
});
