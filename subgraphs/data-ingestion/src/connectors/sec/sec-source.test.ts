import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type pg from 'pg';
import { createPool } from '@mib/service/database';
import { createLogger } from '@mib/service/logger';
import { testDatabase, type TestDatabase } from '@mib/testkit/test-database';
import { FieldWatch } from '../../domain/quality/schema-drift.ts';
import { SourceHealth } from '../../domain/source-health.ts';
import { fetchState, saveFetchState } from '../../store/fetch-states.ts';
import { factsAsOf, filingsOf, storeFacts, storeFilings } from '../../store/filings.ts';
import { startFakeDocuments, type FakeDocuments } from '../polling/fake-documents.ts';
import { parseCompanyFacts, parseSubmissions } from './edgar-json.ts';
import { RequestPace } from './request-pace.ts';
import { pollSec, SEC_SOURCE } from './sec-source.ts';

const CIK = '0000320193';
const columns = (...rows: readonly (readonly [accession: string, filed: string, form: string])[]) => ({
  accessionNumber: rows.map(([accession]) => accession), filingDate: rows.map(([, filed]) => filed), form: rows.map(([, , form]) => form),
  reportDate: rows.map(() => '2020-06-27'), acceptanceDateTime: rows.map(([, filed]) => `${filed}T16:30:21.000Z`), primaryDocument: rows.map(() => 'aapl.htm'), primaryDocDescription: rows.map(() => ''),
});
const submissions = (recent: object, files: readonly string[] = []): string => JSON.stringify({ cik: '320193', name: 'Apple Inc.', tickers: ['AAPL'], filings: { recent, files: files.map((name) => ({ name, filingCount: 1 })) } });
const Q3 = ['0000320193-20-000062', '2020-07-31', '10-Q'] as const;
const FY = ['0000320193-20-000096', '2020-10-30', '10-K'] as const;
const FY_AMENDED = ['0000320193-20-000100', '2020-12-01', '10-K/A'] as const;
const figure = (end: string, val: string, [accn, filed, form]: readonly [string, string, string], start?: string) => `{${start ? `"start":"${start}",` : ''}"end":"${end}","val":${val},"accn":"${accn}","fy":2020,"fp":"FY","form":"${form}","filed":"${filed}"}`;
const facts = (...earnings: readonly string[]): string => `{"cik":320193,"entityName":"Apple Inc.","facts":{"us-gaap":{"NetIncomeLoss":{"label":"l","description":"d \\"val\\": 7","units":{"USD":[${earnings.join(',')}]}}}}}`;
const EARNED = figure('2020-06-27', '11253000000', Q3, '2020-03-29');
const EARNED_TO_DATE = figure('2020-06-27', '44738000000', Q3, '2019-09-29');
const EARNED_IN_YEAR = figure('2020-09-26', '57411000000.0000000001', FY, '2019-09-29');
const EARNED_IN_YEAR_AMENDED = figure('2020-09-26', '57000000000', FY_AMENDED, '2019-09-29');

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool(database.url, { max: 2, applicationName: 'test' });
});

afterAll(async () => {
  await pool.end();
  await database[Symbol.asyncDispose]();
});

function source(server: FakeDocuments, pace = new RequestPace({ now: () => 0, sleep: async () => undefined }, 125)) {
  const health = new SourceHealth(SEC_SOURCE, () => 0);
  const clock = { now: () => 0, sleep: async () => undefined };
  const drifted: string[] = [];
  const fields = new FieldWatch({ submissions: { required: ['accessionNumber', 'size'], optional: ['filingDate', 'form', 'reportDate', 'acceptanceDateTime', 'primaryDocument', 'primaryDocDescription'] } }, ({ field, change }) => drifted.push(`${change} ${field}`));
  const options = {
    url: server.url, userAgent: 'MarketIntelBrain/0.1 ops@example.com', health, clock, random: () => 0, pace, logger: createLogger('test', { level: 'silent' }), timeoutMs: 20_000, ciks: async () => [CIK],
    states: { get: (url: string) => fetchState(pool, url), save: (url: string, validators: { etag: string | null; lastModified: string | null }) => saveFetchState(pool, url, validators) },
    filings: { store: (rows: Parameters<typeof storeFilings>[1]) => storeFilings(pool, rows), storeFacts: (rows: Parameters<typeof storeFacts>[1]) => storeFacts(pool, rows) },
  };
  return { health, drifted, poll: () => pollSec(options, AbortSignal.timeout(30_000), fields) };
}

