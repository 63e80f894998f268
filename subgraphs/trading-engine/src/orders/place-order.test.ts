import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EngineUnavailableError, type EngineCommand } from '@mib/proto/engine-client';
import { createPool } from '@mib/service/database';
import { testDatabase, type TestDatabase } from '@mib/testkit/test-database';
import type pg from 'pg';
import type { OrderInput } from '../domain/order-input.ts';
import { startProjection, type Projection } from '../projection/projection.ts';
import type { AccountRow } from '../store/account-store.ts';
import { ScriptedEngine } from '../testing/scripted-engine.ts';
import { silentTelemetry } from '../testing/silent-telemetry.ts';
import { INSTRUMENT, accepted, denied } from '../testing/scripted-market.ts';
import { amendOrder } from './amend-order.ts';
import { cancelAllOrders, cancelOrder } from './cancel-order.ts';
import { placeOrder, type PlaceOrderOutcome, type TradingDependencies } from './place-order.ts';

const telemetry = silentTelemetry();
const account: AccountRow = { number: 1000, id: 'acc_1', userId: 'u', name: 'Main', baseCurrency: 'USD', initialCash: { units: 0n, scale: 0 }, state: 'OPEN', createdAt: new Date(0) };
const input: OrderInput = { clientOrderId: 'a', instrumentId: 'SPX.XSIM', side: 'BUY', type: 'LIMIT', tif: 'GTC', quantity: '10', limitPrice: '100.00' };

let database: TestDatabase;
let pool: pg.Pool;
let engine: ScriptedEngine;
let projection: Projection;
let dependencies: TradingDependencies;

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool(database.url, { max: 4, applicationName: 'test' });
  engine = new ScriptedEngine();
  engine.emit(INSTRUMENT);
  projection = await startProjection({ pool, engine, telemetry });
  await projection.reached(1, 10_000);
  dependencies = { pool, engine, projection, telemetry };
});

afterAll(async () => {
  await projection[Symbol.asyncDispose]();
  await pool.end();
  await database[Symbol.asyncDispose]();
});

/** Accepts every new order; the id is the next event's sequence. */
function acceptAll(command: EngineCommand, { emit, last }: { emit: ScriptedEngine['emit']; last: number }) {
  if (command.kind !== 'PlaceOrder') return {};
  emit.call(engine, accepted({ orderId: last + 1, accountNumber: command.accountNumber, clientOrderId: command.clientOrderId, quantityLots: command.quantityLots }));
  return { orderId: last + 1, lastEventSequence: last + 1 };
}

function placed(outcome: PlaceOrderOutcome) {
  if (outcome.kind !== 'placed') throw new Error(JSON.stringify(outcome));
  return outcome;
}

