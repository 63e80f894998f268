// Minute bars that were missed, from Alpaca's REST door.

import { formatTimestamp, type TimestampNs } from '@mib/model/timestamp';
import type { FeedBar } from '../feed/contract.ts';
import { DecodeError } from '../feed/feed-error.ts';
import { getJson } from '../feed/get-json.ts';
import { asFields, decodeBar } from './decode.ts';

/** Bars of one answer, and answers for one reconnect at most: some weeks of minutes. */
const PAGE_BARS = 10_000;
const MAX_PAGES = 5;

export interface BarsWanted {
  readonly rest: string;
  readonly symbol: string;
  /** Bars from here on. */
  readonly fromNs: TimestampNs;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** @throws {FeedError} when the venue does not answer, or not in its own protocol. */
export async function askBars({ rest, symbol, fromNs, headers, timeoutMs, signal }: BarsWanted): Promise<readonly FeedBar[]> {
  const bars: FeedBar[] = [];
  let page: string | null = null;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const query = new URLSearchParams({ symbols: symbol, timeframe: '1Min', feed: 'iex', start: formatTimestamp(fromNs), limit: String(PAGE_BARS), ...(page !== null && { page_token: page }) });
    const answer = asFields(await getJson(`${rest}/v2/stocks/bars?${query.toString()}`, { timeoutMs, headers, signal }));
    const found = asFields(answer['bars'] ?? {})[symbol] ?? [];
    if (!Array.isArray(found)) throw new DecodeError('bars must be a list', found);
    bars.push(...found.map((bar) => decodeBar(asFields(bar))));
    page = typeof answer['next_page_token'] === 'string' ? answer['next_page_token'] : null;
    if (page === null) break;
  }
  return bars;
}
