// An article of a news feed: what is kept of it, and what one that cannot be kept lacks.

import { createHash } from 'node:crypto';

export interface NewsArticle {
  readonly id: string;
  readonly headline: string;
  readonly url: string;
  /** Name of the feed. */
  readonly source: string;
  readonly publishedAt: Date;
  /** Invented. */
  readonly synthetic: boolean;
}

/** What a feed says of an article, as text without markup; undefined where it says nothing. */
export interface FeedItem {
  readonly guid: string | undefined;
  readonly url: string | undefined;
  readonly headline: string | undefined;
  readonly published: string | undefined;
  /** Categories and tickers. */
  readonly terms: readonly string[];
}

const MAX_HEADLINE_CHARACTERS = 500;
const MAX_URL_CHARACTERS = 2_000;
const ID_CHARACTERS = 32;
/** A time without its zone would mean something else on every machine. */
const ZONED = /(?:Z|UTC?|GMT|[ECMP][SD]T|[+-]\d{2}:?\d{2})$/i;

/** Undefined for an item without headline, http(s) URL or time. */
export function articleOf(item: FeedItem, feed: { readonly source: string; readonly synthetic: boolean }): NewsArticle | undefined {
  const url = webAddress(item.url);
  const publishedAt = item.published !== undefined && ZONED.test(item.published) ? new Date(item.published) : undefined;
  if (!item.headline || !url || !publishedAt || Number.isNaN(publishedAt.getTime())) return undefined;
  return { id: newsId(item.guid ?? url), headline: item.headline.slice(0, MAX_HEADLINE_CHARACTERS), url, source: feed.source, publishedAt, synthetic: feed.synthetic };
}

/** The same article has the same id, whenever and by whomever it is imported. */
function newsId(identity: string): string {
  return `news_${createHash('sha256').update(identity).digest('hex').slice(0, ID_CHARACTERS)}`;
}

/** Links are shown to people: nothing but http and https. */
function webAddress(text: string | undefined): string | undefined {
  if (text === undefined || text.length > MAX_URL_CHARACTERS || !URL.canParse(text)) return undefined;
  const { protocol, href } = new URL(text);
  return protocol === 'http:' || protocol === 'https:' ? href : undefined;
}
