// Kraken's WebSocket v2 messages as typed events. Pure: a frame in, its events out. Unknown channels are events of their own
// and no error, so that a new one never costs a book; a known message that is not what it should be is a DecodeError.
// Rule: Kraken, Spot WebSocket v2, channels book, trade, ohlc, status, heartbeat and their requests.

import type { FeedBar, FeedTrade, PriceLevel } from '../feed/contract.ts';
import { isDecimalText } from '../feed/decimal-text.ts';
import { DecodeError } from '../feed/feed-error.ts';
import { asArray, asFields, booleanOf, decimalOf, integerOf, textOf, timeOf, type Fields } from '../feed/fields.ts';
import { parseLossless } from '../feed/lossless-json.ts';
import type { KrakenBookMessage } from './kraken-book.ts';

export type KrakenEvent =
  | { readonly kind: 'book'; readonly symbol: string; readonly message: KrakenBookMessage }
  | { readonly kind: 'trade'; readonly symbol: string; readonly trade: FeedTrade }
  | { readonly kind: 'bar'; readonly symbol: string; readonly bar: FeedBar }
  /** The venue's answer to a request; `symbol` where it is about one. */
  | { readonly kind: 'answer'; readonly method: string; readonly requestId: number | null; readonly symbol: string | null; readonly refusal: string | null }
  | { readonly kind: 'status'; readonly system: string }
  | { readonly kind: 'heartbeat' }
  | { readonly kind: 'unknown'; readonly channel: string };

const MS_PER_MINUTE = 60_000;

/** @throws {DecodeError} when the frame is not JSON or a known message lacks what it must have. */
export function decode(frame: string): KrakenEvent[] {
  return decodeMessage(parseLossless(frame));
}

/** @param value - a message with numbers as text. @throws {DecodeError} */
export function decodeMessage(value: unknown): KrakenEvent[] {
  const message = asFields(value, 'a message');
  if (message['channel'] === undefined) return [decodeAnswer(message)];
  const channel = textOf(message, 'channel');
  switch (channel) {
    case 'book': {
      const type = textOf(message, 'type');
      if (type !== 'snapshot' && type !== 'update') throw new DecodeError('type must be snapshot or update', type);
      return entries(message).map((entry) => ({ kind: 'book', symbol: textOf(entry, 'symbol'), message: decodeBook(entry, type === 'snapshot') }));
    }
    case 'trade':
      return entries(message).map((entry) => ({ kind: 'trade', symbol: textOf(entry, 'symbol'), trade: decodeTrade(entry) }));
    case 'ohlc':
      return entries(message).map((entry) => ({ kind: 'bar', symbol: textOf(entry, 'symbol'), bar: decodeBar(entry) }));
    case 'status':
      return entries(message).map((entry) => ({ kind: 'status', system: textOf(entry, 'system') }));
    case 'heartbeat':
      return [{ kind: 'heartbeat' }];
    default:
      return [{ kind: 'unknown', channel }];
  }
}

function entries(message: Fields): Fields[] {
  return asArray(message['data'], 'data').map((entry) => asFields(entry, 'an entry of data'));
}

function decodeBook(entry: Fields, snapshot: boolean): KrakenBookMessage {
  const checksum = integerOf(entry, 'checksum');
  return { snapshot, bids: levels(entry, 'bids'), asks: levels(entry, 'asks'), checksum, eventTimeNs: entry['timestamp'] === undefined ? null : timeOf(entry, 'timestamp') };
}

function levels(entry: Fields, side: string): PriceLevel[] {
  return asArray(entry[side], side).map((level): PriceLevel => {
    const { price, qty } = asFields(level, `a level of ${side}`);
    if (!isDecimalText(price) || !isDecimalText(qty)) throw new DecodeError(`price and qty of ${side} must be plain decimals`, level);
    return [price, qty];
  });
}

function decodeTrade(entry: Fields): FeedTrade {
  const side = textOf(entry, 'side');
  if (side !== 'buy' && side !== 'sell') throw new DecodeError('side must be buy or sell', side);
  return { id: integerOf(entry, 'trade_id'), price: decimalOf(entry, 'price'), quantity: decimalOf(entry, 'qty'), aggressor: side === 'buy' ? 'BUY' : 'SELL', eventTimeNs: timeOf(entry, 'timestamp') };
}

/** The venue never says that a bar is closed; the next one does. */
function decodeBar(entry: Fields): FeedBar {
  return {
    intervalMs: integerOf(entry, 'interval') * MS_PER_MINUTE, openTimeNs: timeOf(entry, 'interval_begin'),
    open: decimalOf(entry, 'open'), high: decimalOf(entry, 'high'), low: decimalOf(entry, 'low'), close: decimalOf(entry, 'close'),
    volume: decimalOf(entry, 'volume'), tradeCount: integerOf(entry, 'trades'), closed: false,
  };
}

function decodeAnswer(message: Fields): KrakenEvent {
  const method = textOf(message, 'method');
  const requestId = message['req_id'] === undefined ? null : integerOf(message, 'req_id');
  if (method === 'pong') return { kind: 'answer', method, requestId, symbol: null, refusal: null };
  const refusal = booleanOf(message, 'success') ? null : textOf(message, 'error');
  const subject = refusal === null && message['result'] !== undefined ? asFields(message['result'], 'result') : message;
  return { kind: 'answer', method, requestId, symbol: subject['symbol'] === undefined ? null : textOf(subject, 'symbol'), refusal };
}
