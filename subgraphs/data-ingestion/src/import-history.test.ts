import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type pg from 'pg';
import { createPrisma } from '@mib/prisma/client';
import { createPool } from '@mib/service/database';
import { createLogger } from '@mib/service/logger';
import { testDatabase, type TestDatabase } from '@mib/testkit/test-database';
import type { BarRow } from './domain/bar.ts';
import { CASH_SCALE, type AssetClass } from './domain/instrument.ts';
import { SourceHealth } from './domain/source-health.ts';
import { BARS_TOPIC, MAX_BARS_PER_EVENT } from './events.ts';
import { prepareDatabase } from './first-start.ts';
import { importHistory, type ImportDependencies } from './import-history.ts';
import { importBars, latestCloses } from './store/bars.ts';
import { InstrumentStore } from './store/instruments.ts';

const COUNTS = { totalRows: 0, importedRows: 0, duplicateRows: 0, rejectedRows: 0 };
const HEADER = 'Date,Open,High,Low,Close,Volume\n';

let database: TestDatabase;
let pool: pg.Pool;
let prisma: ReturnType<typeof createPrisma>;
let directory: string;
let dependencies: ImportDependencies;
let count = 0;

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool(database.url, { max: 3, applicationName: 'test' });
  prisma = createPrisma({ databaseUrl: database.url });
  directory = await mkdtemp(path.join(os.tmpdir(), 'mib-import-'));
  const health = new SourceHealth({ id: 'file-import', provider: 'CSV files', kind: 'FILE_IMPORT', synthetic: false, continuous: false }, Date.now);
  dependencies = { pool, instruments: new InstrumentStore(prisma, pool), importDirectory: directory, health, running: new Set() };
  await prepareDatabase(dependencies, createLogger('test', { level: 'silent' }));
});

