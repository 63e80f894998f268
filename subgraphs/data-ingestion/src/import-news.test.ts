import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { createPrisma } from '@mib/prisma/client';
import { createPool } from '@mib/service/database';
import { createLogger } from '@mib/service/logger';
import { testDatabase, type TestDatabase } from '@mib/testkit/test-database';
import { SAMPLES } from './domain/samples.ts';
import { SourceHealth } from './domain/source-health.ts';
import { SIMULATED_VENUE } from './domain/venue.ts';
import type { ImportDependencies } from './import-history.ts';
import { importNews } from './import-news.ts';
import { LiveNews } from './live-news.ts';
import { InstrumentStore } from './store/instruments.ts';
import { newsOfInstruments } from './store/news.ts';

let database: TestDatabase;
let pool: pg.Pool;
let prisma: ReturnType<typeof createPrisma>;
let directory: string;
let dependencies: ImportDependencies;
let spx: number;

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool(database.url, { max: 4, applicationName: 'test' });
  prisma = createPrisma({ databaseUrl: database.url });
  directory = await mkdtemp(path.join(os.tmpdir(), 'mib-news-'));
  const health = new SourceHealth({ id: 'file-import', provider: 'files', kind: 'FILE_IMPORT', synthetic: false, continuous: false }, Date.now);
  const instruments = new InstrumentStore(prisma, pool);
  dependencies = { pool, instruments, importDirectory: directory, health, running: new Set() };
  await instruments.addVenue(SIMULATED_VENUE);
  for (const sample of SAMPLES) await instruments.add(sample.instrument);
  spx = (await instruments.bySymbol('SPX'))[0]!.number;
});

afterAll(async () => {
  await pool.end();
  await prisma.$disconnect();
  await database[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

async function run(xml: string) {
  await writeFile(path.join(directory, 'feed.xml'), xml);
  return importNews(dependencies, 'file:feed.xml');
}

function feed(...items: readonly { readonly guid: string; readonly url: string; readonly title?: string; readonly term?: string }[]): string {
  const text = items.map(({ guid, url, title = 'A title', term = 'SPX' }) => `<item><guid>${guid}</guid><link>${url}</link><title>${title}</title><pubDate>Mon, 23 Nov 2026 10:00:00 GMT</pubDate><category>${term}</category></item>`);
  return `<rss version="2.0"><channel><title>Wire</title>${text.join('')}</channel></rss>`;
}

async function announced(): Promise<{ id: string; synthetic: boolean; instrumentIds: string[] }[]> {
  const { rows } = await pool.query<{ value: string }>(`with taken as (delete from ingestion.outbox where topic = 'market.news' returning id, value) select value from taken order by id`);
  return rows.map(({ value }) => JSON.parse(value));
}

describe('importNews', () => {
  it('imports the sample once, labelled as invented, about every sample instrument', async () => {
    expect(await importNews(dependencies, 'sample:news')).toEqual({ totalItems: 30, importedItems: 30, duplicateItems: 0, rejectedItems: 0 });
    const events = await announced();
    expect(events).toHaveLength(30);
    expect(events.every(({ synthetic }) => synthetic)).toBe(true);
    expect([...new Set(events.flatMap(({ instrumentIds }) => instrumentIds))].sort()).toEqual(['BRENT.XSIM', 'SPX.XSIM', 'SPY.XSIM', 'VIX.XSIM', 'WTI.XSIM']);
    expect(await importNews(dependencies, 'sample:news')).toEqual({ totalItems: 30, importedItems: 0, duplicateItems: 30, rejectedItems: 0 });
    expect(await announced()).toEqual([]);
  });

  it('takes an article once by guid and by URL, in one file and over several', async () => {
    const report = await run(feed({ guid: 'a', url: 'https://w.example/a' }, { guid: 'a', url: 'https://w.example/a2' }, { guid: 'b', url: 'https://w.example/a' }, { guid: 'c', url: 'ftp://w.example/c' }));
    expect(report).toEqual({ totalItems: 4, importedItems: 1, duplicateItems: 2, rejectedItems: 1 });
    const answers = await Promise.all([run(feed({ guid: 'x', url: 'https://w.example/x' }, { guid: 'y', url: 'https://w.example/y' })), importNews(dependencies, 'file:feed.xml')]);
    expect(answers.map(({ importedItems }) => importedItems).sort()).toEqual([0, 2]);
  });

  it('lists the news of several instruments newest first, in pages', async () => {
    const first = (await newsOfInstruments(pool, [spx, 999], { limit: 3, after: undefined }));
    expect(first.get(999)).toEqual([]);
    const page = first.get(spx)!;
    expect(page).toHaveLength(3);
    const next = (await newsOfInstruments(pool, [spx], { limit: 500, after: page.at(-1)! })).get(spx)!;
    const all = (await newsOfInstruments(pool, [spx], { limit: 500, after: undefined })).get(spx)!;
    expect([...page, ...next].map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    expect(all.map(({ publishedAt }) => publishedAt.getTime())).toEqual(all.map(({ publishedAt }) => publishedAt.getTime()).toSorted((a, b) => b - a));
  });

  it('hands each new article to subscribers, whoever stored it', async () => {
    await using news = new LiveNews(pool, database.url, createLogger('test', { level: 'silent' }));
    await news.ready;
    const heard = news.published.subscribe({ maxQueued: 8, overflow: 'close' });
    await run(feed({ guid: 'live', url: 'https://w.example/live', title: 'Live', term: 'VIX' }));
    expect((await heard.next()).value).toEqual({ article: expect.objectContaining({ headline: 'Live', source: 'Wire', synthetic: false }), instrumentIds: ['VIX.XSIM'] });
    await heard.return?.();
  });

  it.each([
    ['file:../feed.xml', 'FORBIDDEN'], ['file:none.xml', 'NOT_FOUND'], ['sample:vix', 'VALIDATION'], ['sample:none', 'VALIDATION'], ['http://feeds.example', 'VALIDATION'],
  ])('refuses %s', async (uri, code) => {
    await expect(importNews(dependencies, uri)).rejects.toMatchObject({ code });
    expect(dependencies.running.size).toBe(0);
  });

  it('refuses while the source is off', async () => {
    dependencies.health.setEnabled(false);
    await expect(importNews(dependencies, 'sample:news')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    dependencies.health.setEnabled(true);
  });
});
