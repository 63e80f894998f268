import { describe, expect, it } from '@jest/globals';
import { createLogger } from '@mib/service/logger';
import { parseNewsFeed } from '../../domain/news-feed.ts';
import { createRandom } from '../../domain/random.ts';
import { SourceHealth } from '../../domain/source-health.ts';
import { DOCUMENT_FAULTS, startFakeDocuments } from '../polling/fake-documents.ts';
import type { Validators } from '../polling/fetch-document.ts';
import { newsFeedSource, pollNewsFeed } from './news-source.ts';

const feed = (...guids: readonly string[]): string => `<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title>${guids.map((guid) => `<item><guid>${guid}</guid><title>News ${guid}</title></item>`).join('')}</channel></rss>`;

function reader(url: string) {
  const guids = new Set<string>();
  const states = new Map<string, Validators>();
  const health = new SourceHealth(newsFeedSource(url), () => 0);
  const poll = () => pollNewsFeed({
    url, userAgent: 'test', health, random: () => 0, clock: { now: () => 0, sleep: async () => undefined }, logger: createLogger('test', { level: 'silent' }), timeoutMs: 20_000,
    states: { get: async (address) => states.get(address), save: async (address, validators) => void states.set(address, validators) },
    store: async (text) => {
      const { items } = parseNewsFeed(text);
      const before = guids.size;
      for (const { guid } of items) guids.add(guid!);
      return { totalItems: items.length, importedItems: guids.size - before, duplicateItems: items.length - guids.size + before, rejectedItems: 0 };
    },
  }, AbortSignal.timeout(30_000));
  return { guids, health, poll };
}

describe('a news feed by HTTP', () => {
  it.each([['tags and dates', {}], ['dates only', { etags: false }]])('is read again only when it has changed, by %s', async (_, knows) => {
    await using server = await startFakeDocuments(knows);
    server.documents.set('/feed', feed('a', 'b'));
    const { guids, health, poll } = reader(`${server.url}/feed`);
    await poll();
    await poll();
    server.documents.set('/feed', feed('b', 'c'));
    await poll();
    expect(server.requests.map(({ status }) => status)).toEqual([200, 304, 200]);
    expect([[...guids], health.snapshot().messages]).toEqual([['a', 'b', 'c'], 4]);
  });

  it('ends with every article that the feed ever showed between faults', async () => {
    await using server = await startFakeDocuments();
    const random = createRandom(3);
    const quick = DOCUMENT_FAULTS.filter((fault) => fault !== 'SILENT' && fault !== 'HUGE' && fault !== 'GARBLED');
    for (let run = 0; run < 20; run += 1) {
      const { guids, poll } = reader(`${server.url}/feed`);
      const shown = ['first'];
      for (let turn = 0; turn < 5; turn += 1) {
        shown.push(`${run}-${turn}`);
        server.documents.set('/feed', feed(...shown));
        if (random() < 0.6) server.faults.push(quick[Math.floor(random() * quick.length)]!);
        await poll().catch(() => undefined);
      }
      server.faults.length = 0;
      await poll();
      expect([...guids]).toEqual(shown);
    }
  });

  it('that is gone for good is left alone for an hour', async () => {
    await using server = await startFakeDocuments();
    server.faults.push('GONE');
    await expect(reader(`${server.url}/feed`).poll()).rejects.toMatchObject({ name: 'SourceRefusedError', retryAfterMs: 3_600_000 });
  });
});
