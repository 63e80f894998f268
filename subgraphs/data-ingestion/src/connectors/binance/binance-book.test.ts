import { describe, expect, it } from '@jest/globals';
import { RestBudget } from '../feed/rest-budget.ts';
import type { BookState, BookUpdate, PriceLevel } from '../feed/contract.ts';
import { BinanceBook, SNAPSHOT_LEVELS } from './binance-book.ts';
import { decode, decodeSnapshot } from './decode.ts';

function open() {
  const said: string[] = [];
  const updates: BookUpdate[] = [];
  const book = new BinanceBook({
    book: (update) => {
      updates.push(update);
      said.push(`${update.kind} ${update.sequence}`);
    },
    state: (state: BookState) => said.push(state),
    wantSnapshot: () => said.push('want'),
    gapped: (reason) => said.push(`gap: ${reason}`),
    checksumFailed: () => said.push('checksum failed'),
  });
  book.subscribed();
  const diff = (first: number, last: number, bids: PriceLevel[] = [], asks: PriceLevel[] = []): void => book.diff({ first, last, bids, asks, eventTimeNs: 0n });
  const snapshot = (last: number, bids: PriceLevel[] = [['10', '1']], asks: PriceLevel[] = [['11', '1']]): void => book.snapshot({ last, bids, asks });
  return { book, said, updates, diff, snapshot };
}

describe('the bridge from diffs to a snapshot', () => {
  it('drops what the snapshot holds, begins with the diff around it and then follows number by number', () => {
    const { said, updates, diff, snapshot } = open();
    diff(1, 3, [['10', '3']]);
    diff(4, 6, [['10', '6']]);
    diff(7, 9, [['10', '9']]);
    snapshot(5);
    diff(10, 10, [['9.5', '2']]);
    expect(said).toEqual(['SYNCING', 'want', 'SNAPSHOT 9', 'LIVE', 'CHANGES 10']);
    expect(updates[0]).toMatchObject({ bids: [['10', '9']], asks: [['11', '1']] });
  });

  it('is live with a snapshot alone; the first diff may begin before it', () => {
    const { said, diff, snapshot } = open();
    snapshot(5);
    diff(3, 5);
    diff(4, 8);
    expect(said).toEqual(['SYNCING', 'want', 'SNAPSHOT 5', 'LIVE', 'CHANGES 8']);
  });

  it('asks again for a snapshot that is older than its diffs', () => {
    const { said, diff, snapshot } = open();
    diff(7, 9);
    snapshot(5);
    snapshot(6);
    expect(said).toEqual(['SYNCING', 'want', 'want', 'SNAPSHOT 9', 'LIVE']);
  });

  it.each([
    ['a diff is missing', 12, 12, 'gap: diff 12..12 after 10'],
    ['a diff begins before the last one ended', 10, 12, 'gap: diff 10..12 after 10'],
  ])('is lost when %s', (_, first, last, gap) => {
    const { book, said, diff, snapshot } = open();
    snapshot(5);
    diff(6, 10);
    diff(first, last);
    expect(said.slice(-3)).toEqual([gap, 'RESYNCING', 'want']);
    diff(last + 1, last + 1);
    snapshot(11);
    expect([book.state, said.at(-2)]).toEqual(['LIVE', `SNAPSHOT ${last + 1}`]);
  });

  it('does not go back in time with an old snapshot, and takes no answer it did not ask for', () => {
    const { book, said, diff, snapshot } = open();
    snapshot(5);
    diff(6, 10);
    snapshot(20);
    book.lost('damage');
    snapshot(9);
    expect(said.slice(-2)).toEqual(['want', 'want']);
    snapshot(10);
    expect(said.slice(-2)).toEqual(['SNAPSHOT 10', 'LIVE']);
  });

  it("is lost when the venue's best prices at the same number are others", () => {
    const { book, said, diff, snapshot } = open();
    snapshot(5);
    book.best({ last: 6, bid: ['10.00', '2.0'], ask: ['11.0', '1'] });
    diff(6, 6, [['10', '2']]);
    expect(book.state).toBe('LIVE');
    book.best({ last: 6, bid: ['10', '3'], ask: ['11', '1'] });
    expect(said.slice(-4)).toEqual(['checksum failed', 'gap: best prices at 6 are 10 x 3 and 11 x 1, ours 10 x 2 and 11 x 1', 'RESYNCING', 'want']);
  });

  it('stops comparing when the two streams have never agreed five times in a row', () => {
    const { book, said, snapshot } = open();
    for (let last = 5; last < 12; last += 1) {
      snapshot(last);
      book.best({ last, bid: ['9', '1'], ask: ['11', '1'] });
    }
    expect(said.filter((entry) => entry === 'checksum failed')).toHaveLength(5);
    expect(book.state).toBe('LIVE');
  });

  it('knows only the price range of a full snapshot and asks for the next one before it leaves it', () => {
    const { book, said, updates, diff, snapshot } = open();
    const side = (best: number, step: number): PriceLevel[] => Array.from({ length: SNAPSHOT_LEVELS }, (_, index) => [String(best + step * index), '1']);
    snapshot(5, side(5_000, -1), side(5_001, 1));
    diff(6, 6, [['4000', '7'], ['4001', '8']]);
    expect(updates.at(-1)!.bids).toEqual([['4001', '8']]);
    diff(7, 7, side(5_000, -1).slice(0, SNAPSHOT_LEVELS - 199).map(([price]) => [price, '0']));
    expect([book.state, said.at(-1)]).toEqual(['LIVE', 'want']);
    diff(8, 8);
    snapshot(7, side(4_199, -1), side(5_001, 1));
    expect(said.slice(-2)).toEqual(['CHANGES 8', 'SNAPSHOT 8']);
    diff(9, 9, side(4_199, -1).map(([price]) => [price, '0']));
    expect(said.slice(-3)).toEqual(['gap: the market has left the price range that is known', 'RESYNCING', 'want']);
  });
});

