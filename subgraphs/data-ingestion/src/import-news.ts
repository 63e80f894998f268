// Brings news into the platform: the one way in, for the sample of the first start and for a user's file alike.

import type { Readable } from 'node:stream';
import { ClientError } from '@mib/service/errors';
import { openImport } from './connectors/file-import/import-files.ts';
import { articleOf } from './domain/news.ts';
import { parseNewsFeed } from './domain/news-feed.ts';
import { InstrumentMatcher } from './domain/news-matching.ts';
import { NEWS_SAMPLE } from './domain/samples.ts';
import { startImport, type ImportDependencies } from './import-history.ts';
import { storeNews, type MatchedArticle } from './store/news.ts';

export interface NewsImportReport {
  readonly totalItems: number;
  readonly importedItems: number;
  readonly duplicateItems: number;
  readonly rejectedItems: number;
}

/** A file is in memory as a whole while it is parsed. */
export const MAX_NEWS_BYTES = 20 * 1024 ** 2;

/**
 * Imports one feed, all or nothing.
 *
 * @throws {ClientError} NOT_FOUND, VALIDATION, FORBIDDEN, UNAVAILABLE or RATE_LIMITED; nothing is imported then.
 */
export async function importNews(dependencies: ImportDependencies, uri: string): Promise<NewsImportReport> {
  const { pool, instruments, importDirectory, health } = dependencies;
  using _ = startImport(dependencies, uri);
  try {
    const synthetic = uri === `sample:${NEWS_SAMPLE.name}`;
    const report = await storeFeed({ pool, instruments }, await readText(await openImport(uri, importDirectory)), synthetic);
    health.received(report.totalItems, report.rejectedItems);
    return report;
  } catch (error) {
    health.failed(error instanceof Error ? error.message : String(error));
    throw error;
  }
}

/**
 * Stores what is new in the text of a feed, matched to instruments; all or nothing.
 *
 * @throws {ClientError} VALIDATION for what is neither RSS nor Atom.
 */
export async function storeFeed({ pool, instruments }: Pick<ImportDependencies, 'pool' | 'instruments'>, text: string, synthetic: boolean): Promise<NewsImportReport> {
  const { title: source, items } = parseNewsFeed(text);
  const matcher = new InstrumentMatcher(await instruments.all());
  const articles = items.flatMap((item): MatchedArticle[] => {
    const article = articleOf(item, { source, synthetic });
    return article ? [{ ...article, instruments: matcher.match(item) }] : [];
  });
  const importedItems = await storeNews(pool, articles);
  return { totalItems: items.length, importedItems, duplicateItems: articles.length - importedItems, rejectedItems: items.length - articles.length };
}

async function readText(source: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_NEWS_BYTES) throw new ClientError('VALIDATION', `file must have at most ${MAX_NEWS_BYTES} bytes`, { field: ['input', 'uri'] });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
