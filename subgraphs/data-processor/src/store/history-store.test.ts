import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import type { Interval } from '@mib/model/interval';
import { intervalStart } from '@mib/model/interval';
import { formatDecimal, parseDecimal } from '@mib/model/decimal';
import { createPool } from '@mib/service/database';
import type { TestDatabase } from '@mib/testkit/test-database';
import { testDatabase } from '@mib/testkit/test-database';
import type { Bar, Candle } from '../domain/candle.ts';
import { candleOfBar, candleOfTrade, resample } from '../domain/candle.ts';
import { allIntervals } from '../domain/live-candles.ts';
import type { StoredCandle } from '../domain/stored-candle.ts';
import { CANDLE_COLUMNS, candleOfRow } from './candle-rows.ts';
import type { BarBatch } from './history-store.ts';
import { applyBars } from './history-store.ts';
import { NO_ARCHIVE } from './archived-candles.ts';
import { CandleClocks, UTC_CLOCK } from '../domain/candle-clock.ts';
import { applyTicks } from './ticks-store.ts';

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
  await pool.query('truncate processor.trades, processor.candles, processor.checkpoints, processor.tick_sources');
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

describe('imported ticks', () => {
  it('become trades and the candles of every interval that all of them together give, however they are cut', async () => {
    const ticks = Array.from({ length: 240 }, (_, row) => ({ row, offsetNs: ((row * 7_919) % 240) * 45e9 + (row % 3), price: 1_000 + ((row * 31) % 97), quantity: 1 + (row % 9) }));
    for (const [index, from] of [0, 50, 51, 200].entries()) await apply(index, 'aa', ticks.slice(from, [50, 51, 200, 240][index]));
    const whole = Object.fromEntries([...allIntervals(resample(ticks.map(tradeCandle), (openTimeMs) => openTimeMs), UTC_CLOCK)].map(([interval, candles]) => [interval, candles.map(exactly).sort()]));
    const found = await stored();
    for (const [interval, candles] of Object.entries(whole)) expect(found.filter((each) => each.interval === interval).map(exactly).sort()).toEqual(candles);
    expect((await pool.query('select count(*)::int as n from processor.trades')).rows).toEqual([{ n: 240 }]);
    expect(found.every((candle) => candle.revision === 0 && candle.source === 'HISTORY')).toBe(true);
  });

  it('change nothing when the same rows of a file come again', async () => {
    const ticks = [{ row: 0, offsetNs: 0, price: 10, quantity: 1 }, { row: 1, offsetNs: 61e9, price: 11, quantity: 2 }];
    await apply(0, 'aa', ticks);
    const before = await stored();
    for (const offset of [0, 1]) expect((await apply(offset, 'aa', ticks)).trades).toBe(0);
    expect(await stored()).toEqual(before);
  });

  it('of another file that are late raise the revision of what had ended, by one each', async () => {
    await apply(0, 'aa', [{ row: 0, offsetNs: 0, price: 10, quantity: 1 }, { row: 1, offsetNs: 61e9, price: 11, quantity: 2 }]);
    await apply(1, 'bb', [{ row: 0, offsetNs: 5e9, price: 30, quantity: 1 }, { row: 1, offsetNs: 59e9, price: 20, quantity: 1 }, { row: 2, offsetNs: 62e9, price: 12, quantity: 1 }]);
    const minutes = (await stored()).filter((candle) => candle.interval === 'M1');
    expect(minutes.map(({ revision, trades, open, high, close }) => [revision, trades, ...[open, high, close].map(formatDecimal)])).toEqual([[2, 3, '0.1', '0.3', '0.2'], [0, 2, '0.11', '0.12', '0.12']]);
    expect((await stored()).filter((candle) => candle.interval === 'H1').map((candle) => candle.revision)).toEqual([0]);
  });
});

interface Tick {
  readonly row: number;
  readonly offsetNs: number;
  readonly price: number;
  readonly quantity: number;
}

function apply(offset: number, origin: string, ticks: readonly Tick[]) {
  const column = (value: (tick: Tick) => number) => Float64Array.from(ticks, value);
  const columns = { offsetsNs: column((tick) => tick.offsetNs), prices: column((tick) => tick.price), quantities: column((tick) => tick.quantity), baseTimeNs: BigInt(START_MS) * 1_000_000n, priceScale: 2, quantityScale: 0 };
  const tickBatch = { instrumentId: 'SPX.XSIM', origin, lastRow: ticks.at(-1)!.row, rows: ticks.map((tick) => tick.row), sides: ticks.map(() => 0), columns };
  return applyTicks({ pool, ...STORES }, 'market.ticks/0', [{ offset: BigInt(offset), batch: tickBatch }]);
}

function tradeCandle({ row, offsetNs, price, quantity }: Tick) {
  return candleOfTrade('S1', { timeNs: BigInt(START_MS) * 1_000_000n + BigInt(offsetNs), sequence: row, price: { units: BigInt(price), scale: 2 }, quantity: { units: BigInt(quantity), scale: 0 } });
}

function exactly({ openTimeMs, open, high, low, close, volume, turnover, trades, first, last }: Candle): string {
  const numbers = [open, high, low, close, volume!, turnover!].map((each) => Number(formatDecimal(each)));
  return [openTimeMs, ...numbers, trades, first.timeNs, first.sequence, last.timeNs, last.sequence].join(' ');
}

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
