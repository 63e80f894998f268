// What Coinbase Exchange's REST door is asked besides whole books: its trading rules, and trades that the stream left out.

import { InvalidValueError } from '@mib/model/invalid-value';
import { parseTimestamp } from '@mib/model/timestamp';
import type { FeedTrade, FeedUrls, VenueInstrument } from '../feed/contract.ts';
import { isDecimalText } from '../feed/decimal-text.ts';
import { DecodeError } from '../feed/feed-error.ts';
import { getJson } from '../feed/get-json.ts';

/** Trades of one answer at most, and answers for one hole at most. */
const PAGE_TRADES = 1_000;
const MAX_PAGES = 20;

/** @throws {FeedError} when the venue does not answer, or not in its own protocol. */
export async function askRules(symbols: readonly string[], urls: FeedUrls, timeoutMs: number): Promise<readonly VenueInstrument[]> {
  const answer = await getJson(`${urls.rest}/products`, { timeoutMs });
  if (!Array.isArray(answer)) throw new DecodeError('products must be a list', answer);
  const wanted = new Set(symbols);
  return answer.map(asFields).filter((product) => wanted.has(String(product['id']))).map((product): VenueInstrument => ({
    symbol: String(product['id']),
    base: word(product, 'base_currency'),
    quote: word(product, 'quote_currency'),
    tickSize: decimal(product, 'quote_increment'),
    lotSize: decimal(product, 'base_increment'),
    minQuantity: null,
    minNotional: isDecimalText(product['min_market_funds']) ? product['min_market_funds'] : null,
    trading: product['status'] === 'online' && product['trading_disabled'] !== true,
  }));
}

export interface TradesWanted {
  readonly symbol: string;
  readonly afterId: number;
  readonly beforeId: number;
  readonly urls: FeedUrls;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Trades between two ids. The door gives them newest first, `after` an id meaning older than it.
 *
 * @throws {FeedError} as askRules.
 */
export async function askTrades({ symbol, afterId, beforeId, urls, timeoutMs, signal }: TradesWanted): Promise<readonly FeedTrade[]> {
  const trades: FeedTrade[] = [];
  for (let pages = 0, older = beforeId; pages < MAX_PAGES && older > afterId + 1; pages++) {
    const limit = Math.min(PAGE_TRADES, older - afterId - 1);
    const answer = await getJson(`${urls.rest}/products/${encodeURIComponent(symbol)}/trades?limit=${limit}&after=${older}`, { timeoutMs, signal });
    if (!Array.isArray(answer)) throw new DecodeError('trades must be a list', answer);
    if (answer.length === 0) break;
    const page = answer.map((entry) => tradeOf(asFields(entry)));
    trades.push(...page.filter(({ id }) => id > afterId));
    older = Math.min(...page.map(({ id }) => id));
  }
  return trades.reverse();
}

/** `side` is the maker's, as in the stream. */
function tradeOf(trade: Fields): FeedTrade {
  const id = trade['trade_id'];
  if (!Number.isSafeInteger(id)) throw new DecodeError('trade_id must be a whole number', id);
  try {
    return { id: id as number, price: decimal(trade, 'price'), quantity: decimal(trade, 'size'), aggressor: trade['side'] === 'buy' ? 'SELL' : 'BUY', eventTimeNs: parseTimestamp(word(trade, 'time')) };
  } catch (error) {
    if (error instanceof InvalidValueError) throw new DecodeError('time must be RFC 3339', trade['time']);
    throw error;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function asFields(value: unknown): Fields {
  if (typeof value !== 'object' || value === null) throw new DecodeError('an entry must be an object', value);
  return value as Fields;
}

function word(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new DecodeError(`${name} must be a text`, value);
}

function decimal(fields: Fields, name: string): string {
  const value = fields[name];
  if (isDecimalText(value)) return value;
  throw new DecodeError(`${name} must be a plain decimal`, value);
}
