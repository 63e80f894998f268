import { describe, expect, it } from '@jest/globals';
import type { EngineEvent } from '@mib/proto/engine-client';
import { createPool } from '@mib/service/database';
import { seededRandom } from '@mib/testkit/random';
import { testDatabase } from '@mib/testkit/test-database';
import type pg from 'pg';
import { InstrumentBook } from '../domain/instrument-book.ts';
import { applyBatch, loadCheckpoint, loadInstruments, matters } from '../store/projection-store.ts';
import { ScriptedEngine } from '../testing/scripted-engine.ts';
import { silentTelemetry } from '../testing/silent-telemetry.ts';
import { randomFlow } from '../testing/scripted-market.ts';
import { startProjection } from './projection.ts';

const telemetry = silentTelemetry();
const SEED = 20_261_122;
const TABLES = ['instruments', 'orders', 'order_events', 'fills', 'positions', 'cash'];

/** Every row of the projection, outbox included in order per topic (ids and interleaving depend on batches). */
async function dump(pool: pg.Pool): Promise<Record<string, unknown[]>> {
  const entries = await Promise.all(TABLES.map(async (table) => [table, (await pool.query(`select * from trading.${table} order by 1, 2`)).rows] as const));
  const outbox = await pool.query('select topic, key, value from trading.outbox order by topic, id');
  return { ...Object.fromEntries(entries), outbox: outbox.rows };
}

async function database(): Promise<AsyncDisposable & { pool: pg.Pool }> {
  const created = await testDatabase();
  const pool = createPool(created.url, { max: 4, applicationName: 'test' });
  await loadCheckpoint(pool);
  for (const number of [1000, 1001]) {
    await pool.query("insert into trading.accounts (number, id, user_id, name, base_currency, initial_cash, state) values ($1, 'acc_' || $1::int, 'user', $1::text, 'USD', 0, 'OPEN')", [number]);
  }
  return {
    pool,
    async [Symbol.asyncDispose]() {
      await pool.end();
      await created[Symbol.asyncDispose]();
    },
  };
}

function scriptedLog(count: number): readonly EngineEvent[] {
  const engine = new ScriptedEngine();
  engine.emit(...randomFlow(seededRandom(SEED), count));
  return engine.log;
}

async function applyAll(pool: pg.Pool, log: readonly EngineEvent[]): Promise<void> {
  await applyBatch(pool, { events: log.filter(matters), through: log.length, instruments: new InstrumentBook([]) });
}

