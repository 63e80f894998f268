// The whole room against a real engine process and a real PostgreSQL: limits and states reach the engine and stay there,
// whoever dies; risk is that of the engine's positions; nobody sees or sets anything of somebody else's.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectEngine, type CommandResult, type EngineClient, type EngineCommand } from '@mib/proto/engine-client';
import type { EventBus } from '@mib/service/event-bus/event-bus';
import { createPostgresEventBus } from '@mib/service/event-bus/postgres-event-bus';
import type { RunningService } from '@mib/service/lifecycle';
import { VIEWER_HEADER, signViewer, type Viewer } from '@mib/service/viewer';
import { start } from '@mib/risk-engine/subgraph';
import { startEngine, type EngineProcess } from '@mib/testkit/engine-process';
import { testDatabase, type TestDatabase } from '@mib/testkit/test-database';
import { createClient, type Client } from 'graphql-ws';
import WebSocket from 'ws';

const SECRET = 's'.repeat(32);
const DAY_MS = 86_400_000;
const RETURN_DAYS = 300;
const SCOPES = ['account:read', 'orders:write', 'risk:write'];
const user = (userId: string, ...more: string[]): Viewer => ({ kind: 'user', userId, roles: [], scopes: [...SCOPES, ...more] });
const operator = user('operator', 'risk:write:any');
const admin = user('admin', 'risk:write:any', 'account:read:any');

interface Trader {
  readonly viewer: Viewer;
  readonly accountId: string;
  readonly number: number;
}

let database: TestDatabase;
let engine: EngineProcess;
let client: EngineClient;
let bus: EventBus;
let service: RunningService;
let socket: Client;
let traders = 0;
let orders = 0;

beforeAll(async () => {
  [database, engine] = await Promise.all([testDatabase(), startEngine()]);
  client = connectEngine({ address: engine.address, token: engine.token });
  for (const [instrumentNumber, instrumentId] of [[1, 'SPX.XSIM'], [2, 'NDX.XSIM'], [3, 'NEW.XSIM']] as const) {
    await must({ kind: 'RegisterInstrument', instrumentNumber, instrumentId, tickSize: '0.01', lotSize: '1', currency: 'USD', cashScale: 4 });
  }
  await quote(1, 99_00, 101_00);
  await quote(2, 49_00, 51_00);
  bus = await createPostgresEventBus({ url: database.url });
  await publishHistory();
  await open();
});

