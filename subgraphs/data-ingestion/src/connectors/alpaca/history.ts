// Minute bars and trades that were missed, from Alpaca's REST door. Source: Alpaca's documentation of historical stock data.

import { formatTimestamp, type TimestampNs } from '@mib/model/timestamp';
import type { FeedBar } from '../feed/contract.ts';
import { DecodeError, FeedError } from '../feed/feed-error.ts';
import { getJson } from '../feed/get-json.ts';
import { asFields, decodeBar, decodeTrade, type AlpacaTrade, type Fields } from './decode.ts';

/** Of one answer, and answers for one reconnect at most: some weeks of minutes, hours of a busy stock's trades. */
const PAGE_ITEMS = 10_000;
const MAX_PAGES = 20;

export interface Wanted {
  readonly rest: string;
  readonly symbol: string;
  /** From here on, inclusive. */
  readonly fromNs: TimestampNs;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** In order of time. @throws {FeedError} when the venue does not answer, not in its own protocol, or with too much. */
export async function askBars(wanted: Wanted): Promise<readonly FeedBar[]> {
  return (await askPages('bars', { timeframe: '1Min' }, wanted)).map(decodeBar);
}

/** In order of time. @throws {FeedError} as askBars. */
export async function askTrades(wanted: Wanted): Promise<readonly AlpacaTrade[]> {
  return (await askPages('trades', {}, wanted)).map(decodeTrade);
}

async function askPages(kind: 'bars' | 'trades', query: Readonly<Record<string, string>>, { rest, symbol, fromNs, headers, timeoutMs, signal }: Wanted): Promise<readonly Fields[]> {
  const items: Fields[] = [];
  let page: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const parameters = new URLSearchParams({ symbols: symbol, ...query, feed: 'iex', start: formatTimestamp(fromNs), limit: String(PAGE_ITEMS), ...(page !== undefined && { page_token: page }) });
    const answer = asFields(await getJson(`${rest}/v2/stocks/${kind}?${parameters.toString()}`, { timeoutMs, headers, signal }));
    const found = asFields(answer[kind] ?? {})[symbol] ?? [];
    if (!Array.isArray(found)) throw new DecodeError(`${kind} must be a list`, found);
    items.push(...found.map(asFields));
    if (typeof answer['next_page_token'] !== 'string') return items;
    page = answer['next_page_token'];
  }
  throw new FeedError(`more than ${MAX_PAGES * PAGE_ITEMS} ${kind} were missed`);
}
