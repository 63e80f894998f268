// What Kraken says about a market, word for word: the frames of its channels, numbers as JSON numbers with all their zeros.
// The checksum is written as the rule reads, with replace and join, and shares nothing with the connector's.

import { crc32 } from 'node:zlib';
import type { PriceLevel } from '../feed/contract.ts';
import type { FakeMarket, FakeTrade } from '../feed/fake-market.ts';

export interface KrakenView {
  readonly bids: readonly PriceLevel[];
  readonly asks: readonly PriceLevel[];
}

export function viewOf(market: FakeMarket, depth: number): KrakenView {
  return { bids: market.levels('bids', depth), asks: market.levels('asks', depth) };
}

export function naiveChecksum({ bids, asks }: KrakenView): number {
  const digits = (text: string): number => Number(text.replace('.', ''));
  return crc32([...asks.slice(0, 10), ...bids.slice(0, 10)].map(([price, quantity]) => `${digits(price)}${digits(quantity)}`).join(''));
}

export function snapshotFrame(symbol: string, view: KrakenView, timeUs: number): string {
  return bookFrame('snapshot', symbol, view, naiveChecksum(view), timeUs);
}

/** What changed from one view of the depth to the next; levels pushed out of the depth are not named. */
export function updateFrame(symbol: string, market: FakeMarket, before: KrakenView, after: KrakenView, timeUs: number): string | undefined {
  const changes = { bids: changesOf(market, 'bids', before, after), asks: changesOf(market, 'asks', before, after) };
  if (changes.bids.length + changes.asks.length === 0) return undefined;
  return bookFrame('update', symbol, changes, naiveChecksum(after), timeUs);
}

export function tradeFrame(symbol: string, trades: readonly FakeTrade[]): string {
  const entries = trades.map(({ id, price, quantity, buyerIsMaker, timeMs }) =>
    `{"symbol":"${symbol}","side":"${buyerIsMaker ? 'sell' : 'buy'}","price":${price},"qty":${quantity},"ord_type":"market","trade_id":${id},"timestamp":"${rfc3339(timeMs * 1_000)}"}`);
  return `{"channel":"trade","type":"update","data":[${entries.join(',')}]}`;
}

export function barFrame(symbol: string, { price, quantity, timeMs }: FakeTrade): string {
  const begin = rfc3339(Math.floor(timeMs / 60_000) * 60_000_000);
  return `{"channel":"ohlc","type":"update","timestamp":"${rfc3339(timeMs * 1_000)}","data":[{"symbol":"${symbol}","open":${price},"high":${price},"low":${price},"close":${price},"trades":1,"volume":${quantity},"vwap":${price},"interval_begin":"${begin}","interval":1,"timestamp":"${rfc3339(timeMs * 1_000)}"}]}`;
}

/** With microseconds, as the venue writes them. */
export function rfc3339(timeUs: number): string {
  return `${new Date(Math.floor(timeUs / 1_000)).toISOString().slice(0, -1)}${String(timeUs % 1_000).padStart(3, '0')}Z`;
}

function bookFrame(type: string, symbol: string, { bids, asks }: KrakenView, checksum: number, timeUs: number): string {
  const levels = (side: readonly PriceLevel[]): string => side.map(([price, quantity]) => `{"price":${price},"qty":${quantity}}`).join(',');
  return `{"channel":"book","type":"${type}","data":[{"symbol":"${symbol}","bids":[${levels(bids)}],"asks":[${levels(asks)}],"checksum":${checksum},"timestamp":"${rfc3339(timeUs)}"}]}`;
}

function changesOf(market: FakeMarket, side: 'bids' | 'asks', before: KrakenView, after: KrakenView): PriceLevel[] {
  const old = new Map(before[side]);
  const now = new Map(after[side]);
  const gone = before[side].filter(([price]) => !now.has(price) && !market.has(side, price)).map(([price, quantity]): PriceLevel => [price, quantity.replace(/\d/g, '0')]);
  return [...gone, ...after[side].filter(([price, quantity]) => old.get(price) !== quantity)];
}
