/** @jest-environment-options {"customExportConditions": ["node", "node-addons", "small-core"]} */

import { describe, expect, it } from '@jest/globals';
import { ANN, BOB, cancels, TestMarket, trades, VENUE } from './test-market.ts';
import { viewAccounts } from './views.ts';

const K = { type: 'MARKET_TO_LIMIT' } as const;

describe('a market-to-limit order', () => {
  it('takes the best price only and leaves the rest there as a limit', () => {
    const one = new TestMarket();
    const maker = one.place(VENUE, 'SELL', 4, 100).id;
    one.place(VENUE, 'SELL', 10, 101);
    const done = one.place(ANN, 'BUY', 10, undefined, K);
    expect(done.events[0]).toMatchObject({ kind: 'OrderAccepted', type: 'MARKET_TO_LIMIT', limitPriceTicks: null });
    expect(trades(done)).toEqual([[maker, 4, 100]]);
    expect(done.result).toMatchObject({ status: 'PARTIALLY_FILLED', filledLots: 4 });
    expect(one.bids).toEqual([[100, 6, 1]]);
    expect(viewAccounts(one.driver.core, [ANN])[0]!.cash[0]).toMatchObject({ totalUnits: 1_000_000 - 400, lockedUnits: 600 });
  });

  it('finds no liquidity without a price within its collar', () => {
    const one = new TestMarket();
    expect(one.place(ANN, 'BUY', 10, undefined, K).result.code).toBe('NO_LIQUIDITY');
    one.trade(100);
    one.place(VENUE, 'SELL', 4, 112);
    one.place(VENUE, 'BUY', 4, 99);
    one.submit({ kind: 'SetRiskLimits', accountNumber: ANN, instrumentNumber: 1, maxPositionLots: 0, collarBasisPoints: 1_000 });
    expect(one.place(ANN, 'BUY', 10, undefined, K).result.code).toBe('NO_LIQUIDITY');
    expect(one.place(ANN, 'SELL', 10, undefined, K).result).toMatchObject({ status: 'PARTIALLY_FILLED', filledLots: 4 });
  });

  it('needs cash for all its lots at that price', () => {
    const one = new TestMarket();
    one.place(VENUE, 'SELL', 1, 1_000);
    expect(one.place(ANN, 'BUY', 1_001, undefined, K).result).toMatchObject({ code: 'NOTIONAL_EXCEEDS_FREE_BALANCE', observed: 1_001_000 });
  });

  it('cancels the rest when it is IOC, and everything when it is FOK and the best price has too little', () => {
    const one = new TestMarket();
    one.place(VENUE, 'SELL', 4, 100);
    one.place(VENUE, 'SELL', 10, 101);
    const fok = one.place(ANN, 'BUY', 5, undefined, { ...K, tif: 'FOK' });
    expect(cancels(fok)).toEqual([[fok.id, 5, 'FOK_UNFILLED']]);
    const ioc = one.place(ANN, 'BUY', 5, undefined, { ...K, tif: 'IOC' });
    expect(cancels(ioc)).toEqual([[ioc.id, 1, 'IOC_REMAINDER']]);
  });
});

describe('a post-only order', () => {
  it('rests when it would not trade', () => {
    const one = new TestMarket();
    one.place(VENUE, 'SELL', 4, 100);
    const done = one.place(ANN, 'BUY', 5, 99, { postOnly: true });
    expect(done.events[0]).toMatchObject({ kind: 'OrderAccepted', postOnly: true });
    expect(one.bids).toEqual([[99, 5, 1]]);
  });

  it('is refused when it would trade', () => {
    const one = new TestMarket();
    one.place(VENUE, 'SELL', 4, 100);
    expect(one.place(ANN, 'BUY', 5, 101, { postOnly: true }).result).toMatchObject({ code: 'POST_ONLY_WOULD_TRADE', limit: 100, observed: 101 });
    expect(one.bids).toEqual([]);
  });

  it('stays as it was when an amendment would make it trade', () => {
    const one = new TestMarket();
    one.place(VENUE, 'SELL', 4, 100);
    const orderId = one.place(ANN, 'BUY', 5, 99, { postOnly: true }).id;
    const done = one.submit({ kind: 'AmendOrder', accountNumber: ANN, orderId, limitPriceTicks: 100 });
    expect(done.result).toMatchObject({ code: 'POST_ONLY_WOULD_TRADE', limit: 100, observed: 100 });
    expect(done.events).toEqual([]);
    expect(one.bids).toEqual([[99, 5, 1]]);
    expect(viewAccounts(one.driver.core, [ANN])[0]!.cash[0]!.lockedUnits).toBe(495);
  });
});

