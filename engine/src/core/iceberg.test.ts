import { describe, expect, it } from '@jest/globals';
import { ANN, BOB, cancels, TestMarket, trades, VENUE } from './test-market.ts';

describe('an iceberg', () => {
  it('shows its display lots only, in the book and in what is announced', () => {
    const one = new TestMarket();
    const { events } = one.place(ANN, 'BUY', 20, 100, { displayLots: 5 });
    expect(events[0]).toMatchObject({ kind: 'OrderAccepted', quantityLots: 20, displayLots: 5 });
    expect(events[1]).toMatchObject({ kind: 'LevelChanged', quantityLots: 5, orders: 1 });
    expect(one.bids).toEqual([[100, 5, 1]]);
  });

  it('comes back behind everything at its price when a slice is used up', () => {
    const one = new TestMarket();
    const iceberg = one.place(ANN, 'SELL', 12, 100, { displayLots: 5 }).id;
    const plain = one.place(BOB, 'SELL', 10, 100).id;
    const done = one.place(VENUE, 'BUY', 21, 100);
    expect(trades(done)).toEqual([
      [iceberg, 5, 100],
      [plain, 10, 100],
      [iceberg, 5, 100],
      [iceberg, 1, 100],
    ]);
    expect(one.asks).toEqual([[100, 1, 1]]);
    expect(trades(one.place(VENUE, 'BUY', 1, 100))).toEqual([[iceberg, 1, 100]]);
    expect(one.asks).toEqual([]);
  });

  it('keeps its place while its slice lasts', () => {
    const one = new TestMarket();
    const iceberg = one.place(ANN, 'SELL', 12, 100, { displayLots: 5 }).id;
    one.place(BOB, 'SELL', 10, 100);
    one.place(VENUE, 'BUY', 3, 100);
    expect(one.asks).toEqual([[100, 12, 2]]);
    expect(trades(one.place(VENUE, 'BUY', 1, 100))).toEqual([[iceberg, 1, 100]]);
  });

  it('shows a slice of what is left after trading on entry', () => {
    const one = new TestMarket();
    one.place(VENUE, 'SELL', 4, 100);
    const done = one.place(ANN, 'BUY', 10, 100, { displayLots: 5 });
    expect(done.result).toMatchObject({ status: 'PARTIALLY_FILLED', filledLots: 4 });
    expect(one.bids).toEqual([[100, 5, 1]]);
  });

  it('gives its hidden lots to FOK and MARKET orders', () => {
    const one = new TestMarket();
    one.place(ANN, 'SELL', 20, 100, { displayLots: 5 });
    expect(one.place(BOB, 'BUY', 12, 100, { tif: 'FOK' }).result).toMatchObject({ status: 'FILLED', filledLots: 12 });
    expect(one.place(BOB, 'BUY', 8, undefined, { type: 'MARKET' }).result).toMatchObject({ status: 'FILLED', filledLots: 8 });
  });

  it('is cancelled with all its lots', () => {
    const one = new TestMarket();
    const { id } = one.place(ANN, 'SELL', 20, 100, { displayLots: 5 });
    one.place(VENUE, 'BUY', 7, 100);
    expect(cancels(one.cancel(ANN, id))).toEqual([[id, 13, 'USER']]);
    expect(one.asks).toEqual([]);
  });

  it('loses hidden lots first when it is amended to fewer', () => {
    const one = new TestMarket();
    const orderId = one.place(ANN, 'SELL', 20, 100, { displayLots: 5 }).id;
    one.submit({ kind: 'AmendOrder', accountNumber: ANN, orderId, quantityLots: 6 });
    expect(one.asks).toEqual([[100, 5, 1]]);
    one.submit({ kind: 'AmendOrder', accountNumber: ANN, orderId, quantityLots: 2 });
    expect(one.asks).toEqual([[100, 2, 1]]);
    expect(trades(one.place(VENUE, 'BUY', 3, 100))).toEqual([[orderId, 2, 100]]);
  });

  it('must show at least a thousandth of itself', () => {
    const one = new TestMarket();
    expect(one.place(VENUE, 'BUY', 2_001, 1, { displayLots: 2 }).result).toMatchObject({ code: 'INVALID_QUANTITY', limit: 3, observed: 2 });
    expect(one.place(VENUE, 'BUY', 2_000, 1, { displayLots: 2 }).result.code).toBe('OK');
  });
});
