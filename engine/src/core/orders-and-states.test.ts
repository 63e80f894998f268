import { describe, expect, it } from '@jest/globals';
import type { InstrumentState } from '@mib/model/trading';
import { ANN, BOB, cancels, TestMarket, trades, triggered, VENUE, type Done } from './test-market.ts';

function enter(one: TestMarket, state: InstrumentState): Done {
  return one.submit({ kind: 'SetInstrumentState', instrumentNumber: 1, state });
}

describe('orders and the states of their instrument', () => {
  it('a stop waits through an auction and is elected by its price when trading begins', () => {
    const one = new TestMarket();
    one.trade(100);
    one.place(VENUE, 'SELL', 5, 130);
    enter(one, 'AUCTION');
    const reached = one.place(ANN, 'BUY', 1, undefined, { type: 'STOP', triggerTicks: 100 });
    expect(reached.result).toMatchObject({ code: 'OK', status: 'ACCEPTED' });
    const { id } = one.place(ANN, 'BUY', 1, undefined, { type: 'STOP', triggerTicks: 120 });
    one.place(VENUE, 'BUY', 5, 120);
    one.place(BOB, 'SELL', 5, 120);
    const done = enter(one, 'CONTINUOUS');
    expect(triggered(done)).toEqual([
      [reached.id, 120],
      [id, 120],
    ]);
    expect(trades(done).map(([, lots, price]) => [lots, price])).toEqual([
      [5, 120],
      [1, 130],
      [1, 130],
    ]);
  });

  it('nothing is elected by a closing auction until the market is continuous again', () => {
    const one = new TestMarket();
    one.trade(100);
    const { id } = one.place(ANN, 'BUY', 1, 90, { type: 'STOP_LIMIT', triggerTicks: 110 });
    enter(one, 'AUCTION');
    one.place(VENUE, 'BUY', 5, 110);
    one.place(BOB, 'SELL', 5, 110);
    expect(triggered(enter(one, 'CLOSED'))).toEqual([]);
    expect(triggered(enter(one, 'CONTINUOUS'))).toEqual([[id, 110]]);
  });

  it('an iceberg counts whole in an auction, keeps its place, and shows a slice of what is left', () => {
    const one = new TestMarket();
    enter(one, 'PRE_OPEN');
    const iceberg = one.place(ANN, 'SELL', 20, 100, { displayLots: 5 }).id;
    one.place(BOB, 'SELL', 20, 100);
    const done = one.place(VENUE, 'BUY', 12, 100);
    expect(done.events.at(-1)).toMatchObject({ kind: 'IndicativePriceChanged', priceTicks: 100, quantityLots: 12, imbalanceLots: -28 });
    expect(trades(enter(one, 'CONTINUOUS'))).toEqual([[iceberg, 12, 100]]);
    expect(one.asks).toEqual([[100, 25, 2]]);
    expect(trades(one.place(VENUE, 'BUY', 5, 100))).toEqual([[iceberg, 5, 100]]);
  });

  it('orders of the day end when the instrument closes, by id, waiting ones too', () => {
    const one = new TestMarket();
    const day = { tif: 'DAY' } as const;
    const first = one.place(ANN, 'BUY', 1, 90, day).id;
    one.place(ANN, 'BUY', 1, 91);
    const stop = one.place(BOB, 'BUY', 1, undefined, { ...day, type: 'STOP', triggerTicks: 120 }).id;
    const last = one.place(VENUE, 'SELL', 1, 130, day).id;
    expect(cancels(enter(one, 'CLOSED'))).toEqual([
      [first, 1, 'EXPIRED'],
      [stop, 1, 'EXPIRED'],
      [last, 1, 'EXPIRED'],
    ]);
    expect(one.bids).toEqual([[91, 1, 1]]);
  });

  it.each([
    ['PRE_OPEN', true],
    ['AUCTION', true],
    ['HALTED', false],
    ['CLOSED', false],
  ] as const)('%s lets an amendment in: %s; a cancel always', (state, isIn) => {
    const one = new TestMarket();
    const orderId = one.place(ANN, 'BUY', 5, 90).id;
    enter(one, state);
    const code = isIn ? 'OK' : 'INSTRUMENT_STATE';
    expect(one.submit({ kind: 'AmendOrder', accountNumber: ANN, orderId, quantityLots: 4 }).result.code).toBe(code);
    expect(one.submit({ kind: 'AmendOrder', accountNumber: ANN, orderId, limitPriceTicks: 91 }).result.code).toBe(code);
    expect(one.place(ANN, 'BUY', 1, 90, { tif: 'IOC' }).result.code).toBe('INSTRUMENT_STATE');
    expect(one.place(ANN, 'BUY', 1, undefined, { type: 'MARKET_TO_LIMIT' }).result.code).toBe('INSTRUMENT_STATE');
    expect(one.place(ANN, 'BUY', 1, 90, { postOnly: true }).result.code).toBe(code);
    expect(one.cancel(ANN, orderId).result.status).toBe('CANCELED');
  });
});
