// The subgraph through its own door, with rows in the database and no engine anywhere: what is stored is served, what
// only the engine knows is null with a reason, and nobody sees anything of somebody else's, whichever way they ask.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool } from '@mib/service/database';
import type { RunningService } from '@mib/service/lifecycle';
import { VIEWER_HEADER, signViewer, type Viewer } from '@mib/service/viewer';
import { freePort } from '@mib/testkit/free-port';
import { testDatabase, type TestDatabase } from '@mib/testkit/test-database';
import { InstrumentBook } from './domain/instrument-book.ts';
import { applyBatch, loadCheckpoint, matters } from './store/projection-store.ts';
import { start } from './subgraph.ts';
import { ScriptedEngine } from './testing/scripted-engine.ts';
import { INSTRUMENT, accepted, denied } from './testing/scripted-market.ts';

const SECRET = 's'.repeat(32);
const TRADER = ['account:read', 'account:write', 'orders:write'];
const alice: Viewer = { kind: 'user', userId: 'alice', roles: ['trader'], scopes: TRADER };
const bob: Viewer = { kind: 'user', userId: 'bob', roles: ['trader'], scopes: TRADER };
const admin: Viewer = { kind: 'user', userId: 'root', roles: ['admin'], scopes: [...TRADER, 'account:read:any'] };
const tradeKey: Viewer = { kind: 'api-key', userId: 'alice', roles: [], scopes: ['orders:write'] };
const anonymous: Viewer = { kind: 'anonymous' };
/** Engine order ids of the stored rows, and the event sequence of their one trade. */
const [BOUGHT, SOLD, DENIED_ORDER, TRADE] = [3, 4, 5, 6];

let database: TestDatabase;
let service: RunningService;

beforeAll(async () => {
  database = await testDatabase();
  await storeRows(database.url);
  service = await start({ DATABASE_URL: database.url, ENGINE_ADDRESS: `127.0.0.1:${await freePort()}`, MIB_INTERNAL_SECRET: SECRET, LOG_LEVEL: 'silent' });
});

afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** Alice buys 10 of Bob at 100.00; another order of Alice's is denied. */
async function storeRows(url: string): Promise<void> {
  const pool = createPool(url, { max: 1, applicationName: 'test' });
  await loadCheckpoint(pool);
  for (const user of ['alice', 'bob']) {
    await pool.query("insert into trading.accounts (id, user_id, name, base_currency, initial_cash, state) values ('acc_' || $1, $1, 'Main', 'USD', 100000, 'OPEN')", [user]);
  }
  const engine = new ScriptedEngine();
  engine.emit(
    INSTRUMENT,
    { kind: 'CashAdjusted', accountNumber: 1000, currency: 'USD', amountUnits: 1_000_000_000, totalUnits: 1_000_000_000, clientOrderId: 'mib:first-deposit' },
    accepted({ orderId: BOUGHT, accountNumber: 1000, side: 'BUY', quantityLots: 25 }),
    accepted({ orderId: SOLD, accountNumber: 1001, side: 'SELL', quantityLots: 10 }),
    denied({ orderId: DENIED_ORDER, accountNumber: 1000 }),
    { kind: 'Trade', tradeId: 0, instrumentNumber: 1, priceTicks: 10_000, quantityLots: 10, takerSide: 'SELL', takerOrderId: SOLD, takerAccountNumber: 1001, takerRemainingLots: 0, makerOrderId: BOUGHT, makerAccountNumber: 1000, makerRemainingLots: 15, takerFeeUnits: 0, makerFeeUnits: 0, isAuction: false },
  );
  await applyBatch(pool, { events: engine.log.filter(matters), through: engine.last, instruments: new InstrumentBook([]) });
  await pool.end();
}

async function ask(viewer: Viewer, query: string, variables: object = {}) {
  const response = await fetch(service.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [VIEWER_HEADER]: signViewer(viewer, SECRET, Date.now()) },
    body: JSON.stringify({ query, variables }),
  });
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  return (await response.json()) as { data: any; errors?: { message: string; path?: unknown[]; extensions: { code: string } }[] };
}

const entity = (typename: string, id: string, fields: string) => [`query ($r: [_Any!]!) { _entities(representations: $r) { ... on ${typename} { ${fields} } } }`, { r: [{ __typename: typename, id }] }] as const;

