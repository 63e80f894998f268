// Binance spot's messages as typed events. Pure: a frame in, its event out. Prices and quantities are texts on this wire and
// numbers only ids and times, all below 2^53, so the native JSON reader keeps everything. Unknown events are events of their
// own and no error, so that a new one never costs a book; a known message that is not what it should be is a DecodeError.
// Rule: Binance spot, WebSocket streams (combined: {stream, data}) and market data endpoints.

import { NS_PER_MS } from '@mib/model/timestamp';
import type { FeedBar, FeedTrade } from '../feed/contract.ts';
import { DecodeError } from '../feed/feed-error.ts';
import { asArray, asFields, asLevels, booleanOf, decimalOf, integerOf, textOf, type Fields } from '../feed/fields.ts';
import type { BestPrices, DepthDiff, DepthSnapshot } from './binance-book.ts';

export type BinanceEvent =
  | { readonly kind: 'diff'; readonly symbol: string; readonly diff: DepthDiff }
  | { readonly kind: 'best'; readonly symbol: string; readonly best: BestPrices }
  | { readonly kind: 'trade'; readonly symbol: string; readonly trade: FeedTrade }
  | { readonly kind: 'bar'; readonly symbol: string; readonly bar: FeedBar }
  /** The venue's answer to a request. */
  | { readonly kind: 'answer'; readonly requestId: number | null; readonly refusal: string | null }
  /** The venue is about to end the connection. */
  | { readonly kind: 'shutdown' }
  | { readonly kind: 'unknown'; readonly event: string };

const INTERVAL = /^(\d{1,2})([smhdw])$/;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** @throws {DecodeError} when the frame is not JSON or a known message lacks what it must have. */
export function decode(frame: string): BinanceEvent {
  return decodeMessage(parseFrame(frame));
}

/** @throws {DecodeError} */
export function parseFrame(frame: string): unknown {
  try {
    return JSON.parse(frame) as unknown;
  } catch (error) {
    throw new DecodeError(`a frame must be JSON (${(error as Error).message})`, frame);
  }
}

/** @param value - a parsed message, in its envelope or not. @throws {DecodeError} */
export function decodeMessage(value: unknown): BinanceEvent {
  const message = asFields(value, 'a message');
  const data = message['stream'] === undefined ? message : asFields(message['data'], 'data');
  if (data['e'] === undefined) return data['u'] === undefined ? decodeAnswer(message) : { kind: 'best', symbol: textOf(data, 's'), best: decodeBest(data) };
  const event = textOf(data, 'e');
  switch (event) {
    case 'depthUpdate':
      return { kind: 'diff', symbol: textOf(data, 's'), diff: decodeDiff(data) };
    case 'trade':
      return { kind: 'trade', symbol: textOf(data, 's'), trade: decodeTrade(data, 't', 'p', 'q', 'T', 'm') };
    case 'kline':
      return decodeBar(textOf(data, 's'), asFields(data['k'], 'k'));
    case 'serverShutdown':
      return { kind: 'shutdown' };
    default:
      return { kind: 'unknown', event };
  }
}

/** GET /api/v3/depth. @throws {DecodeError} */
export function decodeSnapshot(answer: string): DepthSnapshot {
  const fields = asFields(parseFrame(answer), 'a depth snapshot');
  return { last: integerOf(fields, 'lastUpdateId'), bids: asLevels(fields['bids'], 'bids'), asks: asLevels(fields['asks'], 'asks') };
}

/** GET /api/v3/historicalTrades. @throws {DecodeError} */
export function decodeTrades(answer: string): FeedTrade[] {
  return asArray(parseFrame(answer), 'trades').map((trade) => decodeTrade(asFields(trade, 'a trade'), 'id', 'price', 'qty', 'time', 'isBuyerMaker'));
}

function decodeDiff(data: Fields): DepthDiff {
  const [first, last] = [integerOf(data, 'U'), integerOf(data, 'u')];
  if (first > last) throw new DecodeError('U must not be above u', [first, last]);
  return { first, last, bids: asLevels(data['b'], 'b'), asks: asLevels(data['a'], 'a'), eventTimeNs: timeOf(data, 'E') };
}

function decodeBest(data: Fields): BestPrices {
  return { last: integerOf(data, 'u'), bid: [decimalOf(data, 'b'), decimalOf(data, 'B')], ask: [decimalOf(data, 'a'), decimalOf(data, 'A')] };
}

/** The taker is the side that did not make the price. */
function decodeTrade(data: Fields, id: string, price: string, quantity: string, time: string, buyerIsMaker: string): FeedTrade {
  return { id: integerOf(data, id), price: decimalOf(data, price), quantity: decimalOf(data, quantity), aggressor: booleanOf(data, buyerIsMaker) ? 'SELL' : 'BUY', eventTimeNs: timeOf(data, time) };
}

/** A month has no fixed length, so monthly bars are none of ours. */
function decodeBar(symbol: string, bar: Fields): BinanceEvent {
  const name = textOf(bar, 'i');
  const interval = INTERVAL.exec(name);
  if (!interval) return { kind: 'unknown', event: `kline ${name}` };
  return {
    kind: 'bar', symbol,
    bar: {
      intervalMs: Number(interval[1]) * UNIT_MS[interval[2]!]!, openTimeNs: timeOf(bar, 't'),
      open: decimalOf(bar, 'o'), high: decimalOf(bar, 'h'), low: decimalOf(bar, 'l'), close: decimalOf(bar, 'c'),
      volume: decimalOf(bar, 'v'), tradeCount: integerOf(bar, 'n'), closed: booleanOf(bar, 'x'),
    },
  };
}

/** `{result, id}`, `{code, msg, id}` or `{error: {code, msg}, id}`. */
function decodeAnswer(message: Fields): BinanceEvent {
  const requestId = message['id'] === undefined || message['id'] === null ? null : integerOf(message, 'id');
  const error = message['error'] === undefined ? message : asFields(message['error'], 'error');
  if (error['msg'] !== undefined) return { kind: 'answer', requestId, refusal: textOf(error, 'msg') };
  if (message['result'] === undefined) throw new DecodeError('a message must be an event or an answer', message);
  return { kind: 'answer', requestId, refusal: null };
}

function timeOf(fields: Fields, name: string): bigint {
  return BigInt(integerOf(fields, name)) * NS_PER_MS;
}
