// Coinbase Exchange's words. Source: docs of the Exchange websocket feed, channels `full` and `heartbeat`, and of the REST
// product book at level 3. Kinds of messages that are new are none of ours; a known kind with a wrong field is refused.

import type { TimestampNs } from '@mib/model/timestamp';
import { isDecimalText } from '../feed/decimal-text.ts';
import { DecodeError } from '../feed/feed-error.ts';
import { asFields, decimalOf, integerOf, textOf, timeOf, type Fields } from '../feed/fields.ts';

export type BookSideName = 'BUY' | 'SELL';

/** What happened to one order of the book; NOTHING still takes a sequence number. */
export type OrderChange =
  | { readonly kind: 'OPEN'; readonly orderId: string; readonly side: BookSideName; readonly price: string; readonly size: string }
  | { readonly kind: 'DONE'; readonly orderId: string }
  | { readonly kind: 'CHANGE'; readonly orderId: string; readonly size: string; readonly price: string | null }
  | { readonly kind: 'MATCH'; readonly makerOrderId: string; readonly makerSide: BookSideName; readonly price: string; readonly size: string; readonly tradeId: number }
  | { readonly kind: 'NOTHING' };

export type CoinbaseEvent =
  | { readonly kind: 'ORDER'; readonly product: string; readonly sequence: number; readonly timeNs: TimestampNs; readonly change: OrderChange }
  | { readonly kind: 'HEARTBEAT'; readonly product: string; readonly sequence: number; readonly lastTradeId: number }
  | { readonly kind: 'SUBSCRIBED'; readonly products: readonly string[] }
  | { readonly kind: 'ERROR'; readonly message: string };

export interface Level3Order {
  readonly orderId: string;
  readonly price: string;
  readonly size: string;
}

export interface Level3Book {
  readonly sequence: number;
  readonly bids: readonly Level3Order[];
  readonly asks: readonly Level3Order[];
}

/**
 * @returns the events of one frame; none for a kind that is not ours.
 * @throws {DecodeError} naming what is not as the protocol says.
 */
export function decode(frame: string): { readonly events: readonly CoinbaseEvent[]; readonly message: Fields } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(frame);
  } catch {
    throw new DecodeError('a frame must be JSON', frame);
  }
  const message = asFields(parsed, 'a message');
  const event = decodeMessage(message);
  return { events: event ? [event] : [], message };
}

/** @throws {DecodeError} for what is no answer of /products/<id>/book?level=3. */
export function decodeLevel3(answer: unknown): Level3Book {
  const book = asFields(answer, 'the book');
  return { sequence: integerOf(book, 'sequence'), bids: orders(book['bids']), asks: orders(book['asks']) };
}

function decodeMessage(message: Fields): CoinbaseEvent | undefined {
  switch (message['type']) {
    case 'open':
      return order(message, { kind: 'OPEN', orderId: textOf(message, 'order_id'), side: side(message), price: decimalOf(message, 'price'), size: decimalOf(message, 'remaining_size') });
    case 'done':
      return order(message, { kind: 'DONE', orderId: textOf(message, 'order_id') });
    case 'change':
      return order(message, change(message));
    case 'match':
      return order(message, { kind: 'MATCH', makerOrderId: textOf(message, 'maker_order_id'), makerSide: side(message), price: decimalOf(message, 'price'), size: decimalOf(message, 'size'), tradeId: integerOf(message, 'trade_id') });
    case 'received':
      return order(message, { kind: 'NOTHING' });
    case 'heartbeat':
      return { kind: 'HEARTBEAT', product: textOf(message, 'product_id'), sequence: integerOf(message, 'sequence'), lastTradeId: integerOf(message, 'last_trade_id') };
    case 'subscriptions':
      return { kind: 'SUBSCRIBED', products: subscribed(message) };
    case 'error':
      return { kind: 'ERROR', message: [message['message'], message['reason']].filter((part) => typeof part === 'string').join(': ') };
    default:
      if (typeof message['type'] !== 'string') throw new DecodeError('type must be a text', message['type']);
      return undefined;
  }
}

function order(message: Fields, change: OrderChange): CoinbaseEvent {
  return { kind: 'ORDER', product: textOf(message, 'product_id'), sequence: integerOf(message, 'sequence'), timeNs: timeOf(message, 'time'), change };
}

/** A market order is changed before it has a price; then nothing rests. A modified order may have a new price. */
function change(message: Fields): OrderChange {
  if (message['new_size'] === undefined) return { kind: 'NOTHING' };
  return { kind: 'CHANGE', orderId: textOf(message, 'order_id'), size: decimalOf(message, 'new_size'), price: message['new_price'] === undefined ? null : decimalOf(message, 'new_price') };
}

function subscribed(message: Fields): readonly string[] {
  if (!Array.isArray(message['channels'])) throw new DecodeError('channels must be a list', message['channels']);
  const full = message['channels'].map((channel) => asFields(channel, 'a channel')).find((channel) => channel['name'] === 'full');
  return full && Array.isArray(full['product_ids']) ? full['product_ids'].map(String) : [];
}

function orders(value: unknown): readonly Level3Order[] {
  if (!Array.isArray(value)) throw new DecodeError('bids and asks must be lists', value);
  return value.map((entry: unknown): Level3Order => {
    const [price, size, orderId] = Array.isArray(entry) ? (entry as unknown[]) : [];
    if (!isDecimalText(price) || !isDecimalText(size) || typeof orderId !== 'string') throw new DecodeError('an order must be [price, size, order_id]', entry);
    return { price, size, orderId };
  });
}

function side(message: Fields): BookSideName {
  const value = message['side'];
  if (value === 'buy') return 'BUY';
  if (value === 'sell') return 'SELL';
  throw new DecodeError('side must be buy or sell', value);
}
