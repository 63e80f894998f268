/** @jest-environment-options {"customExportConditions": ["node", "node-addons", "small-core"]} */

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { EngineCommand, PlaceOrder } from '@mib/proto/engine-commands';
import { CoreDriver } from './core-driver.ts';
import { anyCommand, openingCommands } from './naive/random-session.ts';
import { viewAccounts } from './views.ts';

const CASH = 1_000;

/** Account 1000 has 1,000 and no limits; the venue does whatever a test wants. */
function market(): CoreDriver {
  const driver = new CoreDriver();
  driver.submit({ kind: 'RegisterInstrument', instrumentNumber: 1, instrumentId: 'A.XSIM', tickSize: '1', lotSize: '1', currency: 'USD', cashScale: 0 });
  driver.submit({ kind: 'OpenAccount', accountNumber: 1000 });
  driver.submit({ kind: 'AdjustCash', accountNumber: 1000, currency: 'USD', amountUnits: CASH, clientOrderId: 'deposit' });
  driver.submit({ kind: 'SetRiskLimits', accountNumber: 1000, instrumentNumber: 0, maxPositionLots: 0, collarBasisPoints: 0 });
  return driver;
}

function limit(accountNumber: number, side: 'BUY' | 'SELL', limitPriceTicks: number, quantityLots: number, clientOrderId: string): PlaceOrder {
  return { kind: 'PlaceOrder', accountNumber, clientOrderId, instrumentNumber: 1, side, type: 'LIMIT', tif: 'GTC', limitPriceTicks, quantityLots };
}

function free(driver: CoreDriver): number {
  const { totalUnits, lockedUnits } = viewAccounts(driver.core, [1000])[0]!.cash[0]!;
  return totalUnits - lockedUnits;
}

describe('the free balance', () => {
  it('counts the dearest open sells as those beyond the holding', () => {
    const driver = market();
    driver.submit(limit(1, 'SELL', 10, 10, ''));
    driver.submit(limit(1000, 'BUY', 10, 10, 'hold'));
    driver.submit(limit(1000, 'SELL', 11, 10, 'cheap'));
    expect(driver.submit(limit(1000, 'SELL', 100, 10, 'dear')).result).toMatchObject({ code: 'NOTIONAL_EXCEEDS_FREE_BALANCE', limit: 900, observed: 1_000 });
    driver.submit(limit(1000, 'SELL', 90, 10, 'dear-2'));
    expect(free(driver)).toBe(0);
    driver.submit(limit(1, 'BUY', 11, 10, ''));
    expect(free(driver)).toBe(110);
  });

  it('lets covering buys free no more than the cheapest of them costs', () => {
    const driver = market();
    driver.submit(limit(1, 'BUY', 20, 20, ''));
    driver.submit(limit(1000, 'SELL', 20, 20, 'short'));
    expect(free(driver)).toBe(CASH + 400 - 800);
    driver.submit(limit(1000, 'BUY', 1, 10, 'cheap'));
    expect(driver.submit(limit(1000, 'BUY', 70, 10, 'dear')).result).toMatchObject({ code: 'NOTIONAL_EXCEEDS_FREE_BALANCE', limit: 600, observed: 690 });
  });

  it('lets a short position without free cash be bought back at the price it was sold at', () => {
    const driver = market();
    driver.submit(limit(1, 'BUY', 50, 20, ''));
    driver.submit(limit(1000, 'SELL', 50, 20, 'short'));
    expect(free(driver)).toBe(0);
    driver.submit(limit(1, 'SELL', 49, 11, ''));
    driver.submit(limit(1, 'SELL', 50, 9, ''));
    const { result } = driver.submit({ ...limit(1000, 'BUY', 1, 20, 'back'), type: 'MARKET', limitPriceTicks: undefined });
    expect(result).toMatchObject({ code: 'OK', status: 'FILLED' });
    expect(free(driver)).toBe(CASH + 11);
  });

  it('never falls below zero, whatever rests, fills and is cancelled', () => {
    const order = fc.record({
      kind: fc.constant('order' as const),
      account: fc.constantFrom(1000, 1000, 1),
      side: fc.constantFrom('BUY' as const, 'SELL' as const),
      type: fc.constantFrom('LIMIT' as const, 'LIMIT' as const, 'LIMIT' as const, 'MARKET' as const),
      price: fc.integer({ min: 1, max: 60 }),
      lots: fc.integer({ min: 1, max: 15 }),
    });
    const cancel = fc.record({ kind: fc.constant('cancel' as const), pick: fc.nat() });
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 5, arbitrary: order }, { weight: 1, arbitrary: cancel }), { size: 'max', maxLength: 120 }), (steps) => {
        const driver = market();
        const placed: { accountNumber: number; orderId: number }[] = [];
        let leastFree = CASH;
        steps.forEach((step, index) => {
          const { result } = driver.submit(toCommand(step, index, placed));
          if (step.kind === 'order') placed.push({ accountNumber: step.account, orderId: result.orderId });
          leastFree = Math.min(leastFree, free(driver));
        });
        expect(leastFree).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 25 },
    );
  });
});

/** Dearer fees under open orders may leave an account with less than nothing free. */
const withoutFees = anyCommand.filter((command) => command.kind !== 'SetFees');

describe('a session of every kind of order', () => {
  it('leaves nobody with less than nothing free, and no cash or lot lost', () => {
    fc.assert(
      fc.property(fc.array(withoutFees, { size: 'max', maxLength: 150 }), (commands) => {
        const driver = new CoreDriver();
        for (const command of openingCommands()) driver.submit(command);
        const before = sums(driver);
        const overdrawn: object[] = [];
        for (const command of commands) {
          driver.submit(command);
          for (const { accountNumber, cash } of viewAccounts(driver.core, [1000, 1001, 1002])) {
            for (const { currency, totalUnits, lockedUnits } of cash) if (totalUnits < lockedUnits) overdrawn.push({ command, accountNumber, currency, totalUnits, lockedUnits });
          }
        }
        expect(overdrawn).toEqual([]);
        expect(sums(driver)).toEqual(before);
      }),
      { numRuns: 15 },
    );
  });
});

/** All cash by currency, all lots by instrument. */
function sums(driver: CoreDriver): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { cash, positions } of viewAccounts(driver.core, [1000, 1001, 1002, 1, 2])) {
    for (const { currency, totalUnits } of cash) sums[currency] = (sums[currency] ?? 0) + totalUnits;
    for (const { instrumentNumber, quantityLots } of positions) sums[instrumentNumber] = (sums[instrumentNumber] ?? 0) + quantityLots;
  }
  return Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum !== 0));
}

type Step = { kind: 'order'; account: number; side: 'BUY' | 'SELL'; type: 'LIMIT' | 'MARKET'; price: number; lots: number } | { kind: 'cancel'; pick: number };

function toCommand(step: Step, index: number, placed: readonly { accountNumber: number; orderId: number }[]): EngineCommand {
  if (step.kind === 'cancel') return { kind: 'CancelOrder', ...(placed[step.pick % Math.max(placed.length, 1)] ?? { accountNumber: 1000, orderId: 1 }) };
  const order = limit(step.account, step.side, step.price, step.lots, `c${index}`);
  return step.type === 'MARKET' ? { ...order, type: 'MARKET', limitPriceTicks: undefined } : order;
}