describe("decoding Binance's frames", () => {
  const diff = (data: object): string => JSON.stringify({ stream: 'btcusdt@depth@100ms', data: { e: 'depthUpdate', E: 1672515782136, s: 'BTCUSDT', U: 157, u: 160, b: [['0.0024', '10']], a: [], ...data } });

  it.each([
    ['not JSON', '{"stream":', /a frame must be JSON/],
    ['no object', '7', /a message must be an object, was 7/],
    ['a number for a price', diff({ b: [[1.5, '1']] }), /b must be pairs of plain decimals, was \[1.5,"1"\]/],
    ['an exponent', diff({ a: [['1e5', '1']] }), /a must be pairs of plain decimals/],
    ['no update number', diff({ u: undefined }), /u must be a whole number, was undefined/],
    ['an update number that is not exact', diff({ u: 2 ** 53 }), /u must be a whole number/],
    ['numbers the wrong way round', diff({ U: 161 }), /U must not be above u, was \[161,160\]/],
    ['neither event nor answer', '{"id":3}', /a message must be an event or an answer/],
  ])('refuses %s and names it', (_, text, message) => {
    expect(() => decode(text)).toThrow(message);
  });

  it('reads every stream, answers and notices', () => {
    expect(decode(diff({}))).toEqual({ kind: 'diff', symbol: 'BTCUSDT', diff: { first: 157, last: 160, bids: [['0.0024', '10']], asks: [], eventTimeNs: 1672515782136000000n } });
    expect(decode('{"e":"trade","E":1672515782136,"s":"BNBBTC","t":12345,"p":"0.001","q":"100","T":1672515782136,"m":true,"M":true}'))
      .toEqual({ kind: 'trade', symbol: 'BNBBTC', trade: { id: 12345, price: '0.001', quantity: '100', aggressor: 'SELL', eventTimeNs: 1672515782136000000n } });
    expect(decode('{"stream":"bnbusdt@bookTicker","data":{"u":400900217,"s":"BNBUSDT","b":"25.35190000","B":"31.21000000","a":"25.36520000","A":"40.66000000"}}'))
      .toEqual({ kind: 'best', symbol: 'BNBUSDT', best: { last: 400900217, bid: ['25.35190000', '31.21000000'], ask: ['25.36520000', '40.66000000'] } });
    const kline = { t: 1672515780000, T: 1672515839999, s: 'BNBBTC', i: '1m', f: 100, L: 200, o: '0.0010', c: '0.0020', h: '0.0025', l: '0.0015', v: '1000', n: 100, x: true, q: '1.0000', V: '500', Q: '0.500', B: '123456' };
    expect(decode(JSON.stringify({ e: 'kline', E: 1, s: 'BNBBTC', k: kline }))).toMatchObject({ kind: 'bar', bar: { intervalMs: 60_000, open: '0.0010', tradeCount: 100, closed: true } });
    expect(decode(JSON.stringify({ e: 'kline', E: 1, s: 'BNBBTC', k: { ...kline, i: '1M' } }))).toEqual({ kind: 'unknown', event: 'kline 1M' });
    expect(decode('{"result":null,"id":1}')).toEqual({ kind: 'answer', requestId: 1, refusal: null });
    expect(decode('{"error":{"code":2,"msg":"Invalid request"},"id":1}')).toEqual({ kind: 'answer', requestId: 1, refusal: 'Invalid request' });
    expect(decode('{"e":"serverShutdown","E":1770123456789}')).toEqual({ kind: 'shutdown' });
    expect(decode('{"e":"tomorrow"}')).toEqual({ kind: 'unknown', event: 'tomorrow' });
    expect(decodeSnapshot('{"lastUpdateId":160,"bids":[["0.0024","10"]],"asks":[]}')).toEqual({ last: 160, bids: [['0.0024', '10']], asks: [] });
  });
});

describe('the weights of the REST API', () => {
  const MINUTE_MS = 60_000;

  it('waits for the next minute when the weights are spent, its own and those the venue counts', () => {
    const budget = new RestBudget({ weightPerMinute: 100 });
    budget.spend(1_000, 60);
    expect(budget.waitMs(1_000, 40)).toBe(0);
    expect(budget.waitMs(1_000, 41)).toBe(MINUTE_MS - 1_000);
    budget.answered(2_000, 200, { 'x-mbx-used-weight-1m': '95' });
    expect(budget.waitMs(2_000, 10)).toBe(MINUTE_MS - 2_000);
    expect(budget.waitMs(MINUTE_MS, 10)).toBe(0);
  });

  it.each([[429, '7', 7_000], [418, '120', 120_000], [429, undefined, 60_000], [429, 'soon', 60_000]])('does not ask at all after %i with Retry-After %s', (status, retryAfter, waitMs) => {
    const budget = new RestBudget({ weightPerMinute: 100 });
    budget.answered(0, status, { 'retry-after': retryAfter });
    expect(budget.waitMs(0, 1)).toBe(waitMs);
    expect(budget.waitMs(waitMs, 1)).toBe(0);
  });
});
