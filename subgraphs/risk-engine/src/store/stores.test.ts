// What the tables must keep whatever is delivered how often, by how many instances, on a real PostgreSQL.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { EngineEvent } from '@mib/proto/engine-client';
import { createPool } from '@mib/service/database';
import { seededRandom } from '@mib/testkit/random';
import { testDatabase, type TestDatabase } from '@mib/testkit/test-database';
import type pg from 'pg';
import { COOLDOWN_MS } from '../domain/alert.ts';
import { DAY_MS } from '../domain/returns.ts';
import { accountsByIds, storeAccounts } from './account-store.ts';
import { raiseObserved } from './alert-store.ts';
import { checksByOrders } from './check-store.ts';
import { readCloses, storeCloses, type CloseSource } from './close-store.ts';
import { applyBatch, loadCheckpoint, matters } from './projection-store.ts';

const SEED = 20_261_122;
const TABLES = ['accounts', 'instruments', 'order_checks', 'daily_closes', 'alerts', 'alert_states', 'checkpoints', 'outbox'];

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool(database.url, { max: 6, applicationName: 'test' });
});

afterAll(async () => {
  await pool.end();
  await database[Symbol.asyncDispose]();
});

beforeEach(async () => {
  await pool.query(`truncate ${TABLES.map((table) => `risk.${table}`).join(', ')} restart identity`);
  await loadCheckpoint(pool);
});

async function dump(...tables: string[]): Promise<unknown[][]> {
  return Promise.all(tables.map(async (table) => (await pool.query(`select to_jsonb(t) - 'created_at' as row from risk.${table} t order by 1`)).rows));
}

const alice = { number: 1000, id: 'acc_a', userId: 'alice', name: 'Main', baseCurrency: 'USD' };

describe('accounts', () => {
  it('are the same however often they are announced, the last word counting', async () => {
    await storeAccounts(pool, [alice, alice]);
    await storeAccounts(pool, [{ ...alice, name: 'Old' }, { ...alice, name: 'New' }]);
    expect(await accountsByIds(pool, ['acc_a', 'acc_b'])).toEqual([{ ...alice, name: 'New' }]);
  });
});

describe('daily closes', () => {
  const close = (day: number, price: string, source: CloseSource = 'HISTORY') => ({ instrumentId: 'A.XSIM', openTimeMs: day * DAY_MS, source, close: price });

  it('are those of the history where there is one, and the same however often delivered', async () => {
    const batches = [[close(1, '10'), close(2, '20', 'LIVE')], [close(1, '99', 'LIVE'), close(2, '21', 'LIVE')], [close(2, '22'), close(2, '98', 'LIVE'), close(3, '30', 'LIVE')]];
    for (const batch of [...batches, ...batches]) await storeCloses(pool, batch);
    const closes = await readCloses(pool, ['A.XSIM', 'NO.XSIM'], 10 * DAY_MS);
    expect(closes.get('A.XSIM')).toEqual([{ dayMs: DAY_MS, close: 10 }, { dayMs: 2 * DAY_MS, close: 22 }, { dayMs: 3 * DAY_MS, close: 30 }]);
    expect(closes.get('NO.XSIM')).toEqual([]);
  });

  it('are not seen before their day has ended', async () => {
    await storeCloses(pool, [close(1, '10'), close(2, '20')]);
    const days = async (nowMs: number) => (await readCloses(pool, ['A.XSIM'], nowMs)).get('A.XSIM')!.length;
    expect([await days(3 * DAY_MS - 1), await days(3 * DAY_MS)]).toEqual([1, 2]);
  });

  it('may be stored by two at once in any order', async () => {
    const closes = Array.from({ length: 400 }, (_, day) => close(day, String(day + 1)));
    await Promise.all([storeCloses(pool, closes), storeCloses(pool, [...closes].reverse()), storeCloses(pool, closes)]);
    expect((await readCloses(pool, ['A.XSIM'], 1_000 * DAY_MS)).get('A.XSIM')!.length).toBe(400);
  });
});

/** Orders of two users, half of them denied, a second apart, behind one registration. */
function scriptedLog(count: number): EngineEvent[] {
  const random = seededRandom(SEED);
  const head = (sequence: number) => ({ sequence, commandSequence: sequence, timestampNs: BigInt(sequence) * 1_000_000_000n });
  const log: EngineEvent[] = [{ ...head(1), kind: 'InstrumentRegistered', instrumentNumber: 1, instrumentId: 'A.XSIM', tickSize: '0.01', lotSize: '1', currency: 'USD', cashScale: 4 }];
  for (let sequence = 2; sequence <= count; sequence++) {
    const terms = { orderId: sequence, accountNumber: 1000 + Math.floor(random() * 2), clientOrderId: `c${sequence}`, instrumentNumber: 1, side: 'BUY', type: 'LIMIT', tif: 'GTC', limitPriceTicks: 100, quantityLots: 1, triggerTicks: null, expireMicros: null, postOnly: false, selfTradePrevention: 'NONE' } as const;
    const code = random() < 0.5 ? 'POSITION_LIMIT' : 'TRADING_HALTED';
    log.push(random() < 0.5 ? { ...head(sequence), kind: 'OrderAccepted', ...terms, displayLots: null } : { ...head(sequence), kind: 'OrderDenied', ...terms, code, limit: 5, observed: 6 });
  }
  return log;
}

