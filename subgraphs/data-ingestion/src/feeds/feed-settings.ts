// Which outside sources there are, as the operator names them: `provider:symbol` with commas between in a variable, or a
// JSON file that can say more (addresses, credentials, whether a source is on at first). Pure: text in, settings out.

import { z } from 'zod';

export const MARKET_PROVIDERS = ['binance', 'kraken', 'coinbase', 'alpaca'] as const;
export type MarketProvider = (typeof MARKET_PROVIDERS)[number];
/** Asked now and then: rates of the central bank, news feeds by address, filings by who to contact. */
export const POLLED_PROVIDERS = ['ecb', 'rss', 'sec'] as const;
export type PolledProvider = (typeof POLLED_PROVIDERS)[number];

interface CommonSettings {
  /** Whether it runs until an operator says otherwise. */
  readonly enabled: boolean;
}

export interface MarketFeedSettings extends CommonSettings {
  readonly provider: MarketProvider;
  /** In the venue's own spelling, each once, 1..MAX_SYMBOLS. */
  readonly symbols: readonly string[];
  /** Instead of the venue's public addresses. */
  readonly urls?: { readonly stream?: string | undefined; readonly rest?: string | undefined } | undefined;
  readonly credentials?: FeedCredentials | undefined;
}

export interface PolledFeedSettings extends CommonSettings {
  readonly provider: PolledProvider;
  /** What stands behind the provider: nothing for ecb, an address for rss, a contact for sec. */
  readonly text: string;
  /** Instead of the provider's public address. */
  readonly url?: string | undefined;
}

export type FeedSettings = MarketFeedSettings | PolledFeedSettings;

/** Never logged, nor in a message. */
export interface FeedCredentials {
  readonly key: string;
  readonly secret: string;
}

export class FeedSettingsError extends Error {
  override readonly name = 'FeedSettingsError';
}

/** Of one venue; each is a book in memory. */
export const MAX_SYMBOLS = 200;
const MAX_SHOWN_CHARACTERS = 80;

export function isMarketFeed(feed: FeedSettings): feed is MarketFeedSettings {
  return isOneOf(MARKET_PROVIDERS, feed.provider);
}

/**
 * Reads `binance:BTCUSDT,kraken:BTC/USD,ecb,rss:https://…,sec:contact`; spaces and empty places do not count.
 *
 * @throws {FeedSettingsError} naming the entry.
 */
export function parseFeeds(text: string): readonly FeedSettings[] {
  const entries = text.split(',').map((entry) => entry.trim()).filter((entry) => entry !== '');
  return entries.map((entry): FeedSettings => {
    const colon = entry.indexOf(':');
    const provider = colon < 0 ? entry : entry.slice(0, colon);
    const rest = colon < 0 ? '' : entry.slice(colon + 1);
    if (isOneOf(MARKET_PROVIDERS, provider)) return { provider, symbols: [checkSymbol(rest, entry)], enabled: true };
    if (isOneOf(POLLED_PROVIDERS, provider)) return { provider, text: checkText(provider, rest, entry), enabled: true };
    throw new FeedSettingsError(`provider must be one of ${[...MARKET_PROVIDERS, ...POLLED_PROVIDERS].join(' ')}, was ${shown(entry)}`);
  });
}

const streamUrl = z.url({ protocol: /^wss?$/, error: 'must be a ws: or wss: address' }).transform(withoutSlash);
const restUrl = z.url({ protocol: /^https?$/, error: 'must be an http: or https: address' }).transform(withoutSlash);
const market = z.strictObject({
  provider: z.enum(MARKET_PROVIDERS),
  symbols: z.array(z.string()).min(1).max(MAX_SYMBOLS),
  enabled: z.boolean().default(true),
  urls: z.strictObject({ stream: streamUrl.optional(), rest: restUrl.optional() }).optional(),
  credentials: z.strictObject({ key: z.string().min(1), secret: z.string().min(1) }).optional(),
});
const polled = z.strictObject({ provider: z.enum(POLLED_PROVIDERS), text: z.string().default(''), enabled: z.boolean().default(true), url: restUrl.optional() });
const file = z.strictObject({ feeds: z.array(z.discriminatedUnion('provider', [market, polled])) });

/**
 * Reads `{ "feeds": [{ "provider": "kraken", "symbols": ["BTC/USD"], "urls": { "stream": "wss://…" } }, …] }`.
 *
 * @throws {FeedSettingsError} naming the place and the rule; values are not shown, they may be secret.
 */
export function parseFeedsFile(text: string): readonly FeedSettings[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new FeedSettingsError(`must be JSON, ${text.length} characters are not`);
  }
  const parsed = file.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new FeedSettingsError(`${issue.path.join('.') || 'the file'} ${issue.message}`);
  }
  return parsed.data.feeds.map((feed): FeedSettings => {
    if ('symbols' in feed) return { ...feed, symbols: feed.symbols.map((symbol) => checkSymbol(symbol, `${feed.provider}:${symbol}`)) };
    return { ...feed, text: checkText(feed.provider, feed.text, feed.provider) };
  });
}

/**
 * One feed a venue: symbols of all entries together, the rest as the first entry that has it says. Polled sources that
 * are named twice count once.
 *
 * @throws {FeedSettingsError} for more than MAX_SYMBOLS.
 */
export function mergeFeeds(feeds: readonly FeedSettings[]): readonly FeedSettings[] {
  const merged = new Map<string, FeedSettings>();
  for (const feed of feeds) {
    const key = isMarketFeed(feed) ? feed.provider : `${feed.provider}:${feed.text}`;
    const before = merged.get(key);
    merged.set(key, before && isMarketFeed(before) && isMarketFeed(feed) ? together(before, feed) : (before ?? feed));
  }
  return [...merged.values()].map((feed) => (isMarketFeed(feed) ? together(feed, feed) : feed));
}

function together(a: MarketFeedSettings, b: MarketFeedSettings): MarketFeedSettings {
  const symbols = [...new Set([...a.symbols, ...b.symbols])];
  if (symbols.length > MAX_SYMBOLS) throw new FeedSettingsError(`symbols of ${a.provider} must be at most ${MAX_SYMBOLS}, were ${symbols.length}`);
  return { ...b, ...a, symbols };
}

function checkSymbol(symbol: string, entry: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9/._-]{0,15}$/.test(symbol)) return symbol.toUpperCase();
  throw new FeedSettingsError(`symbol must be 1..16 characters of A-Z 0-9 / . _ -, was ${shown(entry)}`);
}

function checkText(provider: PolledProvider, text: string, entry: string): string {
  if (provider === 'ecb' && text !== '') throw new FeedSettingsError(`ecb takes nothing behind it, was ${shown(entry)}`);
  if (provider === 'rss' && !/^https?:\/\/\S+$/.test(text)) throw new FeedSettingsError(`rss must be followed by an http: or https: address, was ${shown(entry)}`);
  if (provider === 'sec' && text.trim() === '') throw new FeedSettingsError(`sec must be followed by whom the SEC may contact, was ${shown(entry)}`);
  return text;
}

function isOneOf<T extends string>(list: readonly T[], value: string): value is T {
  return (list as readonly string[]).includes(value);
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

function shown(entry: string): string {
  return JSON.stringify(entry.slice(0, MAX_SHOWN_CHARACTERS));
}
