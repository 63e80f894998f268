// What Coinbase Exchange's REST door is asked besides whole books: its trading rules, and trades that the stream left out.

import type { FeedTrade, FeedUrls, VenueInstrument } from '../feed/contract.ts';
import { isDecimalText } from '../feed/decimal-text.ts';
import { asArray, asFields, decimalOf, integerOf, textOf, timeOf, type Fields } from '../feed/fields.ts';
import { getJson } from '../feed/get-json.ts';

/** Trades of one answer at most, and answers for one hole at most. */
const PAGE_TRADES = 1_000;
const MAX_PAGES = 20;

/** @throws {FeedError} when the venue does not answer, or not in its own protocol. */
export async function askRules(symbols: readonly string[], urls: FeedUrls, timeoutMs: number): Promise<readonly VenueInstrument[]> {
  const products = asArray(await getJson(`${urls.rest}/products`, { timeoutMs }), 'products').map((product) => asFields(product, 'a product'));
  const wanted = new Set(symbols);
  return products.filter((product) => wanted.has(String(product['id']))).map((product): VenueInstrument => ({
    symbol: String(product['id']),
    base: textOf(product, 'base_currency'),
    quote: textOf(product, 'quote_currency'),
    tickSize: decimalOf(product, 'quote_increment'),
    lotSize: decimalOf(product, 'base_increment'),
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
    const answer = asArray(await getJson(`${urls.rest}/products/${encodeURIComponent(symbol)}/trades?limit=${limit}&after=${older}`, { timeoutMs, signal }), 'trades');
    if (answer.length === 0) break;
    const page = answer.map((entry) => tradeOf(asFields(entry, 'a trade')));
    trades.push(...page.filter(({ id }) => id > afterId));
    older = Math.min(...page.map(({ id }) => id));
  }
  return trades.reverse();
}

/** `side` is the maker's, as in the stream. */
function tradeOf(trade: Fields): FeedTrade {
  return {
    id: integerOf(trade, 'trade_id'), price: decimalOf(trade, 'price'), quantity: decimalOf(trade, 'size'),
    aggressor: trade['side'] === 'buy' ? 'SELL' : 'BUY', eventTimeNs: timeOf(trade, 'time'),
  };
}
