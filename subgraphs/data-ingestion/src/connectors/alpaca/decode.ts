// Alpaca's words of the stock stream v2. Source: Alpaca's documentation of real-time stock data. A frame is an array of
// messages; prices are JSON numbers, whose shortest text is what the venue wrote; times have nanoseconds. Kinds that are not
// ours are left out, a known kind with a wrong field is refused.

import { InvalidValueError } from '@mib/model/invalid-value';
import { parseTimestamp, type TimestampNs } from '@mib/model/timestamp';
import type { FeedBar } from '../feed/contract.ts';
import { isDecimalText } from '../feed/decimal-text.ts';
import { DecodeError } from '../feed/feed-error.ts';

export type AlpacaEvent =
  | { readonly kind: 'CONNECTED' }
  | { readonly kind: 'AUTHENTICATED' }
  | { readonly kind: 'ERROR'; readonly code: number; readonly message: string }
  | { readonly kind: 'SUBSCRIBED'; readonly symbols: readonly string[] }
  | { readonly kind: 'QUOTE'; readonly symbol: string; readonly bid: Side; readonly ask: Side; readonly timeNs: TimestampNs }
  | { readonly kind: 'TRADE'; readonly symbol: string; readonly trade: AlpacaTrade }
  | { readonly kind: 'BAR'; readonly symbol: string; readonly bar: FeedBar };

/** Quantity in shares; zero for a side without a quote. */
export interface Side {
  readonly price: string;
  readonly quantity: string;
}

export interface AlpacaTrade {
  /** Unlike any other trade's of the symbol on one day: the venue's number and its exchange. */
  readonly name: string;
  readonly price: string;
  readonly quantity: string;
  readonly timeNs: TimestampNs;
}

export type Fields = Readonly<Record<string, unknown>>;

const BAR_MS = 60_000;
/** Sizes of quotes are in round lots. */
const ROUND_LOT = 100;

/** @throws {DecodeError} naming what is not as the protocol says. */
export function decode(frame: string): { readonly events: readonly AlpacaEvent[]; readonly messages: readonly Fields[] } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(frame);
  } catch {
    throw new DecodeError('a frame must be JSON', frame);
  }
  if (!Array.isArray(parsed)) throw new DecodeError('a frame must be an array of messages', parsed);
  const messages = parsed.map(asFields);
  return { events: messages.flatMap((message) => decodeMessage(message) ?? []), messages };
}

/** A bar of the stream or of the REST door. @throws {DecodeError} as decode. */
export function decodeBar(message: Fields): FeedBar {
  return {
    intervalMs: BAR_MS, openTimeNs: time(message), open: number(message, 'o'), high: number(message, 'h'), low: number(message, 'l'), close: number(message, 'c'),
    volume: number(message, 'v'), tradeCount: Number.isSafeInteger(message['n']) ? (message['n'] as number) : null, closed: true,
  };
}

/** A trade of the stream or of the REST door. @throws {DecodeError} as decode. */
export function decodeTrade(message: Fields): AlpacaTrade {
  const price = number(message, 'p');
  return { name: `${number(message, 'i')} ${text(message, 'x')}`, price, quantity: number(message, 's'), timeNs: time(message) };
}

export function asFields(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new DecodeError('a message must be an object', value);
  return value as Fields;
}

function decodeMessage(message: Fields): AlpacaEvent | undefined {
  switch (message['T']) {
    case 'success':
      return message['msg'] === 'authenticated' ? { kind: 'AUTHENTICATED' } : message['msg'] === 'connected' ? { kind: 'CONNECTED' } : undefined;
    case 'error':
      return { kind: 'ERROR', code: Number(message['code']), message: String(message['msg']) };
    case 'subscription':
      if (!Array.isArray(message['quotes'])) throw new DecodeError('quotes must be a list of symbols', message['quotes']);
      return { kind: 'SUBSCRIBED', symbols: message['quotes'].map(String) };
    case 'q':
      return { kind: 'QUOTE', symbol: text(message, 'S'), bid: side(message, 'bp', 'bs'), ask: side(message, 'ap', 'as'), timeNs: time(message) };
    case 't':
      return { kind: 'TRADE', symbol: text(message, 'S'), trade: decodeTrade(message) };
    case 'b':
      return { kind: 'BAR', symbol: text(message, 'S'), bar: decodeBar(message) };
    default:
      if (typeof message['T'] !== 'string') throw new DecodeError('T must be a text', message['T']);
      return undefined;
  }
}

function side(message: Fields, priceField: string, sizeField: string): Side {
  const lots = message[sizeField];
  if (!Number.isSafeInteger(lots) || (lots as number) < 0) throw new DecodeError(`${sizeField} must be a whole number`, lots);
  return { price: number(message, priceField), quantity: String((lots as number) * ROUND_LOT) };
}

function number(message: Fields, name: string): string {
  const value = message[name];
  const written = typeof value === 'number' ? String(value) : undefined;
  if (isDecimalText(written)) return written;
  throw new DecodeError(`${name} must be a number of at least 0`, value);
}

function text(message: Fields, name: string): string {
  const value = message[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new DecodeError(`${name} must be a text`, value);
}

function time(message: Fields): TimestampNs {
  const value = text(message, 't');
  try {
    return parseTimestamp(value);
  } catch (error) {
    if (error instanceof InvalidValueError) throw new DecodeError('t must be RFC 3339', value);
    throw error;
  }
}
