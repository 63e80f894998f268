// What servers said of documents when they were fetched last, so that a restart does not fetch them all again.

import type pg from 'pg';
import type { Validators } from '../connectors/polling/fetch-document.ts';

export async function fetchState(pool: pg.Pool, url: string): Promise<Validators | undefined> {
  const { rows } = await pool.query<Validators>('select etag, last_modified as "lastModified" from ingestion.fetch_states where url = $1', [url]);
  return rows[0];
}

/** To be called once what the document holds is stored: otherwise a crash in between would lose it. */
export async function saveFetchState(pool: pg.Pool, url: string, { etag, lastModified }: Validators): Promise<void> {
  await pool.query(
    `insert into ingestion.fetch_states (url, etag, last_modified, fetched_at) values ($1, $2, $3, now())
     on conflict (url) do update set etag = excluded.etag, last_modified = excluded.last_modified, fetched_at = excluded.fetched_at`,
    [url, etag, lastModified],
  );
}
