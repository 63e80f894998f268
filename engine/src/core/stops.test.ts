/** @jest-environment-options {"customExportConditions": ["node", "node-addons", "small-core"]} */

import { describe, expect, it } from '@jest/globals';
import type { PlaceOrder } from '@mib/proto/engine-commands';
import { ANN, BOB, cancels, TestMarket, trades, triggered, VENUE } from './test-market.ts';
import { viewAccounts } from './views.ts';

const stop = (triggerTicks: number): Partial<PlaceOrder> => ({ type: 'STOP', triggerTicks });
const stopLimit = (triggerTicks: number): Partial<PlaceOrder> => ({ type: 'STOP_LIMIT', triggerTicks });
const trailing = (triggerTicks: number): Partial<PlaceOrder> => ({ type: 'TRAILING_STOP', triggerTicks });

/** The venue bids 100 lots at 90 and asks 100 at 110; last trade 100. */
function market(): TestMarket {
  const one = new TestMarket();
  one.trade(100);
  one.place(VENUE, 'BUY', 100, 90);
  one.place(VENUE, 'SELL', 100, 110);
  return one;
}

describe('a stop', () => {
  it('stands in no book, locks no cash, and says what it waits for', () => {
    const one = market();
    const { result, events } = one.place(ANN, 'BUY', 5, undefined, stop(105));
    expect(result).toMatchObject({ status: 'ACCEPTED', filledLots: 0 });
    expect(events.map((event) => event.kind)).toEqual(['OrderAccepted']);
    expect(events[0]).toMatchObject({ type: 'STOP', triggerTicks: 105, limitPriceTicks: null });
    expect(one.bids).toEqual([[90, 100, 1]]);
    const [ann] = viewAccounts(one.driver.core, [ANN]);
    expect(ann!.cash[0]).toMatchObject({ lockedUnits: 0 });
    expect(ann!.positions[0]).toMatchObject({ openBuyLots: 0 });
  });

  it('to buy becomes a MARKET order at a trade at or above its trigger', () => {
    const one = market();
    const { id } = one.place(ANN, 'BUY', 5, undefined, stop(105));
    expect(triggered(one.trade(104))).toEqual([]);
    const done = one.trade(105);
    expect(triggered(done)).toEqual([[id, 105]]);
    expect(done.events.filter((event) => event.kind === 'Trade').at(-1)).toMatchObject({ takerOrderId: id, priceTicks: 110, quantityLots: 5 });
  });

  it('to sell becomes a MARKET order at a trade at or below its trigger', () => {
    const one = market();
    const { id } = one.place(ANN, 'SELL', 5, undefined, stop(95));
    expect(triggered(one.trade(96))).toEqual([]);
    expect(triggered(one.trade(94))).toEqual([[id, 94]]);
    expect(one.bids).toEqual([[90, 95, 1]]);
  });

  it('with a limit becomes a LIMIT order that rests', () => {
    const one = market();
    const { id } = one.place(ANN, 'BUY', 5, 106, stopLimit(105));
    expect(triggered(one.trade(105))).toEqual([[id, 105]]);
    expect(one.bids[0]).toEqual([106, 5, 1]);
    expect(one.cancel(ANN, id).result).toMatchObject({ status: 'CANCELED' });
  });

  it('is elected at once when the last trade has reached its trigger', () => {
    const one = market();
    const done = one.place(ANN, 'BUY', 5, undefined, stop(100));
    expect(done.result).toMatchObject({ status: 'ACCEPTED', filledLots: 0 });
    expect(triggered(done)).toEqual([[done.id, 100]]);
    expect(trades(done)).toEqual([[expect.any(Number), 5, 110]]);
    expect(done.result.lastEventSequence).toBe(done.events.at(-1)!.sequence);
  });

  it('is elected in order: buys from the lowest trigger, sells from the highest, then by age, buys first', () => {
    const one = new TestMarket();
    one.trade(100);
    const far = one.place(ANN, 'BUY', 1, 1, stopLimit(103)).id;
    const near = one.place(ANN, 'BUY', 1, 1, stopLimit(101)).id;
    const nearYounger = one.place(BOB, 'BUY', 1, 1, stopLimit(101)).id;
    expect(triggered(one.trade(104)).map(([id]) => id)).toEqual([near, nearYounger, far]);
    const low = one.place(ANN, 'SELL', 1, 200, stopLimit(97)).id;
    const high = one.place(ANN, 'SELL', 1, 200, stopLimit(99)).id;
    expect(triggered(one.trade(96)).map(([id]) => id)).toEqual([high, low]);
  });

  it('elects others by its own trades, until none is left', () => {
    const one = new TestMarket();
    one.trade(100);
    for (const price of [106, 107, 108]) one.place(VENUE, 'SELL', 1, price);
    const first = one.place(ANN, 'BUY', 1, undefined, stop(101)).id;
    const second = one.place(ANN, 'BUY', 1, undefined, stop(106)).id;
    const third = one.place(ANN, 'BUY', 1, undefined, stop(107)).id;
    const done = one.trade(101);
    expect(triggered(done)).toEqual([
      [first, 101],
      [second, 106],
      [third, 107],
    ]);
    expect(trades(done).map(([, , price]) => price)).toEqual([101, 106, 107, 108]);
  });

  it('that the gate then refuses is cancelled, and says so', () => {
    const one = market();
    const { id } = one.place(ANN, 'BUY', 50_000, 106, stopLimit(105));
    expect(cancels(one.trade(105))).toEqual([[id, 50_000, 'RISK_GATE']]);
    const empty = new TestMarket();
    empty.trade(100);
    const unlucky = empty.place(ANN, 'BUY', 5, undefined, stop(105)).id;
    expect(cancels(empty.trade(105))).toEqual([[unlucky, 5, 'RISK_GATE']]);
  });

  it('is refused at once for what can be known: account, limit on positions, trading state', () => {
    const one = market();
    one.submit({ kind: 'SetRiskLimits', accountNumber: ANN, instrumentNumber: 0, maxPositionLots: 10, collarBasisPoints: 0 });
    expect(one.place(ANN, 'BUY', 11, undefined, stop(105)).result).toMatchObject({ code: 'POSITION_LIMIT', limit: 10, observed: 11 });
    one.submit({ kind: 'SetTradingState', accountNumber: ANN, state: 'HALTED' });
    expect(one.place(ANN, 'BUY', 1, undefined, stop(105)).result.code).toBe('TRADING_HALTED');
    expect(one.place(1009, 'BUY', 1, undefined, stop(105)).result.code).toBe('UNKNOWN_ACCOUNT');
  });

  it('can be cancelled by its owner only, and is never elected after', () => {
    const one = market();
    const ids = [101, 101, 101, 102].map((trigger) => one.place(ANN, 'BUY', 1, undefined, stop(trigger)).id);
    expect(one.cancel(BOB, ids[0]!).result.code).toBe('UNKNOWN_ORDER');
    for (const id of [ids[1]!, ids[0]!, ids[3]!]) expect(cancels(one.cancel(ANN, id))).toEqual([[id, 1, 'USER']]);
    expect(triggered(one.trade(105))).toEqual([[ids[2], 105]]);
  });
});

