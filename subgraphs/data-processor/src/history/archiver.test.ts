import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type pg from 'pg';
import { parseDecimal } from '@mib/model/decimal';
import { createLogger } from '@mib/service/logger';
import { createPool } from '@mib/service/database';
import type { TestDatabase } from '@mib/testkit/test-database';
import { testDatabase } from '@mib/testkit/test-database';
import { candleOfBar } from '../domain/candle.ts';
import { CandleClocks } from '../domain/candle-clock.ts';
import type { CandleSource, StoredCandle } from '../domain/stored-candle.ts';
import type { StoredTrade } from '../domain/stored-trade.ts';
import { compareTrades } from '../domain/stored-trade.ts';
import { writeCandles } from '../store/candle-rows.ts';
import { findCandles } from '../store/archived-candles.ts';
import { writeTrades } from '../store/trade-rows.ts';
import { Archiver, type ArchiverOptions } from './archiver.ts';
import { CandleHistory } from './candle-history.ts';
import { Duck } from './duck.ts';
import { Readers } from './readers.ts';
import { RowBudget } from './row-budget.ts';
import { TradeHistory } from './trade-history.ts';

const NOW_MS = Date.UTC(2026, 10, 22, 12);
const DAY_MS = 86_400_000;
const LIMITS = { maxRows: 40, minRows: 20, minSmallFiles: 3, maxMergedRows: 200 };
const ALL = { fromNs: null, beforeNs: null, after: null, source: null, limit: 1_000 };

let database: TestDatabase;
let pool: pg.Pool;
let directory: string;
let duck: Duck;
let archiver: Archiver;
let options: ArchiverOptions;
let trades: TradeHistory;
let candles: CandleHistory;

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool(database.url, { max: 4, applicationName: 'test' });
  directory = mkdtempSync(path.join(tmpdir(), "mib-history-o'brien-"));
  duck = new Duck(directory);
  const shared = { pool, duck, directory, readers: new Readers(), budget: new RowBudget(1_000), clocks: new CandleClocks(), now: () => NOW_MS };
  options = { ...shared, logger: createLogger('test', { level: 'silent' }), telemetry: { rowsArchived: () => undefined }, limits: LIMITS };
  archiver = new Archiver(options);
  trades = new TradeHistory(shared);
  candles = new CandleHistory(shared);
});
afterAll(async () => {
  await archiver[Symbol.asyncDispose]();
  await duck[Symbol.asyncDispose]();
  await pool.end();
  await database[Symbol.asyncDispose]();
});

