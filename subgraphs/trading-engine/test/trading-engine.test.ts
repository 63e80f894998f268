// The whole room against a real engine process and a real PostgreSQL: what a user does through the graph, including the
// engine dying under it.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectEngine, type EngineClient, type EngineCommand } from '@mib/proto/engine-client';
import { createPostgresEventBus } from '@mib/service/event-bus/postgres-event-bus';
import type { EventBus } from '@mib/service/event-bus/event-bus';
import type { RunningService } from '@mib/service/lifecycle';
import { VIEWER_HEADER, signViewer, type Viewer } from '@mib/service/viewer';
import { startEngine, type EngineProcess } from '@mib/testkit/engine-process';
import { seededRandom } from '@mib/testkit/random';
import { testDatabase, type TestDatabase } from '@mib/testkit/test-database';
import { start } from '@mib/trading-engine/subgraph';
import { createClient, type Client } from 'graphql-ws';
import pg from 'pg';
import WebSocket from 'ws';

const SECRET = 's'.repeat(32);
const SCOPES = ['account:read', 'account:write', 'orders:write'];
const SEED = 42;
const VENUE = 1;

const user = (userId: string): Viewer => ({ kind: 'user', userId, roles: ['trader'], scopes: SCOPES });

let database: TestDatabase;
let engine: EngineProcess;
let client: EngineClient;
let bus: EventBus;
let service: RunningService;
let socket: Client;
let users = 0;
let orderCount = 0;
/** Pending while the engine is down. */
let engineBack: Promise<unknown> = Promise.resolve();

