import { describe, expect, it } from '@jest/globals';
import type { FeedTrade } from '../connectors/feed/contract.ts';
import type { Instrument } from '../domain/instrument.ts';
import { feedMarket } from './feed-market.ts';
import { MAX_WAITING_TRADES, TradeQueue } from './trade-queue.ts';

const MARKET = feedMarket('BTC/USD', { number: 7, tickSize: '0.1', lotSize: '0.001' } as Instrument);

describe('the trades on their way to the engine', () => {
  it('are in ticks and lots, with the venue\'s own quantity, time and number', () => {
    const { queue } = open();
    queue.take(trade(12, { price: '45285.20', quantity: '1.54571953', aggressor: 'SELL' }));
    expect(queue.unsent(10)).toEqual([{ instrumentNumber: 7, side: 'SELL', priceTicks: 452_852, quantityLots: 1_545, quantityUnits: 154_571_953, quantityScale: 8, venueTradeId: 12, venueTimeNs: '1700000000000000012' }]);
  });

  it('go once each, and again from the last that the engine has', () => {
    const { queue } = open();
    for (const id of [1, 2, 2, 3, 1, 4, 5]) queue.take(trade(id));
    expect(ids(queue.unsent(4))).toEqual([1, 2, 3, 4]);
    queue.settled();
    queue.known(3, 3n);
    expect(ids(queue.unsent(10))).toEqual([4, 5]);
    queue.settled();
    queue.settled();
    expect(queue.hasUnsent).toBe(false);
    queue.take(trade(6));
    expect(ids(queue.unsent(10))).toEqual([6]);
  });

  it('begin behind what the engine had before this process was started', () => {
    const { queue } = open();
    expect(queue.last).toBeNull();
    queue.known(41, 5_000n);
    expect(queue.last).toEqual({ id: 41, eventTimeNs: 5_000n });
    for (const id of [40, 41, 42]) queue.take(trade(id));
    expect(ids(queue.unsent(10))).toEqual([42]);
    expect(queue.last).toEqual({ id: 42, eventTimeNs: 1_700_000_000_000_000_042n });
  });

  it('take the side of the tick rule where the venue names none', () => {
    const { queue } = open();
    ['10', '11', '11', '9', '9', '10'].forEach((price, index) => queue.take(trade(index + 1, { price, aggressor: null })));
    expect(queue.unsent(10).map(({ side }) => side)).toEqual(['BUY', 'BUY', 'BUY', 'SELL', 'SELL', 'BUY']);
  });

  it('are refused off the grid, and counted', () => {
    const { queue, refused, reasons } = open();
    queue.take(trade(1, { price: '1.05' }));
    queue.take(trade(2, { quantity: '0' }));
    queue.take(trade(3));
    expect(ids(queue.unsent(10))).toEqual([3]);
    expect([refused(), reasons[0]]).toEqual([2, 'BTC/USD: trade 1 of 1 at 1.05 is off the grid of the instrument']);
  });

  it('are bounded: the oldest that wait are given up', () => {
    const { queue, refused } = open();
    for (let id = 1; id <= MAX_WAITING_TRADES + 3; id++) queue.take(trade(id));
    expect(ids(queue.unsent(1))).toEqual([4]);
    expect(refused()).toBe(3);
  });
});

function open() {
  let refused = 0;
  const reasons: string[] = [];
  const queue = new TradeQueue(MARKET, { received: (_, rejected = 0) => void (refused += rejected), failed: (reason) => void reasons.push(reason) });
  return { queue, reasons, refused: () => refused };
}

function trade(id: number, change: Partial<FeedTrade> = {}): FeedTrade {
  return { id, price: '10', quantity: '1', aggressor: 'BUY', eventTimeNs: 1_700_000_000_000_000_000n + BigInt(id), ...change };
}

function ids(prints: readonly { readonly venueTradeId: number }[]): number[] {
  return prints.map(({ venueTradeId }) => venueTradeId);
}
