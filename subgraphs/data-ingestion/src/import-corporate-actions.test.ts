import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { createPrisma } from '@mib/prisma/client';
import { createPool } from '@mib/service/database';
import { testDatabase, type TestDatabase } from '@mib/testkit/test-database';
import { UNIDENTIFIED } from './domain/identifiers.ts';
import { CASH_SCALE } from './domain/instrument.ts';
import { SourceHealth } from './domain/source-health.ts';
import { FIRST_VENUES } from './domain/venue.ts';
import { importCorporateActions } from './import-corporate-actions.ts';
import type { ImportDependencies } from './import-history.ts';
import { actionsOfInstruments } from './store/corporate-actions.ts';
import { InstrumentStore } from './store/instruments.ts';
import { addAlias, aliasesOf, aliasOwner } from './store/symbol-aliases.ts';

let database: TestDatabase;
let pool: pg.Pool;
let prisma: ReturnType<typeof createPrisma>;
let directory: string;
let dependencies: ImportDependencies;

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool(database.url, { max: 4, applicationName: 'test' });
  prisma = createPrisma({ databaseUrl: database.url });
  directory = await mkdtemp(path.join(os.tmpdir(), 'mib-actions-'));
  const instruments = new InstrumentStore(prisma, pool);
  const health = new SourceHealth({ id: 'file-import', provider: 'files', kind: 'FILE_IMPORT', synthetic: false, continuous: false }, Date.now);
  dependencies = { pool, instruments, importDirectory: directory, health, running: new Set() };
  for (const venue of FIRST_VENUES) await instruments.addVenue(venue);
  for (const [symbol, venueId] of [['AAPL', 'XNAS'], ['TWO', 'XNAS'], ['TWO', 'XNYS']] as const) {
    await instruments.add({ symbol, venueId, name: null, assetClass: 'EQUITY', currency: 'USD', tickSize: '0.01', lotSize: '1', cashScale: CASH_SCALE, minNotional: '1', tradable: false, ...UNIDENTIFIED });
  }
});

