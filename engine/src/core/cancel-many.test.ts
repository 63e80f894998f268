/** @jest-environment-options {"customExportConditions": ["node", "node-addons", "small-core"]} */

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { MassCancel } from '@mib/proto/engine-commands';
import { ANN, BOB, cancels, TestMarket, VENUE, type Done } from './test-market.ts';
import { viewAccounts } from './views.ts';

function massCancel(one: TestMarket, terms: Partial<MassCancel>): Done {
  return one.submit({ kind: 'MassCancel', accountNumber: 0, instrumentNumber: 0, ...terms });
}

/** Orders of Ann, Bob and a venue on both sides, a dormant stop among them. */
function market(): { one: TestMarket; ids: Record<'annBuy' | 'bobSell' | 'annStop' | 'annSell' | 'venueBuy', number> } {
  const one = new TestMarket();
  const gone = one.place(BOB, 'BUY', 1, 50).id;
  const early = one.place(BOB, 'BUY', 1, 51).id;
  const annBuy = one.place(ANN, 'BUY', 5, 90).id;
  one.cancel(BOB, gone);
  one.cancel(BOB, early);
  const bobSell = one.place(BOB, 'SELL', 5, 110).id;
  const annStop = one.place(ANN, 'BUY', 2, undefined, { type: 'STOP', triggerTicks: 120 }).id;
  const annSell = one.place(ANN, 'SELL', 3, 111).id;
  const venueBuy = one.place(VENUE, 'BUY', 7, 89).id;
  return { one, ids: { annBuy, bobSell, annStop, annSell, venueBuy } };
}

describe('a mass cancel', () => {
  it('of every user takes their orders by id, dormant ones too, and leaves the venue', () => {
    const { one, ids } = market();
    const done = massCancel(one, {});
    expect(cancels(done)).toEqual([
      [ids.annBuy, 5, 'MASS_CANCEL'],
      [ids.bobSell, 5, 'MASS_CANCEL'],
      [ids.annStop, 2, 'MASS_CANCEL'],
      [ids.annSell, 3, 'MASS_CANCEL'],
    ]);
    expect(done.result).toMatchObject({ code: 'OK', filledLots: 4, orderId: 0 });
    expect(one.bids).toEqual([[89, 7, 1]]);
    expect(one.asks).toEqual([]);
    expect(viewAccounts(one.driver.core, [ANN])[0]!.cash[0]!.lockedUnits).toBe(0);
  });

  it('takes one account, instrument or side when told', () => {
    const { one, ids } = market();
    expect(cancels(massCancel(one, { accountNumber: ANN, side: 'SELL' })).map(([id]) => id)).toEqual([ids.annSell]);
    expect(massCancel(one, { accountNumber: ANN, instrumentNumber: 1 }).result.filledLots).toBe(2);
    expect(massCancel(one, { accountNumber: ANN }).result.filledLots).toBe(0);
    expect(cancels(massCancel(one, { accountNumber: VENUE })).map(([id]) => id)).toEqual([ids.venueBuy]);
  });

  it('withdraws the levels of a venue without a word of their own', () => {
    const one = new TestMarket();
    one.submit({ kind: 'SetVenueLevel', accountNumber: VENUE, instrumentNumber: 1, side: 'SELL', priceTicks: 110, quantityLots: 5 });
    const done = massCancel(one, { accountNumber: VENUE });
    expect(done.events.map((event) => event.kind)).toEqual(['LevelChanged']);
    expect(one.asks).toEqual([]);
  });

  it('goes by id wherever the orders lie', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ price: fc.integer({ min: 85, max: 99 }), freed: fc.nat(), goes: fc.boolean() }), { size: 'max', maxLength: 120 }), (steps) => {
        const one = new TestMarket();
        const open: number[] = [];
        // A new order takes the place that was freed last, so ids and places part.
        for (const { price, freed, goes } of steps) {
          if (goes && open.length > 0) one.cancel(ANN, open.splice(freed % open.length, 1)[0]!);
          else open.push(one.place(ANN, 'BUY', 1, price).id);
        }
        expect(cancels(massCancel(one, {})).map(([id]) => id)).toEqual(open);
      }),
      { numRuns: 30 },
    );
  });

  it('announces every level once', () => {
    const one = new TestMarket();
    for (let i = 0; i < 200; i++) one.place(ANN, 'BUY', 1, 1 + (i % 100));
    const done = massCancel(one, {});
    expect(done.result.filledLots).toBe(200);
    expect(done.events.filter((event) => event.kind === 'LevelChanged')).toHaveLength(100);
  });

  it('of an unknown account or instrument is refused', () => {
    const { one } = market();
    expect(massCancel(one, { accountNumber: 1009 }).result.code).toBe('UNKNOWN_ACCOUNT');
    expect(massCancel(one, { instrumentNumber: 9 }).result.code).toBe('UNKNOWN_INSTRUMENT');
  });
});
