import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signViewer, VIEWER_HEADER, type Viewer } from '@mib/service/viewer';
import type { RunningService } from '@mib/service/lifecycle';
import { testDatabase, type TestDatabase } from '@mib/testkit/test-database';
import { untilReady } from '@mib/testkit/until-ready';
import { startFakeDocuments, type FakeDocuments } from './connectors/polling/fake-documents.ts';
import { start } from './subgraph.ts';

const SECRET = 'secret-of-tests-0123456789-0123456789';
const OPERATOR: Viewer = { kind: 'user', userId: 'o', roles: ['operator'], scopes: ['market:write'] };

/** Nobody listens there: these sources need no engine. */
const NO_ENGINE = '127.0.0.1:9';

let database: TestDatabase;
let far: FakeDocuments;
let service: RunningService;
let directory: string;

beforeAll(async () => {
  [database, far, directory] = await Promise.all([testDatabase(), startFakeDocuments(), mkdtemp(path.join(os.tmpdir(), 'mib-polled-'))]);
  far.documents.set('/ecb/eurofxref-hist.xml', `<Envelope><Cube>
    <Cube time="2024-03-28"><Cube currency="USD" rate="1.0811"/><Cube currency="JPY" rate="163.45"/><Cube currency="RUB" rate="1"/></Cube>
    <Cube time="2024-04-02"><Cube currency="USD" rate="1.0749"/><Cube currency="JPY" rate="163.01"/></Cube></Cube></Envelope>`);
  far.documents.set('/news', '<rss version="2.0"><channel><title>Far wire</title><item><guid>far-1</guid><link>https://far.example/1</link><title>$SPX rises</title><pubDate>Mon, 23 Nov 2026 10:00:00 GMT</pubDate></item></channel></rss>');
  const feeds = [{ provider: 'ecb', url: `${far.url}/ecb` }, { provider: 'rss', text: `${far.url}/news` }, { provider: 'sec', text: 'ops@example.com', url: `${far.url}/sec`, enabled: false }];
  await writeFile(path.join(directory, 'feeds.json'), JSON.stringify({ feeds }));
  service = await start({
    HOST: '127.0.0.1', PORT: '0', DATABASE_URL: database.url, ENGINE_ADDRESS: NO_ENGINE, ENGINE_TOKEN: 'token-of-no-engine-0123456789', MIB_INTERNAL_SECRET: SECRET, LOG_LEVEL: 'silent',
    MIB_SIMULATED_VENUE: 'off', MIB_FEEDS_FILE: path.join(directory, 'feeds.json'),
  });
  await untilReady(service.url);
});

afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await far[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers are checked by the expectations
async function query(text: string): Promise<any> {
  const response = await fetch(service.url, { method: 'POST', headers: { 'content-type': 'application/json', [VIEWER_HEADER]: signViewer(OPERATOR, SECRET, Date.now()) }, body: JSON.stringify({ query: text }) });
  return response.json();
}

/** Asks again until it holds; each question is a round trip. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds()));
}

describe('sources that are asked now and then, in the graph', () => {
  it('give rates across the euro, carried forward over days without, under the day they are from', async () => {
    await until(async () => (await query('{ fxRate(base: "EUR", quote: "USD", asOf: "2024-04-02") { rate } }')).data.fxRate !== null);
    const { data } = await query(`{ friday: fxRate(base: "EUR", quote: "USD", asOf: "2024-03-28") { rate asOf ageDays } easter: fxRate(base: "USD", quote: "JPY", asOf: "2024-04-01") { base quote rate asOf ageDays }
      back: fxRate(base: "USD", quote: "EUR", asOf: "2024-04-02") { rate } same: fxRate(base: "EUR", quote: "EUR", asOf: "2024-04-03") { rate asOf } oneDay: fxRate(base: "USD", quote: "RUB", asOf: "2024-04-03", maxAgeDays: 30) { asOf ageDays }
      old: fxRate(base: "EUR", quote: "RUB", asOf: "2024-05-03") { rate } before: fxRate(base: "EUR", quote: "USD", asOf: "2024-03-27") { rate } unknown: fxRate(base: "EUR", quote: "XXX", asOf: "2024-04-02") { rate } }`);
    expect(data).toEqual({
      friday: { rate: '1.0811', asOf: '2024-03-28', ageDays: 0 }, easter: { base: 'USD', quote: 'JPY', rate: '151.18860419942651', asOf: '2024-03-28', ageDays: 4 },
      back: { rate: '0.930319099451112' }, same: { rate: '1', asOf: '2024-04-02' }, oneDay: { asOf: '2024-03-28', ageDays: 6 }, old: null, before: null, unknown: null,
    });
    expect((await query('{ fxRate(base: "usd", quote: "EUR") { rate } }')).errors[0]).toMatchObject({ message: 'base must be an ISO 4217 code, was "usd"', extensions: { code: 'VALIDATION' } });
  });

  it('store news by HTTP, once, matched to instruments', async () => {
    await until(async () => (await query('{ instrument(symbol: "SPX") { news(first: 1) { edges { node { source } } } } }')).data.instrument.news.edges[0]?.node.source === 'Far wire');
    const { data } = await query('{ instrument(symbol: "SPX") { news(first: 1) { edges { node { headline url synthetic } } } } }');
    expect(data.instrument.news.edges[0].node).toEqual({ headline: '$SPX rises', url: 'https://far.example/1', synthetic: false });
  });

  it('are off until an operator switches them on, and then give what a company had filed by a day', async () => {
    const cik = '0000320193';
    const accession = '0000320193-20-000096';
    far.documents.set(`/sec/submissions/CIK${cik}.json`, JSON.stringify({ name: 'Apple Inc.', tickers: ['AAPL'], filings: { recent: { accessionNumber: [accession], filingDate: ['2020-10-30'], reportDate: ['2020-09-26'], acceptanceDateTime: ['2020-10-29T22:06:25.000Z'], form: ['10-K'], primaryDocument: ['aapl-20200926.htm'], primaryDocDescription: ['10-K'] }, files: [] } }));
    far.documents.set(`/sec/api/xbrl/companyfacts/CIK${cik}.json`, `{"facts":{"us-gaap":{"EarningsPerShareBasic":{"units":{"USD/shares":[{"start":"2019-09-29","end":"2020-09-26","val":3.31,"accn":"${accession}","fy":2020,"fp":"FY","form":"10-K","filed":"2020-10-30"}]}}}}}`);
    await query(`mutation { registerInstrument(input: { symbol: "AAPL", venue: "XNAS", assetClass: EQUITY, cik: "320193", minNotional: "1.00" }) { userErrors { message } } }`);
    expect((await query('{ dataSources { id kind state } }')).data.dataSources.find(({ id }: { id: string }) => id === 'sec')).toEqual({ id: 'sec', kind: 'FILINGS', state: 'DISABLED' });
    await query('mutation { setDataSourceState(input: { id: "sec", enabled: true }) { dataSource { id } } }');
    const asked = '{ instrument(symbol: "AAPL") { cik minNotional filings { edges { node { id form filed acceptedAt reportDate url } } } eve: fundamentals(asOf: "2020-10-29") { value } day: fundamentals(asOf: "2020-10-30") { concept unit value periodStart periodEnd filed accession } } }';
    await until(async () => (await query(asked)).data.instrument.day.length > 0);
    expect((await query(asked)).data.instrument).toEqual({
      cik, minNotional: '1', eve: [], day: [{ concept: 'EarningsPerShareBasic', unit: 'USD/shares', value: '3.31', periodStart: '2019-09-29', periodEnd: '2020-09-26', filed: '2020-10-30', accession }],
      filings: { edges: [{ node: { id: accession, form: '10-K', filed: '2020-10-30', acceptedAt: '2020-10-29T22:06:25.000Z', reportDate: '2020-09-26', url: 'https://www.sec.gov/Archives/edgar/data/320193/000032019320000096/aapl-20200926.htm' } }] },
    });
    expect(far.requests.find(({ path: asking }) => asking.startsWith('/sec/'))!.userAgent).toBe('MarketIntelBrain/0.1 ops@example.com');
  });
});

describe('one thing at several venues, in the graph', () => {
  it('is found from each of them, and by the names that others use', async () => {
    const isin = 'US0378331005';
    await query(`mutation { registerInstrument(input: { symbol: "APPLE", venue: "XNYS", assetClass: EQUITY, isin: "${isin}" }) { userErrors { message } } }`);
    expect((await query(`mutation { identifyInstrument(input: { id: "AAPL.XNAS", isin: "${isin}" }) { instrument { isin cik } userErrors { message } } }`)).data.identifyInstrument).toEqual({ instrument: { isin, cik: '0000320193' }, userErrors: [] });
    expect((await query('mutation { identifyInstrument(input: { id: "AAPL.XNAS", isin: "US0378331006" }) { userErrors { code message } } }')).data.identifyInstrument.userErrors).toEqual([{ code: 'VALIDATION', message: 'isin must be an ISIN with its check digit, was "US0378331006"' }]);
    const alias = (instrumentId: string) => query(`mutation { addSymbolAlias(input: { source: "vendor", symbol: "037833100", instrumentId: "${instrumentId}" }) { instrument { id } userErrors { code } } }`);
    expect((await alias('AAPL.XNAS')).data.addSymbolAlias).toEqual({ instrument: { id: 'AAPL.XNAS' }, userErrors: [] });
    expect((await alias('APPLE.XNYS')).data.addSymbolAlias).toEqual({ instrument: null, userErrors: [{ code: 'CONFLICT' }] });
    const { data } = await query('{ instrument(symbol: "AAPL") { listings { id } aliases { source symbol } } named: resolveSymbol(source: "vendor", symbol: "037833100") { id } atVenue: resolveSymbol(source: "XNYS", symbol: "apple") { id } none: resolveSymbol(source: "XNYS", symbol: "AAPL") { id } }');
    expect(data).toEqual({ instrument: { listings: [{ id: 'APPLE.XNYS' }], aliases: [{ source: 'vendor', symbol: '037833100' }] }, named: { id: 'AAPL.XNAS' }, atVenue: { id: 'APPLE.XNYS' }, none: null });
  });
});