describe('the source of filings', () => {
  it('stores filings, older ones and facts, says who asks, and asks again only for what has changed', async () => {
    await using server = await startFakeDocuments();
    server.documents.set(`/submissions/CIK${CIK}.json`, submissions(columns(Q3), ['CIK0000320193-submissions-001.json']));
    server.documents.set('/submissions/CIK0000320193-submissions-001.json', JSON.stringify(columns(['0000320193-94-000002', '1994-01-26', '10-Q'])));
    server.documents.set(`/api/xbrl/companyfacts/CIK${CIK}.json`, facts(EARNED, EARNED_TO_DATE));
    const { poll, drifted, health } = source(server);
    await poll();
    await poll();
    expect(server.requests.map(({ path, status }) => [path.split('/').at(-1), status])).toEqual([[`CIK${CIK}.json`, 200], ['CIK0000320193-submissions-001.json', 200], [`CIK${CIK}.json`, 200], [`CIK${CIK}.json`, 304]]);
    expect(new Set(server.requests.map(({ userAgent }) => userAgent))).toEqual(new Set(['MarketIntelBrain/0.1 ops@example.com']));
    expect((await filingsOf(pool, CIK, { limit: 10, after: undefined, forms: undefined })).map(({ filed, form }) => [filed, form])).toEqual([['2020-07-31', '10-Q'], ['1994-01-26', '10-Q']]);
    expect([drifted, health.snapshot().rejectedMessages]).toEqual([['MISSING size'], 0]);

    server.documents.set(`/submissions/CIK${CIK}.json`, submissions(columns(FY_AMENDED, FY, Q3), ['CIK0000320193-submissions-001.json']));
    server.documents.set(`/api/xbrl/companyfacts/CIK${CIK}.json`, facts(EARNED, EARNED_TO_DATE, EARNED_IN_YEAR, EARNED_IN_YEAR_AMENDED));
    server.requests.length = 0;
    // The facts fail once: the filings must not count as had until the facts are stored too.
    server.faults.push('GARBLED');
    await expect(poll()).rejects.toThrow();
    server.faults.push('ERROR');
    await expect(poll()).rejects.toThrow('SEC EDGAR answered with status 500');
    await poll();
    expect((await filingsOf(pool, CIK, { limit: 2, after: undefined, forms: ['10-K', '10-K/A'] })).map(({ form }) => form)).toEqual(['10-K/A', '10-K']);
    expect((await filingsOf(pool, CIK, { limit: 1, after: { filed: FY_AMENDED[1], accession: FY_AMENDED[0] }, forms: undefined })).map(({ form }) => form)).toEqual(['10-K']);
  });

  it('knows on each day what had been filed by then, exactly, and nothing of later', async () => {
    const known = async (asOf: string) => (await factsAsOf(pool, CIK, asOf, ['NetIncomeLoss'])).map(({ periodStart, periodEnd, value, form }) => [periodStart, periodEnd, value, form]);
    expect(await known('2020-07-30')).toEqual([]);
    const quarter = [['2020-03-29', '2020-06-27', '11253000000', '10-Q'], ['2019-09-29', '2020-06-27', '44738000000', '10-Q']];
    expect(await known('2020-07-31')).toEqual(quarter);
    expect(await known('2020-10-29')).toEqual(quarter);
    expect(await known('2020-10-30')).toEqual([['2019-09-29', '2020-09-26', '57411000000.0000000001', '10-K']]);
    expect(await known('2020-12-01')).toEqual([['2019-09-29', '2020-09-26', '57000000000', '10-K/A']]);
  });

  it('says of a company that EDGAR does not have that it is unknown, and goes on', async () => {
    await using server = await startFakeDocuments();
    const { poll, health } = source(server);
    await poll();
    expect(health.snapshot().lastError).toBe(`the SEC knows no company ${CIK}`);
  });
});

describe('an answer of EDGAR', () => {
  it('is taken row by row: what cannot be read is counted', () => {
    expect(parseSubmissions(CIK, submissions(columns(Q3, ['x', '2020-07-31', '4'], ['0000320193-20-000063', '2020-07-32', '4'])))).toMatchObject({ rejected: 2, filings: [{ accession: Q3[0], acceptedAt: new Date('2020-07-31T16:30:21Z'), description: null }] });
    expect(parseCompanyFacts(CIK, facts(EARNED, '{"end":"2020-06-27","val":null}', figure('2020-06-27', '1e5', Q3)))).toMatchObject({ rejected: 2, facts: [{ value: '11253000000', periodStart: '2020-03-29' }] });
  });

  it.each([['', 'must be JSON'], ['<html>', 'must be JSON'], ['{}', 'submissions: name'], ['{"name":"A","filings":{"recent":{}}}', 'filings.recent.accessionNumber']])('is refused when it is %j', (text, message) => {
    expect(() => parseSubmissions(CIK, text)).toThrow(message);
  });

  it('never breaks its reader, whatever is done to it', () => {
    const texts = [submissions(columns(Q3, FY)), facts(EARNED, EARNED_IN_YEAR)] as const;
    fc.assert(fc.property(fc.constantFrom(0, 1), fc.array(fc.record({ at: fc.nat(700), drop: fc.nat(8), put: fc.string({ maxLength: 5 }) }), { minLength: 1, maxLength: 5 }), (which, edits) => {
      const text = edits.reduce((result, { at, drop, put }) => result.slice(0, at) + put + result.slice(at + drop), texts[which]!);
      try {
        if (which === 0) for (const { filed } of parseSubmissions(CIK, text).filings) expect(filed).toMatch(/^\d{4}-\d\d-\d\d$/);
        else for (const { value } of parseCompanyFacts(CIK, text).facts) expect(value).toMatch(/^-?\d+(\.\d+)?$/);
      } catch (error) {
        expect((error as Error).name).toBe('InvalidValueError');
      }
    }), { numRuns: 500 });
  });
});
