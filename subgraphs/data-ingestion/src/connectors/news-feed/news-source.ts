// Follows one RSS or Atom feed by HTTP. Feeds ask their readers for conditional requests and patience; each article is
// stored once whatever the feed repeats.

import { createHash } from 'node:crypto';
import type { RunningSource } from '../../data-sources.ts';
import type { SourceIdentity } from '../../domain/source-health.ts';
import type { NewsImportReport } from '../../import-news.ts';
import { fetchInto, type PolledOptions } from '../polling/polled-document.ts';
import { startPoller } from '../polling/poller.ts';

export interface NewsFeedOptions extends PolledOptions {
  /** Stores what is new in the feed's text. */
  readonly store: (text: string) => Promise<NewsImportReport>;
}

const INTERVAL_MS = 300_000;
/** A feed of a few hundred articles has some 500 KB; parsing more would hold up what else runs here. */
const MAX_BYTES = 4 * 1024 ** 2;
const ID_CHARACTERS = 8;
const ACCEPT = 'application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1';

/** One source for each address; the address itself may hold a key and is not shown. */
export function newsFeedSource(url: string): SourceIdentity {
  const { hostname } = new URL(url);
  const id = `rss-${hostname}-${createHash('sha256').update(url).digest('hex').slice(0, ID_CHARACTERS)}`;
  return { id, provider: `News feed of ${hostname}`, kind: 'NEWS_FEED', synthetic: false, continuous: false };
}

export function startNewsFeed(options: NewsFeedOptions): RunningSource {
  return startPoller({ ...options, intervalMs: INTERVAL_MS, poll: (signal) => pollNewsFeed(options, signal) });
}

export async function pollNewsFeed(options: NewsFeedOptions, signal: AbortSignal): Promise<void> {
  const { url, store, health, logger } = options;
  await fetchInto(options, { url, accept: ACCEPT, maxBytes: MAX_BYTES, conditional: true, signal }, async (text) => {
    const report = await store(text);
    health.received(report.totalItems, report.rejectedItems);
    if (report.importedItems > 0) logger.info({ source: health.id, ...report }, 'news stored');
  });
}
