// Performance and announcements through the subgraph's own door, without an engine: finished days need no marks.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool } from '@mib/service/database';
import type { EventBus, SubscribeOptions } from '@mib/service/event-bus/event-bus';
import { createPostgresEventBus } from '@mib/service/event-bus/postgres-event-bus';
import type { RunningService } from '@mib/service/lifecycle';
import { VIEWER_HEADER, signViewer } from '@mib/service/viewer';
import { freePort } from '@mib/testkit/free-port';
import { testDatabase, type TestDatabase } from '@mib/testkit/test-database';
import type pg from 'pg';
import { InstrumentBook } from '../domain/instrument-book.ts';
import { readCloses } from '../store/daily-closes.ts';
import { applyBatch, loadCheckpoint, matters } from '../store/projection-store.ts';
import { start } from '../subgraph.ts';
import { ScriptedEngine } from '../testing/scripted-engine.ts';
import { INSTRUMENT, accepted } from '../testing/scripted-market.ts';
import { followCandles } from './follow-candles.ts';

const SECRET = 's'.repeat(32);
/** The day of the scripted engine's clock, a Sunday. */
const [DAY_BEFORE, DAY, DAY_AFTER] = ['2020-09-12', '2020-09-13', '2020-09-14'];

let database: TestDatabase;
let pool: pg.Pool;
let service: RunningService;
let deliver: (candles: object) => Promise<void>;

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool(database.url, { max: 2, applicationName: 'test' });
  await storeRows();
  await followCandles(recordingBus(), pool);
  service = await start({ DATABASE_URL: database.url, ENGINE_ADDRESS: `127.0.0.1:${await freePort()}`, MIB_INTERNAL_SECRET: SECRET, LOG_LEVEL: 'silent' });
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await pool.end();
  await database[Symbol.asyncDispose]();
});

/** A deposit of 100,000.00 and 10 bought at 100.00; a second account, opened today, has nothing; both never announced. */
async function storeRows(): Promise<void> {
  await loadCheckpoint(pool);
  for (const [id, name, createdAt] of [['acc_old', 'Old', '2020-09-12T12:00:00Z'], ['acc_new', 'New', new Date().toISOString()]]) {
    await pool.query("insert into trading.accounts (id, user_id, name, base_currency, initial_cash, state, created_at) values ($1, 'ada', $2, 'USD', 100000, 'OPEN', $3)", [id, name, createdAt]);
  }
  const engine = new ScriptedEngine();
  engine.emit(
    INSTRUMENT,
    { kind: 'CashAdjusted', accountNumber: 1000, currency: 'USD', amountUnits: 1_000_000_000, totalUnits: 1_000_000_000, clientOrderId: 'mib:first-deposit' },
    accepted({ orderId: 3, accountNumber: 1000, side: 'BUY', quantityLots: 10 }),
    { kind: 'Trade', tradeId: 0, instrumentNumber: 1, priceTicks: 10_000, quantityLots: 10, takerSide: 'BUY', takerOrderId: 3, takerAccountNumber: 1000, takerRemainingLots: 0, makerOrderId: 0, makerAccountNumber: 1, makerRemainingLots: 0, takerFeeUnits: 0, makerFeeUnits: 0, isAuction: false },
  );
  await applyBatch(pool, { events: engine.log.filter(matters), through: engine.last, instruments: new InstrumentBook([]) });
}