describe('trades of many days', () => {
  const written = Array.from({ length: 150 }, (_, index) => trade(index));

  beforeAll(() => inClient((client) => writeTrades(client, written)));

  it('move into files of one month each, all but the recent, and read the same as before', async () => {
    const before = await trades.page('SPY.XNYS', ALL);
    expect(before).toEqual(written.filter((each) => each.instrumentId === 'SPY.XNYS').sort(compareTrades));
    expect(await archiver.round()).toBe(written.filter((each) => each.timeNs < BigInt(NOW_MS - 3_600_000) * 1_000_000n).length);
    expect(await count('trades')).toBe(written.filter((each) => each.timeNs >= BigInt(NOW_MS - 3_600_000) * 1_000_000n).length);
    expect(await trades.page('SPY.XNYS', ALL)).toEqual(before);
    expect(readdirSync(directory).filter((name) => name.endsWith('.parquet')).sort()).toEqual(await manifest());
  });

  it('come in pages that meet, across both stores', async () => {
    const whole = await trades.page('SPY.XNYS', ALL);
    const joined: StoredTrade[] = [];
    for (let after: StoredTrade | null = null; ; after = joined.at(-1)!) {
      const page = await trades.page('SPY.XNYS', { ...ALL, after, limit: 7 });
      joined.push(...page);
      if (page.length < 7) break;
    }
    expect(joined).toEqual(whole);
    const [fromNs, beforeNs] = [whole[60]!.timeNs, whole[10]!.timeNs];
    expect(await trades.page('SPY.XNYS', { ...ALL, fromNs, beforeNs })).toEqual(whole.filter((each) => each.timeNs >= fromNs && each.timeNs < beforeNs));
    expect(await trades.page('SPY.XNYS', { ...ALL, source: 'LIVE' })).toEqual(whole.filter((each) => each.source === 'LIVE'));
  });

  it('stay out of the answer while a file has no row in the manifest, and such a file is set aside', async () => {
    writeFileSync(path.join(directory, 'trades-2026-10-orphan.parquet'), 'torn');
    writeFileSync(path.join(directory, 'trades-2026-10-x.parquet.tmp'), 'torn');
    expect(await archiver.recover()).toBe(2);
    expect(readdirSync(directory).filter((name) => name.includes('.parquet')).sort()).toEqual(await manifest());
    expect(readdirSync(path.join(directory, 'set-aside'))).toEqual(['trades-2026-10-orphan.parquet']);
    expect(archiver.problem).toBeUndefined();
  });

  it('are missed by name where the folder lacks them', async () => {
    const empty = mkdtempSync(path.join(tmpdir(), 'mib-history-'));
    await using elsewhere = new Archiver({ ...options, directory: empty });
    await elsewhere.recover();
    const files = await manifest();
    expect(elsewhere.problem).toBe(`${empty} lacks ${files.length} files of the history, ${files[0]} first`);
  });

  it('late by weeks become files too, and small files of a month become one', async () => {
    const late = Array.from({ length: 5 }, (_, index) => ({ ...trade(index), sequence: BigInt(9_000 + index) }));
    for (const each of late) {
      await inClient((client) => writeTrades(client, [each]));
      await archiver.round();
    }
    const files = await pool.query<{ n: number }>(`select count(*)::int as n from processor.partitions where kind = 'trades' group by month`);
    expect(Math.max(...files.rows.map((row) => row.n))).toBeLessThan(LIMITS.minSmallFiles + 1);
    expect(await trades.page('SPY.XNYS', ALL)).toEqual([...written, ...late].filter((each) => each.instrumentId === 'SPY.XNYS').sort(compareTrades));
    expect(readdirSync(directory).filter((name) => name.endsWith('.parquet')).sort()).toEqual(await manifest());
  });
});