beforeAll(async () => {
  [database, engine] = await Promise.all([testDatabase(), startEngine()]);
  client = connectEngine({ address: engine.address, token: engine.token });
  for (const [instrumentNumber, instrumentId] of [[1, 'SPX.XSIM'], [2, 'NDX.XSIM'], [3, 'DJI.XSIM']] as const) {
    await must({ kind: 'RegisterInstrument', instrumentNumber, instrumentId, tickSize: '0.01', lotSize: '1', currency: 'USD', cashScale: 4 });
  }
  await quote(1, 99_00, 101_00);
  bus = await createPostgresEventBus({ url: database.url });
  service = await start(environment());
  socket = createClient({ url: service.url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
});

afterAll(async () => {
  await socket.dispose();
  await service[Symbol.asyncDispose]();
  await bus[Symbol.asyncDispose]();
  await client[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

function environment(): NodeJS.ProcessEnv {
  return { DATABASE_URL: database.url, ENGINE_ADDRESS: engine.address, ENGINE_TOKEN: engine.token, MIB_INTERNAL_SECRET: SECRET, LOG_LEVEL: 'silent' };
}

async function must(command: EngineCommand): Promise<void> {
  const { code } = await client.submit(command);
  if (code !== 'OK') throw new Error(`${command.kind}: ${code}`);
}

/** A deep venue quote of both sides. */
async function quote(instrumentNumber: number, bidTicks: number, askTicks: number): Promise<void> {
  await must({ kind: 'SetVenueLevel', accountNumber: VENUE, instrumentNumber, side: 'BUY', priceTicks: bidTicks, quantityLots: 100_000 });
  await must({ kind: 'SetVenueLevel', accountNumber: VENUE, instrumentNumber, side: 'SELL', priceTicks: askTicks, quantityLots: 100_000 });
}

async function ask(viewer: Viewer, query: string, variables: object = {}) {
  const response = await fetch(service.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [VIEWER_HEADER]: signViewer(viewer, SECRET, Date.now()) },
    body: JSON.stringify({ query, variables }),
  });
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  return (await response.json()) as { data: any; errors?: { message: string; extensions: { code: string } }[] };
}

/** A new user with an account of its own; `number` is the engine's name of it. */
async function newTrader(initialCash = '100000'): Promise<{ viewer: Viewer; accountId: string; number: number }> {
  const viewer = user(`user-${++users}`);
  const { data } = await ask(viewer, 'mutation ($cash: Decimal!) { openAccount(input: { name: "Main", initialCash: $cash }) { account { id status } userErrors { message } } }', { cash: initialCash });
  expect(data.openAccount).toMatchObject({ account: { status: 'OPEN' }, userErrors: [] });
  const accountId = data.openAccount.account.id as string;
  const { rows } = await sql('select number from trading.accounts where id = $1', [accountId]);
  return { viewer, accountId, number: rows[0].number };
}

async function sql(text: string, values: unknown[] = []) {
  const connection = new pg.Client(database.url);
  await connection.connect();
  try {
    return await connection.query(text, values);
  } finally {
    await connection.end();
  }
}

const PLACE = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename
  ... on OrderAccepted { replayed order { id status filledQuantity averageFillPrice version } }
  ... on OrderDenied { replayed reason message limit observed order { id status denyReason } }
  ... on InvalidInput { userErrors { code field message } } } }`;

async function place(trader: { viewer: Viewer; accountId: string }, input: object) {
  const { data, errors } = await ask(trader.viewer, PLACE, { input: orderInput(trader.accountId, input) });
  if (errors) throw new Error(errors[0]!.message);
  return data.placeOrder;
}

/** As the schema tells a client to: the same clientOrderId again until the outcome is known. */
async function placeUntilAnswered(trader: { viewer: Viewer; accountId: string }, input: object) {
  for (;;) {
    const { data, errors } = await ask(trader.viewer, PLACE, { input: orderInput(trader.accountId, input) });
    if (!errors) return data.placeOrder;
    if (errors[0]!.extensions.code !== 'UNAVAILABLE') throw new Error(errors[0]!.message);
    await engineBack;
  }
}

function orderInput(accountId: string, input: object): object {
  return { accountId, clientOrderId: `c${++orderCount}`, instrumentId: 'SPX.XSIM', side: 'BUY', type: 'MARKET', quantity: '10', ...input };
}

function subscribe(viewer: Viewer, query: string, variables: object) {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  return socket.iterate<any>({ query, variables: variables as Record<string, unknown>, extensions: { viewer: signViewer(viewer, SECRET, Date.now()) } });
}

async function take(source: AsyncIterableIterator<unknown>, count: number) {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  const taken: any[] = [];
  while (taken.length < count) {
    const { value, done } = await source.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

describe('a new user', () => {
  it('gets one paper account with its first cash, however often the news arrives', async () => {
    const viewer = user('newcomer');
    const record = { key: 'newcomer', value: JSON.stringify({ kind: 'UserRegistered', userId: 'newcomer', email: 'n@example.com', displayName: 'N' }) };
    await bus.ensureTopic('auth.users');
    await bus.publish('auth.users', [record, record]);
    expect(await depositOf('newcomer')).toBe(1_000_000_000);
    const { data } = await askUntilOpen(viewer);
    expect(data._entities[0].accounts).toEqual([{ name: 'Main', mode: 'PAPER', status: 'OPEN', baseCurrency: 'USD', balances: [{ currency: 'USD', total: '100000.00', available: '100000.00', locked: '0.00' }], equity: { amount: '100000.00', complete: true } }]);
  });
});

/** Follows the engine until the first deposit of the user's account; the saga runs on its own. */
async function depositOf(userId: string): Promise<number> {
  const stop = new AbortController();
  for await (const { events } of client.events({ after: 0, kinds: ['CashAdjusted'], signal: stop.signal })) {
    for (const event of events) {
      if (event.kind !== 'CashAdjusted') continue;
      const { rows } = await sql('select user_id from trading.accounts where number = $1', [event.accountNumber]);
      if (rows[0]?.user_id !== userId) continue;
      stop.abort();
      return event.amountUnits;
    }
  }
  throw new Error('the event stream ended');
}

/** The row is marked OPEN right after the deposit; opening another account of the same user waits for that transaction. */
async function askUntilOpen(viewer: Viewer) {
  const userId = viewer.kind === 'anonymous' ? '' : viewer.userId;
  await ask(viewer, 'mutation { openAccount(input: { name: "Main" }) { account { status } } }');
  return ask(viewer, 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { accounts { name mode status baseCurrency balances { currency total available locked } equity { amount complete } } } } }', { r: [{ __typename: 'User', id: userId }] });
}

describe('an order', () => {
  it('fills and can be read back at once: order, fill, position, cash, equity', async () => {
    const trader = await newTrader();
    expect(await place(trader, {})).toMatchObject({ __typename: 'OrderAccepted', replayed: false, order: { status: 'FILLED', filledQuantity: '10', averageFillPrice: '101.00' } });
    const { data, errors } = await ask(trader.viewer, 'query ($id: ID!) { account(id: $id) { balances { currency total available locked } equity { amount complete missingPrices { id } } positions { quantity averagePrice markPrice marketValue unrealisedPnl realisedPnl } fills { edges { node { price quantity liquidity } } } } }', { id: trader.accountId });
    expect(errors).toBeUndefined();
    expect(data.account).toEqual({
      balances: [{ currency: 'USD', total: '98990.00', available: '98990.00', locked: '0.00' }],
      equity: { amount: '99990.00', complete: true, missingPrices: [] },
      positions: [{ quantity: '10', averagePrice: '101.00', markPrice: '100.00', marketValue: '1000.00', unrealisedPnl: '-10.00', realisedPnl: '0.00' }],
      fills: { edges: [{ node: { price: '101.00', quantity: '10', liquidity: 'TAKER' } }] },
    });
  });

  it('locks cash while it rests and frees it when cancelled', async () => {
    const trader = await newTrader();
    const { order } = await place(trader, { type: 'LIMIT', limitPrice: '98.50' });
    const balances = async () => (await ask(trader.viewer, 'query ($id: ID!) { account(id: $id) { balances { total available locked } } }', { id: trader.accountId })).data.account.balances;
    expect(order.status).toBe('ACCEPTED');
    expect(await balances()).toEqual([{ total: '100000.00', available: '99015.00', locked: '985.00' }]);
    const cancel = () => ask(trader.viewer, 'mutation ($id: ID!) { cancelOrder(input: { orderId: $id }) { order { status cancelReason leavesQuantity version } userErrors { code message } } }', { id: order.id });
    expect((await cancel()).data.cancelOrder).toEqual({ order: { status: 'CANCELED', cancelReason: 'USER', leavesQuantity: '0', version: 2 }, userErrors: [] });
    expect((await cancel()).data.cancelOrder).toMatchObject({ userErrors: [{ code: 'CONFLICT', message: 'order must be open to be cancelled, was CANCELED' }] });
    expect(await balances()).toEqual([{ total: '100000.00', available: '100000.00', locked: '0.00' }]);
  });

  it('is denied with an id, a reason, limit and observed', async () => {
    const trader = await newTrader('500');
    const dear = await place(trader, { clientOrderId: 'dear', type: 'LIMIT', limitPrice: '100.00', quantity: '10' });
    expect(dear).toMatchObject({ __typename: 'OrderDenied', replayed: false, reason: 'NOTIONAL_EXCEEDS_FREE_BALANCE', limit: '500.00', observed: '1000.00', order: { status: 'DENIED', denyReason: 'NOTIONAL_EXCEEDS_FREE_BALANCE' } });
    expect(await place(trader, { clientOrderId: 'dear', quantity: '1' })).toMatchObject({ __typename: 'OrderDenied', replayed: true, order: { id: dear.order.id } });
    const far = await place(trader, { type: 'LIMIT', side: 'BUY', limitPrice: '900.00', quantity: '1' });
    expect(far).toMatchObject({ __typename: 'OrderDenied', reason: 'PRICE_COLLAR', observed: '900.00' });
    expect(Number(far.limit)).toBeGreaterThan(100);
    expect(await place(trader, { instrumentId: 'DJI.XSIM', quantity: '1' })).toMatchObject({ __typename: 'OrderDenied', reason: 'NO_LIQUIDITY' });
  });

  it('is placed once, however often and at once the same clientOrderId is sent', async () => {
    const trader = await newTrader();
    const outcomes = await Promise.all(Array.from({ length: 8 }, (_, index) => place(trader, { clientOrderId: 'once', type: 'LIMIT', limitPrice: '98.00', quantity: index < 4 ? '10' : '11' })));
    expect(new Set(outcomes.map((outcome) => outcome.order.id)).size).toBe(1);
    expect(outcomes.filter((outcome) => !outcome.replayed).length).toBe(1);
    const { rows } = await sql('select count(*)::int as orders from trading.orders where account_number = $1', [trader.number]);
    expect(rows[0].orders).toBe(1);
  });

  it('reports profit by every lot method as the reference has it', async () => {
    const trader = await newTrader();
    await must({ kind: 'SetRiskLimits', accountNumber: trader.number, instrumentNumber: 2, maxPositionLots: 0, collarBasisPoints: 0 });
    for (const [side, price, quantity] of [['BUY', 100, '10'], ['BUY', 140, '10'], ['BUY', 120, '10'], ['SELL', 130, '15']] as const) {
      const venueSide = side === 'BUY' ? 'SELL' : 'BUY';
      await must({ kind: 'SetVenueLevel', accountNumber: VENUE, instrumentNumber: 2, side: venueSide, priceTicks: price * 100, quantityLots: Number(quantity) });
      expect(await place(trader, { instrumentId: 'NDX.XSIM', side, type: 'LIMIT', limitPrice: `${price}.00`, quantity })).toMatchObject({ order: { status: 'FILLED', averageFillPrice: `${price}.00` } });
    }
    const fields = ['FIFO', 'LIFO', 'HIFO', 'AVERAGE_COST'].map((method) => `${method}: realisedPnl(method: ${method}) open${method}: unrealisedPnl(method: ${method}) lots${method}: lots(method: ${method}) { quantity costPerUnit }`);
    const { data } = await ask(trader.viewer, `query ($id: ID!) { account(id: $id) { positions { quantity markPrice ${fields.join(' ')} } } }`, { id: trader.accountId });
    expect(data.account.positions[0]).toEqual({
      quantity: '15', markPrice: '130.00',
      FIFO: '250.00', openFIFO: '50.00', lotsFIFO: [{ quantity: '5', costPerUnit: '140.00' }, { quantity: '10', costPerUnit: '120.00' }],
      LIFO: '50.00', openLIFO: '250.00', lotsLIFO: [{ quantity: '10', costPerUnit: '100.00' }, { quantity: '5', costPerUnit: '140.00' }],
      HIFO: '-50.00', openHIFO: '350.00', lotsHIFO: [{ quantity: '10', costPerUnit: '100.00' }, { quantity: '5', costPerUnit: '120.00' }],
      AVERAGE_COST: '150.00', openAVERAGE_COST: '150.00', lotsAVERAGE_COST: [{ quantity: '15', costPerUnit: '120.00' }],
    });
  });
});

const ORDER_UPDATED = 'subscription ($accountId: ID!, $after: String) { orderUpdated(accountId: $accountId, after: $after) { cursor kind order { id status version filledQuantity } fill { id price quantity } at } }';

describe('orderUpdated', () => {
  it('continues exactly behind the fifth of twenty events after the socket was dropped', async () => {
    const trader = await newTrader();
    const begin = await eventCursor(trader);
    const first = subscribe(trader.viewer, ORDER_UPDATED, { accountId: trader.accountId, after: begin });
    const placing = (async () => {
      for (let index = 0; index < 10; index++) await place(trader, { clientOrderId: `r${index}`, quantity: '1' });
    })();
    const five = await take(first, 5);
    await first.return?.();
    const rest = subscribe(trader.viewer, ORDER_UPDATED, { accountId: trader.accountId, after: five[4].data.orderUpdated.cursor });
    const fifteen = await take(rest, 15);
    await placing;
    await rest.return?.();
    const again = subscribe(trader.viewer, ORDER_UPDATED, { accountId: trader.accountId, after: begin });
    const all = await take(again, 20);
    await again.return?.();
    expect([...five, ...fifteen]).toEqual(all);
    expect(all.map(({ data }) => data.orderUpdated.kind)).toEqual(Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 'ACCEPTED' : 'FILLED')));
  });

  it('refuses a foreign account as if it did not exist', async () => {
    const [mine, theirs] = [await newTrader(), await newTrader()];
    for (const accountId of [theirs.accountId, 'acc_none']) {
      const [answer] = await take(subscribe(mine.viewer, ORDER_UPDATED, { accountId }), 1).catch((errors: unknown) => [{ errors }]);
      expect(answer.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
    }
  });

  it('refuses a cursor from ahead', async () => {
    const trader = await newTrader();
    const after = Buffer.from('order-event:999999999.0').toString('base64url');
    const [answer] = await take(subscribe(trader.viewer, ORDER_UPDATED, { accountId: trader.accountId, after }), 1).catch((errors: unknown) => [{ errors }]);
    expect(answer.errors).toMatchObject([{ extensions: { code: 'VALIDATION' } }]);
  });
});

async function eventCursor({ viewer, accountId }: { viewer: Viewer; accountId: string }): Promise<string> {
  return (await ask(viewer, 'query ($id: ID!) { account(id: $id) { eventCursor } }', { id: accountId })).data.account.eventCursor;
}

describe('positionUpdated', () => {
  it('arrives at the position after the last fill', async () => {
    const trader = await newTrader();
    const updates = subscribe(trader.viewer, 'subscription ($id: ID!) { positionUpdated(accountId: $id) { id quantity } }', { id: trader.accountId });
    // The subscription begins some time after it was sent: orders are placed until one of them has woken it.
    let began = false;
    const first = updates.next().finally(() => (began = true));
    for (let count = 0; !began; count++) await place(trader, { quantity: '1' });
    await place(trader, { quantity: '2' });
    const { data } = await ask(trader.viewer, 'query ($id: ID!) { account(id: $id) { positions { id quantity } } }', { id: trader.accountId });
    let update = await first;
    while (update.value.data.positionUpdated.quantity !== data.account.positions[0].quantity) update = await updates.next();
    expect(update.value.data.positionUpdated).toEqual(data.account.positions[0]);
    await updates.return?.();
  });
});

describe('when the engine is killed', () => {
  it('keeps every acknowledged order, and cash and positions agree with the engine to the unit', async () => {
    const random = seededRandom(SEED);
    const traders = [await newTrader('1000000'), await newTrader('1000000')];
    const orders = Array.from({ length: 180 }, (_, index) => {
      const priced = random() < 0.7 ? { type: 'LIMIT', limitPrice: (99 + Math.floor(random() * 3)).toFixed(2) } : {};
      return { trader: traders[Math.floor(random() * 2)]!, input: { clientOrderId: `k${index}`, side: random() < 0.5 ? 'BUY' : 'SELL', quantity: String(1 + Math.floor(random() * 20)), ...priced } };
    });
    const placeAll = (part: typeof orders) => Promise.all(part.map(({ trader, input }) => placeUntilAnswered(trader, input)));
    const before = await placeAll(orders.slice(0, 60));
    const { dataDirectory } = engine;
    const port = Number(engine.address.split(':').at(-1));
    const during = placeAll(orders.slice(60, 120));
    const killed = engine.kill('SIGKILL');
    const restarted = killed.then(() => startEngine({ dataDirectory, port }));
    engineBack = restarted;
    engine = await restarted;
    const outcomes = [...before, ...(await during), ...(await placeAll(orders.slice(120)))];
    expect(new Set(outcomes.map((outcome) => outcome.order.id)).size).toBe(180);
    const { rows: stored } = await sql('select count(*)::int as orders, count(distinct client_order_id)::int as names from trading.orders where account_number = any($1::int[])', [traders.map((trader) => trader.number)]);
    expect(stored).toEqual([{ orders: 180, names: 180 }]);
    for (const trader of traders) {
      const [snapshot] = await client.accounts([trader.number]);
      const { rows } = await sql(
        'select (select total_units from trading.cash where account_number = $1)::text as cash, (select quantity_lots from trading.positions where account_number = $1 and instrument_number = 1)::text as lots',
        [trader.number],
      );
      expect(rows[0]).toEqual({ cash: String(snapshot!.cash[0]!.totalUnits), lots: String(snapshot!.positions.find((position) => position.instrumentNumber === 1)?.quantityLots ?? 0) });
    }
  });

  it('finds everything again after its own restart', async () => {
    const trader = await newTrader();
    const { order } = await place(trader, { clientOrderId: 'kept' });
    await socket.dispose();
    await service[Symbol.asyncDispose]();
    service = await start(environment());
    socket = createClient({ url: service.url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
    expect(await place(trader, { clientOrderId: 'kept' })).toMatchObject({ replayed: true, order: { id: order.id, status: 'FILLED' } });
  });
});
