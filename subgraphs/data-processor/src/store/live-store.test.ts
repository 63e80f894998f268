import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type pg from 'pg';
import { INTERVALS, intervalStart } from '@mib/model/interval';
import { formatDecimal } from '@mib/model/decimal';
import { createPool } from '@mib/service/database';
import type { TestDatabase } from '@mib/testkit/test-database';
import { testDatabase } from '@mib/testkit/test-database';
import { resample } from '../domain/candle.ts';
import type { StoredCandle } from '../domain/stored-candle.ts';
import { CANDLE_COLUMNS, candleOfRow } from './candle-rows.ts';
import type { LiveEvent } from './live-store.ts';
import { LiveStore } from './live-store.ts';
import { NO_ARCHIVE } from './archived-candles.ts';
import { CandleClocks } from '../domain/candle-clock.ts';

const STORES = { archive: NO_ARCHIVE, clocks: new CandleClocks() };

const SECOND_NS = 1_000_000_000n;
const START_NS = BigInt(Date.UTC(2026, 10, 22)) * 1_000_000n;
const REGISTERED: LiveEvent = { kind: 'InstrumentRegistered', sequence: 1, commandSequence: 1, timestampNs: START_NS, instrumentNumber: 7, instrumentId: 'SPX.XSIM', tickSize: '0.01', lotSize: '0.1', currency: 'USD', cashScale: 4 };

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool(database.url, { max: 4, applicationName: 'test' });
});
afterAll(async () => {
  await pool.end();
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await pool.query('truncate processor.trades, processor.candles, processor.checkpoints, processor.engine_instruments, processor.instruments');
});