afterAll(async () => {
  await pool.end();
  await prisma.$disconnect();
  await database[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

describe('the first start', () => {
  it('imports every sample through importHistory and announces each bar once, oldest first', async () => {
    const { rows } = await pool.query(
      `select i.id, count(*)::int as bars, min(b.open_time)::date::text as first, max(b.open_time)::date::text as last
       from ingestion.bars b join ingestion.instruments i on i.number = b.instrument_number group by i.id order by i.id`,
    );
    expect(rows).toEqual([
      { id: 'BRENT.XSIM', bars: 9_958, first: '1987-05-20', last: '2026-08-18' },
      { id: 'SPX.XSIM', bars: 5_105, first: '2000-01-03', last: '2020-04-17' },
      { id: 'SPY.XSIM', bars: 502, first: '2017-01-03', last: '2018-12-31' },
      { id: 'VIX.XSIM', bars: 9_188, first: '1990-01-02', last: '2026-07-23' },
      { id: 'WTI.XSIM', bars: 10_226, first: '1986-01-02', last: '2026-08-18' },
    ]);
    const events = await announced('SPX.XSIM');
    expect(events.every(({ bars }) => bars.length <= MAX_BARS_PER_EVENT)).toBe(true);
    const bars = events.flatMap((event) => event.bars);
    expect(bars).toHaveLength(5_105);
    expect(bars.map((bar) => bar.openTime)).toEqual(bars.map((bar) => bar.openTime).toSorted());
    expect(bars.at(-1)).toEqual({ openTime: '2020-04-17T00:00:00Z', open: '2842.429932', high: '2879.219971', low: '2830.879883', close: '2874.560059', volume: '5792140000' });
  });

  it('changes nothing the second time', async () => {
    const before = await outboxCount();
    await prepareDatabase(dependencies, createLogger('test', { level: 'silent' }));
    expect(await outboxCount()).toBe(before);
  });

  it('keeps the oil price of 2020-04-20 below zero', async () => {
    const { rows } = await pool.query(`select trim_scale(close)::text as close from ingestion.bars b join ingestion.instruments i on i.number = b.instrument_number where i.id = 'WTI.XSIM' and open_time = '2020-04-20Z'`);
    expect(rows).toEqual([{ close: '-36.98' }]);
  });
});

describe('importHistory', () => {
  it('imports once: the second time every row is a duplicate', async () => {
    const symbol = await instrument();
    const text = `${HEADER}2020-01-02,10,12,9,11,500\n2020-01-03,11,12,10,10.5,\n`;
    expect(await run(symbol, text)).toMatchObject({ ...COUNTS, totalRows: 2, importedRows: 2, firstOpenTimeMs: Date.UTC(2020, 0, 2), lastOpenTimeMs: Date.UTC(2020, 0, 3) });
    const before = await outboxCount();
    expect(await run(symbol, text)).toMatchObject({ ...COUNTS, totalRows: 2, duplicateRows: 2, firstOpenTimeMs: null });
    expect(await run(symbol, text.replace('10,12,9,11,500', '10.00,12.0,9,11.000,500.0'))).toMatchObject({ ...COUNTS, totalRows: 2, duplicateRows: 2 });
    expect(await outboxCount()).toBe(before);
  });

  it('announces a file of newest first in the order of time', async () => {
    const symbol = await instrument();
    await run(symbol, 'Date,Price\n2020-01-06,3\n2020-01-03,2\n2020-01-02,1\n');
    expect((await announced(`${symbol}.XSIM`)).flatMap(({ bars }) => bars.map((bar) => bar.close))).toEqual(['1', '2', '3']);
  });

  it('counts repetitions inside a file and rejects contradictions with line and reason', async () => {
    const symbol = await instrument();
    await run(symbol, 'Date,Price\n2020-01-02,1\n');
    const report = await run(symbol, 'Date,Price\n2020-01-03,2\n2020-01-03,2.0\n2020-01-02,9\nbroken\n2020-01-03,3\n2020-01-02,1\n');
    expect(report).toMatchObject({ totalRows: 6, importedRows: 1, duplicateRows: 2, rejectedRows: 3 });
    expect(report.rejects).toEqual([
      { line: 4, code: 'CONFLICT', reason: '2020-01-02T00:00:00.000Z is stored as 1 1 1 1, was 9 9 9 9' },
      { line: 5, code: 'MALFORMED_ROW', reason: 'row must have 2 fields, had 1' },
      { line: 6, code: 'CONFLICT', reason: '2020-01-03T00:00:00.000Z is stored as 2 2 2 2, was 3 3 3 3' },
    ]);
  });

  it('lists the first hundred rejects by line and counts all', async () => {
    const symbol = await instrument();
    await run(symbol, 'Date,Price\n2020-01-02,1\n');
    const report = await run(symbol, `Date,Price\n${'2020-01-02,2\nbroken\n'.repeat(400)}`);
    expect(report).toMatchObject({ totalRows: 800, rejectedRows: 800, importedRows: 0 });
    expect(report.rejects.map((reject) => reject.line)).toEqual(Array.from({ length: 100 }, (_, index) => index + 2));
  });

  it('keeps bars of other intervals apart', async () => {
    const symbol = await instrument();
    await run(symbol, 'Date,Price\n2020-02-01,1\n');
    const uri = `file:${await file('Date,Price\n2020-02-01,2\n')}`;
    const { report } = await importHistory(dependencies, { uri, symbol, venueId: 'XSIM', interval: 'MO1' });
    expect(report).toMatchObject({ importedRows: 1, duplicateRows: 0 });
  });

  it.each([
    ['INDEX', 1],
    ['COMMODITY', 0],
  ] as const)('rejects a price below zero of an %s: %i times', async (assetClass, rejectedRows) => {
    expect(await run(await instrument(assetClass), 'Date,Price\n2020-04-20,-36.98\n')).toMatchObject({ rejectedRows });
  });

  it('takes any rows without an error, and its counts add up', async () => {
    const day = fc.integer({ min: 1, max: 28 }).map((number) => `2020-02-${String(number).padStart(2, '0')}`);
    const row = fc.tuple(fc.oneof(day, fc.string({ maxLength: 5 })), fc.oneof(fc.integer({ min: -2, max: 5 }).map(String), fc.string({ unit: 'binary', maxLength: 5 })));
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 30 }), async (rows) => {
        const symbol = await instrument();
        const text = `Date,Price\n${rows.map((fields) => fields.join(',')).join('\n')}`;
        const first = await run(symbol, text);
        expect(first.importedRows + first.duplicateRows + first.rejectedRows).toBe(first.totalRows);
        const second = await run(symbol, text);
        expect(second).toMatchObject({ totalRows: first.totalRows, importedRows: 0, duplicateRows: first.importedRows + first.duplicateRows, rejectedRows: first.rejectedRows });
      }),
      { numRuns: 40 },
    );
  });

  it('imports nothing at all when the file breaks off in the middle', async () => {
    const [target] = await dependencies.instruments.byIds([`${await instrument()}.XSIM`]);
    async function* rows(): AsyncGenerator<readonly BarRow[]> {
      yield [{ kind: 'bar', line: 2, bar: { openTimeMs: 0, open: '1', high: '1', low: '1', close: '1', volume: null } }];
      throw new Error('disk gone');
    }
    await expect(importBars(pool, { instrument: target!, interval: 'D1' }, rows())).rejects.toThrow('disk gone');
    expect(await announced(target!.id)).toEqual([]);
    expect(await latestCloses(pool, target!.number, 'D1', 1)).toEqual([]);
  });

  it('lets two imports of one instrument take turns', async () => {
    const symbol = await instrument();
    const text = `Date,Price\n${Array.from({ length: 28 }, (_, index) => `2020-02-${String(index + 1).padStart(2, '0')},${index + 1}`).join('\n')}\n`;
    const [first, second] = await Promise.all([run(symbol, text), run(symbol, text)]);
    expect(first.importedRows + second.importedRows).toBe(28);
    expect(first.duplicateRows + second.duplicateRows).toBe(28);
  });
});

