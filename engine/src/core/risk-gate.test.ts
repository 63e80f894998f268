/** @jest-environment-options {"customExportConditions": ["node", "node-addons", "small-core"]} */

import { describe, expect, it } from '@jest/globals';
import type { EngineCommand, PlaceOrder } from '@mib/proto/engine-commands';
import { COMMAND } from '@mib/proto/layout-command';
import type { RecordViews } from '@mib/proto/layout-record';
import { MAX_INSTRUMENTS, MAX_OPEN_ORDERS, MAX_OPEN_ORDERS_OF_ACCOUNT, MAX_POSITIONS } from './capacities.ts';
import { CoreDriver } from './core-driver.ts';
import { viewAccounts } from './views.ts';

const CASH = 100_000;

/** Account 1000 has 100,000; the venue bids 99 and asks 101, 1000 lots each; last trade 100. */
function market(...extra: readonly EngineCommand[]): CoreDriver {
  const driver = new CoreDriver();
  const commands: EngineCommand[] = [
    { kind: 'RegisterInstrument', instrumentNumber: 1, instrumentId: 'A.XSIM', tickSize: '1', lotSize: '1', currency: 'USD', cashScale: 0 },
    { kind: 'OpenAccount', accountNumber: 1000 },
    { kind: 'AdjustCash', accountNumber: 1000, currency: 'USD', amountUnits: CASH, clientOrderId: 'deposit' },
    { kind: 'PlaceOrder', accountNumber: 1, clientOrderId: '', instrumentNumber: 1, side: 'SELL', type: 'LIMIT', tif: 'GTC', limitPriceTicks: 100, quantityLots: 1 },
    { kind: 'PlaceOrder', accountNumber: 1, clientOrderId: '', instrumentNumber: 1, side: 'BUY', type: 'LIMIT', tif: 'GTC', limitPriceTicks: 100, quantityLots: 1 },
    { kind: 'SetVenueLevel', accountNumber: 1, instrumentNumber: 1, side: 'BUY', priceTicks: 99, quantityLots: 1000 },
    { kind: 'SetVenueLevel', accountNumber: 1, instrumentNumber: 1, side: 'SELL', priceTicks: 101, quantityLots: 1000 },
    ...extra,
  ];
  for (const command of commands) expect(driver.submit(command).result.code).toBe('OK');
  return driver;
}

function order(terms: Partial<PlaceOrder>): PlaceOrder {
  const base: PlaceOrder = { kind: 'PlaceOrder', accountNumber: 1000, clientOrderId: 'x', instrumentNumber: 1, side: 'BUY', type: 'LIMIT', tif: 'GTC', limitPriceTicks: 100, quantityLots: 10 };
  return { ...base, ...terms };
}

const MARKET = { type: 'MARKET', limitPriceTicks: undefined } as const;
const held = order({ clientOrderId: 'held', limitPriceTicks: 101, quantityLots: 10 });
const reducing: EngineCommand = { kind: 'SetTradingState', accountNumber: 1000, state: 'REDUCING' };
const halted: EngineCommand = { kind: 'SetTradingState', accountNumber: 0, state: 'HALTED' };
const limits = (maxPositionLots: number, collarBasisPoints: number): EngineCommand => ({ kind: 'SetRiskLimits', accountNumber: 1000, instrumentNumber: 1, maxPositionLots, collarBasisPoints });

