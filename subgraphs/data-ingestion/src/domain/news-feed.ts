// Reads RSS 2.0 and Atom. The parser expands no entity that a file defines, so no file can grow in memory or reach for
// another one; the five of XML and numeric ones are decoded here, after the parsing.

import { XMLParser } from 'fast-xml-parser';
import { ClientError } from '@mib/service/errors';
import type { FeedItem } from './news.ts';

export interface NewsFeed {
  /** As it calls itself. */
  readonly title: string;
  readonly items: readonly FeedItem[];
}

/** A feed holds its latest few hundred; an archive is cut into files. */
export const MAX_FEED_ITEMS = 20_000;
const MAX_TITLE_CHARACTERS = 120;
/** Elements that name an instrument, whatever their namespace. */
const TICKER_ELEMENTS = ['category', 'ticker', 'tickers', 'symbol'];
const LISTS = new Set(['item', 'entry', 'link', ...TICKER_ELEMENTS]);

/** @throws {ClientError} VALIDATION for what is neither, or has more than MAX_FEED_ITEMS. */
export function parseNewsFeed(xml: string): NewsFeed {
  const document = parse(xml);
  const channel = nodeOf(nodeOf(document['rss'])?.['channel']);
  const feed = nodeOf(document['feed']);
  if (channel) return feedOf(channel, listOf(channel['item']).map(rssItem));
  if (feed) return feedOf(feed, listOf(feed['entry']).map(atomEntry));
  throw refused('file must be an RSS 2.0 or Atom feed: it has neither rss/channel nor feed');
}

type XmlNode = Readonly<Record<string, unknown>>;

function parse(xml: string): XmlNode {
  const parser = new XMLParser({
    ignoreAttributes: false, attributeNamePrefix: '@', processEntities: false, parseTagValue: false, parseAttributeValue: false, removeNSPrefix: true, ignoreDeclaration: true,
    isArray: (name) => LISTS.has(name),
  });
  try {
    return parser.parse(xml, true) as XmlNode;
  } catch (error) {
    throw refused(`file must be well-formed XML: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

function feedOf(node: XmlNode, items: readonly FeedItem[]): NewsFeed {
  if (items.length > MAX_FEED_ITEMS) throw refused(`file must have at most ${MAX_FEED_ITEMS} items, had ${items.length}`);
  return { title: (textOf(node['title']) ?? 'Untitled feed').slice(0, MAX_TITLE_CHARACTERS), items };
}

function rssItem(item: XmlNode): FeedItem {
  const guid = textOf(item['guid']);
  const isLink = nodeOf(item['guid'])?.['@isPermaLink'] !== 'false';
  const url = listOf(item['link']).map(textOf).find((text) => text !== undefined) ?? (isLink ? guid : undefined);
  return { guid, url, headline: textOf(item['title']), published: textOf(item['pubDate']) ?? textOf(item['date']), terms: termsOf(item) };
}

function atomEntry(entry: XmlNode): FeedItem {
  const links = listOf(entry['link']);
  const link = links.find((each) => (each['@rel'] ?? 'alternate') === 'alternate') ?? links[0];
  const href = link?.['@href'];
  return {
    guid: textOf(entry['id']), url: typeof href === 'string' ? decode(href) : undefined, headline: textOf(entry['title']), published: textOf(entry['published']) ?? textOf(entry['updated']), terms: termsOf(entry),
  };
}

/** RSS says it in the text, Atom in `term`; several in one element are separated by commas or blanks. */
function termsOf(node: XmlNode): string[] {
  const raw = TICKER_ELEMENTS.flatMap((name) => listOf(node[name])).flatMap((each) => [textOf(each), each['@term']]);
  return raw.filter((text) => typeof text === 'string').flatMap((text) => text.split(/[\s,;]+/)).filter((text) => text !== '');
}

/** Objects of a repeated element; one that holds text alone comes as that text. */
function listOf(value: unknown): XmlNode[] {
  const values = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return values.map((each: unknown) => nodeOf(each) ?? { '#text': each });
}

function nodeOf(value: unknown): XmlNode | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as XmlNode) : undefined;
}

function textOf(value: unknown): string | undefined {
  const raw = nodeOf(value)?.['#text'] ?? value;
  if (typeof raw !== 'string') return undefined;
  // Twice: what CDATA or `type="html"` escapes holds markup and entities of its own.
  const text = decode(decode(raw).replace(/<[^>]*>/g, ' ')).replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return text === '' ? undefined : text;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };
const MAX_CODE_POINT = 0x10ffff;

function decode(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,4}));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const point = decimal !== undefined ? Number(decimal) : parseInt(hex!, 16);
    return point <= MAX_CODE_POINT ? String.fromCodePoint(point) : whole;
  });
}

function refused(message: string, cause?: unknown): ClientError {
  return new ClientError('VALIDATION', message, { field: ['input', 'uri'], cause });
}