describe('placeOrder', () => {
  it('answers with the stored order, so that it can be read back at once', async () => {
    engine.answer = acceptAll;
    const { order, replayed } = placed(await placeOrder(dependencies, account, { ...input, clientOrderId: 'first' }));
    expect(replayed).toBe(false);
    expect(order).toMatchObject({ clientOrderId: 'first', status: 'ACCEPTED', quantityLots: 10, limitPriceTicks: 10_000, version: 1 });
    expect(engine.commands.at(-1)).toEqual({ kind: 'PlaceOrder', accountNumber: 1000, clientOrderId: 'first', instrumentNumber: 1, side: 'BUY', type: 'LIMIT', tif: 'GTC', limitPriceTicks: 10_000, quantityLots: 10 });
  });

  it('answers a known clientOrderId from the table, other and even bad terms included', async () => {
    engine.answer = acceptAll;
    const { order } = placed(await placeOrder(dependencies, account, { ...input, clientOrderId: 'known' }));
    const sent = engine.commands.length;
    for (const change of [{}, { quantity: '3' }, { quantity: 'nonsense' }, { instrumentId: 'NOPE.XSIM' }]) {
      expect(placed(await placeOrder(dependencies, account, { ...input, clientOrderId: 'known', ...change }))).toEqual({ kind: 'placed', order, replayed: true });
    }
    expect(engine.commands.length).toBe(sent);
  });

  it('passes on that the engine has replayed', async () => {
    engine.answer = (command, scripted) => ({ ...acceptAll(command, scripted), replayed: true });
    expect(placed(await placeOrder(dependencies, account, { ...input, clientOrderId: 'raced' })).replayed).toBe(true);
  });

  it('answers the first outcome when the engine finds other terms under an id too new for the table', async () => {
    engine.answer = (command, scripted) => ({ ...acceptAll(command, scripted), orderId: 0, code: 'DUPLICATE_CLIENT_ORDER_ID', status: 'DENIED' });
    expect(placed(await placeOrder(dependencies, account, { ...input, clientOrderId: 'raced-differently' }))).toMatchObject({ replayed: true, order: { clientOrderId: 'raced-differently' } });
  });

  it('is a conflict when the id was spent on no order', async () => {
    engine.answer = () => ({ code: 'DUPLICATE_CLIENT_ORDER_ID', status: 'DENIED' });
    expect(await placeOrder(dependencies, account, { ...input, clientOrderId: 'spent' })).toMatchObject({ kind: 'invalid', userErrors: [{ code: 'CONFLICT', field: ['input', 'clientOrderId'] }] });
  });

  it('stores a denied order with reason, limit and observed', async () => {
    engine.answer = (command, { last }) => {
      if (command.kind === 'PlaceOrder') engine.emit(denied({ orderId: last + 1, accountNumber: 1000, clientOrderId: command.clientOrderId }));
      return { orderId: last + 1, lastEventSequence: last + 1, code: 'NOTIONAL_EXCEEDS_FREE_BALANCE', status: 'DENIED', limit: 1_000_000, observed: 2_500_000 };
    };
    const { order } = placed(await placeOrder(dependencies, account, { ...input, clientOrderId: 'dear' }));
    expect(order).toMatchObject({ status: 'DENIED', denyCode: 'NOTIONAL_EXCEEDS_FREE_BALANCE', denyLimit: 1_000_000, denyObserved: 2_500_000 });
    const { rows } = await pool.query("select status, deny_code, deny_limit, deny_observed from trading.orders where client_order_id = 'dear'");
    expect(rows).toEqual([{ status: 'DENIED', deny_code: 'NOTIONAL_EXCEEDS_FREE_BALANCE', deny_limit: '1000000', deny_observed: '2500000' }]);
  });

  it.each([
    [{ quantity: '0' }, 'VALIDATION', 'quantity', '"0"'],
    [{ quantity: '1.5' }, 'VALIDATION', 'quantity', '"1.5"'],
    [{ limitPrice: '100.001' }, 'VALIDATION', 'limitPrice', '"100.001"'],
    [{ limitPrice: null }, 'VALIDATION', 'limitPrice', 'null'],
    [{ type: 'MARKET' }, 'VALIDATION', 'limitPrice', '"100.00"'],
    [{ clientOrderId: 'with space' }, 'VALIDATION', 'clientOrderId', '"with space"'],
    [{ instrumentId: 'NOPE.XSIM' }, 'NOT_FOUND', 'instrumentId', '"NOPE.XSIM"'],
  ] as const)('sends nothing for %j', async (change, code, field, shown) => {
    const sent = engine.commands.length;
    const outcome = await placeOrder(dependencies, account, { ...input, clientOrderId: 'bad', ...change } as OrderInput);
    expect(outcome).toMatchObject({ kind: 'invalid', userErrors: [{ code, field: ['input', field], message: expect.stringContaining(shown) }] });
    expect(engine.commands.length).toBe(sent);
  });

  it('finds an instrument that was registered a moment ago', async () => {
    engine.answer = acceptAll;
    engine.emit({ kind: 'InstrumentRegistered', instrumentNumber: 2, instrumentId: 'NEW.XSIM', tickSize: '0.01', lotSize: '1', currency: 'USD', cashScale: 4 });
    expect(await placeOrder(dependencies, account, { ...input, clientOrderId: 'new', instrumentId: 'NEW.XSIM' })).toMatchObject({ kind: 'placed' });
  });

  it('asks for patience while the account is being opened', async () => {
    expect(await placeOrder(dependencies, { ...account, state: 'FUNDING' }, input)).toMatchObject({ kind: 'invalid', userErrors: [{ code: 'UNAVAILABLE', retryable: true }] });
  });

  it.each([
    [true, 'repeat with the same clientOrderId'],
    [false, 'nothing was placed'],
  ])('is UNAVAILABLE when the engine is away (sent: %s)', async (sent, message) => {
    engine.answer = () => {
      throw new EngineUnavailableError('gone', { sent });
    };
    await expect(placeOrder(dependencies, account, { ...input, clientOrderId: 'lost' })).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining(message) });
  });

  it('says that the order stands when it cannot be read back in time', async () => {
    engine.answer = () => ({ orderId: 99, lastEventSequence: engine.last + 1_000 });
    const behind = { ...projection, instruments: projection.instruments, reached: async () => false };
    await expect(placeOrder({ ...dependencies, projection: behind }, account, { ...input, clientOrderId: 'late' })).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('order 99 stands') });
  });
});

