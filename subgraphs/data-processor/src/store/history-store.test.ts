import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import type { Interval } from '@mib/model/interval';
import { intervalStart } from '@mib/model/interval';
import { formatDecimal, parseDecimal } from '@mib/model/decimal';
import { createPool } from '@mib/service/database';
import type { TestDatabase } from '@mib/testkit/test-database';
import { testDatabase } from '@mib/testkit/test-database';
import type { Bar } from '../domain/candle.ts';
import { candleOfBar, resample } from '../domain/candle.ts';
import type { StoredCandle } from '../domain/stored-candle.ts';
import { CANDLE_COLUMNS, candleOfRow } from './candle-rows.ts';
import type { BarBatch } from './history-store.ts';
import { applyBars } from './history-store.ts';
import { NO_ARCHIVE } from './archived-candles.ts';
import { CandleClocks } from '../domain/candle-clock.ts';

const STORES = { archive: NO_ARCHIVE, clocks: new CandleClocks() };

const STREAM = 'market.bars/0';
const DAY_MS = 86_400_000;
/** A Wednesday in the middle of a month. */
const START_MS = Date.UTC(2020, 3, 15);

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
beforeEach(async () => {
  await pool.query('truncate processor.trades, processor.candles, processor.checkpoints');
});

describe('imported bars', () => {
  it('change nothing when they come a second time, be it the same record or a new one', async () => {
    const bars = days(30);
    expect(await applyBars({ pool, ...STORES }, STREAM, [batch(0, bars)])).toEqual(new Set(['SPX.XSIM']));
    const before = await stored();
    expect(await applyBars({ pool, ...STORES }, STREAM, [batch(0, bars)])).toEqual(new Set());
    expect(await applyBars({ pool, ...STORES }, STREAM, [batch(1, bars)])).toEqual(new Set());
    expect(await stored()).toEqual(before);
    expect(before.every((candle) => candle.revision === 0 && candle.trades === null && candle.turnover === null)).toBe(true);
  });

  it('make the weeks and months that their resampling makes, whatever the batches', async () => {
    const bars = days(70);
    await applyBars({ pool, ...STORES }, STREAM, [batch(0, bars.slice(0, 9)), batch(1, bars.slice(9, 40))]);
    await applyBars({ pool, ...STORES }, STREAM, [batch(2, bars.slice(40))]);
    const all = await stored();
    for (const interval of ['W1', 'MO1'] as const) {
      const expected = resample(bars.map(candleOfBar), (openTimeMs) => intervalStart(interval, openTimeMs)).map((candle) => figures({ ...candle, interval }));
      expect(all.filter((candle) => candle.interval === interval).map(figures)).toEqual(expected);
    }
  });

  it('raise the revision of what they correct, and of the week and month above', async () => {
    await applyBars({ pool, ...STORES }, STREAM, [batch(0, days(3))]);
    const [first] = days(3);
    await applyBars({ pool, ...STORES }, STREAM, [batch(1, [{ ...first!, high: parseDecimal('999') }])]);
    const corrected = (await stored()).filter((candle) => candle.revision === 1);
    expect(corrected.map((candle) => [candle.interval, formatDecimal(candle.high)])).toEqual([['D1', '999'], ['MO1', '999'], ['W1', '999']]);
  });

  it('keep an old delivery from undoing a correction', async () => {
    const [first] = days(1);
    await applyBars({ pool, ...STORES }, STREAM, [batch(0, [first!]), batch(1, [{ ...first!, close: parseDecimal('1.5') }])]);
    await applyBars({ pool, ...STORES }, STREAM, [batch(0, [first!])]);
    expect(formatDecimal((await stored()).find((candle) => candle.interval === 'D1')!.close)).toBe('1.5');
  });

  it('of a day win over the day that minutes make, in either order', async () => {
    const [day] = days(1);
    const minutes = [0, 1, 2].map((index) => ({ ...day!, openTimeMs: START_MS + index * 60_000, high: parseDecimal('50') }));
    const both = [batch(0, [day!]), batch(0, minutes, 'M1')];
    for (const order of [both, [...both].reverse()]) {
      await pool.query('truncate processor.trades, processor.candles, processor.checkpoints');
      for (const [offset, each] of order.entries()) await applyBars({ pool, ...STORES }, STREAM, [{ ...each, offset: BigInt(offset) }]);
      const all = await stored();
      expect(all.find((candle) => candle.interval === 'D1')).toMatchObject({ derived: false, high: day!.high });
      expect(all.find((candle) => candle.interval === 'H1')).toMatchObject({ derived: true, high: parseDecimal('50') });
      expect(all.find((candle) => candle.interval === 'W1')).toMatchObject({ derived: true, high: day!.high });
    }
  });
});

function days(count: number): Bar[] {
  return Array.from({ length: count }, (_, index) => {
    const base = 10 + ((index * 7) % 5);
    return { openTimeMs: START_MS + index * DAY_MS, open: parseDecimal(`${base}.1`), high: parseDecimal(`${base + 2}`), low: parseDecimal(`${base - 1}`), close: parseDecimal(`${base}.9`), volume: parseDecimal(`${index + 1}`) };
  });
}

function batch(offset: number, bars: readonly Bar[], interval: Interval = 'D1'): BarBatch {
  return { offset: BigInt(offset), instrumentId: 'SPX.XSIM', interval, bars };
}

async function stored(): Promise<StoredCandle[]> {
  const { rows } = await pool.query(`select ${CANDLE_COLUMNS} from processor.candles c order by c.instrument_id, c.interval, c.open_time`);
  return rows.map(candleOfRow);
}

function figures({ interval, openTimeMs, open, high, low, close, volume }: Omit<StoredCandle, 'instrumentId' | 'source' | 'revision' | 'derived'>): string {
  return JSON.stringify([interval, openTimeMs, ...[open, high, low, close, volume!].map(formatDecimal)]);
}
