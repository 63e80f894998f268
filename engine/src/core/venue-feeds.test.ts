/** @jest-environment-options {"customExportConditions": ["node", "node-addons", "small-core"]} */

import { describe, expect, it } from '@jest/globals';
import type { PrintTrade } from '@mib/proto/engine-commands';
import type { FeedState } from '@mib/model/trading';
import { ANN, TestMarket, triggered, VENUE } from './test-market.ts';
import { viewQuotes } from './views.ts';

const OTHER_VENUE = 2;

describe('the state of an outside feed', () => {
  it('takes every level of the participant with it when it is not LIVE, and nobody else\'s', () => {
    const one = new TestMarket();
    feed(one, 'LIVE');
    level(one, 'BUY', 99, 5);
    level(one, 'SELL', 101, 7);
    level(one, 'SELL', 102, 3, OTHER_VENUE);
    one.place(ANN, 'BUY', 1, 98);
    const gap = feed(one, 'RESYNCING');
    expect(gap.events.map(({ kind }) => kind)).toEqual(['FeedStateSet', 'LevelChanged', 'LevelChanged']);
    expect([one.bids, one.asks]).toEqual([[[98, 1, 1]], [[102, 3, 1]]]);
    expect(one.place(ANN, 'BUY', 1, undefined, { type: 'MARKET' }).events.find((event) => event.kind === 'Trade')).toMatchObject({ priceTicks: 102 });
  });

  it('said again withdraws what was shown since, and is no event', () => {
    const one = new TestMarket();
    feed(one, 'RESYNCING');
    level(one, 'BUY', 99, 5);
    const again = feed(one, 'RESYNCING');
    expect(again.result.replayed).toBe(true);
    expect(again.events.map(({ kind }) => kind)).toEqual(['LevelChanged']);
    expect(one.bids).toEqual([]);
  });

  it('LIVE again is told again, and withdraws nothing', () => {
    const one = new TestMarket();
    feed(one, 'LIVE');
    level(one, 'BUY', 99, 5);
    expect(feed(one, 'LIVE').events).toMatchObject([{ kind: 'FeedStateSet', state: 'LIVE' }]);
    expect(one.bids).toEqual([[99, 5, 1]]);
  });

  it('is null before the first feed, then what was said last', () => {
    const one = new TestMarket();
    expect(quote(one)).toMatchObject({ feedState: null, venueTradeId: 0 });
    for (const state of ['SYNCING', 'LIVE', 'STALE', 'OFF'] as const) {
      feed(one, state);
      expect(quote(one).feedState).toBe(state);
    }
    expect(one.submit({ kind: 'SetFeedState', accountNumber: VENUE, instrumentNumber: 9, state: 'LIVE' }).result.code).toBe('UNKNOWN_INSTRUMENT');
  });
});

describe('a print', () => {
  it('is the last trade, names the venue\'s trade and moves nothing', () => {
    const one = new TestMarket();
    level(one, 'SELL', 101, 7);
    const done = print(one, 41, 101, 3);
    expect(done.events).toMatchObject([{ kind: 'Trade', tradeId: done.events[0]!.sequence, priceTicks: 101, quantityLots: 3, takerSide: 'SELL', takerOrderId: 0, makerOrderId: 0, takerAccountNumber: VENUE,
      print: { venueTradeId: 41, venueTimeNs: 1_700_000_000_123_456_789n, quantityUnits: 35, quantityScale: 1 } }]);
    expect(one.asks).toEqual([[101, 7, 1]]);
    expect(quote(one)).toMatchObject({ last: { priceTicks: 101, quantityLots: 3, takerSide: 'SELL', eventSequence: done.events[0]!.sequence }, venueTradeId: 41, venueTimeNs: 1_700_000_000_123_456_000n });
  });

  it('counts once, whatever is sent again', () => {
    const one = new TestMarket();
    print(one, 41, 101, 3);
    for (const id of [41, 40, 1]) expect(print(one, id, 55, 3)).toMatchObject({ events: [], result: { code: 'OK', replayed: true } });
    expect(print(one, 43, 102, 1).events).toHaveLength(1);
    expect(quote(one).last).toMatchObject({ priceTicks: 102 });
  });

  it('wakes the stops that wait for its price', () => {
    const one = new TestMarket();
    const stop = one.place(ANN, 'SELL', 2, undefined, { type: 'STOP', triggerTicks: 95 }).id;
    level(one, 'BUY', 94, 5);
    expect(triggered(print(one, 1, 96, 1))).toEqual([]);
    expect(triggered(print(one, 2, 95, 1))).toEqual([[stop, 95]]);
    expect(one.bids).toEqual([[94, 3, 1]]);
  });
});

function feed(one: TestMarket, state: FeedState) {
  return one.submit({ kind: 'SetFeedState', accountNumber: VENUE, instrumentNumber: 1, state });
}

function level(one: TestMarket, side: 'BUY' | 'SELL', priceTicks: number, quantityLots: number, accountNumber = VENUE) {
  return one.submit({ kind: 'SetVenueLevel', accountNumber, instrumentNumber: 1, side, priceTicks, quantityLots });
}

function print(one: TestMarket, venueTradeId: number, priceTicks: number, quantityLots: number) {
  const trade: PrintTrade = { kind: 'PrintTrade', accountNumber: VENUE, instrumentNumber: 1, side: 'SELL', priceTicks, quantityLots, quantityUnits: 10 * quantityLots + 5, quantityScale: 1, venueTradeId, venueTimeNs: '1700000000123456789' };
  return one.submit(trade);
}

function quote(one: TestMarket) {
  return viewQuotes(one.driver.core, [1])[0]!;
}
