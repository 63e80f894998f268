// Articles as rows, with the instruments they speak of. An import is one transaction with its announcements; an article
// that is there already, by id or by URL, is left as it is.

import type pg from 'pg';
import { inTransaction } from '@mib/service/database';
import { writeOutbox } from '@mib/service/outbox';
import type { Instrument } from '../domain/instrument.ts';
import type { NewsArticle } from '../domain/news.ts';
import { NEWS_CHANNEL, NEWS_TOPIC, newsRecord } from '../events.ts';

export interface MatchedArticle extends NewsArticle {
  readonly instruments: readonly Instrument[];
}

/** Where a page goes on: behind this article. */
export interface NewsPlace {
  readonly publishedAt: Date;
  readonly id: string;
}

/** Rows of one statement. */
const BATCH = 500;
/** Ids of one notification, whose payload has at most 8000 bytes. */
const IDS_PER_NOTIFICATION = 100;

/** @returns how many were new. */
export function storeNews(pool: pg.Pool, articles: readonly MatchedArticle[]): Promise<number> {
  return inTransaction(pool, async (client) => {
    // Two imports that hold the same articles in different orders would wait for each other.
    await client.query(`select pg_advisory_xact_lock(hashtextextended('ingestion.news', 0))`);
    let stored = 0;
    for (let from = 0; from < articles.length; from += BATCH) stored += await storeBatch(client, articles.slice(from, from + BATCH));
    return stored;
  });
}

export async function newsByIds(pool: pg.Pool, ids: readonly string[]): Promise<NewsArticle[]> {
  const { rows } = await pool.query<NewsRow>(`select ${COLUMNS} from ingestion.news n where n.id = any($1)`, [ids]);
  return rows.map(articleOfRow);
}

/** Newest first, at most `limit` for each instrument. */
export async function newsOfInstruments(pool: pg.Pool, instrumentNumbers: readonly number[], page: { readonly limit: number; readonly after: NewsPlace | undefined }): Promise<Map<number, NewsArticle[]>> {
  const { rows } = await pool.query<NewsRow & { instrument_number: number }>(
    `select ${COLUMNS}, l.instrument_number from unnest($1::int[]) i(number) cross join lateral (
       select * from ingestion.news_instruments l where l.instrument_number = i.number and ($2::timestamptz is null or (l.published_at, l.news_id) < ($2, $3))
       order by l.published_at desc, l.news_id desc limit $4) l
     join ingestion.news n on n.id = l.news_id order by l.instrument_number, l.published_at desc, l.news_id desc`,
    [instrumentNumbers, page.after?.publishedAt ?? null, page.after?.id ?? null, page.limit],
  );
  const found = new Map<number, NewsArticle[]>(instrumentNumbers.map((number) => [number, []]));
  for (const row of rows) found.get(row.instrument_number)!.push(articleOfRow(row));
  return found;
}

/** Ids of the instruments of several articles, sorted. */
export async function instrumentIdsOfNews(pool: pg.Pool, newsIds: readonly string[]): Promise<Map<string, string[]>> {
  const { rows } = await pool.query<{ news_id: string; ids: string[] }>(
    `select l.news_id, array_agg(i.id order by i.id) as ids from ingestion.news_instruments l join ingestion.instruments i on i.number = l.instrument_number
     where l.news_id = any($1) group by l.news_id`,
    [newsIds],
  );
  return new Map(rows.map(({ news_id, ids }) => [news_id, ids]));
}

/** True when there is any article that was invented. */
export async function hasSyntheticNews(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query<{ found: boolean }>('select exists (select from ingestion.news where synthetic) as found');
  return rows[0]!.found;
}

const COLUMNS = 'n.id, n.headline, n.url, n.source, n.published_at, n.synthetic';

interface NewsRow {
  readonly id: string;
  readonly headline: string;
  readonly url: string;
  readonly source: string;
  readonly published_at: Date;
  readonly synthetic: boolean;
}

function articleOfRow({ id, headline, url, source, published_at: publishedAt, synthetic }: NewsRow): NewsArticle {
  return { id, headline, url, source, publishedAt, synthetic };
}

async function storeBatch(client: pg.PoolClient, articles: readonly MatchedArticle[]): Promise<number> {
  const column = <T>(value: (article: MatchedArticle) => T): T[] => articles.map(value);
  const { rows } = await client.query<{ id: string }>(
    `insert into ingestion.news (id, headline, url, source, published_at, synthetic)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::boolean[]) on conflict do nothing returning id`,
    [column((each) => each.id), column((each) => each.headline), column((each) => each.url), column((each) => each.source), column((each) => each.publishedAt), column((each) => each.synthetic)],
  );
  const inserted = new Set(rows.map(({ id }) => id));
  const fresh = articles.filter((article) => inserted.delete(article.id));
  const links = fresh.flatMap((article) => article.instruments.map((instrument) => ({ article, number: instrument.number })));
  await client.query('insert into ingestion.news_instruments (instrument_number, published_at, news_id) select * from unnest($1::int[], $2::timestamptz[], $3::text[])', [
    links.map(({ number }) => number), links.map(({ article }) => article.publishedAt), links.map(({ article }) => article.id),
  ]);
  await writeOutbox(client, 'ingestion', NEWS_TOPIC, fresh.map((article) => newsRecord(article, article.instruments)));
  for (let from = 0; from < fresh.length; from += IDS_PER_NOTIFICATION) {
    await client.query('select pg_notify($1, $2)', [NEWS_CHANNEL, fresh.slice(from, from + IDS_PER_NOTIFICATION).map(({ id }) => id).join(' ')]);
  }
  return fresh.length;
}
