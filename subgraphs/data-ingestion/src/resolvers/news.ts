// News articles: fields, pages by instrument, and the subscription. All public.

import { ClientError } from '@mib/service/errors';
import type { Context } from '../context.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { NewsArticle as Article } from '../domain/news.ts';
import type { NewsArticleResolvers } from '../generated/resolvers-types.ts';
import type { PublishedArticle } from '../live-news.ts';
import type { NewsPlace } from '../store/news.ts';
import { checkFirst, MAX_PAGE, readCursor, toCursor, toPage, type Page } from './connection.ts';

/** Articles waiting for a slow reader. */
const MAX_QUEUED = 256;

export const NewsArticle: NewsArticleResolvers = {
  __resolveReference: ({ id }, context) => context.newsById.load(id),
  publishedAt: ({ publishedAt }) => publishedAt.toISOString(),
  async instruments({ id }, _, context) {
    const ids = await context.instrumentIdsOfNews.load(id);
    const found = await Promise.all(ids.map((instrumentId) => context.instrumentById.load(instrumentId)));
    return found.filter((instrument) => instrument !== null);
  },
};

export async function newsOfInstrument({ number }: Instrument, { first, after }: { readonly first?: number | null; readonly after?: string | null }, context: Context): Promise<Page<Article>> {
  const limit = checkFirst(first);
  const place = readPlace(after);
  const rows = await context.newsOfInstrument(number, { limit: limit + 1, after: place });
  return toPage(rows, limit, place !== undefined, cursorOf);
}

export async function* newsPublished({ news, signal }: Context, symbols: readonly string[] | undefined): AsyncGenerator<Article> {
  if (symbols && symbols.length > MAX_PAGE) throw new ClientError('VALIDATION', `symbols must be at most ${MAX_PAGE}, were ${symbols.length}`, { field: ['symbols'] });
  const wanted = symbols && new Set(symbols);
  const filter = ({ instrumentIds }: PublishedArticle): boolean => !wanted || instrumentIds.some((id) => wanted.has(id) || wanted.has(symbolOf(id)));
  for await (const { article } of news.published.subscribe({ filter, maxQueued: MAX_QUEUED, overflow: 'drop-oldest', signal })) yield article;
}

/** `<symbol>.<venue>`; a symbol holds no dot. */
function symbolOf(instrumentId: string): string {
  return instrumentId.slice(0, instrumentId.indexOf('.'));
}

function cursorOf({ publishedAt, id }: Article): string {
  return toCursor(`${publishedAt.toISOString()} ${id}`);
}

function readPlace(after: string | null | undefined): NewsPlace | undefined {
  const text = readCursor(after);
  if (text === undefined) return undefined;
  const [time, id] = text.split(' ');
  const publishedAt = new Date(time!);
  if (id === undefined || Number.isNaN(publishedAt.getTime())) throw new ClientError('VALIDATION', `after must be a cursor of this list, was ${JSON.stringify(after!.slice(0, 80))}`, { field: ['after'] });
  return { publishedAt, id };
}
