// What Binance says about a market, word for word: the frames of its combined streams and its REST answers.

import type { FakeMarket, FakeStep, FakeTrade } from '../feed/fake-market.ts';

export function diffFrame(symbol: string, { first, last, bids, asks }: FakeStep, timeMs: number): string {
  return envelope(symbol, 'depth@100ms', { e: 'depthUpdate', E: timeMs, s: symbol, U: first, u: last, b: bids, a: asks });
}

export function bestFrame(symbol: string, market: FakeMarket): string {
  const [bid] = market.levels('bids', 1);
  const [ask] = market.levels('asks', 1);
  return envelope(symbol, 'bookTicker', { u: market.updateId, s: symbol, b: bid![0], B: bid![1], a: ask![0], A: ask![1] });
}

export function tradeFrame(symbol: string, { id, price, quantity, buyerIsMaker, timeMs }: FakeTrade): string {
  return envelope(symbol, 'trade', { e: 'trade', E: timeMs, s: symbol, t: id, p: price, q: quantity, T: timeMs, m: buyerIsMaker, M: true });
}

export function barFrame(symbol: string, { price, quantity, timeMs, id }: FakeTrade): string {
  const start = Math.floor(timeMs / 60_000) * 60_000;
  const k = { t: start, T: start + 59_999, s: symbol, i: '1m', f: id, L: id, o: price, c: price, h: price, l: price, v: quantity, n: 1, x: false, q: quantity, V: quantity, Q: quantity, B: '0' };
  return envelope(symbol, 'kline_1m', { e: 'kline', E: timeMs, s: symbol, k });
}

export function snapshotAnswer(market: FakeMarket, limit: number): string {
  return JSON.stringify({ lastUpdateId: market.updateId, bids: market.levels('bids', limit), asks: market.levels('asks', limit) });
}

export function tradesAnswer(market: FakeMarket, fromId: number, limit: number): string {
  const trades = market.trades.filter(({ id }) => id >= fromId).slice(0, limit);
  return JSON.stringify(trades.map(({ id, price, quantity, buyerIsMaker, timeMs }) => ({ id, price, qty: quantity, quoteQty: '0', time: timeMs, isBuyerMaker: buyerIsMaker, isBestMatch: true })));
}

export function exchangeInfoAnswer(symbols: readonly string[]): string {
  const filters = [
    { filterType: 'PRICE_FILTER', minPrice: '0.01000000', maxPrice: '1000000.00000000', tickSize: '0.01000000' },
    { filterType: 'LOT_SIZE', minQty: '0.00001000', maxQty: '9000.00000000', stepSize: '0.00001000' },
    { filterType: 'NOTIONAL', minNotional: '5.00000000', applyMinToMarket: true, maxNotional: '9000000.00000000', applyMaxToMarket: false, avgPriceMins: 5 },
  ];
  return JSON.stringify({ timezone: 'UTC', serverTime: 0, symbols: symbols.map((symbol) => ({ symbol, status: 'TRADING', baseAsset: symbol.slice(0, -4), quoteAsset: symbol.slice(-4), filters })) });
}

function envelope(symbol: string, stream: string, data: object): string {
  return JSON.stringify({ stream: `${symbol.toLowerCase()}@${stream}`, data });
}