afterAll(async () => {
  await close();
  await bus[Symbol.asyncDispose]();
  await client[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

async function open(): Promise<void> {
  service = await start({ DATABASE_URL: database.url, ENGINE_ADDRESS: engine.address, ENGINE_TOKEN: engine.token, MIB_INTERNAL_SECRET: SECRET, LOG_LEVEL: 'silent' });
  socket = createClient({ url: service.url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
}

async function close(): Promise<void> {
  await socket.dispose();
  await service[Symbol.asyncDispose]();
}

/** kill -9, and the same journal on the same port again. */
async function restartEngine(between: () => Promise<void> = async () => undefined): Promise<void> {
  const { dataDirectory, address } = engine;
  await engine.kill('SIGKILL');
  await between();
  engine = await startEngine({ dataDirectory, port: Number(address.split(':')[1]) });
}

async function must(command: EngineCommand): Promise<CommandResult> {
  const result = await client.submit(command);
  if (result.code !== 'OK') throw new Error(`${command.kind}: ${result.code}`);
  return result;
}

async function quote(instrumentNumber: number, bidTicks: number, askTicks: number): Promise<void> {
  await must({ kind: 'SetVenueLevel', accountNumber: 1, instrumentNumber, side: 'BUY', priceTicks: bidTicks, quantityLots: 1_000_000 });
  await must({ kind: 'SetVenueLevel', accountNumber: 1, instrumentNumber, side: 'SELL', priceTicks: askTicks, quantityLots: 1_000_000 });
}

/** SPX moves +-2% a day up to yesterday, so its 99% historical value at risk is 2% of the position; NDX does not move. */
async function publishHistory(): Promise<void> {
  await bus.ensureTopic('market.candles');
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const candlesOf = (closeOf: (day: number) => number) =>
    Array.from({ length: RETURN_DAYS + 1 }, (_, day) => {
      const close = closeOf(day).toFixed(6);
      return { openTime: new Date(today - (RETURN_DAYS + 1 - day) * DAY_MS).toISOString(), open: close, high: close, low: close, close, volume: null, final: true };
    });
  const spx = candlesOf((day) => 100 * (day % 2 === 0 ? 1 : 0.98));
  for (const [instrumentId, candles] of [['SPX.XSIM', spx], ['NDX.XSIM', candlesOf(() => 50)]] as const) {
    const record = { key: instrumentId, value: JSON.stringify({ instrumentId, interval: 'D1', source: 'HISTORY', candles }) };
    await bus.publish('market.candles', [record, record]);
  }
}

/** An account in the engine with 100,000 USD, announced as trading-engine does. */
async function newTrader(): Promise<Trader> {
  const number = 1_000 + traders++;
  const [accountId, userId] = [`acc_${number}`, `user-${number}`];
  await must({ kind: 'OpenAccount', accountNumber: number });
  await must({ kind: 'AdjustCash', accountNumber: number, currency: 'USD', amountUnits: 1_000_000_000, clientOrderId: 'first' });
  const value = JSON.stringify({ accountId, accountNumber: number, userId, name: 'Main', baseCurrency: 'USD', mode: 'PAPER' });
  await bus.publish('trading.accounts', [{ key: accountId, value }, { key: accountId, value }]);
  return { viewer: user(userId), accountId, number };
}

function place(trader: Trader, quantityLots: number, more: object = {}): Promise<CommandResult> {
  return client.submit({ kind: 'PlaceOrder', accountNumber: trader.number, clientOrderId: `c${++orders}`, instrumentNumber: 1, side: 'BUY', type: 'MARKET', tif: 'GTC', quantityLots, ...more });
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

async function entity(viewer: Viewer, typename: string, key: object, fields: string) {
  const { data, errors } = await ask(viewer, `query ($r: [_Any!]!) { _entities(representations: $r) { ... on ${typename} { ${fields} } } }`, { r: [{ __typename: typename, ...key }] });
  return { entity: data._entities[0], errors };
}

const LIMITS = 'version status maxPositionLots priceCollarPercent setBy instruments { instrument { id } maxPositionLots maxPositionQuantity priceCollarPercent }';

async function setLimits(viewer: Viewer, input: object) {
  const { data } = await ask(viewer, `mutation ($input: RiskLimitsInput!) { setRiskLimits(input: $input) { account { id } limits { ${LIMITS} } userErrors { code message field retryable } } }`, { input });
  return data.setRiskLimits;
}

async function setState(viewer: Viewer, input: object) {
  const { data } = await ask(viewer, 'mutation ($input: TradingStateInput!) { setTradingState(input: $input) { state event { account { id } state reason actor status at } userErrors { code message field retryable } } }', { input: { reason: 'test', ...input } });
  return data.setTradingState;
}

function subscribe(viewer: Viewer, query: string) {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  return socket.iterate<any>({ query, extensions: { viewer: signViewer(viewer, SECRET, Date.now()) } });
}

/** Subscribes at the first call; `subscribed` tells when the server has taken it. */
async function next(events: AsyncIterableIterator<{ data?: unknown; errors?: readonly { extensions?: object }[] }>) {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  return (await events.next()).value as any;
}

const stateStream = (accountId?: string) => `subscription { tradingStateChanged${accountId ? `(accountId: "${accountId}")` : ''} { account { id } state reason actor status } }`;
const alertStream = (accountId: string) => `subscription { riskAlert(accountId: "${accountId}") { id account { id } level metric observed limit order { id riskChecks { name passed } } instrument { id } at } }`;

describe('a limit', () => {
  it('refuses the next order with its code, and shows what it is', async () => {
    const trader = await newTrader();
    expect(await place(trader, 10)).toMatchObject({ code: 'OK', status: 'FILLED' });
    expect(await setLimits(trader.viewer, { accountId: trader.accountId, expectedVersion: 0, maxPositionLots: 15, instruments: [{ instrumentId: 'NDX.XSIM', maxPositionLots: 3, priceCollarPercent: 5 }] })).toEqual({
      account: { id: trader.accountId }, userErrors: [],
      limits: { version: 1, status: 'APPLIED', maxPositionLots: 15, priceCollarPercent: 20, setBy: `user-${trader.number}`, instruments: [{ instrument: { id: 'NDX.XSIM' }, maxPositionLots: 3, maxPositionQuantity: '3', priceCollarPercent: 5 }] },
    });
    expect(await place(trader, 6)).toMatchObject({ code: 'POSITION_LIMIT', limit: 15, observed: 16 });
    expect(await place(trader, 5)).toMatchObject({ code: 'OK' });
    expect(await place(trader, 4, { instrumentNumber: 2 })).toMatchObject({ code: 'POSITION_LIMIT', limit: 3, observed: 4 });
    expect(await place(trader, 1, { instrumentNumber: 2, type: 'LIMIT', limitPriceTicks: 60_00 })).toMatchObject({ code: 'PRICE_COLLAR' });
    // What an instrument loses of its own follows the account.
    expect(await setLimits(trader.viewer, { accountId: trader.accountId, expectedVersion: 1, maxPositionLots: 20 })).toMatchObject({ limits: { version: 2, status: 'APPLIED', instruments: [] } });
    expect(await place(trader, 21, { instrumentNumber: 2 })).toMatchObject({ code: 'POSITION_LIMIT', limit: 20 });
    const { entity: account } = await entity(trader.viewer, 'Account', { id: trader.accountId }, `limits { ${LIMITS} } limitsHistory(first: 1) { edges { node { version status } cursor } pageInfo { hasNextPage } }`);
    expect(account).toMatchObject({ limits: { version: 2 }, limitsHistory: { edges: [{ node: { version: 2, status: 'APPLIED' } }], pageInfo: { hasNextPage: true } } });
    const { entity: older } = await entity(trader.viewer, 'Account', { id: trader.accountId }, `limitsHistory(after: "${account.limitsHistory.edges[0].cursor}") { edges { node { version maxPositionLots } } pageInfo { hasNextPage } }`);
    expect(older.limitsHistory).toEqual({ edges: [{ node: { version: 1, maxPositionLots: 15 } }], pageInfo: { hasNextPage: false } });
  });

  it('of nobody is the one that the engine keeps by itself', async () => {
    const trader = await newTrader();
    const { entity: account } = await entity(trader.viewer, 'Account', { id: trader.accountId }, `limits { ${LIMITS} } tradingState`);
    expect(account).toEqual({ limits: { version: 0, status: 'APPLIED', maxPositionLots: 1_000_000, priceCollarPercent: 20, setBy: null, instruments: [] }, tradingState: 'ACTIVE' });
    expect(await place(trader, 1_000_001, { type: 'LIMIT', limitPriceTicks: 1 })).toMatchObject({ code: 'POSITION_LIMIT', limit: 1_000_000 });
    expect(await place(trader, 1, { type: 'LIMIT', limitPriceTicks: 200_00 })).toMatchObject({ code: 'PRICE_COLLAR', limit: expect.any(Number) });
  });

  it('has one winner when several set it at once', async () => {
    const trader = await newTrader();
    const outcomes = await Promise.all(Array.from({ length: 6 }, (_, index) => setLimits(trader.viewer, { accountId: trader.accountId, expectedVersion: 0, maxPositionLots: 10 + index })));
    expect(outcomes.filter((outcome) => outcome.userErrors.length === 0).length).toBe(1);
    for (const { userErrors } of outcomes.filter((outcome) => outcome.userErrors.length > 0)) {
      expect(userErrors).toEqual([{ code: 'CONFLICT', message: 'expectedVersion must be the newest version 1, was 0', field: ['input', 'expectedVersion'], retryable: false }]);
    }
  });

  it('is announced on the bus, once a version', async () => {
    const trader = await newTrader();
    const heard = new Promise((resolve) => {
      bus.subscribe({ topics: ['risk.limits'], group: 'test', from: 'earliest', handle: async (records) => records.filter((record) => record.key === trader.accountId).forEach((record) => resolve(JSON.parse(record.value))) });
    });
    await setLimits(trader.viewer, { accountId: trader.accountId, expectedVersion: 0, maxPositionLots: 7, instruments: [{ instrumentId: 'SPX.XSIM', priceCollarPercent: 1 }] });
    expect(await heard).toMatchObject({ accountId: trader.accountId, version: 1, maxPositionLots: 7, collarBasisPoints: 2_000, instruments: [{ instrumentId: 'SPX.XSIM', maxPositionLots: 7, collarBasisPoints: 100 }] });
  });
});

describe('a trading state', () => {
  it('HALTED refuses the next order, survives kill -9 of the engine and a restart of this room', async () => {
    const trader = await newTrader();
    expect(await setState(trader.viewer, { accountId: trader.accountId, state: 'HALTED', reason: ' too fast ' })).toMatchObject({
      state: 'HALTED', event: { account: { id: trader.accountId }, state: 'HALTED', reason: 'too fast', actor: `user-${trader.number}`, status: 'APPLIED' }, userErrors: [],
    });
    expect(await place(trader, 1)).toMatchObject({ code: 'TRADING_HALTED', status: 'DENIED' });
    await close();
    await restartEngine();
    await open();
    expect(await placeUntilKnown(trader)).toMatchObject({ code: 'TRADING_HALTED' });
    expect((await entity(trader.viewer, 'Account', { id: trader.accountId }, 'tradingState')).entity).toEqual({ tradingState: 'HALTED' });
    expect(await setState(trader.viewer, { accountId: trader.accountId, state: 'ACTIVE' })).toMatchObject({ state: 'ACTIVE', userErrors: [] });
    expect(await place(trader, 1)).toMatchObject({ code: 'OK' });
    const { entity: account } = await entity(trader.viewer, 'Account', { id: trader.accountId }, 'tradingStateHistory { edges { node { state reason status } } }');
    expect(account.tradingStateHistory.edges).toEqual([{ node: { state: 'ACTIVE', reason: 'test', status: 'APPLIED' } }, { node: { state: 'HALTED', reason: 'too fast', status: 'APPLIED' } }]);
  });

  it('REDUCING lets positions shrink only', async () => {
    const trader = await newTrader();
    await place(trader, 5);
    await setState(trader.viewer, { accountId: trader.accountId, state: 'REDUCING' });
    expect(await place(trader, 1)).toMatchObject({ code: 'TRADING_STATE_REDUCING' });
    expect(await place(trader, 5, { side: 'SELL' })).toMatchObject({ code: 'OK' });
  });

  it('of everybody is the operator\'s, holds for all, and comes to every subscriber', async () => {
    const [trader, other] = [await newTrader(), await newTrader()];
    expect(await setState(trader.viewer, { state: 'HALTED' })).toMatchObject({ state: null, event: null, userErrors: [{ code: 'FORBIDDEN', field: ['input', 'accountId'] }] });
    const events = subscribe(trader.viewer, stateStream());
    const first = next(events);
    await subscribed(trader);
    expect(await setState(operator, { state: 'HALTED', reason: 'market closed' })).toMatchObject({ state: 'HALTED', event: { account: null, status: 'APPLIED' } });
    expect(await first).toEqual({ data: { tradingStateChanged: { account: null, state: 'HALTED', reason: 'market closed', actor: 'operator', status: 'APPLIED' } } });
    await restartEngine();
    for (const each of [trader, other]) expect(await placeUntilKnown(each)).toMatchObject({ code: 'TRADING_HALTED' });
    expect(await setState(operator, { state: 'ACTIVE' })).toMatchObject({ state: 'ACTIVE', userErrors: [] });
    expect(await next(events)).toMatchObject({ data: { tradingStateChanged: { state: 'ACTIVE' } } });
    expect(await place(other, 1)).toMatchObject({ code: 'OK' });
    await events.return!();
  });

  it('and limits set while the engine is dead are stored, PENDING, and told when it is back', async () => {
    const trader = await newTrader();
    const other = await newTrader();
    await entity(trader.viewer, 'Account', { id: trader.accountId }, 'limits { version }');
    const events = subscribe(trader.viewer, stateStream(trader.accountId));
    const inForce = next(events);
    await subscribed(trader);
    await restartEngine(async () => {
      expect(await setState(trader.viewer, { accountId: trader.accountId, state: 'HALTED' })).toMatchObject({ state: 'HALTED', event: { status: 'PENDING' }, userErrors: [{ code: 'UNAVAILABLE', retryable: false }] });
      expect(await setLimits(other.viewer, { accountId: other.accountId, expectedVersion: 0, maxPositionLots: 50 })).toMatchObject({ limits: { version: 1, status: 'PENDING' }, userErrors: [{ code: 'UNAVAILABLE' }] });
      expect(await setLimits(other.viewer, { accountId: other.accountId, expectedVersion: 1, maxPositionLots: 2 })).toMatchObject({ limits: { version: 2, status: 'PENDING' } });
      const away = await entity(trader.viewer, 'Account', { id: trader.accountId }, 'tradingState risk { complete } limits { version }');
      expect(away.entity).toEqual({ tradingState: null, risk: null, limits: { version: 0 } });
      expect(away.errors!.map((error) => [error.path!.at(-1), error.extensions.code]).sort()).toEqual([['risk', 'UNAVAILABLE'], ['tradingState', 'UNAVAILABLE']]);
    });
    expect(await inForce).toMatchObject({ data: { tradingStateChanged: { state: 'HALTED', status: 'APPLIED' } } });
    await events.return!();
    expect(await placeUntilKnown(trader)).toMatchObject({ code: 'TRADING_HALTED' });
    // States are told after limits, so both are in force by now; a version that was replaced before never was.
    const { entity: account } = await entity(other.viewer, 'Account', { id: other.accountId }, 'limitsHistory { edges { node { version status } } }');
    expect(account.limitsHistory.edges.map((edge: { node: object }) => edge.node)).toEqual([{ version: 2, status: 'APPLIED' }, { version: 1, status: 'SUPERSEDED' }]);
    expect(await place(other, 3)).toMatchObject({ code: 'POSITION_LIMIT', limit: 2 });
  });

  it('and limits that an engine without memory does not know are told again at the start', async () => {
    const trader = await newTrader();
    await setState(trader.viewer, { accountId: trader.accountId, state: 'HALTED' });
    await setLimits(trader.viewer, { accountId: trader.accountId, expectedVersion: 0, maxPositionLots: 5 });
    await must({ kind: 'SetTradingState', accountNumber: trader.number, state: 'ACTIVE' });
    await must({ kind: 'SetRiskLimits', accountNumber: trader.number, instrumentNumber: 0, maxPositionLots: 0, collarBasisPoints: 0 });
    expect(await place(trader, 1)).toMatchObject({ code: 'OK' });
    const events = client.events({ after: (await client.status({ stateHash: false })).lastEventSequence, kinds: ['RiskLimitsSet', 'TradingStateSet'] });
    await close();
    await open();
    const told = new Set<string>();
    for await (const batch of events) {
      for (const event of batch.events) if ('accountNumber' in event && event.accountNumber === trader.number) told.add(event.kind);
      if (told.size === 2) break;
    }
    expect(await place(trader, 1)).toMatchObject({ code: 'TRADING_HALTED' });
  });
});

/** A journal replay may still run, and a connection come back. */
async function placeUntilKnown(trader: Trader): Promise<CommandResult> {
  for (;;) {
    try {
      return await place(trader, 1);
    } catch {
      await client.status({ stateHash: false }).catch(() => undefined);
    }
  }
}

/** Resolves when the server has refused a subscription that it looked at for a second, sent behind the ones that count. */
async function subscribed(trader: Trader): Promise<void> {
  const probe = subscribe(trader.viewer, stateStream('acc_nobody'));
  await probe.next().catch(() => undefined);
}

describe('what an operator has set', () => {
  it('the owner may tighten and not widen', async () => {
    const trader = await newTrader();
    expect(await setState(operator, { accountId: trader.accountId, state: 'REDUCING' })).toMatchObject({ state: 'REDUCING', userErrors: [] });
    expect(await setState(trader.viewer, { accountId: trader.accountId, state: 'ACTIVE' })).toMatchObject({ state: null, userErrors: [{ code: 'FORBIDDEN' }] });
    expect(await setState(trader.viewer, { accountId: trader.accountId, state: 'HALTED' })).toMatchObject({ state: 'HALTED', userErrors: [] });
    expect(await setState(trader.viewer, { accountId: trader.accountId, state: 'ACTIVE' })).toMatchObject({ userErrors: [{ code: 'FORBIDDEN' }] });
    expect(await setState(trader.viewer, { accountId: trader.accountId, state: 'REDUCING' })).toMatchObject({ state: 'REDUCING', userErrors: [] });
    expect(await setLimits(operator, { accountId: trader.accountId, expectedVersion: 0, maxPositionLots: 10 })).toMatchObject({ account: null, limits: { version: 1 }, userErrors: [] });
    expect(await setLimits(trader.viewer, { accountId: trader.accountId, expectedVersion: 1, maxPositionLots: 5 })).toMatchObject({ limits: { version: 2 }, userErrors: [] });
    expect(await setLimits(trader.viewer, { accountId: trader.accountId, expectedVersion: 2, maxPositionLots: 11 })).toMatchObject({ limits: { version: 2 }, userErrors: [{ code: 'FORBIDDEN' }] });
    expect(await setLimits(trader.viewer, { accountId: trader.accountId, expectedVersion: 2, maxPositionLots: 10 })).toMatchObject({ limits: { version: 3 }, userErrors: [] });
  });
});

describe('the risk of an account', () => {
  const RISK = `risk { equity grossExposure netExposure leverage herfindahl level complete missingPrices { id } missingRates currency
    valueAtRisk { method confidence horizonDays amount expectedShortfall observations currency }
    tenDays: valueAtRisk(horizonDays: 10) { amount } parametric: valueAtRisk(method: PARAMETRIC) { amount expectedShortfall observations } }`;

  it('is that of the engine\'s positions at the mark, over the closes of the bus', async () => {
    const trader = await newTrader();
    await place(trader, 300);
    await place(trader, 100, { instrumentNumber: 2, side: 'SELL' });
    const { entity: account, errors } = await entity(trader.viewer, 'Account', { id: trader.accountId }, RISK);
    expect(errors).toBeUndefined();
    // 300 SPX at 100 and -100 NDX at 50, bought 1 above and sold 1 below the mark.
    expect(account.risk).toMatchObject({
      equity: '99600.00', grossExposure: '35000.00', netExposure: '25000.00', complete: true, missingPrices: [], missingRates: [], currency: 'USD', level: 'LOW',
      valueAtRisk: { method: 'HISTORICAL', confidence: 0.99, horizonDays: 1, amount: '600.00', expectedShortfall: '600.00', observations: RETURN_DAYS, currency: 'USD' },
      tenDays: { amount: (600 * Math.sqrt(10)).toFixed(2) },
    });
    expect(account.risk.leverage).toBeCloseTo(35_000 / 99_600, 12);
    expect(account.risk.herfindahl).toBeCloseTo((30 ** 2 + 5 ** 2) / 35 ** 2, 12);
    // Days of -2% and +2.04%: the deviation is half their distance.
    const deviation = (30_000 * (0.02 + 0.02 / 0.98)) / 2 * Math.sqrt(RETURN_DAYS / (RETURN_DAYS - 1));
    expect(Number(account.risk.parametric.amount)).toBeCloseTo(2.3263478740408408 * deviation, 1);
  });

  it('is nothing for nothing, and no number without a price or history', async () => {
    const trader = await newTrader();
    const { entity: idle } = await entity(trader.viewer, 'Account', { id: trader.accountId }, RISK);
    expect(idle.risk).toMatchObject({ leverage: 0, herfindahl: 0, level: 'LOW', valueAtRisk: { amount: '0.00', expectedShortfall: '0.00', observations: 0 } });
    await quote(3, 10_00, 11_00);
    await place(trader, 1, { instrumentNumber: 3 });
    const { entity: fresh } = await entity(trader.viewer, 'Account', { id: trader.accountId }, RISK);
    expect(fresh.risk).toMatchObject({ grossExposure: '10.50', valueAtRisk: null, complete: true });
  });

  it.each([
    ['confidence: 0.4', 'confidence must be 0.5..0.999, was 0.4'],
    ['confidence: 1', 'confidence must be 0.5..0.999, was 1'],
    ['horizonDays: 0', 'horizonDays must be 1..252, was 0'],
  ])('names a question it cannot answer: %s', async (argument, message) => {
    const trader = await newTrader();
    const { errors } = await entity(trader.viewer, 'Account', { id: trader.accountId }, `risk { valueAtRisk(${argument}) { amount } }`);
    expect(errors).toMatchObject([{ message, extensions: { code: 'VALIDATION' } }]);
  });

  it('shows the exposure of fifty positions with one batch', async () => {
    const trader = await newTrader();
    const representations = Array.from({ length: 50 }, (_, index) => ({ __typename: 'Position', id: `${trader.accountId}:${index % 2 === 0 ? 'SPX' : 'NDX'}.XSIM`, quantity: String(index - 10) }));
    const { data, errors } = await ask(trader.viewer, 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Position { exposure } } }', { r: representations });
    expect(errors).toBeUndefined();
    expect(data._entities.slice(0, 2)).toEqual([{ exposure: '-1000.00' }, { exposure: '-450.00' }]);
    expect(data._entities.length).toBe(50);
  });
});

describe('the checks of an order', () => {
  it('are there within a second of the order', async () => {
    const trader = await newTrader();
    for (const [quantity, expected] of [[1, { name: 'FREE_BALANCE', passed: true, limit: null, observed: null }], [5_000, { name: 'FREE_BALANCE', passed: false, limit: '99899.00', observed: '505000.00' }]] as const) {
      const { orderId } = await place(trader, quantity);
      const started = Date.now();
      const { entity: order, errors } = await entity(trader.viewer, 'Order', { id: String(orderId) }, 'riskChecks { name passed limit observed }');
      expect(Date.now() - started).toBeLessThan(1_000);
      expect(errors).toBeUndefined();
      expect(order.riskChecks.at(-1)).toEqual(expected);
    }
  });

  it('are null for an order that is not there, without waiting longer than a second or so', async () => {
    const trader = await newTrader();
    expect((await entity(trader.viewer, 'Order', { id: '999999999' }, 'riskChecks { name }')).entity).toBeNull();
    expect((await entity(trader.viewer, 'Order', { id: 'drop table' }, 'riskChecks { name }')).entity).toBeNull();
  });
});

describe('an alert', () => {
  it('comes with a denial, once a minute, with the order and its checks', async () => {
    const trader = await newTrader();
    await setLimits(trader.viewer, { accountId: trader.accountId, expectedVersion: 0, maxPositionLots: 5 });
    const events = subscribe(trader.viewer, alertStream(trader.accountId));
    const first = next(events);
    await subscribed(trader);
    const { orderId } = await place(trader, 6);
    await place(trader, 7);
    expect(await first).toEqual({ data: { riskAlert: {
      id: expect.stringMatching(/^alert_/), account: { id: trader.accountId }, level: 'MEDIUM', metric: 'POSITION_LIMIT', observed: '6', limit: '5', instrument: { id: 'SPX.XSIM' }, at: expect.any(String),
      order: { id: String(orderId), riskChecks: expect.arrayContaining([{ name: 'POSITION_LIMIT', passed: false }]) },
    } } });
    await place(trader, 1_000, { type: 'LIMIT', limitPriceTicks: 500_00 });
    expect(await next(events)).toMatchObject({ data: { riskAlert: { metric: 'PRICE_COLLAR' } } });
    await events.return!();
  });

  it('comes when a fill takes leverage to its threshold, and when the market does', async () => {
    const trader = await newTrader();
    const events = subscribe(trader.viewer, alertStream(trader.accountId));
    const first = next(events);
    await subscribed(trader);
    await place(trader, 950);
    expect(await first).toMatchObject({ data: { riskAlert: { metric: 'LEVERAGE', level: 'HIGH', limit: '0.9', order: null } } });
    const short = await newTrader();
    const shortEvents = subscribe(short.viewer, alertStream(short.accountId));
    const moved = next(shortEvents);
    await subscribed(short);
    await place(short, 800, { instrumentNumber: 2, side: 'SELL' });
    await quote(2, 95_00, 97_00);
    expect(await moved).toMatchObject({ data: { riskAlert: { metric: 'LEVERAGE' } } });
    await events.return!();
    await shortEvents.return!();
    await quote(2, 49_00, 51_00);
  });

  it('is announced on the bus with its owner', async () => {
    const trader = await newTrader();
    const heard = new Promise((resolve) => {
      bus.subscribe({ topics: ['risk.alerts'], group: 'test-alerts', from: 'earliest', handle: async (records) => records.filter((record) => record.key === trader.accountId).forEach((record) => resolve(JSON.parse(record.value))) });
    });
    await place(trader, 5_000);
    expect(await heard).toMatchObject({ id: expect.any(String), accountId: trader.accountId, userId: `user-${trader.number}`, level: 'MEDIUM', metric: 'NOTIONAL_EXCEEDS_FREE_BALANCE', limit: '100000', observed: '505000', instrumentId: 'SPX.XSIM' });
  });
});

describe('what is somebody else\'s', () => {
  it('does not exist', async () => {
    const [owner, stranger] = [await newTrader(), await newTrader()];
    const { orderId } = await place(owner, 1);
    const keys: [string, object, string][] = [
      ['Account', { id: owner.accountId }, 'tradingState'],
      ['Position', { id: `${owner.accountId}:SPX.XSIM`, quantity: '1' }, 'exposure'],
      ['Order', { id: String(orderId) }, 'riskChecks { name }'],
    ];
    for (const viewer of [stranger.viewer, operator, { kind: 'anonymous' } as const]) {
      for (const [typename, key, fields] of keys) expect((await entity(viewer, typename, key, fields)).entity).toBeNull();
    }
    for (const [typename, key, fields] of keys) {
      expect((await entity(owner.viewer, typename, key, fields)).entity).not.toBeNull();
      expect((await entity(admin, typename, key, fields)).entity).not.toBeNull();
    }
    expect((await setLimits(stranger.viewer, { accountId: owner.accountId, expectedVersion: 0, maxPositionLots: 1 })).userErrors).toMatchObject([{ code: 'NOT_FOUND', field: ['input', 'accountId'] }]);
    expect((await setState(stranger.viewer, { accountId: owner.accountId, state: 'HALTED' })).userErrors).toMatchObject([{ code: 'NOT_FOUND', field: ['input', 'accountId'] }]);
    for (const query of [alertStream(owner.accountId), stateStream(owner.accountId)]) {
      expect(await next(subscribe(stranger.viewer, query)).catch((error: unknown) => error)).toMatchObject(refused('NOT_FOUND'));
    }
  });

  it('needs its scope', async () => {
    const trader = await newTrader();
    const reader: Viewer = { kind: 'api-key', userId: `user-${trader.number}`, roles: [], scopes: ['account:read'] };
    for (const [viewer, code] of [[reader, 'FORBIDDEN'], [{ kind: 'anonymous' }, 'UNAUTHENTICATED']] as const) {
      const { errors } = await ask(viewer, 'mutation { setTradingState(input: { state: HALTED, reason: "x" }) { state } }');
      expect(errors).toMatchObject([{ extensions: { code } }]);
    }
    const tradeKey: Viewer = { kind: 'api-key', userId: `user-${trader.number}`, roles: [], scopes: ['orders:write'] };
    const { orderId } = await place(trader, 1);
    expect((await entity(tradeKey, 'Order', { id: String(orderId) }, 'riskChecks { name }')).entity.riskChecks.length).toBe(8);
    expect((await entity(tradeKey, 'Account', { id: trader.accountId }, 'tradingState')).entity).toBeNull();
  });
});

/** graphql-ws hands a refused subscription on as an array of errors or as a result with errors. */
function refused(code: string): object {
  return { errors: [{ extensions: { code } }] };
}