describe('an import URI', () => {
  it.each([
    ['http://example.com/x.csv', 'VALIDATION'],
    ['x.csv', 'VALIDATION'],
    ['sample:nope', 'VALIDATION'],
    ['sample:../../package.json', 'VALIDATION'],
    ['file:missing.csv', 'NOT_FOUND'],
    ['file:/etc/passwd', 'FORBIDDEN'],
    ['file:///etc/passwd', 'FORBIDDEN'],
    ['file:../secret.csv', 'FORBIDDEN'],
    ['file:inner/../../secret.csv', 'FORBIDDEN'],
    ['file:link.csv', 'FORBIDDEN'],
    ['file:linked/passwd', 'FORBIDDEN'],
    ['file:inner', 'VALIDATION'],
    ['file:nul\0.csv', 'FORBIDDEN'],
    [`file:${'x'.repeat(1_000)}`, 'VALIDATION'],
  ])('%.40j is refused with %s', async (uri, code) => {
    await mkdir(path.join(directory, 'inner'), { recursive: true });
    await symlink('/etc/passwd', path.join(directory, 'link.csv')).catch(() => undefined);
    await symlink('/etc', path.join(directory, 'linked')).catch(() => undefined);
    const symbol = await instrument();
    await expect(importHistory(dependencies, { uri, symbol, venueId: 'XSIM', interval: 'D1' })).rejects.toMatchObject({ name: 'ClientError', code });
  });

  it('is refused when no import directory is configured', async () => {
    const symbol = await instrument();
    await expect(importHistory({ ...dependencies, importDirectory: undefined }, { uri: 'file:a.csv', symbol, venueId: 'XSIM', interval: 'D1' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('may be a link that stays inside', async () => {
    const symbol = await instrument();
    await symlink(await file('Date,Price\n2020-01-02,1\n'), path.join(directory, 'inside.csv'));
    const { report } = await importHistory(dependencies, { uri: 'file:inside.csv', symbol, venueId: 'XSIM', interval: 'D1' });
    expect(report.importedRows).toBe(1);
  });
});

async function instrument(assetClass: AssetClass = 'EQUITY'): Promise<string> {
  const symbol = `T${(count += 1)}`;
  await dependencies.instruments.add({ symbol, venueId: 'XSIM', name: null, assetClass, currency: 'USD', tickSize: '0.01', lotSize: '1', cashScale: CASH_SCALE, minNotional: null, tradable: false, isin: null, figi: null, cik: null });
  return symbol;
}

async function file(text: string): Promise<string> {
  const name = `${(count += 1)}.csv`;
  await writeFile(path.join(directory, name), text);
  return name;
}

async function run(symbol: string, text: string) {
  const { report } = await importHistory(dependencies, { uri: `file:${await file(text)}`, symbol, venueId: 'XSIM', interval: 'D1' });
  return report;
}

async function outboxCount(): Promise<number> {
  const { rows } = await pool.query<{ count: number }>('select count(*)::int as count from ingestion.outbox');
  return rows[0]!.count;
}

async function announced(id: string): Promise<{ bars: { openTime: string; close: string }[] }[]> {
  const { rows } = await pool.query<{ value: string }>('select value from ingestion.outbox where topic = $1 and key = $2 order by id', [BARS_TOPIC, id]);
  return rows.map((row) => JSON.parse(row.value));
}
