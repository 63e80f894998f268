import { describe, expect, it } from '@jest/globals';
import type { BookState, BookUpdate, PriceLevel } from '../feed/contract.ts';
import { LevelBook } from '../feed/level-book.ts';
import { bookChecksum } from './checksum.ts';
import { decode } from './decode.ts';
import { KrakenBook } from './kraken-book.ts';

/** The published example: Kraken, Book checksum (WebSocket v2). */
const ASKS: PriceLevel[] = [['45285.2', '0.00100000'], ['45286.4', '1.54571953'], ['45286.6', '1.54571109'], ['45289.6', '1.54560911'], ['45290.2', '0.15890660'], ['45291.8', '1.54553491'], ['45294.7', '0.04454749'], ['45296.1', '0.35380000'], ['45297.5', '0.09945542'], ['45299.5', '0.18772827']];
const BIDS: PriceLevel[] = [['45283.5', '0.10000000'], ['45283.4', '1.54582015'], ['45282.1', '0.10000000'], ['45281.0', '0.10000000'], ['45280.3', '1.54592586'], ['45279.0', '0.07990000'], ['45277.6', '0.03310103'], ['45277.5', '0.30000000'], ['45277.3', '1.54602737'], ['45276.6', '0.15445238']];
const CHECKSUM = 3310070434;

const frame = (type: string, bids: readonly PriceLevel[], asks: readonly PriceLevel[], checksum: number, time = '2023-10-06T17:35:55.440295Z'): string => {
  const levels = (side: readonly PriceLevel[]): string => side.map(([price, quantity]) => `{"price":${price},"qty":${quantity}}`).join(',');
  return `{"channel":"book","type":"${type}","data":[{"symbol":"BTC/USD","bids":[${levels(bids)}],"asks":[${levels(asks)}],"checksum":${checksum},"timestamp":"${time}"}]}`;
};

function open() {
  const said: (string | BookUpdate)[] = [];
  const book = new KrakenBook({
    book: (update) => said.push(update),
    state: (state: BookState, reason) => said.push(reason === '' ? state : `${state}: ${reason}`),
    wantSnapshot: () => said.push('want snapshot'),
    gapped: (reason) => said.push(`gap: ${reason}`),
    checksumFailed: () => said.push('checksum failed'),
  });
  const take = (text: string): void => {
    for (const event of decode(text)) if (event.kind === 'book') book.take(event.message);
  };
  return { book, said, take };
}

describe("Kraken's checksum", () => {
  it('is the published one of the published book', () => {
    const book = new LevelBook();
    book.replace(BIDS, ASKS);
    expect(bookChecksum(book)).toBe(CHECKSUM);
  });

  it('counts the trailing zeros of the wire and only ten levels a side', () => {
    const book = new LevelBook();
    book.replace([...BIDS, ['45000.0', '1.00000000']], ASKS);
    expect(bookChecksum(book)).toBe(CHECKSUM);
    book.apply('asks', [['45285.2', '0.001']]);
    expect(bookChecksum(book)).not.toBe(CHECKSUM);
  });
});

