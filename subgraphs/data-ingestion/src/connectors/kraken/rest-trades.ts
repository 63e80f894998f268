// Kraken's recent trades by REST, for what a reconnect left out.
// Rule: Kraken, Get Recent Trades (pair XBTUSD): [price, volume, seconds, b|s, m|l, misc, trade id], from after `since` on, at most 1000.

import { NS_PER_MS } from '@mib/model/timestamp';
import type { FeedTrade, TradePosition } from '../feed/contract.ts';
import { isDecimalText } from '../feed/decimal-text.ts';
import { DecodeError, FeedError } from '../feed/feed-error.ts';
import { asArray, asFields, integerOf } from '../feed/fields.ts';
import { parseLossless } from '../feed/lossless-json.ts';

const PAGE = 1_000;
const NS_DIGITS = 9;
const REST_ASSETS: Readonly<Record<string, string>> = { BTC: 'XBT', DOGE: 'XDG' };
const SECONDS = /^(\d{1,12})(?:\.(\d+))?$/;

/**
 * What the REST door calls a pair of the stream: the altname of its AssetPairs, the codes without a slash, in which two assets
 * keep the names from before WebSocket v2: BTC/USD is XBTUSD, DOGE/USD is XDGUSD.
 */
export function restPair(symbol: string): string {
  return symbol.split('/').map((asset) => REST_ASSETS[asset] ?? asset).join('');
}

/** The stream's times have microseconds, so the page begins a millisecond early; what is known already is dropped by its id. */
export function backfillPath(symbol: string, after: TradePosition): string {
  return `/0/public/Trades?pair=${encodeURIComponent(restPair(symbol))}&since=${after.eventTimeNs - NS_PER_MS}&count=${PAGE}`;
}

/** @throws {FeedError} when the venue refuses. @throws {DecodeError} */
export function decodeTrades(answer: string): FeedTrade[] {
  const { error, result } = asFields(parseLossless(answer), 'the answer');
  const errors = asArray(error, 'error');
  if (errors.length > 0) throw new FeedError(`venue refused: ${errors.join(', ')}`);
  return Object.entries(asFields(result, 'result')).flatMap(([key, trades]) => (key === 'last' ? [] : asArray(trades, 'trades').map(decodeTrade)));
}

function decodeTrade(value: unknown): FeedTrade {
  const [price, quantity, seconds, side, , , id] = asArray(value, 'a trade');
  const time = typeof seconds === 'string' ? SECONDS.exec(seconds) : null;
  if (!isDecimalText(price) || !isDecimalText(quantity) || (side !== 'b' && side !== 's') || !time) throw new DecodeError('a trade must be [price, volume, seconds, b or s, ...]', value);
  const eventTimeNs = BigInt(`${time[1]!}${(time[2] ?? '').padEnd(NS_DIGITS, '0').slice(0, NS_DIGITS)}`);
  return { id: integerOf({ id }, 'id'), price, quantity, aggressor: side === 'b' ? 'BUY' : 'SELL', eventTimeNs };
}
