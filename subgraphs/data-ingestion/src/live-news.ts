// Articles as they are stored, by whichever replica: commits notify, the articles are read and handed to subscribers.
// What is stored while the session is being restored is not handed out later; the lists have it.

import type pg from 'pg';
import { backOff } from '@mib/service/back-off';
import type { Logger } from '@mib/service/logger';
import { PostgresSession } from '@mib/service/postgres-session';
import { LiveTopic } from '@mib/service/pubsub';
import type { NewsArticle } from './domain/news.ts';
import { NEWS_CHANNEL } from './events.ts';
import { instrumentIdsOfNews, newsByIds } from './store/news.ts';

export interface PublishedArticle {
  readonly article: NewsArticle;
  readonly instrumentIds: readonly string[];
}

const RETRY = { firstMs: 100, maxMs: 5_000 };

export class LiveNews implements AsyncDisposable {
  readonly published = new LiveTopic<PublishedArticle>();
  readonly #pool: pg.Pool;
  readonly #logger: Logger;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #reading: Promise<void> = Promise.resolve();
  #listening: () => void = () => undefined;
  /** Resolves when articles stored from now on are heard of. */
  readonly ready = new Promise<void>((resolve) => (this.#listening = resolve));

  constructor(pool: pg.Pool, url: string, logger: Logger) {
    this.#pool = pool;
    this.#logger = logger;
    this.#running = this.#run(url);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.#reading;
  }

  async #run(url: string): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted; ) {
      try {
        await using session = await PostgresSession.open(url, 'data-ingestion news', (_, payload) => this.#heard(payload));
        await session.query(`listen ${NEWS_CHANNEL}`);
        failures = 0;
        this.#listening();
        await aborted(AbortSignal.any([signal, session.lost]));
      } catch (error) {
        this.#logger.warn({ err: error }, 'live news interrupted');
      }
      if (!signal.aborted) await backOff(++failures, { ...RETRY, signal });
    }
  }

  #heard(payload: string): void {
    this.#reading = this.#reading.then(() => this.#publish(payload.split(' '))).catch((error: unknown) => this.#logger.warn({ err: error }, 'news not handed out'));
  }

  /** In the order of time. */
  async #publish(ids: readonly string[]): Promise<void> {
    const [articles, instrumentIds] = await Promise.all([newsByIds(this.#pool, ids), instrumentIdsOfNews(this.#pool, ids)]);
    for (const article of articles.sort((a, b) => a.publishedAt.getTime() - b.publishedAt.getTime())) this.published.publish({ article, instrumentIds: instrumentIds.get(article.id) ?? [] });
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