afterAll(async () => {
  await pool.end();
  await prisma.$disconnect();
  await database[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

async function run(...rows: readonly string[]) {
  await writeFile(path.join(directory, 'actions.csv'), ['symbol,venue,ex_date,kind,ratio,amount,currency', ...rows].join('\n'));
  return importCorporateActions(dependencies, 'file:actions.csv');
}

async function announced(topic: string) {
  const { rows } = await pool.query<{ key: string; value: string }>('with taken as (delete from ingestion.outbox where topic = $1 returning id, key, value) select key, value from taken order by id', [topic]);
  return rows.map(({ key, value }) => ({ key, ...JSON.parse(value) }));
}

describe('importCorporateActions', () => {
  const rows = ['AAPL,,2020-08-31,SPLIT,4:1,,', 'AAPL,XNAS,2020-08-07,CASH_DIVIDEND,,0.82,', 'AAPL,,2014-06-09,SPLIT,7:1,,', 'TWO,XNYS,2020-01-02,DIVIDEND,,0.5,EUR'];

  it('stores what is new, once, and announces exactly that under the instrument', async () => {
    expect(await run(...rows)).toEqual({ totalRows: 4, importedRows: 4, duplicateRows: 0, rejectedRows: 0, rejects: [] });
    expect(await announced('reference.corporate-actions')).toEqual([
      { key: 'AAPL.XNAS', id: expect.stringMatching(/^ca_/), instrumentId: 'AAPL.XNAS', exDate: '2020-08-31', kind: 'SPLIT', newShares: 4, oldShares: 1 },
      { key: 'AAPL.XNAS', id: expect.any(String), instrumentId: 'AAPL.XNAS', exDate: '2020-08-07', kind: 'CASH_DIVIDEND', amount: '0.82', currency: 'USD' },
      { key: 'AAPL.XNAS', id: expect.any(String), instrumentId: 'AAPL.XNAS', exDate: '2014-06-09', kind: 'SPLIT', newShares: 7, oldShares: 1 },
      { key: 'TWO.XNYS', id: expect.any(String), instrumentId: 'TWO.XNYS', exDate: '2020-01-02', kind: 'CASH_DIVIDEND', amount: '0.5', currency: 'EUR' },
    ]);
    expect(await run(...rows, rows[0]!)).toMatchObject({ totalRows: 5, importedRows: 0, duplicateRows: 5, rejectedRows: 0 });
    expect(await announced('reference.corporate-actions')).toEqual([]);
  });

  it('lists them by day, in a range of days', async () => {
    const [aapl] = await dependencies.instruments.bySymbol('AAPL');
    const list = async (range: object) => (await actionsOfInstruments(pool, [aapl!.number], range)).get(aapl!.number)!.map(({ exDate }) => exDate);
    expect(await list({})).toEqual(['2014-06-09', '2020-08-07', '2020-08-31']);
    expect(await list({ from: '2020-08-07', to: '2020-08-30' })).toEqual(['2020-08-07']);
  });

  it('rejects what contradicts, in the file or in the store, and what it cannot place', async () => {
    const report = await run('AAPL,,2020-08-31,SPLIT,2:1,,', 'AAPL,,2000-06-21,SPLIT,2:1,,', 'AAPL,,2000-06-21,SPLIT,3:1,,', 'TWO,,2020-01-02,SPLIT,2:1,,', 'NONE,,2020-01-02,SPLIT,2:1,,', 'AAPL,XNYS,2020-01-02,SPLIT,2:1,,', 'AAPL,,2020-01-02,SPLIT,1:1,,');
    expect(report).toEqual({
      totalRows: 7, importedRows: 1, duplicateRows: 0, rejectedRows: 6,
      rejects: [
        { line: 2, code: 'CONFLICT', reason: 'SPLIT of 2020-08-31 is stored as 4:1, was 2:1' },
        { line: 4, code: 'CONFLICT', reason: 'line 3 says 2:1, was 3:1' },
        { line: 5, code: 'UNKNOWN_INSTRUMENT', reason: 'TWO trades at XNAS XNYS: the row must name the venue' },
        { line: 6, code: 'UNKNOWN_INSTRUMENT', reason: 'there is no instrument "NONE"' },
        { line: 7, code: 'UNKNOWN_INSTRUMENT', reason: 'there is no instrument "AAPL" at venue "XNYS"' },
        { line: 8, code: 'INVALID_VALUE', reason: 'ratio must change the number of shares, was "1:1"' },
      ],
    });
  });
});

describe('the names of an instrument', () => {
  it('belong to one instrument each, whoever claims them later', async () => {
    const [aapl] = await dependencies.instruments.bySymbol('AAPL');
    const [two] = await dependencies.instruments.bySymbol('TWO');
    expect(await addAlias(pool, { source: 'vendor', symbol: 'APPL' }, aapl!.number)).toBe(aapl!.number);
    expect(await addAlias(pool, { source: 'vendor', symbol: 'APPL' }, two!.number)).toBe(aapl!.number);
    expect(await addAlias(pool, { source: 'other', symbol: 'APPL' }, two!.number)).toBe(two!.number);
    expect(await aliasOwner(pool, { source: 'vendor', symbol: 'NONE' })).toBeUndefined();
    expect([...(await aliasesOf(pool, [aapl!.number, two!.number])).values()]).toEqual([[{ source: 'vendor', symbol: 'APPL' }], [{ source: 'other', symbol: 'APPL' }]]);
  });
});

describe('the identifiers of an instrument', () => {
  it('are learnt one by one, and the instrument is announced as it is now', async () => {
    await announced('reference.instruments');
    await dependencies.instruments.identify('AAPL.XNAS', { isin: null, figi: null, cik: '0000320193' });
    const identified = await dependencies.instruments.identify('AAPL.XNAS', { isin: 'US0378331005', figi: null, cik: null });
    expect(identified).toMatchObject({ isin: 'US0378331005', figi: null, cik: '0000320193', minNotional: '1' });
    expect(await dependencies.instruments.byIds(['AAPL.XNAS'])).toEqual([identified]);
    expect((await announced('reference.instruments')).map(({ cik, isin, venue }) => [cik, isin, venue])).toEqual([['0000320193', null, 'XNAS'], ['0000320193', 'US0378331005', 'XNAS']]);
    expect(await dependencies.instruments.identify('NO.XNAS', { isin: null, figi: null, cik: null })).toBeUndefined();
  });
});