describe('the projection', () => {
  it('gives the same rows from one batch and from random batches delivered again and again', async () => {
    const log = scriptedLog(600);
    await using whole = await database();
    await applyAll(whole.pool, log);
    await using pieces = await database();
    const random = seededRandom(SEED + 1);
    for (let seen = 0; seen < log.length; ) {
      const from = Math.max(0, seen - Math.floor(random() * 60));
      const to = Math.min(log.length, from + 1 + Math.floor(random() * 90));
      await applyBatch(pieces.pool, { events: log.slice(from, to).filter(matters), through: to, instruments: await loadInstruments(pieces.pool) });
      seen = Math.max(seen, to);
    }
    expect(await dump(pieces.pool)).toEqual(await dump(whole.pool));
    expect((await dump(whole.pool))['fills']!.length).toBeGreaterThan(100);
  });

  it('loses and repeats nothing when the process dies at any statement of a batch', async () => {
    const log = scriptedLog(120);
    await using expected = await database();
    await applyAll(expected.pool, log);
    await using crashing = await database();
    const instruments = new InstrumentBook([]);
    let crashes = 0;
    for (let allowed = 0; ; allowed++) {
      const finished = await applyBatch(dyingPool(crashing.pool, allowed), { events: log.filter(matters), through: log.length, instruments }).catch((error: Error) => error);
      if (!(finished instanceof Error)) break;
      crashes++;
      expect(finished.message).toBe('the process dies here');
      expect((await dump(crashing.pool))['orders']).toEqual([]);
    }
    expect(crashes).toBeGreaterThan(10);
    await applyAll(crashing.pool, log);
    expect(await dump(crashing.pool)).toEqual(await dump(expected.pool));
  });

  it('lets two instances follow the same engine without storing anything twice', async () => {
    const log = scriptedLog(400);
    await using whole = await database();
    await applyAll(whole.pool, log);
    await using shared = await database();
    const engine = new ScriptedEngine(13);
    const first = await startProjection({ pool: shared.pool, engine, telemetry });
    const second = await startProjection({ pool: shared.pool, engine, telemetry });
    engine.log.push(...log);
    engine.emit();
    expect(await Promise.all([first.reached(log.length, 20_000), second.reached(log.length, 20_000)])).toEqual([true, true]);
    expect([...second.instruments.all, ...first.instruments.all].map((instrument) => instrument.id)).toEqual(['SPX.XSIM', 'SPX.XSIM']);
    await first[Symbol.asyncDispose]();
    await second[Symbol.asyncDispose]();
    const rows = await dump(shared.pool);
    expect(rows['fills']).toEqual((await dump(whole.pool))['fills']);
    expect(rows['cash']).toEqual((await dump(whole.pool))['cash']);
    expect(rows['outbox']!.length).toBe((await dump(whole.pool))['outbox']!.length);
  });

  it('agrees with sums taken straight from the log', async () => {
    const log = scriptedLog(600);
    await using whole = await database();
    await applyAll(whole.pool, log);
    const quantity = new Map<number, number>();
    const cash = new Map<number, number>();
    const fees = new Map<number, number>();
    for (const event of log) {
      if (event.kind === 'CashAdjusted') add(cash, event.accountNumber, event.amountUnits);
      if (event.kind !== 'Trade') continue;
      const sign = event.takerSide === 'BUY' ? 1 : -1;
      for (const [account, side, fee] of [[event.takerAccountNumber, sign, event.takerFeeUnits], [event.makerAccountNumber, -sign, event.makerFeeUnits]] as const) {
        add(quantity, account, side * event.quantityLots);
        add(cash, account, -side * event.quantityLots * event.priceTicks * 100 - fee);
        add(fees, account, fee);
      }
    }
    const rows = await dump(whole.pool);
    const stored = (table: string, column: string) => rows[table]!.map((row) => [(row as Record<string, unknown>)['account_number'], Number((row as Record<string, unknown>)[column])]);
    expect(stored('positions', 'quantity_lots')).toEqual([1000, 1001].map((account) => [account, quantity.get(account)]));
    expect(stored('cash', 'total_units')).toEqual([1000, 1001].map((account) => [account, cash.get(account)]));
    expect(stored('positions', 'fee_units')).toEqual([1000, 1001].map((account) => [account, fees.get(account)]));
    const overfilled = await whole.pool.query('select id from trading.orders where filled_lots > quantity_lots');
    expect(overfilled.rows).toEqual([]);
    const drifted = await whole.pool.query(
      'select o.id from trading.orders o where o.filled_lots <> (select coalesce(sum(f.quantity_lots), 0) from trading.fills f where f.order_id = o.id) or o.version <> (select count(*) from trading.order_events e where e.order_id = o.id)',
    );
    expect(drifted.rows).toEqual([]);
  });

  it('keeps the numbers of accounts that the engine has already from new users', async () => {
    await using shared = await database();
    await shared.pool.query('delete from trading.accounts');
    const engine = new ScriptedEngine();
    engine.emit({ kind: 'AccountOpened', accountNumber: 1 }, { kind: 'AccountOpened', accountNumber: 1007 }, { kind: 'AccountOpened', accountNumber: 1003 });
    await applyBatch(shared.pool, { events: engine.log.filter(matters), through: 3, instruments: new InstrumentBook([]) });
    const { rows } = await shared.pool.query("insert into trading.accounts (id, user_id, name, base_currency, initial_cash) values ('a', 'u', 'Main', 'USD', 0) returning number");
    expect(rows).toEqual([{ number: 1008 }]);
  });

  it('stores an order whose client order id the engine has forgotten under an id of its own', async () => {
    await using shared = await database();
    const engine = new ScriptedEngine();
    const [instrument] = randomFlow(seededRandom(1), 4);
    engine.emit(instrument!);
    const order = (orderId: number) => ({ kind: 'OrderAccepted', orderId, accountNumber: 1000, clientOrderId: 'again', instrumentNumber: 1, side: 'BUY', type: 'LIMIT', tif: 'GTC', limitPriceTicks: 5, quantityLots: 1, triggerTicks: null, expireMicros: null, postOnly: false, selfTradePrevention: 'NONE', displayLots: null }) as const;
    engine.emit(order(10), order(20));
    await applyBatch(shared.pool, { events: engine.log.slice(0, 2), through: 2, instruments: new InstrumentBook([]) });
    await applyBatch(shared.pool, { events: engine.log.slice(2), through: 3, instruments: await loadInstruments(shared.pool) });
    const { rows } = await shared.pool.query('select id, client_order_id from trading.orders order by id');
    expect(rows).toEqual([{ id: '10', client_order_id: 'again' }, { id: '20', client_order_id: `again${'#'.repeat(36)}20` }]);
  });
});

function add(sums: Map<number, number>, key: number, amount: number): void {
  sums.set(key, (sums.get(key) ?? 0) + amount);
}

/** A pool whose connection breaks off instead of running statement number `allowed`, counted from the transaction's first. */
function dyingPool(pool: pg.Pool, allowed: number): pg.Pool {
  let statements = 0;
  const query = (client: pg.PoolClient) => (text: string, values?: unknown[]) => {
    if (text !== 'rollback' && statements++ >= allowed) return Promise.reject(new Error('the process dies here'));
    return client.query(text, values as unknown[]);
  };
  return { connect: async () => {
    const client = await pool.connect();
    return { query: query(client), release: (broken?: boolean) => client.release(broken) };
  } } as unknown as pg.Pool;
}