describe('a trailing stop', () => {
  it('to sell follows rising trades at its distance and never falls back', () => {
    const one = market();
    const { id } = one.place(ANN, 'SELL', 5, undefined, trailing(5));
    expect(triggered(one.trade(96))).toEqual([]);
    one.trade(108);
    expect(triggered(one.trade(104))).toEqual([]);
    expect(triggered(one.trade(103))).toEqual([[id, 103]]);
  });

  it('to buy follows falling trades', () => {
    const one = market();
    const { id } = one.place(ANN, 'BUY', 5, undefined, trailing(3));
    one.trade(93);
    expect(triggered(one.trade(95))).toEqual([]);
    expect(triggered(one.trade(96))).toEqual([[id, 96]]);
  });

  it('waits without a trigger for the first trade', () => {
    const one = new TestMarket();
    const { id } = one.place(ANN, 'SELL', 1, undefined, trailing(2));
    const never = one.place(BOB, 'SELL', 1, undefined, trailing(1000)).id;
    one.place(VENUE, 'BUY', 10, 1);
    one.trade(50);
    expect(triggered(one.trade(49))).toEqual([]);
    expect(triggered(one.trade(48))).toEqual([[id, 48]]);
    expect(cancels(one.cancel(BOB, never))).toEqual([[never, 1, 'USER']]);
  });

  it('joins the stops at its new trigger by age', () => {
    const one = market();
    const older = one.place(ANN, 'SELL', 1, 200, { type: 'TRAILING_STOP', limitPriceTicks: undefined, triggerTicks: 5 }).id;
    const younger = one.place(BOB, 'SELL', 1, 200, stopLimit(98)).id;
    one.trade(103);
    expect(triggered(one.trade(98)).map(([id]) => id)).toEqual([older, younger]);
  });
});