describe('cancelOrder', () => {
  const cancelAll = (command: EngineCommand) => {
    if (command.kind === 'CancelOrder') engine.emit({ kind: 'OrderCanceled', orderId: command.orderId, accountNumber: 1000, instrumentNumber: 1, remainingLots: 10, reason: 'USER' });
    return { lastEventSequence: engine.last };
  };

  it('cancels an open order and finds it too late for a terminal one', async () => {
    engine.answer = acceptAll;
    const { order } = placed(await placeOrder(dependencies, account, { ...input, clientOrderId: 'to-cancel' }));
    engine.answer = cancelAll;
    const first = await cancelOrder(dependencies, order);
    expect(first).toMatchObject({ order: { status: 'CANCELED', cancelReason: 'USER', version: 2 }, userErrors: [] });
    expect((await cancelOrder(dependencies, first.order)).userErrors).toMatchObject([{ code: 'CONFLICT', message: 'order must be open to be cancelled, was CANCELED' }]);
  });

  it('shows how the order ended when the engine was faster', async () => {
    engine.answer = acceptAll;
    const { order } = placed(await placeOrder(dependencies, account, { ...input, clientOrderId: 'overtaken' }));
    engine.answer = (command) => ({ ...cancelAll(command), code: 'UNKNOWN_ORDER', status: 'DENIED' });
    expect(await cancelOrder(dependencies, order)).toMatchObject({ order: { status: 'CANCELED' }, userErrors: [{ code: 'CONFLICT' }] });
  });

  it('cancels everything that is open by one command', async () => {
    engine.answer = acceptAll;
    for (const clientOrderId of ['m1', 'm2', 'm3']) await placeOrder(dependencies, account, { ...input, clientOrderId });
    const rows = await openOrders();
    engine.answer = () => {
      engine.emit(...rows.map((orderId) => ({ kind: 'OrderCanceled' as const, orderId, accountNumber: 1000, instrumentNumber: 1, remainingLots: 10, reason: 'MASS_CANCEL' as const })));
      return { filledLots: rows.length, lastEventSequence: engine.last };
    };
    expect(await cancelAllOrders(dependencies, account, null)).toBe(rows.length);
    expect(engine.commands.at(-1)).toEqual({ kind: 'MassCancel', accountNumber: 1000, instrumentNumber: 0 });
    expect(await openOrders()).toEqual([]);
    expect(rows.length).toBeGreaterThanOrEqual(3);
  });
});

async function openOrders(): Promise<number[]> {
  const { rows } = await pool.query("select id from trading.orders where status in ('ACCEPTED', 'PARTIALLY_FILLED')");
  return rows.map(({ id }) => Number(id));
}

describe('amendOrder', () => {
  const amendTo = (quantityLots: number) => (command: EngineCommand, { emit, last }: { emit: ScriptedEngine['emit']; last: number }) => {
    if (command.kind !== 'AmendOrder') return {};
    emit.call(engine, { kind: 'OrderAmended' as const, orderId: command.orderId, accountNumber: command.accountNumber, instrumentNumber: 1, limitPriceTicks: 9_900, quantityLots, remainingLots: quantityLots, triggerTicks: null, keptPriority: false });
    return { orderId: command.orderId, lastEventSequence: last + 1 };
  };

  it('shows the new terms, and an event of them', async () => {
    engine.answer = acceptAll;
    const { order } = placed(await placeOrder(dependencies, account, { ...input, clientOrderId: 'amended' }));
    engine.answer = amendTo(7);
    expect(await amendOrder(dependencies, order, { quantity: '7', limitPrice: '99' })).toMatchObject({ order: { quantityLots: 7, limitPriceTicks: 9_900, status: 'ACCEPTED', version: 2 }, userErrors: [] });
    expect(engine.commands.at(-1)).toEqual({ kind: 'AmendOrder', accountNumber: 1000, orderId: order.id, quantityLots: 7, limitPriceTicks: 9_900 });
    const { rows } = await pool.query('select quantity_lots, limit_price_ticks from trading.order_events where order_id = $1 order by sequence', [order.id]);
    expect(rows).toEqual([
      { quantity_lots: 10, limit_price_ticks: 10_000 },
      { quantity_lots: 7, limit_price_ticks: 9_900 },
    ]);
  });

  it('tells a refusal in the words of a denial and leaves the order alone', async () => {
    engine.answer = acceptAll;
    const { order } = placed(await placeOrder(dependencies, account, { ...input, clientOrderId: 'kept' }));
    engine.answer = (_, { last }) => ({ code: 'INVALID_AMENDMENT', status: 'DENIED', limit: 4, observed: 3, lastEventSequence: last });
    expect(await amendOrder(dependencies, order, { quantity: '3' })).toMatchObject({ order: { quantityLots: 10 }, userErrors: [{ code: 'RISK_DENIED', message: expect.stringContaining('limit 4, observed 3') }] });
    engine.answer = (_, { last }) => ({ code: 'UNKNOWN_ORDER', status: 'DENIED', lastEventSequence: last });
    expect((await amendOrder(dependencies, order, { quantity: '3' })).userErrors).toMatchObject([{ code: 'CONFLICT' }]);
  });
});
