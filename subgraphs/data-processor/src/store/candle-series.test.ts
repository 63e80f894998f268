import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { formatDecimal, parseDecimal } from '@mib/model/decimal';
import { createPool } from '@mib/service/database';
import type { TestDatabase } from '@mib/testkit/test-database';
import { testDatabase } from '@mib/testkit/test-database';
import { candleOfBar } from '../domain/candle.ts';
import { isFinal } from '../domain/indicators/indicator-point.ts';
import type { CandleSource, StoredCandle } from '../domain/stored-candle.ts';
import { writeCandles } from './candle-rows.ts';
import type { SeriesRange } from './candle-series.ts';
import { readBars, readCandles } from './candle-series.ts';
import { CandleClocks } from '../domain/candle-clock.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 10, 16);
const RANGE: SeriesRange = { interval: 'D1', source: null, fromMs: null, beforeMs: null, limit: 10 };

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool(database.url, { max: 2, applicationName: 'test' });
  const client = await pool.connect();
  const history = [0, 1, 2].map((day) => candle('SPX.XSIM', day, 'HISTORY', `${100 + day}.5`));
  const live = [2, 3, 4].map((day) => candle('SPX.XSIM', day, 'LIVE', `${200 + day}`));
  await writeCandles(client, [...history, ...live, candle('WTI.SPOT', 0, 'HISTORY', '-36.98')]);
  await client.query(`insert into processor.checkpoints (stream, position, watermark_ns) values ('engine', 9, $1)`, [BigInt(START_MS + 4 * DAY_MS) * 1_000_000n]);
  client.release();
});
afterAll(async () => {
  await pool.end();
  await database[Symbol.asyncDispose]();
});

describe('a series of candles', () => {
  it.each<[string, Partial<SeriesRange>, string[]]>([
    ['is newest first, with history where both sources have a candle', {}, ['4 LIVE 204', '3 LIVE 203', '2 HISTORY 102.5', '1 HISTORY 101.5', '0 HISTORY 100.5']],
    ['of one source alone', { source: 'LIVE' }, ['4 LIVE 204', '3 LIVE 203', '2 LIVE 202']],
    ['takes `from` in and leaves `before` out', { fromMs: START_MS + DAY_MS, beforeMs: START_MS + 3 * DAY_MS }, ['2 HISTORY 102.5', '1 HISTORY 101.5']],
    ['holds the newest of the range up to its limit', { limit: 2, beforeMs: START_MS + 4 * DAY_MS }, ['3 LIVE 203', '2 HISTORY 102.5']],
    ['of another interval', { interval: 'H1' }, []],
  ])('%s', async (_, range, expected) => {
    const series = (await candles(['SPX.XSIM'], { ...RANGE, ...range })).get('SPX.XSIM') ?? [];
    expect(series.map((each) => `${(each.openTimeMs - START_MS) / DAY_MS} ${each.source} ${formatDecimal(each.close)}`)).toEqual(expected);
    const own = (await bars(['SPX.XSIM'], { ...RANGE, ...range })).get('SPX.XSIM');
    expect(Array.from(own?.close ?? []).reverse()).toEqual(series.map((each) => Number(formatDecimal(each.close))));
    expect(Array.from(own?.synthetic ?? []).reverse()).toEqual(series.map((each) => (each.source === 'LIVE' ? 1 : 0)));
  });

  it('answers for many instruments at once, a negative price included', async () => {
    const series = await candles(['WTI.SPOT', 'SPX.XSIM', 'NONE.XSIM'], { ...RANGE, limit: 1 });
    expect([...series].map(([id, [newest]]) => [id, formatDecimal(newest!.close), newest!.final])).toEqual([
      ['SPX.XSIM', '204', false],
      ['WTI.SPOT', '-36.98', true],
    ]);
  });

  it('knows live candles as final once the market has left them', async () => {
    const series = await candles(['SPX.XSIM'], { ...RANGE, source: 'LIVE' });
    expect(series.get('SPX.XSIM')!.map((each) => each.final)).toEqual([false, true, true]);
  });

  it('ends a day of New York with its session, for display and for indicators alike', async () => {
    const clocks = new CandleClocks();
    clocks.set('SPX.XSIM', 'XNYS');
    const range = { ...RANGE, source: 'LIVE' } as const;
    // At midnight UTC the hours after the bell of day 3 go on for an hour.
    expect((await withClient((client) => readCandles(client, ['SPX.XSIM'], range, clocks))).get('SPX.XSIM')!.map((each) => each.final)).toEqual([false, false, true]);
    const days = (await withClient((client) => readBars(client, ['SPX.XSIM'], range, clocks))).get('SPX.XSIM')!;
    expect([2, 1, 0].map((row) => isFinal(days, row))).toEqual([false, false, true]);
  });

  it('refuses to read without bound', async () => {
    await expect(candles(Array.from({ length: 601 }, (_, index) => `I${index}.X`), { ...RANGE, limit: 500 })).rejects.toThrow('601 instruments of up to 500 candles are more than 75000');
  });
});

const CLOCKS = new CandleClocks();

function candles(ids: readonly string[], range: SeriesRange) {
  return withClient((client) => readCandles(client, ids, range, CLOCKS));
}

function bars(ids: readonly string[], range: SeriesRange) {
  return withClient((client) => readBars(client, ids, range, CLOCKS));
}

async function withClient<T>(read: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    return await read(client);
  } finally {
    client.release();
  }
}

function candle(instrumentId: string, day: number, source: CandleSource, close: string): StoredCandle {
  const price = parseDecimal(close);
  return { ...candleOfBar({ openTimeMs: START_MS + day * DAY_MS, open: price, high: price, low: price, close: price, volume: null }), instrumentId, interval: 'D1', source, revision: 0, derived: false };
}