describe('live candles in the database', () => {
  it('hold price and volume in the decimals of the instrument, turnover exactly', async () => {
    await new LiveStore(pool, STORES).apply([REGISTERED, trade(2, 0, 287_456, 3), trade(3, 30, 287_400, 5)]);
    const minute = (await stored()).find((candle) => candle.interval === 'M1')!;
    const { open, high, low, close, volume, turnover } = minute;
    expect([open, high, low, close, volume!, turnover!].map(formatDecimal)).toEqual(['2874.56', '2874.56', '2874', '2874', '0.8', '2299.368']);
    expect(minute).toMatchObject({ instrumentId: 'SPX.XSIM', source: 'LIVE', trades: 2, revision: 0 });
  });

  it('count every trade once, whatever is delivered again and however it is cut into batches', async () => {
    const prints = fc.array(fc.record({ second: fc.nat(400), ticks: fc.integer({ min: 1, max: 99 }), lots: fc.integer({ min: 1, max: 9 }) }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(prints, fc.array(fc.tuple(fc.nat(20), fc.nat(20)), { maxLength: 6 }), async (tape, deliveries) => {
        const events = [REGISTERED, ...tape.map(({ second, ticks, lots }, index) => trade(index + 2, second, ticks, lots))];
        await truncate();
        await new LiveStore(pool, STORES).apply(events);
        const once = await stored();
        await truncate();
        // Deliveries never leave a gap: each ends where it likes but begins at or before what is applied already.
        let applied = 0;
        for (const [from, count] of [...deliveries, [0, events.length] as const]) {
          const begin = Math.min(from, applied);
          const batch = events.slice(begin, begin + count);
          await new LiveStore(pool, STORES).apply(batch);
          applied = Math.max(applied, begin + batch.length);
        }
        expect(await stored()).toEqual(once);
      }),
      { numRuns: 20 },
    );
  });

  it('leave nothing of a batch that fails half way, and take it whole at the next try', async () => {
    const store = new LiveStore(pool, STORES);
    await store.apply([REGISTERED, trade(2, 0, 100, 1)]);
    const before = await stored();
    await pool.query(`create function processor.refuse() returns trigger language plpgsql as $$ begin raise exception 'power cut'; end $$`);
    await pool.query('create trigger refuse before update on processor.checkpoints for each row execute function processor.refuse()');
    await expect(store.apply([trade(3, 1, 101, 1)])).rejects.toThrow('power cut');
    await pool.query('drop function processor.refuse() cascade');
    expect(await stored()).toEqual(before);
    await store.apply([trade(3, 1, 101, 1)]);
    expect((await stored()).find((candle) => candle.interval === 'MO1')?.trades).toBe(2);
  });

  it('are the same when two processes follow the engine at once, and both hear of every candle', async () => {
    const batches = Array.from({ length: 10 }, (_, index) => [trade(index + 2, index, 100 + index, 1)]);
    const follow = async () => {
      const store = new LiveStore(pool, STORES);
      const heard = [(await store.apply([REGISTERED])).candles.length];
      for (const batch of batches) heard.push((await store.apply(batch)).candles.length);
      return heard;
    };
    const heard = await Promise.all([follow(), follow()]);
    expect((await stored()).find((candle) => candle.interval === 'D1')?.trades).toBe(10);
    expect(heard[0]).toEqual([0, ...batches.map(() => INTERVALS.length)]);
    expect(heard[1]).toEqual(heard[0]);
  });

  it('of each interval equal the stored seconds resampled', async () => {
    const events = Array.from({ length: 60 }, (_, index) => trade(index + 2, (index * 7_919) % 200_000, 1 + ((index * 31) % 97), 1 + (index % 5)));
    const store = new LiveStore(pool, STORES);
    await store.apply([REGISTERED]);
    for (let from = 0; from < events.length; from += 7) await store.apply(events.slice(from, from + 7));
    const all = await stored();
    const seconds = all.filter((candle) => candle.interval === 'S1');
    for (const interval of INTERVALS) {
      const own = all.filter((candle) => candle.interval === interval).map(figures);
      const expected = resample(seconds, (openTimeMs) => intervalStart(interval, openTimeMs)).map((candle) => figures({ ...candle, interval }));
      expect(own.sort()).toEqual(expected.sort());
    }
  });

  it('take a late trade into the candle it belongs to and raise its revision', async () => {
    const store = new LiveStore(pool, STORES);
    await store.apply([REGISTERED, trade(2, 10, 100, 1), trade(3, 70, 105, 1)]);
    const { candles } = await store.apply([trade(4, 50, 90, 1)]);
    const minute = candles.find((candle) => candle.interval === 'M1')!;
    expect(minute).toMatchObject({ final: true, revision: 1, trades: 2 });
    expect(formatDecimal(minute.close)).toBe('0.90');
    const hour = candles.find((candle) => candle.interval === 'H1')!;
    expect(hour).toMatchObject({ final: false, revision: 0, trades: 3 });
    expect([hour.low, hour.close].map(formatDecimal)).toEqual(['0.90', '1.05']);
  });

  it('stop at a trade of an instrument that was never registered', async () => {
    await expect(new LiveStore(pool, STORES).apply([trade(2, 0, 1, 1)])).rejects.toThrow('instrument 7, which the engine has not registered');
  });
});

function trade(sequence: number, second: number, priceTicks: number, quantityLots: number): LiveEvent {
  return {
    kind: 'Trade', sequence, commandSequence: sequence, tradeId: sequence, timestampNs: START_NS + BigInt(second) * SECOND_NS, instrumentNumber: 7, priceTicks, quantityLots,
    takerSide: 'BUY', takerOrderId: 1, takerAccountNumber: 1000, takerRemainingLots: 0, makerOrderId: 2, makerAccountNumber: 1, makerRemainingLots: 0, takerFeeUnits: 0, makerFeeUnits: 0, isAuction: false,
  };
}

async function truncate(): Promise<void> {
  await pool.query('truncate processor.trades, processor.candles, processor.checkpoints');
}

async function stored(): Promise<StoredCandle[]> {
  const { rows } = await pool.query(`select ${CANDLE_COLUMNS} from processor.candles c order by c.instrument_id, c.interval, c.open_time`);
  return rows.map(candleOfRow);
}

function figures(candle: Pick<StoredCandle, 'interval' | 'openTimeMs' | 'open' | 'high' | 'low' | 'close' | 'volume' | 'turnover' | 'trades'>): string {
  const { interval, openTimeMs, open, high, low, close, volume, turnover, trades } = candle;
  return JSON.stringify([interval, openTimeMs, trades, ...[open, high, low, close, volume!, turnover!].map((value) => Number(formatDecimal(value)))]);
}
