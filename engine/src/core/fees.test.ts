/** @jest-environment-options {"customExportConditions": ["node", "node-addons", "small-core"]} */

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HOUSE_ACCOUNT, type EngineCommand } from '@mib/proto/engine-commands';
import { propertyRuns } from '@mib/testkit/property-runs';
import { exposedCore } from '../testing/exposed-core.ts';
import { CoreDriver } from './core-driver.ts';
import { openingCommands, sessionCommand, setFees } from './naive/random-session.ts';
import { viewAccounts } from './views.ts';

const USERS = [1000, 1001, 1002];
const EVERYBODY = [1, 2, HOUSE_ACCOUNT, ...USERS];

function openDriver(...commands: EngineCommand[]): CoreDriver {
  const driver = new CoreDriver();
  for (const command of [...openingCommands(), ...commands]) driver.submit(command);
  return driver;
}

function order(clientOrderId: string, accountNumber: number, side: 'BUY' | 'SELL', limitPriceTicks: number, quantityLots: number): EngineCommand {
  return { kind: 'PlaceOrder', accountNumber, clientOrderId, instrumentNumber: 1, side, type: 'LIMIT', tif: 'GTC', limitPriceTicks, quantityLots };
}

function cashOf(driver: CoreDriver, accountNumber: number) {
  return viewAccounts(driver.core, [accountNumber])[0]?.cash.find((one) => one.currency === 'USD') ?? { totalUnits: 0, lockedUnits: 0 };
}

describe('a fee', () => {
  it.each([
    [1_000_000, 25, 25],
    [1_000_001, 25, 26],
    [1, 1, 1],
    [0, 25, 0],
    [1_999_999, -1, -1],
    [999_999, -1, 0],
    [1_000_000, 0, 0],
    // 2^51 + 1 at a tenth: 225179981368524.9 rounded up, where the plain product would have lost its last digits.
    [2 ** 51 + 1, 100_000, 225_179_981_368_525],
    [2 ** 51 + 1, -100_000, -225_179_981_368_524],
  ])('on %d units at %d millionths is %d: charges round up, rebates towards zero', (units, ppm, fee) => {
    expect(exposedCore().feeUnits(units, ppm) + 0).toBe(fee);
  });

  it('goes from taker to house and, as a rebate, from house to maker, in the Trade', () => {
    const driver = openDriver({ kind: 'SetFees', instrumentNumber: 0, makerPpm: -1_000, takerPpm: 2_500 });
    driver.submit(order('maker', 1000, 'BUY', 100, 20));
    const { events } = driver.submit(order('taker', 1001, 'SELL', 100, 15));
    expect(events.map((event) => event.kind)).toEqual(['OrderAccepted', 'AccountOpened', 'Trade', 'LevelChanged']);
    // 1500 units: the taker pays 3.75 rounded up, the maker gets 1.5 rounded down.
    expect(events[2]).toMatchObject({ takerFeeUnits: 4, makerFeeUnits: -1, isAuction: false });
    expect([1000, 1001, HOUSE_ACCOUNT].map((account) => cashOf(driver, account).totalUnits)).toEqual([20_000 - 1_500 + 1, 20_000 + 1_500 - 4, 3]);
  });

  it('is reserved with a buy: at the dearer rate and one unit a lot for rounding', () => {
    const driver = openDriver({ kind: 'SetFees', instrumentNumber: 0, makerPpm: 1_000, takerPpm: 2_000 });
    // 100 * 199 = 19900, fees at most 39.8 -> 40, and 199 for rounding: 139 too much.
    expect(driver.submit(order('all', 1000, 'BUY', 100, 199)).result).toMatchObject({ code: 'NOTIONAL_EXCEEDS_FREE_BALANCE', limit: 20_000, observed: 20_139 });
    driver.submit(order('some', 1000, 'BUY', 100, 100));
    expect(cashOf(driver, 1000)).toMatchObject({ totalUnits: 20_000, lockedUnits: 10_000 + 20 + 100 });
  });

  it('of an instrument is its own or that of all, and a change relocks what is open', () => {
    const driver = openDriver(order('open', 1000, 'BUY', 100, 10));
    const locked = (instrumentNumber: number, makerPpm: number) => {
      expect(driver.submit({ kind: 'SetFees', instrumentNumber, makerPpm, takerPpm: 0 }).events).toMatchObject([{ kind: 'FeesSet', instrumentNumber, makerPpm, takerPpm: 0 }]);
      return cashOf(driver, 1000).lockedUnits;
    };
    expect([locked(0, 10_000), locked(1, 20_000), locked(0, 50_000), locked(1, -5)]).toEqual([1_000 + 10 + 10, 1_000 + 20 + 10, 1_000 + 20 + 10, 1_000]);
    expect(driver.submit({ kind: 'SetFees', instrumentNumber: 9, makerPpm: 0, takerPpm: 0 }).result.code).toBe('UNKNOWN_INSTRUMENT');
  });

  it('is not paid by venue participants', () => {
    const driver = openDriver({ kind: 'SetFees', instrumentNumber: 0, makerPpm: 10_000, takerPpm: 10_000 });
    driver.submit({ kind: 'SetVenueLevel', accountNumber: 1, instrumentNumber: 1, side: 'SELL', priceTicks: 100, quantityLots: 10 });
    const trade = driver.submit(order('taker', 1000, 'BUY', 100, 10)).events.find((event) => event.kind === 'Trade');
    expect(trade).toMatchObject({ makerAccountNumber: 1, makerFeeUnits: 0, takerFeeUnits: 10 });
  });
});

describe('in any session with fees, auctions and halts', () => {
  it('cash is conserved with the house, the events add up to the balances, and no free balance goes below zero', () => {
    fc.assert(
      fc.property(fc.array(setFees, { maxLength: 3 }), fc.array(sessionCommand, { size: 'max', maxLength: 200 }), (fees, commands) => {
        const driver = openDriver(...fees);
        const total = () => viewAccounts(driver.core, EVERYBODY).flatMap((one) => one.cash).reduce((sum, one) => sum + one.totalUnits, 0);
        const deposited = total();
        let house = 0;
        const totals = new Set<number>();
        let leastFree = 0;
        for (const one of commands) {
          const { events } = driver.submit(one);
          for (const event of events) if (event.kind === 'Trade') house += event.takerFeeUnits + event.makerFeeUnits;
          totals.add(total());
          for (const { cash } of viewAccounts(driver.core, USERS)) for (const { totalUnits, lockedUnits } of cash) leastFree = Math.min(leastFree, totalUnits - lockedUnits);
        }
        // Once a session: an expectation for every account after every command takes longer than the session.
        expect({ totals: [...totals], leastFree }).toEqual({ totals: commands.length > 0 ? [deposited] : [], leastFree: 0 });
        expect(viewAccounts(driver.core, [HOUSE_ACCOUNT])[0]?.cash.reduce((sum, one) => sum + one.totalUnits, 0) ?? 0).toBe(house);
      }),
      { numRuns: propertyRuns(40) },
    );
  });
});
