import { describe, expect, it } from '@jest/globals';
import { createLogger } from '@mib/service/logger';
import { SourceHealth } from '../../domain/source-health.ts';
import { newsFeedSource } from '../news-feed/news-source.ts';
import { RequestPace } from '../sec/request-pace.ts';
import { startFakeDocuments } from './fake-documents.ts';
import { fetchDocument, type Validators } from './fetch-document.ts';
import { SourceRefusedError, startPoller } from './poller.ts';

/** Long enough for a busy machine; silence is waited for less. */
const ask = (url: string, validators?: Validators, timeoutMs = 20_000) =>
  fetchDocument({ url, userAgent: 'test', accept: '*/*', validators, maxBytes: 10_000, timeoutMs, signal: new AbortController().signal });

describe('a document', () => {
  it.each([['both', {}], ['only tags', { dates: false }], ['only dates', { etags: false }]])('is fetched once while it does not change, from a server that knows %s', async (_, knows) => {
    await using server = await startFakeDocuments(knows);
    server.documents.set('/a', 'one');
    const first = await ask(`${server.url}/a`);
    expect(first).toMatchObject({ kind: 'DOCUMENT', text: 'one' });
    expect(await ask(`${server.url}/a`, first as Validators)).toEqual({ kind: 'UNCHANGED' });
    server.documents.set('/a', 'two');
    expect(await ask(`${server.url}/a`, first as Validators)).toMatchObject({ kind: 'DOCUMENT', text: 'two' });
  });

  it.each([
    ['LIMIT', { kind: 'REFUSED', status: 429, retryAfterMs: 7_000 }], ['ERROR', { kind: 'REFUSED', status: 500, retryAfterMs: null }], ['GONE', { kind: 'REFUSED', status: 410, retryAfterMs: null }],
  ] as const)('that is refused by %s says so', async (fault, answer) => {
    await using server = await startFakeDocuments();
    server.faults.push(fault);
    expect(await ask(`${server.url}/a?key=secret`)).toEqual(answer);
  });

  it.each([['CUT'], ['RESET'], ['SILENT'], ['HUGE']] as const)('that ends in %s is an error without the query of its address', async (fault) => {
    await using server = await startFakeDocuments();
    server.documents.set('/a', 'x'.repeat(1_000));
    server.faults.push(fault);
    const error = await ask(`${server.url}/a?key=secret`, undefined, fault === 'SILENT' ? 500 : undefined).catch((reason: unknown) => reason as Error);
    expect(error).toMatchObject({ name: 'FetchError' });
    expect((error as Error).message).not.toContain('secret');
  });

  it('is read in the encoding it names', async () => {
    await using server = await startFakeDocuments();
    server.documents.set('/a', '<?xml version="1.0" encoding="ISO-8859-1"?><a>x</a>');
    expect(await ask(`${server.url}/a`)).toMatchObject({ text: expect.stringContaining('<a>x</a>') });
    server.documents.set('/a', '<?xml version="1.0" encoding="klingon"?><a/>');
    await expect(ask(`${server.url}/a`)).rejects.toThrow('charset must be a known one, was "klingon"');
  });
});

describe('a poller', () => {
  it('keeps its pace, backs off while the source is away, and waits as long as it is told', async () => {
    const health = new SourceHealth({ id: 'p', provider: 'p', kind: 'NEWS_FEED', synthetic: false, continuous: false }, () => 0);
    const outcomes = [undefined, new Error('away'), new Error('away'), new SourceRefusedError('no', 1_000_000), undefined];
    const waits: number[] = [];
    const states: string[] = [];
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const poller = startPoller({
      intervalMs: 60_000, health, random: () => 0.5, logger: createLogger('test', { level: 'silent' }),
      poll: async () => {
        const outcome = outcomes.shift();
        if (outcome) throw outcome;
      },
      clock: {
        now: () => 0,
        sleep: async (ms, signal) => {
          waits.push(ms);
          states.push(health.snapshot().state);
          if (outcomes.length > 0) return;
          finish();
          await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        },
      },
    });
    await finished;
    await poller[Symbol.asyncDispose]();
    expect(waits).toEqual([60_000, 3_750, 7_500, 1_000_000, 60_000]);
    expect(states).toEqual(['LIVE', 'BACKOFF', 'BACKOFF', 'BACKOFF', 'LIVE']);
    expect(health.snapshot()).toMatchObject({ gapsDetected: 1, resyncs: 1, lastError: 'no' });
  });
});

describe('a news feed as a source', () => {
  it('has an id of its own for each address, which does not show what the address hides', () => {
    const [a, b] = [newsFeedSource('https://news.example/feed?key=secret'), newsFeedSource('https://news.example/feed?key=other')];
    expect(a.id).not.toBe(b.id);
    expect(JSON.stringify([a, b])).not.toContain('secret');
  });
});

describe('a pace', () => {
  it('keeps requests apart, in the order of asking', async () => {
    let nowMs = 0;
    const waits: number[] = [];
    const pace = new RequestPace({ now: () => nowMs, sleep: async (ms) => void waits.push(ms) }, 125);
    const { signal } = new AbortController();
    await Promise.all([pace.turn(signal), pace.turn(signal), pace.turn(signal)]);
    nowMs = 1_000;
    await pace.turn(signal);
    expect(waits).toEqual([125, 250]);
  });
});