/** Keeps what the consumer subscribes with, to deliver by hand. */
function recordingBus(): EventBus {
  return {
    ensureTopic: () => Promise.resolve(),
    publish: () => Promise.resolve(),
    subscribe(options: SubscribeOptions) {
      deliver = (candles) => options.handle([{ topic: 'market.candles', partition: 0, offset: 0n, key: 'SPX.XSIM', value: JSON.stringify(candles), publishedAt: new Date() }]);
      return { ready: Promise.resolve(), failure: undefined, [Symbol.asyncDispose]: () => Promise.resolve() };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function ask(query: string) {
  const viewer = { kind: 'user', userId: 'ada', roles: ['trader'], scopes: ['account:read'] } as const;
  const response = await fetch(service.url, { method: 'POST', headers: { 'content-type': 'application/json', [VIEWER_HEADER]: signViewer(viewer, SECRET, Date.now()) }, body: JSON.stringify({ query }) });
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  return (await response.json()) as { data: any; errors?: { message: string; extensions: { code: string } }[] };
}

function candles(interval: string, source: string, ...points: [day: string, close: string][]) {
  return { instrumentId: 'SPX.XSIM', interval, source, candles: points.map(([day, close]) => ({ openTime: `${day}T00:00:00.000Z`, open: close, high: close, low: close, close, volume: null, source, final: true })) };
}

describe('daily closes', () => {
  it('come from daily candles, the live one before the imported one', async () => {
    await deliver(candles('D1', 'LIVE', [DAY, '110'], [DAY_AFTER, '99']));
    await deliver(candles('D1', 'HISTORY', [DAY_BEFORE, '90'], [DAY, '111']));
    await deliver(candles('H1', 'LIVE', [DAY, '5']));
    const read = async () => (await readCloses(pool, ['SPX.XSIM', 'NDX.XSIM'], { fromDay: DAY, throughDay: DAY_AFTER })).get('SPX.XSIM')!.map(({ day, close }) => [day, Number(close.units)]);
    expect(await read()).toEqual([[DAY_BEFORE, 90], [DAY, 110], [DAY_AFTER, 99]]);
    await deliver(candles('D1', 'LIVE', [DAY_AFTER, '98']));
    expect(await read()).toEqual([[DAY_BEFORE, 90], [DAY, 110], [DAY_AFTER, 98]]);
  });
});

describe('performance', () => {
  const FIELDS = 'complete missingPrices { id } missingRates days observations twr mwr sharpe sortino maxDrawdown volatility realised unrealised fees';

  it('is that of the closes', async () => {
    const { data, errors } = await ask(`{ account(id: "acc_old") { performance(from: "2020-09-01", to: "${DAY_AFTER}") { ${FIELDS} } } }`);
    expect(errors).toBeUndefined();
    const { twr, mwr, maxDrawdown, sharpe, volatility, ...rest } = data.account.performance;
    expect(rest).toEqual({ complete: true, missingPrices: [], missingRates: [], days: 3, observations: 2, sortino: expect.any(Number), realised: '0.00', unrealised: '-20.00', fees: '0.00' });
    expect(twr).toBeCloseTo(99_980 / 100_000 - 1, 12);
    expect(maxDrawdown).toBeCloseTo(1 - 99_980 / 100_100, 12);
    expect(mwr).toBeCloseTo(Math.sqrt(0.9998) - 1, 12);
    expect([sharpe, volatility].every(Number.isFinite)).toBe(true);
  });

  it('of a brand-new account, and of days before it, is nothing and no error', async () => {
    const today = new Date().toISOString().slice(0, 10);
    const { data, errors } = await ask(`{ account(id: "acc_new") { now: performance(from: "2020-01-01", to: "${today}") { ${FIELDS} } before: performance(from: "2020-01-01", to: "2020-01-31") { ${FIELDS} } } }`);
    expect(errors).toBeUndefined();
    const nothing = { complete: true, missingPrices: [], missingRates: [], observations: 0, twr: 0, mwr: null, sharpe: null, sortino: null, maxDrawdown: 0, volatility: null, realised: '0.00', unrealised: '0.00', fees: '0.00' };
    expect(data.account).toEqual({ now: { ...nothing, days: 1 }, before: { ...nothing, days: 0 } });
  });

  it('through today needs the marks of the engine', async () => {
    const { data, errors } = await ask('{ account(id: "acc_old") { performance(from: "2020-09-01", to: "2026-01-01") { twr } } }');
    expect([data.account.performance?.twr, errors?.[0]?.extensions.code]).toEqual([expect.any(Number), undefined]);
    const today = new Date().toISOString().slice(0, 10);
    const away = await ask(`{ account(id: "acc_old") { performance(from: "2020-09-01", to: "${today}") { twr } } }`);
    expect(away).toMatchObject({ data: { account: { performance: null } }, errors: [{ message: 'the engine cannot be reached', extensions: { code: 'UNAVAILABLE' } }] });
  });

  it.each([
    ['from: "2020-02-30", to: "2020-03-01"', 'from must be a date YYYY-MM-DD, was "2020-02-30"'],
    ['from: "2020-03-01", to: "yesterday"', 'to must be a date YYYY-MM-DD, was "yesterday"'],
    ['from: "2020-03-02", to: "2020-03-01"', 'from must not be after to, was 2020-03-02 and 2020-03-01'],
  ])('refuses %s', async (range, message) => {
    expect((await ask(`{ account(id: "acc_old") { performance(${range}) { twr } } }`)).errors).toMatchObject([{ message, extensions: { code: 'VALIDATION' } }]);
  });
});

describe('the bus', () => {
  it('hears of accounts that were opened before it was told, and of fills with all their names', async () => {
    await using bus = await createPostgresEventBus({ url: database.url });
    const heard = new Map<string, unknown[]>([['trading.accounts', []], ['trading.fills', []]]);
    let all: () => void;
    const complete = new Promise<void>((resolve) => (all = resolve));
    await using _ = bus.subscribe({
      topics: [...heard.keys()], group: 'test', from: 'earliest',
      handle(records) {
        for (const { topic, key, value } of records) heard.get(topic)!.push({ key, ...(JSON.parse(value) as object) });
        if (heard.get('trading.accounts')!.length >= 2 && heard.get('trading.fills')!.length >= 1) all();
        return Promise.resolve();
      },
    });
    await complete;
    const account = { userId: 'ada', baseCurrency: 'USD', mode: 'PAPER' };
    expect(heard.get('trading.accounts')).toEqual(expect.arrayContaining([
      { key: 'acc_old', accountId: 'acc_old', accountNumber: 1000, name: 'Old', ...account },
      { key: 'acc_new', accountId: 'acc_new', accountNumber: 1001, name: 'New', ...account },
    ]));
    expect(heard.get('trading.fills')).toEqual([{
      key: 'acc_old', id: '4.0', sequence: 4, accountId: 'acc_old', accountNumber: 1000, userId: 'ada', orderId: '3', instrumentId: 'SPX.XSIM', instrumentNumber: 1,
      side: 'BUY', price: '100.00', quantity: '10', currency: 'USD', at: expect.stringMatching(/^2020-09-13T/),
    }]);
    expect((await pool.query('select count(*)::int as n from trading.accounts where announced_at is null')).rows).toEqual([{ n: 0 }]);
  });
});