describe('what is stored', () => {
  it('is served without an engine', async () => {
    const { data, errors } = await ask(alice, `{ account(id: "acc_alice") { id name mode status baseCurrency eventCursor
      positions { id quantity averagePrice realisedPnl feesPaid currency instrument { id } lots(method: AVERAGE_COST) { quantity costPerUnit openedAt } account { id } }
      orders(first: 1) { edges { cursor node { id status denyReason quantity limitPrice } } pageInfo { hasNextPage } }
      fills { edges { node { id price quantity fee feeCurrency liquidity side order { id filledQuantity leavesQuantity averageFillPrice version fills { edges { node { id } } } } } } } } }`);
    expect(errors).toBeUndefined();
    expect(data.account).toEqual({
      id: 'acc_alice', name: 'Main', mode: 'PAPER', status: 'OPEN', baseCurrency: 'USD', eventCursor: Buffer.from('order-event:6.1').toString('base64url'),
      positions: [{ id: 'acc_alice:SPX.XSIM', quantity: '10', averagePrice: '100.00', realisedPnl: '0.00', feesPaid: '0.00', currency: 'USD', instrument: { id: 'SPX.XSIM' }, lots: [{ quantity: '10', costPerUnit: '100.00', openedAt: '2020-09-13T12:26:40.000000006Z' }], account: { id: 'acc_alice' } }],
      orders: { edges: [{ cursor: expect.any(String), node: { id: '5', status: 'DENIED', denyReason: 'NOTIONAL_EXCEEDS_FREE_BALANCE', quantity: '10', limitPrice: '100.00' } }], pageInfo: { hasNextPage: true } },
      fills: { edges: [{ node: { id: '6M', price: '100.00', quantity: '10', fee: '0.00', feeCurrency: 'USD', liquidity: 'MAKER', side: 'BUY', order: { id: '3', filledQuantity: '10', leavesQuantity: '15', averageFillPrice: '100.00', version: 2, fills: { edges: [{ node: { id: '6M' } }] } } } }] },
    });
  });

  it('pages behind a cursor', async () => {
    const first = await ask(alice, '{ account(id: "acc_alice") { orders(first: 1) { pageInfo { endCursor } } } }');
    const { data } = await ask(alice, 'query ($after: String) { account(id: "acc_alice") { orders(after: $after) { edges { node { id } } pageInfo { hasNextPage hasPreviousPage } } } }', { after: first.data.account.orders.pageInfo.endCursor });
    expect(data.account.orders).toEqual({ edges: [{ node: { id: '3' } }], pageInfo: { hasNextPage: false, hasPreviousPage: true } });
  });

  it('leaves null, with a reason, what only the engine knows', async () => {
    const { data, errors } = await ask(alice, '{ account(id: "acc_alice") { name balances { total } equity { amount } positions { quantity markPrice unrealisedPnl } } }');
    expect(data.account).toEqual({ name: 'Main', balances: null, equity: null, positions: [{ quantity: '10', markPrice: null, unrealisedPnl: null }] });
    expect(errors!.map((error) => error.extensions.code)).toEqual(['UNAVAILABLE', 'UNAVAILABLE', 'UNAVAILABLE', 'UNAVAILABLE']);
  });
});

