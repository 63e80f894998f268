// Binance's trading rules, from the filters of its exchange information.
// Rule: Binance spot, GET /api/v3/exchangeInfo: PRICE_FILTER, LOT_SIZE, NOTIONAL or the older MIN_NOTIONAL.

import { SYSTEM_CLOCK } from '../clock.ts';
import type { FeedUrls, VenueInstrument } from '../feed/contract.ts';
import { asArray, asFields, decimalOf, textOf, type Fields } from '../feed/fields.ts';
import { RestBudget } from '../feed/rest-budget.ts';
import { openRestClient } from '../feed/rest-client.ts';
import { parseFrame } from './decode.ts';

const WEIGHT = 20;
const TIMEOUT_MS = 20_000;

/** @throws {FeedError} when the venue does not answer; it refuses all when it does not know one of them. */
export async function readInstruments(symbols: readonly string[], urls: FeedUrls): Promise<readonly VenueInstrument[]> {
  await using rest = openRestClient({ base: urls.rest, budget: new RestBudget({ weightPerMinute: WEIGHT * symbols.length }), answerMs: TIMEOUT_MS, clock: SYSTEM_CLOCK });
  const answer = await rest.get(`/api/v3/exchangeInfo?symbols=${encodeURIComponent(JSON.stringify(symbols))}`, WEIGHT);
  return asArray(asFields(parseFrame(answer), 'exchange information')['symbols'], 'symbols').map((symbol) => decodeInstrument(asFields(symbol, 'a symbol')));
}

function decodeInstrument(symbol: Fields): VenueInstrument {
  const filters = new Map(asArray(symbol['filters'], 'filters').map((filter) => [asFields(filter, 'a filter')['filterType'], filter as Fields]));
  const filter = (name: string): Fields => asFields(filters.get(name), `filter ${name}`);
  const notional = filters.get('NOTIONAL') ?? filters.get('MIN_NOTIONAL');
  return {
    symbol: textOf(symbol, 'symbol'),
    base: textOf(symbol, 'baseAsset'),
    quote: textOf(symbol, 'quoteAsset'),
    tickSize: decimalOf(filter('PRICE_FILTER'), 'tickSize'),
    lotSize: decimalOf(filter('LOT_SIZE'), 'stepSize'),
    minQuantity: decimalOf(filter('LOT_SIZE'), 'minQty'),
    minNotional: notional ? decimalOf(notional, 'minNotional') : null,
    trading: textOf(symbol, 'status') === 'TRADING',
  };
}
