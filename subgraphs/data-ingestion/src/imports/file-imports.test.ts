import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { createPrisma } from '@mib/prisma/client';
import { createPool } from '@mib/service/database';
import { createLogger } from '@mib/service/logger';
import { testDatabase, type TestDatabase } from '@mib/testkit/test-database';
import { FILE_SOURCE } from '../data-sources.ts';
import { itchFile, frame, encodeItch } from '../connectors/file-import/synthetic/itch-file.ts';
import { lobsterLines } from '../connectors/file-import/synthetic/lobster-files.ts';
import type { FileImport, FileImportRequest } from '../domain/file-import.ts';
import { BATCH_ROWS } from '../domain/files/tick-batch.ts';
import { CASH_SCALE, instrumentId } from '../domain/instrument.ts';
import { SourceHealth } from '../domain/source-health.ts';
import { SIMULATED_VENUE } from '../domain/venue.ts';
import { MAX_TICKS_PER_EVENT, TICKS_TOPIC, type AnnouncedTicks } from '../events.ts';
import { MAX_RUNNING_IMPORTS, type ImportDependencies } from '../import-history.ts';
import { InstrumentStore } from '../store/instruments.ts';
import { FileImports } from './file-imports.ts';

/** 2012-06-21: midnight in New York is 04:00 UTC. */
const DAY = 15_512;
const MIDNIGHT_NS = BigInt(Date.UTC(2012, 5, 21, 4)) * 1_000_000n;
const LOGGER = createLogger('test', { level: 'silent' });
const COUNTS = { totalRows: 0, importedRows: 0, duplicateRows: 0, rejectedRows: 0, skippedRows: 0 };

let database: TestDatabase;
let pool: pg.Pool;
let prisma: ReturnType<typeof createPrisma>;
let directory: string;
let dependencies: ImportDependencies;
let imports: FileImports;
let count = 0;

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool(database.url, { max: 4, applicationName: 'test' });
  prisma = createPrisma({ databaseUrl: database.url });
  directory = await mkdtemp(path.join(os.tmpdir(), 'mib-file-imports-'));
  const instruments = new InstrumentStore(prisma, pool);
  await instruments.addVenue(SIMULATED_VENUE);
  dependencies = { pool, instruments, importDirectory: directory, health: new SourceHealth(FILE_SOURCE, Date.now), running: new Set() };
  imports = new FileImports(dependencies, LOGGER);
});