describe('what is not yours', () => {
  const paths: [string, Viewer, string, object][] = [];
  for (const viewer of [alice, anonymous]) {
    paths.push([`Account entity, ${viewer.kind}`, viewer, ...entity('Account', 'acc_bob', 'name')]);
    paths.push([`Position entity, ${viewer.kind}`, viewer, ...entity('Position', 'acc_bob:SPX.XSIM', 'quantity')]);
    paths.push([`Order entity, ${viewer.kind}`, viewer, ...entity('Order', String(SOLD), 'status')]);
    paths.push([`Fill entity, ${viewer.kind}`, viewer, ...entity('Fill', `${TRADE}T`, 'price')]);
    paths.push([`User entity, ${viewer.kind}`, viewer, ...entity('User', 'bob', 'accounts { id }')]);
  }

  it.each(paths)('is null: %s', async (_, viewer, query, variables) => {
    expect((await ask(viewer, query, variables)).data).toEqual({ _entities: [null] });
  });

  it.each([
    ['{ account(id: "acc_bob") { id } }', { account: null }],
    ['{ account(id: "acc_nobody") { id } }', { account: null }],
    [`{ order(id: "${SOLD}") { id } }`, { order: null }],
    ['{ order(id: "999999") { id } }', { order: null }],
    ['{ order(id: "-1; drop table") { id } }', { order: null }],
  ])('is null like what does not exist: %s', async (query, expected) => {
    expect((await ask(alice, query)).data).toEqual(expected);
  });

  it.each([
    ['mutation { r: placeOrder(input: { accountId: "acc_bob", clientOrderId: "x", instrumentId: "SPX.XSIM", side: BUY, type: MARKET, quantity: "1" }) { __typename ... on InvalidInput { userErrors { code field } } } }', 'accountId'],
    ['mutation { r: cancelOrder(input: { orderId: "4" }) { order { id } userErrors { code field } } }', 'orderId'],
    ['mutation { r: cancelAllOrders(input: { accountId: "acc_bob" }) { canceled userErrors { code field } } }', 'accountId'],
  ])('cannot be traded: %s', async (query, field) => {
    for (const viewer of [alice, admin]) expect((await ask(viewer, query)).data.r.userErrors).toEqual([{ code: 'NOT_FOUND', field: ['input', field] }]);
  });

  it.each([
    ['{ account(id: "acc_alice") { id } }', anonymous, 'UNAUTHENTICATED'],
    ['{ account(id: "acc_alice") { id } }', tradeKey, 'FORBIDDEN'],
    ['mutation { openAccount(input: { name: "X" }) { account { id } } }', tradeKey, 'FORBIDDEN'],
    ['mutation { cancelOrder(input: { orderId: "3" }) { order { id } } }', anonymous, 'UNAUTHENTICATED'],
  ])('needs a scope: %s', async (query, viewer, code) => {
    expect((await ask(viewer, query)).errors).toMatchObject([{ extensions: { code } }]);
  });

  it('lets a key that may only trade see the order but not the account behind it', async () => {
    const { data, errors } = await ask(tradeKey, ...entity('Order', String(BOUGHT), 'status account { name }'));
    expect(data).toEqual({ _entities: [{ status: 'PARTIALLY_FILLED', account: null }] });
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect((await ask(tradeKey, ...entity('Account', 'acc_alice', 'name'))).data).toEqual({ _entities: [null] });
  });

  it('opens up to its owner and to account:read:any', async () => {
    for (const viewer of [bob, admin]) {
      expect((await ask(viewer, ...entity('Account', 'acc_bob', 'name'))).data).toEqual({ _entities: [{ name: 'Main' }] });
      expect((await ask(viewer, ...entity('Fill', `${TRADE}T`, 'liquidity'))).data).toEqual({ _entities: [{ liquidity: 'TAKER' }] });
      expect((await ask(viewer, ...entity('User', 'bob', 'accounts { id }'))).data).toEqual({ _entities: [{ accounts: [{ id: 'acc_bob' }] }] });
    }
  });
});

describe('a bad request', () => {
  it.each([
    ['{ account(id: "acc_alice") { orders(first: 0) { edges { cursor } } } }', 'first must be 1..500, was 0'],
    ['{ account(id: "acc_alice") { fills(first: 501) { edges { cursor } } } }', 'first must be 1..500, was 501'],
    ['{ account(id: "acc_alice") { orders(after: "zzz") { edges { cursor } } } }', 'after must be a cursor of this list, was "zzz"'],
  ])('names the value: %s', async (query, message) => {
    expect((await ask(alice, query)).errors).toMatchObject([{ message, extensions: { code: 'VALIDATION' } }]);
  });

  it.each([
    ['{ name: "" }', 'name', 'was ""'],
    ['{ name: " x" }', 'name', 'was " x"'],
    [`{ name: "${'n'.repeat(41)}" }`, 'name', '1..40'],
    ['{ name: "X", baseCurrency: "BTC" }', 'baseCurrency', 'was "BTC"'],
    ['{ name: "X", initialCash: "-1" }', 'initialCash', 'was "-1"'],
    ['{ name: "X", initialCash: "10000000.01" }', 'initialCash', 'was "10000000.01"'],
    ['{ name: "X", initialCash: "1.001" }', 'initialCash', 'was "1.001"'],
    ['{ name: "X", initialCash: "1e3" }', 'initialCash', 'was "1e3"'],
  ])('opens no account for %s', async (input, field, message) => {
    const { data } = await ask(alice, `mutation { openAccount(input: ${input}) { account { id } userErrors { code field message } } }`);
    expect(data.openAccount).toEqual({ account: null, userErrors: [{ code: 'VALIDATION', field: ['input', field], message: expect.stringContaining(message) }] });
  });

  it('keeps an account in opening while the engine is away, and a name for one account', async () => {
    const opened = await ask(alice, 'mutation { openAccount(input: { name: "Second", initialCash: "5000.50" }) { account { name status balances { total } } userErrors { code retryable } } }');
    expect(opened.data.openAccount).toEqual({ account: { name: 'Second', status: 'OPENING', balances: null }, userErrors: [{ code: 'UNAVAILABLE', retryable: true }] });
    const again = await ask(alice, 'mutation { openAccount(input: { name: "Main" }) { account { id } userErrors { code field } } }');
    expect(again.data.openAccount).toEqual({ account: { id: 'acc_alice' }, userErrors: [{ code: 'CONFLICT', field: ['input', 'name'] }] });
  });
});