describe('the risk gate', () => {
  it.each<[string, readonly EngineCommand[], PlaceOrder, string, number | null, number | null]>([
    ['an account nobody opened', [], order({ accountNumber: 1001 }), 'UNKNOWN_ACCOUNT', null, null],
    ['an instrument nobody registered', [], order({ instrumentNumber: 9 }), 'UNKNOWN_INSTRUMENT', null, null],
    ['any order while all is halted', [halted], order({}), 'TRADING_HALTED', null, null],
    ['a buy that would grow a position while reducing', [held, reducing], order({}), 'TRADING_STATE_REDUCING', 0, 10],
    ['a sell of more than is held while reducing', [held, reducing], order({ side: 'SELL', quantityLots: 11 }), 'TRADING_STATE_REDUCING', 10, 11],
    ['a buy above the collar', [], order({ limitPriceTicks: 121 }), 'PRICE_COLLAR', 120, 121],
    ['a sell below the collar', [], order({ side: 'SELL', limitPriceTicks: 79 }), 'PRICE_COLLAR', 80, 79],
    ['a buy above a collar of its own', [limits(0, 100)], order({ limitPriceTicks: 102 }), 'PRICE_COLLAR', 101, 102],
    ['a long position beyond the limit', [limits(15, 0), held], order({ quantityLots: 6 }), 'POSITION_LIMIT', 15, 16],
    ['a position that open orders could take beyond the limit', [limits(15, 0), order({ clientOrderId: 'o', limitPriceTicks: 90 })], order({ quantityLots: 6 }), 'POSITION_LIMIT', 15, 16],
    ['a short position beyond the limit', [limits(15, 0)], order({ side: 'SELL', quantityLots: 16 }), 'POSITION_LIMIT', 15, 16],
    ['a buy beyond the free cash', [], order({ quantityLots: 1001 }), 'NOTIONAL_EXCEEDS_FREE_BALANCE', CASH, 100_100],
    ['a buy beyond what open orders leave free', [order({ clientOrderId: 'o', quantityLots: 600 })], order({ quantityLots: 401 }), 'NOTIONAL_EXCEEDS_FREE_BALANCE', 40_000, 40_100],
    ['a MARKET buy whose walk costs too much', [limits(0, 0)], order({ ...MARKET, quantityLots: 1000 }), 'NOTIONAL_EXCEEDS_FREE_BALANCE', CASH, 101_000],
    ['a short sale without collateral', [], order({ side: 'SELL', limitPriceTicks: 110, quantityLots: 1000 }), 'NOTIONAL_EXCEEDS_FREE_BALANCE', CASH, 110_000],
    ['a sell of which only the part beyond the holding needs collateral', [held], order({ side: 'SELL', limitPriceTicks: 200, quantityLots: 1010 }), 'NOTIONAL_EXCEEDS_FREE_BALANCE', CASH - 1010, 200_000],
    ['a notional that cannot be counted exactly', [limits(0, 0)], order({ limitPriceTicks: 2 ** 31 - 1, quantityLots: 2 ** 31 - 1 }), 'OVERFLOW', 2 ** 51, (2 ** 31 - 1) ** 2 + CASH > Number.MAX_SAFE_INTEGER ? Number.MAX_SAFE_INTEGER : 0],
  ])('denies %s', (_, before, command, code, limit, observed) => {
    const driver = market(...before);
    const { result, events } = driver.submit(command);
    expect(result).toMatchObject({ code, status: 'DENIED', limit, observed, filledLots: 0, orderId: result.sequence });
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ kind: 'OrderDenied', code, limit, observed, orderId: result.sequence, clientOrderId: command.clientOrderId });
  });

  it.each<[string, number, (record: RecordViews) => void]>([
    ['INVALID_PRICE', 0, (record) => (record.words[COMMAND.PRICE] = 0)],
    ['INVALID_PRICE', 0, (record) => (record.words[COMMAND.PRICE] = -1)],
    ['INVALID_QUANTITY', 0, (record) => (record.numbers[COMMAND.QUANTITY_NUMBER] = 0)],
    ['INVALID_QUANTITY', 0, (record) => (record.numbers[COMMAND.QUANTITY_NUMBER] = NaN)],
  ])('denies with %s what no encoder of ours would send', (code, filledLots, alter) => {
    expect(market().submit(order({}), alter).result).toMatchObject({ code, status: 'DENIED', filledLots, limit: null, observed: null });
  });

  it('denies an order when no more fit, and takes one again when one has gone', () => {
    const driver = market();
    const last = order({ accountNumber: 1, limitPriceTicks: 1, quantityLots: 1 });
    const open = () => driver.core.reads.openOrders.value;
    while (open() < MAX_OPEN_ORDERS - 1) driver.submit(last);
    const { orderId } = driver.submit(last).result;
    const full = { code: 'CAPACITY_EXCEEDED', status: 'DENIED', limit: MAX_OPEN_ORDERS, observed: MAX_OPEN_ORDERS };
    expect(driver.submit(order({})).result).toMatchObject(full);
    expect(driver.submit(last).result).toMatchObject(full);
    driver.submit({ kind: 'CancelOrder', accountNumber: 1, orderId });
    expect(driver.submit(order({ clientOrderId: 'again' })).result).toMatchObject({ code: 'OK', status: 'ACCEPTED' });
  });

  it('gives one user no more than a share of the places, and others theirs', () => {
    const driver = market();
    driver.submit({ kind: 'OpenAccount', accountNumber: 1001 });
    const stop = order({ type: 'STOP', limitPriceTicks: undefined, triggerTicks: 1_000, quantityLots: 1 });
    for (let i = 0; i < MAX_OPEN_ORDERS_OF_ACCOUNT; i++) driver.submit({ ...stop, clientOrderId: `stop-${i}` });
    const { result } = driver.submit({ ...stop, clientOrderId: 'one-more' });
    expect(result).toMatchObject({ code: 'CAPACITY_EXCEEDED', limit: MAX_OPEN_ORDERS_OF_ACCOUNT, observed: MAX_OPEN_ORDERS_OF_ACCOUNT });
    expect(driver.submit({ ...stop, accountNumber: 1001 }).result).toMatchObject({ code: 'OK', status: 'ACCEPTED' });
  });

  it('denies an order in one instrument too many positions', () => {
    const driver = market();
    for (let number = 2; number <= MAX_INSTRUMENTS; number++) driver.submit({ kind: 'RegisterInstrument', instrumentNumber: number, instrumentId: `I${number}.XSIM`, tickSize: '1', lotSize: '1', currency: 'USD', cashScale: 0 });
    for (let n = 0; driver.core.reads.positionCount() < MAX_POSITIONS; n++) driver.submit(order({ accountNumber: 2 + Math.floor(n / MAX_INSTRUMENTS), instrumentNumber: 1 + (n % MAX_INSTRUMENTS), limitPriceTicks: 1, quantityLots: 1 }));
    const { result } = driver.submit(order({ accountNumber: 200 }));
    expect(result).toMatchObject({ code: 'CAPACITY_EXCEEDED', limit: MAX_POSITIONS, observed: MAX_POSITIONS });
  });

  it('denies a MARKET order that finds nothing within its collar', () => {
    const driver = market({ kind: 'SetVenueLevel', accountNumber: 1, instrumentNumber: 1, side: 'SELL', priceTicks: 101, quantityLots: 0 });
    expect(driver.submit(order({ ...MARKET })).result.code).toBe('NO_LIQUIDITY');
  });

  it('stops a MARKET order at its collar and cancels the rest', () => {
    const driver = market(limits(0, 200), { kind: 'SetVenueLevel', accountNumber: 1, instrumentNumber: 1, side: 'SELL', priceTicks: 103, quantityLots: 5 }, { kind: 'SetVenueLevel', accountNumber: 1, instrumentNumber: 1, side: 'SELL', priceTicks: 101, quantityLots: 3 });
    const { result, events } = driver.submit(order({ ...MARKET, quantityLots: 5 }));
    expect(result).toMatchObject({ code: 'OK', status: 'CANCELED', filledLots: 3 });
    expect(events.find((event) => event.kind === 'OrderCanceled')).toMatchObject({ remainingLots: 2, reason: 'MARKET_REMAINDER' });
  });

  it('lets a position shrink while reducing, and cancels pass while halted', () => {
    const open = order({ clientOrderId: 'o', limitPriceTicks: 90 });
    const driver = market(held, open, reducing);
    expect(driver.submit(order({ side: 'SELL', limitPriceTicks: 99, quantityLots: 10 })).result).toMatchObject({ code: 'OK', status: 'FILLED' });
    driver.submit(halted);
    const orderId = driver.core.lastCommandSequence - 3;
    expect(driver.submit({ kind: 'CancelOrder', accountNumber: 1000, orderId }).result).toMatchObject({ code: 'OK', status: 'CANCELED' });
  });

  it('hides the orders of others behind UNKNOWN_ORDER', () => {
    const driver = market(order({ clientOrderId: 'o', limitPriceTicks: 90 }), { kind: 'OpenAccount', accountNumber: 1001 });
    const orderId = driver.core.lastCommandSequence - 1;
    expect(driver.submit({ kind: 'CancelOrder', accountNumber: 1001, orderId }).result.code).toBe('UNKNOWN_ORDER');
    expect(driver.submit({ kind: 'CancelOrder', accountNumber: 1000, orderId }).result.code).toBe('OK');
  });

  it('lets a gapped market trade again: the reference follows the standing quote', () => {
    const driver = market(
      { kind: 'SetVenueLevel', accountNumber: 1, instrumentNumber: 1, side: 'SELL', priceTicks: 101, quantityLots: 0 },
      { kind: 'SetVenueLevel', accountNumber: 1, instrumentNumber: 1, side: 'BUY', priceTicks: 200, quantityLots: 10 },
      { kind: 'SetVenueLevel', accountNumber: 1, instrumentNumber: 1, side: 'SELL', priceTicks: 201, quantityLots: 10 },
    );
    expect(driver.submit(order({ limitPriceTicks: 201, quantityLots: 1 })).result.status).toBe('FILLED');
  });

  it('locks what open orders and short positions need, and frees it again', () => {
    const driver = market();
    const locked = () => viewAccounts(driver.core, [1000])[0]!.cash[0]!;
    const buy = driver.submit(order({ clientOrderId: 'b', limitPriceTicks: 90, quantityLots: 10 })).result.orderId;
    expect(locked()).toMatchObject({ totalUnits: CASH, lockedUnits: 900 });
    driver.submit({ kind: 'CancelOrder', accountNumber: 1000, orderId: buy });
    expect(locked().lockedUnits).toBe(0);
    driver.submit(order({ clientOrderId: 's', side: 'SELL', limitPriceTicks: 99, quantityLots: 10 }));
    expect(locked()).toMatchObject({ totalUnits: CASH + 990, lockedUnits: 1980 });
    driver.submit(order({ clientOrderId: 'c', limitPriceTicks: 101, quantityLots: 4 }));
    expect(locked()).toMatchObject({ totalUnits: CASH + 990 - 404, lockedUnits: 1188 });
    driver.submit(order({ clientOrderId: 'd', limitPriceTicks: 101, quantityLots: 6 }));
    expect(locked()).toMatchObject({ totalUnits: CASH - 20, lockedUnits: 0 });
  });

  it.each<[string, EngineCommand, string, number | null, number | null]>([
    ['a payout beyond the free cash', { kind: 'AdjustCash', accountNumber: 1000, currency: 'USD', amountUnits: -CASH - 1, clientOrderId: 'p' }, 'NOTIONAL_EXCEEDS_FREE_BALANCE', CASH, CASH + 1],
    ['cash beyond what is counted exactly', { kind: 'AdjustCash', accountNumber: 1000, currency: 'USD', amountUnits: 2 ** 51, clientOrderId: 'p' }, 'OVERFLOW', 2 ** 51, 2 ** 51 + CASH],
    ['cash for an unknown account', { kind: 'AdjustCash', accountNumber: 1009, currency: 'USD', amountUnits: 1, clientOrderId: 'p' }, 'UNKNOWN_ACCOUNT', null, null],
    ['another definition of an instrument', { kind: 'RegisterInstrument', instrumentNumber: 1, instrumentId: 'A.XSIM', tickSize: '2', lotSize: '1', currency: 'USD', cashScale: 0 }, 'CONFLICTING_REGISTRATION', null, null],
    ['a second scale for a currency', { kind: 'RegisterInstrument', instrumentNumber: 2, instrumentId: 'B.XSIM', tickSize: '1', lotSize: '1', currency: 'USD', cashScale: 2 }, 'CURRENCY_SCALE_CONFLICT', 0, 2],
    ['limits for an unknown instrument', { kind: 'SetRiskLimits', accountNumber: 1000, instrumentNumber: 9, maxPositionLots: 1, collarBasisPoints: 0 }, 'UNKNOWN_INSTRUMENT', null, null],
    ['a state for an unknown account', { kind: 'SetTradingState', accountNumber: 1009, state: 'HALTED' }, 'UNKNOWN_ACCOUNT', null, null],
    ['a venue level of an unknown instrument', { kind: 'SetVenueLevel', accountNumber: 1, instrumentNumber: 9, side: 'BUY', priceTicks: 1, quantityLots: 1 }, 'UNKNOWN_INSTRUMENT', null, null],
    ['a cancel of an unknown order', { kind: 'CancelOrder', accountNumber: 1000, orderId: 999 }, 'UNKNOWN_ORDER', null, null],
  ])('refuses %s', (_, command, code, limit, observed) => {
    const { result } = market().submit(command);
    expect(result).toMatchObject({ code, limit, observed, status: 'DENIED' });
  });
});