afterAll(async () => {
  await imports[Symbol.asyncDispose]();
  await pool.end();
  await prisma.$disconnect();
  await database[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

describe('the import of a LOBSTER day', () => {
  it('takes every message, announces each execution with its time, and takes nothing the second time', async () => {
    const lines = [...lobsterLines({ seed: 1, count: 2 * BATCH_ROWS, resting: 100, depth: 10 })];
    const request = await lobster(lines);
    const trades = lines.flatMap(({ trade }, index) => (trade ? [{ row: index + 1, timeNs: MIDNIGHT_NS + BigInt(trade.timeNs), price: trade.price, size: trade.size, side: trade.side }] : []));
    expect(lines.length).toBeGreaterThan(BATCH_ROWS);
    const first = await run(request);
    expect(first).toMatchObject({ ...COUNTS, state: 'COMPLETED', totalRows: lines.length, importedRows: lines.length, ticks: trades.length });
    expect(first.readBytes).toBe(first.totalBytes);
    expect(await announced(request)).toEqual(trades);
    expect(await run(request)).toMatchObject({ ...COUNTS, state: 'COMPLETED', totalRows: lines.length, duplicateRows: lines.length, ticks: 0 });
    const packed = { ...request, uri: await file(gzipSync(await text(request.uri))) };
    expect(await run(packed)).toMatchObject({ ...COUNTS, totalRows: lines.length, duplicateRows: lines.length });
    expect(await announced(request)).toEqual(trades);
  });

  it('rejects rows that contradict the book, and rows without a partner', async () => {
    const lines = [...lobsterLines({ seed: 2, count: 500, resting: 50, depth: 2 })];
    const at = lines.findIndex(({ message }) => message.split(',')[1] === '4');
    const changed = lines.with(at, { ...lines[at]!, book: lines[at - 1]!.book });
    const request = await lobster(changed, changed.slice(0, -2));
    const report = await run(request);
    expect(report).toMatchObject({ state: 'COMPLETED', totalRows: lines.length });
    expect(report.rejects[0]).toMatchObject({ line: at + 1, code: 'BOOK_MISMATCH' });
    expect(report.rejects.slice(-2).map(({ line, reason }) => [line, reason])).toEqual([
      [lines.length - 1, 'row must stand in both files, the orderbook file has ended before it'],
      [lines.length, 'row must stand in both files, the orderbook file has ended before it'],
    ]);
    expect(report.importedRows + report.rejectedRows).toBe(lines.length);
  });

  it('goes on behind the last step when the service starts again', async () => {
    const lines = [...lobsterLines({ seed: 3, count: 4 * BATCH_ROWS, resting: 100, depth: 1 })];
    const request = await lobster(lines);
    const interrupted = new FileImports(dependencies, LOGGER);
    const { id } = await interrupted.start(request);
    for await (const seen of interrupted.watch(id, new AbortController().signal)) if (seen.totalRows > 0) break;
    await interrupted[Symbol.asyncDispose]();
    const again = new FileImports(dependencies, LOGGER);
    await again.resume();
    const report = await ended(again, id);
    await again[Symbol.asyncDispose]();
    expect(report).toMatchObject({ ...COUNTS, state: 'COMPLETED', totalRows: lines.length, importedRows: lines.length });
    expect((await announced(request)).map(({ row }) => row)).toEqual(lines.flatMap(({ trade }, index) => (trade ? [index + 1] : [])));
  });

  it('lets two imports of one file take each row once', async () => {
    const lines = [...lobsterLines({ seed: 4, count: 2 * BATCH_ROWS, resting: 100, depth: 1 })];
    const request = await lobster(lines);
    const [first, second] = await Promise.all([run(request), run(request)]);
    expect([first.importedRows + second.importedRows, first.duplicateRows + second.duplicateRows]).toEqual([lines.length, lines.length]);
    expect((await announced(request)).map(({ row }) => row)).toEqual(lines.flatMap(({ trade }, index) => (trade ? [index + 1] : [])));
  });
});

describe('the import of an ITCH file', () => {
  it('takes the chosen stocks, then those that were left out, and no row of a stock twice', async () => {
    const [left, right] = [await instrument(), await instrument()];
    const { frames, trades } = itchFile([{ symbol: left, seed: 1, count: 3_000, resting: 100 }, { symbol: right, seed: 2, count: 2_000, resting: 100 }]);
    const uri = await file(gzipSync(Buffer.concat(frames)));
    const request = { ...base(uri), format: 'ITCH_50', instrumentIds: [idOf(left)] } as const;
    const one = await run(request);
    expect(one).toMatchObject({ state: 'COMPLETED', totalRows: frames.length - 1, duplicateRows: 0, rejectedRows: 0, ticks: trades.filter(({ symbol }) => symbol === left).length });
    expect(one.importedRows + one.skippedRows).toBe(one.totalRows);
    const all = await run({ ...request, instrumentIds: [] });
    expect(all.request.instrumentIds.toSorted()).toEqual([idOf(left), idOf(right)].toSorted());
    expect(all).toMatchObject({ state: 'COMPLETED', duplicateRows: one.importedRows, rejectedRows: 0, ticks: trades.filter(({ symbol }) => symbol === right).length });
    for (const symbol of [left, right]) {
      const wanted = trades.filter((trade) => trade.symbol === symbol).map((trade) => [MIDNIGHT_NS + BigInt(trade.timeNs), trade.price, trade.size, trade.side]);
      expect((await announced({ ...request, instrumentIds: [idOf(symbol)] })).map(({ timeNs, price, size, side }) => [timeNs, price, size, side])).toEqual(wanted);
    }
  });

  it.each([
    ['a stock that is not in the directory', Buffer.concat([frame(encodeItch('S', 0, 1, { eventCode: 'O' }))]), 'is not in the directory of the file'],
    ['gzip that breaks off', gzipSync(Buffer.alloc(100_000, 1)).subarray(0, 60), 'file must be whole gzip'],
  ])('fails for %s and says so', async (_, bytes, reason) => {
    const symbol = await instrument();
    const report = await run({ ...base(await file(bytes)), format: 'ITCH_50', instrumentIds: [idOf(symbol)] });
    expect(report).toMatchObject({ state: 'FAILED', importedRows: 0 });
    expect(report.error).toContain(reason);
  });

  it('rejects what breaks off at the end', async () => {
    const symbol = await instrument();
    const { frames } = itchFile([{ symbol, seed: 5, count: 50, resting: 5 }]);
    const whole = Buffer.concat(frames.slice(0, -1));
    const report = await run({ ...base(await file(whole.subarray(0, -4))), format: 'ITCH_50', instrumentIds: [idOf(symbol)] });
    expect(report.rejects).toEqual([{ line: frames.length - 1, code: 'MALFORMED_ROW', reason: 'the file breaks off: 10 bytes are no whole message' }]);
  });
});

describe('the import of bars in the background', () => {
  it('takes a packed file in steps and counts duplicates the second time', async () => {
    const symbol = await instrument();
    const start = Date.UTC(2024, 0, 1);
    const rows = Array.from({ length: 45_000 }, (_, index) => `${new Date(start + index * 60_000).toISOString()},${100 + (index % 7)}`);
    const uri = await file(gzipSync(`\ufefftime,close\n${rows.toReversed().join('\n')}\nbroken\n`));
    const request = { ...base(uri), format: 'CSV_OHLCV', interval: 'M1', instrumentIds: [idOf(symbol)], day: null } as const;
    const seen: FileImport[] = [];
    const { id } = await imports.start(request);
    for await (const each of imports.watch(id, new AbortController().signal)) seen.push(each);
    expect(seen.at(-1)).toMatchObject({ ...COUNTS, state: 'COMPLETED', totalRows: 45_001, importedRows: 45_000, rejectedRows: 1 });
    expect(seen.map(({ totalRows }) => totalRows)).toEqual(seen.map(({ totalRows }) => totalRows).toSorted((a, b) => a - b));
    expect(await run(request)).toMatchObject({ ...COUNTS, totalRows: 45_001, duplicateRows: 45_000, rejectedRows: 1 });
  });
});

describe('a background import', () => {
  it('is refused while all places are taken, and gives its place back', async () => {
    const request = await lobster([...lobsterLines({ seed: 6, count: 100, resting: 20, depth: 1 })]);
    const tokens = Array.from({ length: MAX_RUNNING_IMPORTS }, () => Symbol('test'));
    for (const token of tokens) dependencies.running.add(token);
    await expect(imports.start(request)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    for (const token of tokens) dependencies.running.delete(token);
    await run(request);
    await expect(imports.start({ ...request, uri: 'file:none.csv' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(dependencies.running.size).toBe(0);
  });

  it('is unknown under another id', async () => {
    await expect(imports.watch('none', new AbortController().signal).next()).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

function base(uri: string): Omit<FileImportRequest, 'format'> {
  return { uri, orderBookUri: null, instrumentIds: [], venueId: 'XSIM', interval: 'D1', day: DAY };
}

async function lobster(lines: readonly { message: string; book: string }[], books = lines): Promise<FileImportRequest> {
  const symbol = await instrument();
  return { ...base(await file(lines.map((line) => line.message).join('\n'))), format: 'LOBSTER', orderBookUri: await file(books.map((line) => line.book).join('\n')), instrumentIds: [idOf(symbol)] };
}

async function instrument(): Promise<string> {
  const symbol = `F${(count += 1)}`;
  await dependencies.instruments.add({ symbol, venueId: 'XSIM', name: null, assetClass: 'EQUITY', currency: 'USD', tickSize: '0.01', lotSize: '1', cashScale: CASH_SCALE, minNotional: null, tradable: false, isin: null, figi: null, cik: null });
  return symbol;
}

function idOf(symbol: string): string {
  return instrumentId(symbol, 'XSIM');
}

async function file(content: string | Buffer): Promise<string> {
  const name = `${(count += 1)}.bin`;
  await writeFile(path.join(directory, name), content);
  return `file:${name}`;
}

async function text(uri: string): Promise<Buffer> {
  return readFile(path.join(directory, uri.slice('file:'.length)));
}

async function run(request: FileImportRequest): Promise<FileImport> {
  return ended(imports, (await imports.start(request)).id);
}

async function ended(owner: FileImports, id: string): Promise<FileImport> {
  let last: FileImport | undefined;
  for await (const each of owner.watch(id, new AbortController().signal)) last = each;
  return last!;
}

/** Every trade on its way to the bus, in the order of announcement. */
async function announced({ instrumentIds }: FileImportRequest) {
  const { rows } = await pool.query<{ value: string }>('select value from ingestion.outbox where topic = $1 and key = $2 order by id', [TICKS_TOPIC, instrumentIds[0]]);
  return rows.flatMap(({ value }) => {
    const ticks = JSON.parse(value) as AnnouncedTicks;
    expect(ticks.rows.length).toBeLessThanOrEqual(MAX_TICKS_PER_EVENT);
    expect([ticks.firstRow, ticks.lastRow]).toEqual([ticks.rows[0], ticks.rows.at(-1)]);
    return ticks.rows.map((row, at) => ({ row, timeNs: BigInt(ticks.baseTimeNs) + BigInt(ticks.offsetsNs[at]!), price: ticks.prices[at], size: ticks.quantities[at], side: ticks.sides[at] }));
  });
}
