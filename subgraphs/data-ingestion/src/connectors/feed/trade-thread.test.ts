import { describe, expect, it } from '@jest/globals';
import type { FeedTrade } from './contract.ts';
import { TradeThread } from './trade-thread.ts';

const trade = (id: number): FeedTrade => ({ id, price: '1', quantity: '1', aggressor: 'BUY', eventTimeNs: BigInt(id) });

function thread(last: number | null) {
  const said: string[] = [];
  const output = {
    trade: ({ id }: FeedTrade) => said.push(`trade ${id}`),
    missing: (after: { id: number }, before: number) => said.push(`ask ${after.id}..${before}`),
    gaveUp: (reason: string) => said.push(reason),
  };
  return { said, trades: new TradeThread(output, last === null ? null : trade(last)) };
}

describe('the thread of trades', () => {
  it('begins where it is told to, or with the first trade', () => {
    const fresh = thread(null);
    fresh.trades.push(trade(9));
    expect(fresh.said).toEqual(['trade 9']);
    const resumed = thread(5);
    resumed.trades.push(trade(7));
    expect(resumed.said).toEqual(['ask 5..7']);
  });

  it('drops repeats and asks for what a jump left out, before anything later', () => {
    const { said, trades } = thread(4);
    for (const id of [5, 5, 6, 4, 9, 10]) trades.push(trade(id));
    expect(said).toEqual(['trade 5', 'trade 6', 'ask 6..9']);
    trades.filled([7, 8, 9].map(trade));
    trades.push(trade(11));
    expect(said.slice(3)).toEqual(['trade 7', 'trade 8', 'trade 9', 'trade 10', 'trade 11']);
  });

  it('asks page after page', () => {
    const { said, trades } = thread(0);
    trades.push(trade(6));
    trades.filled([1, 2].map(trade));
    trades.filled([3, 4].map(trade));
    trades.filled([5].map(trade));
    expect(said).toEqual(['ask 0..6', 'trade 1', 'trade 2', 'ask 2..6', 'trade 3', 'trade 4', 'ask 4..6', 'trade 5', 'trade 6']);
  });

  it('says what is lost when the venue has nothing or does not answer, and goes on', () => {
    const { said, trades } = thread(0);
    trades.push(trade(3));
    trades.push(trade(5));
    trades.filled([]);
    expect(said).toEqual(['ask 0..3', 'trades 1 to 2 are lost: the venue does not have them', 'trade 3', 'ask 3..5']);
    trades.lost('no answer');
    expect(said.slice(4)).toEqual(['trades 4 to 4 are lost: no answer', 'trade 5']);
  });

  it('holds a bounded number of trades', () => {
    const { said, trades } = thread(0);
    for (let id = 2; id <= 10_002; id += 1) trades.push(trade(id));
    expect(said.slice(0, 3)).toEqual(['ask 0..2', 'trades 1 to 1 are lost: more than 10000 trades wait for earlier ones', 'trade 2']);
    expect(said.slice(-2)).toEqual(['trade 10001', 'trade 10002']);
  });
});
