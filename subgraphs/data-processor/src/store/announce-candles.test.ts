import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { parseDecimal } from '@mib/model/decimal';
import type { Interval } from '@mib/model/interval';
import { createPool } from '@mib/service/database';
import type { TestDatabase } from '@mib/testkit/test-database';
import { testDatabase } from '@mib/testkit/test-database';
import type { CandlesAnnouncement } from '../events.ts';
import { applyBars, type BarBatch } from './history-store.ts';
import { LiveStore, type LiveEvent } from './live-store.ts';
import { NO_ARCHIVE } from './archived-candles.ts';
import { CandleClocks } from '../domain/candle-clock.ts';

const STORES = { archive: NO_ARCHIVE, clocks: new CandleClocks() };

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 10, 20);
const MINUTE_NS = 60_000_000_000n;
const START_NS = BigInt(START_MS) * 1_000_000n;
const REGISTERED: LiveEvent = { kind: 'InstrumentRegistered', sequence: 1, commandSequence: 1, timestampNs: START_NS, instrumentNumber: 7, instrumentId: 'SPX.XSIM', tickSize: '0.01', lotSize: '0.1', currency: 'USD', cashScale: 4 };

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
  await pool.query('truncate processor.trades, processor.candles, processor.checkpoints, processor.engine_instruments, processor.instruments, processor.outbox');
});

describe('imported bars', () => {
  it('are announced as final candles, oldest first, at most 500 a record', async () => {
    await applyBars({ pool, ...STORES }, 'market.bars/0', [batch(0, 1_200)]);
    const said = await announcements();
    expect(said.map(({ interval, source, candles }) => [interval, source, candles.length])).toEqual([['D1', 'HISTORY', 500], ['D1', 'HISTORY', 500], ['D1', 'HISTORY', 200]]);
    expect(said[0]!.candles[0]).toEqual({ openTime: '2026-11-20T00:00:00.000Z', open: '10', high: '12', low: '9', close: '11', volume: '0', source: 'HISTORY', revision: 0, final: true });
    const times = said.flatMap((each) => each.candles.map((candle) => candle.openTime));
    expect(times).toEqual([...times].sort());
  });

  it('are not announced when nothing changed, and again when a bar was corrected', async () => {
    await applyBars({ pool, ...STORES }, 'market.bars/0', [batch(0, 3)]);
    await announcements();
    await applyBars({ pool, ...STORES }, 'market.bars/0', [batch(1, 3)]);
    expect(await announcements()).toEqual([]);
    const { bars } = batch(2, 1);
    await applyBars({ pool, ...STORES }, 'market.bars/0', [{ ...batch(2, 1), bars: [{ ...bars[0]!, close: parseDecimal('9.5') }] }]);
    expect((await announcements()).map(({ candles }) => candles.map(({ close, revision }) => [close, revision]))).toEqual([[['9.5', 1]]]);
  });

  it('of minutes announce their hour and day as well', async () => {
    await applyBars({ pool, ...STORES }, 'market.bars/0', [{ ...batch(0, 1), interval: 'M1' }]);
    expect((await announcements()).map(({ interval }) => interval).sort()).toEqual(['D1', 'H1', 'M1']);
  });
});

describe('live candles', () => {
  it('are announced once each, when the market has passed their end', async () => {
    const store = new LiveStore(pool, STORES);
    await store.apply([REGISTERED, trade(2, 0n, 100), trade(3, 0n, 105)]);
    expect(await announcements()).toEqual([]);
    await store.apply([trade(4, 1n, 107)]);
    expect(await announcements()).toEqual([{ instrumentId: 'SPX.XSIM', interval: 'M1', source: 'LIVE', candles: [{ openTime: '2026-11-20T00:00:00.000Z', open: '1', high: '1.05', low: '1', close: '1.05', volume: '0.2', source: 'LIVE', revision: 0, final: true }] }]);
    await store.apply([trade(4, 1n, 107)]);
    expect(await announcements()).toEqual([]);
    await store.apply([trade(5, 24n * 60n, 110)]);
    expect((await announcements()).map(({ interval, candles }) => [interval, candles.length])).toEqual([['M1', 1], ['H1', 1], ['D1', 1]]);
  });

  it('are announced when an idle market lets them end, and again after a late trade', async () => {
    const store = new LiveStore(pool, STORES);
    await store.apply([REGISTERED, trade(2, 0n, 100)]);
    await store.advance(START_NS + 2n * MINUTE_NS);
    expect((await announcements()).map(({ interval }) => interval)).toEqual(['M1']);
    await store.apply([trade(3, 0n, 90)]);
    expect((await announcements()).map(({ interval, candles }) => [interval, Number(candles[0]!.low), candles[0]!.revision])).toEqual([['M1', 0.9, 1]]);
  });

  it('are not announced when their batch is rolled back', async () => {
    const store = new LiveStore(pool, STORES);
    await store.apply([REGISTERED, trade(2, 0n, 100)]);
    await pool.query(`create function processor.refuse() returns trigger language plpgsql as $$ begin raise exception 'power cut'; end $$`);
    await pool.query('create trigger refuse before update on processor.checkpoints for each row execute function processor.refuse()');
    await expect(store.apply([trade(3, 5n, 101)])).rejects.toThrow('power cut');
    await pool.query('drop function processor.refuse() cascade');
    expect(await announcements()).toEqual([]);
  });
});

function batch(offset: number, days: number, interval: Interval = 'D1'): BarBatch {
  const [open, high, low, close] = ['10', '12', '9', '11'].map((text) => parseDecimal(text));
  const bars = Array.from({ length: days }, (_, index) => ({ openTimeMs: START_MS + index * DAY_MS, open: open!, high: high!, low: low!, close: close!, volume: parseDecimal(`${index}`) }));
  return { offset: BigInt(offset), instrumentId: 'SPX.XSIM', interval, bars };
}

function trade(sequence: number, minute: bigint, priceTicks: number): LiveEvent {
  return {
    kind: 'Trade', sequence, commandSequence: sequence, tradeId: sequence, timestampNs: START_NS + minute * MINUTE_NS, instrumentNumber: 7, priceTicks, quantityLots: 1,
    takerSide: 'BUY', takerOrderId: 1, takerAccountNumber: 1000, takerRemainingLots: 0, makerOrderId: 2, makerAccountNumber: 1, makerRemainingLots: 0, takerFeeUnits: 0, makerFeeUnits: 0, isAuction: false,
  };
}

/** What waits in the outbox, taken out of it. */
async function announcements(): Promise<CandlesAnnouncement[]> {
  const { rows } = await pool.query<{ topic: string; key: string; value: string }>('with taken as (delete from processor.outbox returning id, topic, key, value) select * from taken order by id');
  expect(rows.every((row) => row.topic === 'market.candles' && row.key === 'SPX.XSIM')).toBe(true);
  return rows.map((row) => JSON.parse(row.value) as CandlesAnnouncement);
}