describe('candles that have moved', () => {
  const history = Array.from({ length: 60 }, (_, index) => candle(index, 'HISTORY', `${100 + index}.5`));

  it('are part of the series, and a corrected one is the row that came later', async () => {
    await inClient((client) => writeCandles(client, [...history, candle(10, 'LIVE', '1'), candle(70, 'LIVE', '2')]));
    await pool.query(`update processor.candles set touched_at = to_timestamp($1)`, [(NOW_MS - DAY_MS) / 1_000]);
    const range = { interval: 'M1', source: null, fromMs: null, beforeMs: null, limit: 30 } as const;
    const before = (await candles.series(['QQQ.XNAS'], range)).get('QQQ.XNAS');
    expect(await archiver.round()).toBe(62);
    expect(await count('candles')).toBe(0);
    expect((await candles.series(['QQQ.XNAS'], range)).get('QQQ.XNAS')!.map(shown)).toEqual(before!.map(shown));
    const [found] = await inClient((client) => findCandles(client, candles, 'HISTORY', [history[58]!]));
    expect(shown(found!)).toEqual(shown(history[58]!));
    await inClient((client) => writeCandles(client, [{ ...history[58]!, close: parseDecimal('7'), revision: 1 }]));
    const closes: number[] = [];
    for await (const piece of candles.closes('QQQ.XNAS', { interval: 'M1', fromMs: history[57]!.openTimeMs, beforeMs: null })) closes.push(...piece.close);
    expect(closes).toEqual([157.5, 7, 159.5, 2]);
    expect((await candles.series(['QQQ.XNAS'], range)).get('QQQ.XNAS')!.map(shown).slice(0, 3)).toEqual([[70, '2', 'LIVE', 0], [59, '159.5', 'HISTORY', 0], [58, '7', 'HISTORY', 1]]);
    await pool.query(`update processor.candles set touched_at = to_timestamp($1)`, [(NOW_MS - DAY_MS) / 1_000]);
    await archiver.round();
    expect((await candles.series(['QQQ.XNAS'], range)).get('QQQ.XNAS')!.map(shown)[2]).toEqual([58, '7', 'HISTORY', 1]);
  });

  it('give the same floats to indicators, and pages that meet', async () => {
    const range = { interval: 'M1', source: null, fromMs: null, beforeMs: null, limit: 100 } as const;
    const whole = (await candles.series(['QQQ.XNAS'], range)).get('QQQ.XNAS')!;
    expect(whole).toHaveLength(61);
    const bars = (await candles.bars(['QQQ.XNAS'], range)).get('QQQ.XNAS')!;
    expect([...bars.close].reverse()).toEqual(whole.map((each) => Number(shown(each)[1])));
    const scanned: number[][] = [];
    for await (const { openTimesMs, close } of candles.closes('QQQ.XNAS', { interval: 'M1', fromMs: null, beforeMs: null })) openTimesMs.forEach((time, row) => scanned.push([time, close[row]!]));
    expect(scanned.reverse()).toEqual(whole.map((each) => [each.openTimeMs, Number(shown(each)[1])]));
    const joined = [];
    for (let beforeMs: number | null = null; ; beforeMs = joined.at(-1)!.openTimeMs) {
      const page: readonly StoredCandle[] = (await candles.series(['QQQ.XNAS'], { ...range, beforeMs, limit: 8 })).get('QQQ.XNAS') ?? [];
      if (page.length === 0) break;
      joined.push(...page);
    }
    expect(joined.map(shown)).toEqual(whole.map(shown));
  });
});

function trade(index: number): StoredTrade {
  const time = index < 130 ? NOW_MS - 60 * DAY_MS + (index % 4) * 20 * DAY_MS + Math.floor(index / 2) * 1_000 : NOW_MS - index;
  return {
    instrumentId: index % 3 === 0 ? 'MSFT.XNAS' : 'SPY.XNYS', source: index % 5 === 0 ? 'LIVE' : 'HISTORY', origin: index % 2 === 0 ? 'engine' : 'b0b',
    timeNs: BigInt(time) * 1_000_000n + 123n, sequence: BigInt(index), price: { units: BigInt(10_001 + 10 * index), scale: 4 }, quantity: { units: BigInt(1 + (index % 9)), scale: 0 }, side: (index % 3) - 1,
  };
}

function candle(minute: number, source: CandleSource, close: string): StoredCandle {
  const price = parseDecimal(close);
  return { ...candleOfBar({ openTimeMs: NOW_MS - 100 * DAY_MS + minute * 60_000, open: price, high: price, low: price, close: price, volume: null }), instrumentId: 'QQQ.XNAS', interval: 'M1', source, revision: 0, derived: false };
}

function shown({ openTimeMs, close, source, revision }: StoredCandle): [number, string, string, number] {
  return [(openTimeMs - (NOW_MS - 100 * DAY_MS)) / 60_000, `${Number(close.units) / 10 ** close.scale}`, source, revision];
}

async function count(table: string): Promise<number> {
  return (await pool.query<{ n: number }>(`select count(*)::int as n from processor.${table}`)).rows[0]!.n;
}

async function manifest(): Promise<string[]> {
  return (await pool.query<{ file: string }>('select file from processor.partitions order by file')).rows.map((row) => row.file).sort();
}

async function inClient<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    return await work(client);
  } finally {
    client.release();
  }
}