const through = (log: readonly EngineEvent[], count: number) => ({ sequence: log[count - 1]!.sequence, commandSequence: log[count - 1]!.commandSequence });
const PROJECTED = ['instruments', 'order_checks', 'alerts', 'alert_states', 'checkpoints'];

describe('the projection', () => {
  it('gives the same rows from one batch, from random batches again and again, and from two instances', async () => {
    await storeAccounts(pool, [alice]);
    const log = scriptedLog(300);
    await applyBatch(pool, { events: log.filter(matters), through: through(log, 300) });
    const whole = await dump(...PROJECTED);
    const announced = (await dump('outbox'))[0]!.length;
    await pool.query(`truncate ${PROJECTED.map((table) => `risk.${table}`).join(', ')}, risk.outbox restart identity`);
    await loadCheckpoint(pool);
    const random = seededRandom(SEED + 1);
    for (let seen = 0; seen < log.length; ) {
      const from = Math.max(0, seen - Math.floor(random() * 40));
      const to = Math.min(log.length, from + 1 + Math.floor(random() * 60));
      const batch = { events: log.slice(from, to), through: through(log, to) };
      await Promise.all([applyBatch(pool, batch), applyBatch(pool, batch)]);
      seen = Math.max(seen, to);
    }
    expect(await dump(...PROJECTED)).toEqual(whole);
    expect((await dump('outbox'))[0]!.length).toBe(announced);
  });

  it('stores what the gate said and one alert a code, account and minute', async () => {
    await storeAccounts(pool, [alice]);
    const log = scriptedLog(300);
    await applyBatch(pool, { events: log, through: through(log, 300) });
    const denied = log.find((event) => event.kind === 'OrderDenied')!;
    expect(await checksByOrders(pool, [denied.commandSequence])).toMatchObject([{ orderId: denied.commandSequence, code: denied.code, limit: 5, observed: 6 }]);
    const { rows } = await pool.query<{ metric: string; at: Date }>('select metric, at from risk.alerts where account_number = 1000 order by at');
    for (const metric of ['POSITION_LIMIT', 'TRADING_HALTED']) {
      const times = rows.filter((row) => row.metric === metric).map((row) => row.at.getTime());
      expect(times.length).toBeGreaterThan(3);
      times.slice(1).forEach((time, index) => expect(time - times[index]!).toBeGreaterThanOrEqual(COOLDOWN_MS));
    }
  });

  it('keeps alerts for an owner that is not known yet, and announces each once', async () => {
    const log = scriptedLog(100);
    await applyBatch(pool, { events: log, through: through(log, 100) });
    expect((await dump('outbox'))[0]).toEqual([]);
    await storeAccounts(pool, [alice]);
    await storeAccounts(pool, [alice]);
    const { rows } = await pool.query("select value::jsonb->>'userId' as user from risk.outbox");
    const { rows: alerts } = await pool.query('select announced from risk.alerts where account_number = 1000');
    expect(rows).toEqual(alerts.map(() => ({ user: 'alice' })));
    expect(alerts.every((alert: { announced: boolean }) => alert.announced)).toBe(true);
  });

  it('loses and repeats nothing when the process dies at any statement of a batch', async () => {
    await storeAccounts(pool, [alice]);
    const log = scriptedLog(40);
    const batch = { events: log, through: through(log, 40) };
    let crashes = 0;
    for (let allowed = 0; ; allowed++, crashes++) {
      const outcome = await applyBatch(dyingPool(pool, allowed), batch).catch((error: Error) => error);
      if (!(outcome instanceof Error)) break;
      expect(outcome.message).toBe('the process dies here');
      expect(await dump('order_checks', 'alerts', 'outbox')).toEqual([[], [], []]);
    }
    expect(crashes).toBeGreaterThan(8);
    expect((await dump('order_checks'))[0]!.length).toBe(39);
  });
});

describe('observed metrics', () => {
  it('raise one alert, however many replicas see the same', async () => {
    await storeAccounts(pool, [alice]);
    const observation = { accountNumber: 1000, metric: 'LEVERAGE', value: 1.2, atMs: 5_000 } as const;
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => raiseObserved(pool, [observation])));
    expect(outcomes.flatMap((outcome) => outcome.alerts)).toMatchObject([{ metric: 'LEVERAGE', level: 'HIGH' }]);
    expect(outcomes.map((outcome) => outcome.levels)).toEqual(Array.from({ length: 5 }, () => ['HIGH']));
    expect((await dump('outbox'))[0]!.length).toBe(1);
  });
});

/** A pool whose connection breaks off instead of running statement number `allowed`, counted from the transaction's first. */
function dyingPool(of: pg.Pool, allowed: number): pg.Pool {
  let statements = 0;
  const query = (client: pg.PoolClient) => (text: string, values?: unknown[]) => {
    if (text !== 'rollback' && statements++ >= allowed) return Promise.reject(new Error('the process dies here'));
    return client.query(text, values as unknown[]);
  };
  return { connect: async () => {
    const client = await of.connect();
    return { query: query(client), release: (broken?: boolean) => client.release(broken) };
  } } as unknown as pg.Pool;
}