describe('a book of Kraken', () => {
  it('is live with a snapshot that proves itself, every number the text of the wire', () => {
    const { said, take } = open();
    take(frame('snapshot', BIDS, ASKS, CHECKSUM));
    expect(said).toEqual(['SYNCING: starting', { kind: 'SNAPSHOT', bids: BIDS, asks: ASKS, sequence: null, eventTimeNs: 1696613755440295000n }, 'LIVE']);
  });

  it('tells its sink which levels fell out of the depth', () => {
    const { book, said, take } = open();
    take(frame('snapshot', BIDS, ASKS, CHECKSUM));
    const reference = new LevelBook();
    reference.replace([['45284.0', '2.00000000'], ...BIDS.slice(0, 9)], ASKS);
    take(frame('update', [['45284.0', '2.00000000']], [], bookChecksum(reference)));
    expect(said.at(-1)).toMatchObject({ kind: 'CHANGES', bids: [['45284.0', '2.00000000'], ['45276.6', '0']], asks: [] });
    expect(book.state).toBe('LIVE');
  });

  it.each([
    ['a checksum that is not ours', frame('update', [['45283.5', '9.00000000']], [], 1), /checksum is \d+, the venue's 1/],
    ['a snapshot nobody asked for', frame('snapshot', BIDS, ASKS, CHECKSUM), /not asked for/],
    ['an update from before the last one', frame('update', BIDS.slice(0, 1), [], CHECKSUM, '2023-10-06T17:35:55.440294Z'), /from before/],
  ])('is lost at once with %s, and hands nothing on', (_, bad, reason) => {
    const { book, said, take } = open();
    take(frame('snapshot', BIDS, ASKS, CHECKSUM));
    const before = said.length;
    take(bad);
    expect(book.state).toBe('RESYNCING');
    const after = said.slice(before).filter((entry) => entry !== 'checksum failed');
    expect(after).toEqual([expect.stringMatching(reason), expect.stringMatching(reason), 'want snapshot']);
    take(frame('update', [], [], CHECKSUM));
    expect(said.at(-1)).toBe('want snapshot');
    take(frame('snapshot', BIDS, ASKS, CHECKSUM));
    expect(book.state).toBe('LIVE');
  });

  it('does not believe a crossed book, even with its checksum', () => {
    const { book, take } = open();
    const reference = new LevelBook();
    reference.replace([['2', '1']], [['1', '1']]);
    take(frame('snapshot', [['2', '1']], [['1', '1']], bookChecksum(reference)));
    expect(book.state).toBe('SYNCING');
  });

  it('stays STALE through a disconnect and becomes RESYNCING when the venue speaks again', () => {
    const { book, take } = open();
    take(frame('snapshot', BIDS, ASKS, CHECKSUM));
    book.silent('silent for 10 s');
    expect(book.state).toBe('STALE');
    take(frame('update', [], [], CHECKSUM));
    book.disconnected('closed');
    expect(book.state).toBe('STALE');
    book.reopened();
    expect(book.state).toBe('RESYNCING');
    take(frame('snapshot', BIDS, ASKS, CHECKSUM));
    expect(book.state).toBe('LIVE');
  });
});

describe("decoding Kraken's frames", () => {
  it.each([
    ['not JSON', '{"channel":', /a frame must be JSON/],
    ['deep nesting', '['.repeat(100_000), /a frame must be JSON/],
    ['no object', '[1]', /a message must be an object, was \["1"\]/],
    ['an exponent', frame('update', [['1e5', '1']], [], 1), /plain decimals, was \{"price":"1e5"/],
    ['a negative price', frame('update', [['-1', '1']], [], 1), /plain decimals/],
    ['another type', frame('delta', [], [], 1), /type must be snapshot or update, was "delta"/],
    ['no checksum', '{"channel":"book","type":"update","data":[{"symbol":"A/B","bids":[],"asks":[]}]}', /checksum must be a whole number, was undefined/],
    ['no data', '{"channel":"trade","type":"update"}', /data must be an array, was undefined/],
    ['a wrong time', frame('update', [], [], 1, '2023-02-30T00:00:00Z'), /timestamp must be an RFC 3339 time, was "2023-02-30/],
    ['an answer without success', '{"method":"subscribe"}', /success must be true or false/],
  ])('refuses %s and names it', (_, text, message) => {
    expect(() => decode(text)).toThrow(message);
  });

  it('reads trades, bars, answers and signs of life', () => {
    expect(decode('{"channel":"trade","type":"update","data":[{"symbol":"MATIC/USD","side":"sell","price":0.51170,"qty":40.0,"ord_type":"market","trade_id":4665906,"timestamp":"2023-09-25T07:49:37.708706Z"}]}'))
      .toEqual([{ kind: 'trade', symbol: 'MATIC/USD', trade: { id: 4665906, price: '0.51170', quantity: '40.0', aggressor: 'SELL', eventTimeNs: 1695628177708706000n } }]);
    expect(decode('{"channel":"ohlc","type":"update","data":[{"symbol":"ALGO/USD","open":0.1,"high":0.12,"low":0.09,"close":0.11,"trades":3,"volume":12.50,"vwap":0.1,"interval_begin":"2023-10-04T16:25:00.000000000Z","interval":5,"timestamp":"2023-10-04T16:30:00Z"}]}'))
      .toMatchObject([{ kind: 'bar', bar: { intervalMs: 300_000, volume: '12.50', tradeCount: 3, closed: false } }]);
    expect(decode('{"method":"subscribe","req_id":7,"result":{"channel":"book","depth":10,"snapshot":true,"symbol":"ALGO/USD"},"success":true}')).toEqual([{ kind: 'answer', method: 'subscribe', requestId: 7, symbol: 'ALGO/USD', refusal: null }]);
    expect(decode('{"error":"Currency pair not supported FOO/BAR","method":"subscribe","req_id":7,"success":false,"symbol":"FOO/BAR"}')).toEqual([{ kind: 'answer', method: 'subscribe', requestId: 7, symbol: 'FOO/BAR', refusal: 'Currency pair not supported FOO/BAR' }]);
    expect(decode('{"channel":"heartbeat"}')).toEqual([{ kind: 'heartbeat' }]);
    expect(decode('{"channel":"status","type":"update","data":[{"version":"2.0.10","system":"online","api_version":"v2","connection_id":12072546403441331453}]}')).toEqual([{ kind: 'status', system: 'online' }]);
    expect(decode('{"channel":"tomorrow","data":7}')).toEqual([{ kind: 'unknown', channel: 'tomorrow' }]);
  });
});
