/** @jest-environment-options {"customExportConditions": ["node", "node-addons", "small-core"]} */

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { EngineCommand } from '@mib/proto/engine-commands';
import { CoreDriver } from './core-driver.ts';
import { stateHash } from './state-hash.ts';

const USERS = [1000, 1001, 1002];
const VENUES = [1, 2];
const INSTRUMENTS = [1, 2];
const DEPOSIT = 10 ** 12;

const side = fc.constantFrom('BUY' as const, 'SELL' as const);
const account = fc.constantFrom(...USERS, ...VENUES);
const instrument = fc.constantFrom(...INSTRUMENTS);
const price = fc.integer({ min: 95, max: 105 });
const lots = fc.integer({ min: 1, max: 20 });
const tif = fc.constantFrom('GTC' as const, 'IOC' as const, 'FOK' as const);

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('limit' as const), account, instrument, side, tif, price, lots }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('market' as const), account, instrument, side, tif, lots }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), pick: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('level' as const), account: fc.constantFrom(...VENUES), instrument, side, price, lots: fc.integer({ min: 0, max: 20 }) }) },
);

describe('the core', () => {
  it('gives the same bytes and the same state for the same commands', () => {
    fc.assert(
      fc.property(fc.array(step, { size: 'max', maxLength: 80 }), (steps) => {
        const runs = [run(steps), run(steps)];
        expect(runs[0]!.bytes.equals(runs[1]!.bytes)).toBe(true);
        expect(runs[0]!.hash).toBe(runs[1]!.hash);
      }),
      { numRuns: 15 },
    );
  });

  it('numbers events without gaps and names the last one in the result', () => {
    const driver = openMarket();
    let last = driver.submit(limit('a', 1000, 'SELL', 100, 5)).result.lastEventSequence;
    for (let i = 0; i < 5; i++) {
      const { result, events } = driver.submit(limit(`b${i}`, 1001, 'BUY', 100, 1));
      events.forEach((event) => expect(event.sequence).toBe(++last));
      expect(result.lastEventSequence).toBe(last);
    }
  });

  it('fills the oldest order first at one price', () => {
    const driver = openMarket();
    const first = driver.submit(limit('a', 1000, 'SELL', 100, 5)).result.orderId;
    const second = driver.submit(limit('b', 1001, 'SELL', 100, 5)).result.orderId;
    const { events } = driver.submit(limit('c', 1002, 'BUY', 100, 7));
    const makers = events.filter((event) => event.kind === 'Trade').map((trade) => [trade.makerOrderId, trade.quantityLots]);
    expect(makers).toEqual([
      [first, 5],
      [second, 2],
    ]);
  });

  it('tells every level that a command touched once, as it is afterwards', () => {
    const driver = openMarket();
    driver.submit(limit('a', 1000, 'SELL', 100, 5));
    driver.submit(limit('b', 1000, 'SELL', 101, 5));
    const { events } = driver.submit(limit('c', 1001, 'BUY', 102, 12));
    const levels = events.filter((event) => event.kind === 'LevelChanged').map((event) => [event.side, event.priceTicks, event.quantityLots, event.orders]);
    expect(levels).toEqual([
      ['SELL', 100, 0, 0],
      ['SELL', 101, 0, 0],
      ['BUY', 102, 2, 1],
    ]);
  });
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function limit(clientOrderId: string, accountNumber: number, orderSide: 'BUY' | 'SELL', limitPriceTicks: number, quantityLots: number): EngineCommand {
  return { kind: 'PlaceOrder', accountNumber, clientOrderId, instrumentNumber: 1, side: orderSide, type: 'LIMIT', tif: 'GTC', limitPriceTicks, quantityLots };
}

/** Two instruments, three rich users without limits of their own. */
function openMarket(): CoreDriver {
  const driver = new CoreDriver();
  for (const instrumentNumber of INSTRUMENTS) {
    driver.submit({ kind: 'RegisterInstrument', instrumentNumber, instrumentId: `I${instrumentNumber}.XSIM`, tickSize: '1', lotSize: '1', currency: 'USD', cashScale: 0 });
  }
  for (const accountNumber of USERS) {
    driver.submit({ kind: 'OpenAccount', accountNumber });
    driver.submit({ kind: 'AdjustCash', accountNumber, currency: 'USD', amountUnits: DEPOSIT, clientOrderId: 'deposit' });
    driver.submit({ kind: 'SetRiskLimits', accountNumber, instrumentNumber: 0, maxPositionLots: 0, collarBasisPoints: 0 });
  }
  return driver;
}

function toCommand(one: Step, index: number, placed: readonly { id: number; account: number }[]): EngineCommand {
  switch (one.kind) {
    case 'limit':
      return { kind: 'PlaceOrder', accountNumber: one.account, clientOrderId: `c${index}`, instrumentNumber: one.instrument, side: one.side, type: 'LIMIT', tif: one.tif, limitPriceTicks: one.price, quantityLots: one.lots };
    case 'market':
      return { kind: 'PlaceOrder', accountNumber: one.account, clientOrderId: `c${index}`, instrumentNumber: one.instrument, side: one.side, type: 'MARKET', tif: one.tif, quantityLots: one.lots };
    case 'cancel': {
      const target = placed[one.pick % Math.max(placed.length, 1)] ?? { id: 1, account: 1000 };
      return { kind: 'CancelOrder', accountNumber: target.account, orderId: target.id };
    }
    case 'level':
      return { kind: 'SetVenueLevel', accountNumber: one.account, instrumentNumber: one.instrument, side: one.side, priceTicks: one.price, quantityLots: one.lots };
  }
}

function run(steps: readonly Step[]): { bytes: Buffer; hash: string } {
  const driver = openMarket();
  const placed: { id: number; account: number }[] = [];
  const bytes = steps.map((one, index) => {
    const command = toCommand(one, index, placed);
    const { result, eventBytes } = driver.submit(command);
    if (command.kind === 'PlaceOrder') placed.push({ id: result.orderId, account: command.accountNumber });
    return eventBytes;
  });
  return { bytes: Buffer.concat(bytes), hash: stateHash(driver.core) };
}