describe('self-trade prevention', () => {
  /** Ann offers 5, Bob behind her 5, both at 100. */
  function market(): { one: TestMarket; ann: number; bob: number } {
    const one = new TestMarket();
    return { one, ann: one.place(ANN, 'SELL', 5, 100).id, bob: one.place(BOB, 'SELL', 5, 100).id };
  }

  it('NONE trades with oneself', () => {
    const { one, ann, bob } = market();
    expect(trades(one.place(ANN, 'BUY', 7, 100))).toEqual([
      [ann, 5, 100],
      [bob, 2, 100],
    ]);
  });

  it('CANCEL_RESTING cancels the own order and goes on', () => {
    const { one, ann, bob } = market();
    const done = one.place(ANN, 'BUY', 7, 100, { selfTradePrevention: 'CANCEL_RESTING' });
    expect(cancels(done)).toEqual([[ann, 5, 'SELF_TRADE']]);
    expect(trades(done)).toEqual([[bob, 5, 100]]);
    expect(done.result).toMatchObject({ status: 'PARTIALLY_FILLED', filledLots: 5 });
    expect(one.bids).toEqual([[100, 2, 1]]);
  });

  it('CANCEL_TAKING cancels the rest of the taking order', () => {
    const { one, ann, bob } = market();
    one.cancel(ANN, ann);
    const own = one.place(ANN, 'SELL', 5, 100).id;
    const done = one.place(ANN, 'BUY', 7, 100, { selfTradePrevention: 'CANCEL_TAKING' });
    expect(trades(done)).toEqual([[bob, 5, 100]]);
    expect(cancels(done)).toEqual([[done.id, 2, 'SELF_TRADE']]);
    expect(done.result).toMatchObject({ status: 'CANCELED', filledLots: 5 });
    expect(cancels(one.cancel(ANN, own))).toEqual([[own, 5, 'USER']]);
  });

  it('CANCEL_BOTH cancels both', () => {
    const { one, ann } = market();
    const done = one.place(ANN, 'BUY', 7, 100, { selfTradePrevention: 'CANCEL_BOTH' });
    expect(cancels(done)).toEqual([
      [ann, 5, 'SELF_TRADE'],
      [done.id, 7, 'SELF_TRADE'],
    ]);
    expect(one.asks).toEqual([[100, 5, 1]]);
  });

  it('counts for FOK only what it could trade', () => {
    const resting = market();
    expect(resting.one.place(ANN, 'BUY', 6, 100, { tif: 'FOK', selfTradePrevention: 'CANCEL_RESTING' }).result).toMatchObject({ status: 'CANCELED', filledLots: 0 });
    expect(resting.one.place(ANN, 'BUY', 5, 100, { tif: 'FOK', selfTradePrevention: 'CANCEL_RESTING' }).result).toMatchObject({ status: 'FILLED', filledLots: 5 });
    const taking = market();
    const done = taking.one.place(ANN, 'BUY', 1, 100, { tif: 'FOK', selfTradePrevention: 'CANCEL_TAKING' });
    expect(cancels(done)).toEqual([[done.id, 1, 'FOK_UNFILLED']]);
  });

  it('of the taking order decides, and reserves cash for the prices behind its own', () => {
    const one = new TestMarket();
    one.place(ANN, 'SELL', 100, 10);
    one.place(VENUE, 'SELL', 100, 20_000);
    const done = one.place(ANN, 'BUY', 100, undefined, { type: 'MARKET', selfTradePrevention: 'CANCEL_RESTING' });
    expect(done.result).toMatchObject({ code: 'NOTIONAL_EXCEEDS_FREE_BALANCE', observed: 2_000_000 });
    expect(trades(one.place(BOB, 'BUY', 10, 10, { selfTradePrevention: 'CANCEL_BOTH' }))).toHaveLength(1);
  });
});
