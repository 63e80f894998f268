/** @jest-environment-options {"customExportConditions": ["node", "node-addons", "small-core"]} */

import { describe, expect, it } from '@jest/globals';
import { ANN, BOB, cancels, TestMarket, VENUE } from './test-market.ts';

const START = 1_577_836_800_000_000; // 2020-01-01, where the driver's time begins
const HOUR = 3_600_000_000;

describe('a GTD order', () => {
  it('is cancelled by the first command at or after its expiry, before that command is done', () => {
    const one = new TestMarket();
    const { id } = one.place(ANN, 'SELL', 5, 100, { tif: 'GTD', expireMicros: START + HOUR });
    one.skip(HOUR - 1_000);
    expect(cancels(one.submit({ kind: 'AdvanceTime' }))).toEqual([]);
    one.skip(1_000);
    const done = one.place(BOB, 'BUY', 5, 100);
    expect(cancels(done)).toEqual([[id, 5, 'EXPIRED']]);
    expect(done.result).toMatchObject({ status: 'ACCEPTED', filledLots: 0 });
    expect(done.events.map((event) => event.kind)).toEqual(['OrderCanceled', 'OrderAccepted', 'LevelChanged', 'LevelChanged']);
  });

  it('expires in order of time, then of id, also as a dormant stop', () => {
    const one = new TestMarket();
    const late = one.place(ANN, 'BUY', 1, 90, { tif: 'GTD', expireMicros: START + 2 * HOUR }).id;
    const stop = one.place(ANN, 'BUY', 1, undefined, { type: 'STOP', triggerTicks: 500, tif: 'GTD', expireMicros: START + HOUR }).id;
    const second = one.place(BOB, 'BUY', 1, 91, { tif: 'GTD', expireMicros: START + HOUR }).id;
    const never = one.place(BOB, 'BUY', 1, 92, { tif: 'GTD', expireMicros: START + 9 * HOUR }).id;
    one.skip(3 * HOUR);
    expect(cancels(one.submit({ kind: 'AdvanceTime' }))).toEqual([
      [stop, 1, 'EXPIRED'],
      [second, 1, 'EXPIRED'],
      [late, 1, 'EXPIRED'],
    ]);
    expect(one.bids).toEqual([[92, 1, 1]]);
    expect(one.driver.core.dueMicros).toBe(START + 9 * HOUR);
    one.cancel(BOB, never);
    expect(one.driver.core.dueMicros).toBe(0);
  });

  it('is refused unless it ends later than it begins', () => {
    const one = new TestMarket();
    one.skip(HOUR);
    const { result } = one.place(ANN, 'BUY', 1, 90, { tif: 'GTD', expireMicros: START + HOUR });
    expect(result).toMatchObject({ code: 'INVALID_EXPIRY', observed: START + HOUR });
    expect(result.limit).toBeGreaterThanOrEqual(START + HOUR);
  });

  it('that fills leaves nothing to expire', () => {
    const one = new TestMarket();
    one.place(ANN, 'SELL', 5, 100, { tif: 'GTD', expireMicros: START + HOUR });
    one.place(VENUE, 'BUY', 5, 100);
    expect(one.driver.core.dueMicros).toBe(0);
  });

  it('keeps its expiry when it is amended', () => {
    const one = new TestMarket();
    const orderId = one.place(ANN, 'SELL', 5, 100, { tif: 'GTD', expireMicros: START + HOUR }).id;
    one.submit({ kind: 'AmendOrder', accountNumber: ANN, orderId, limitPriceTicks: 101 });
    one.skip(HOUR);
    expect(cancels(one.submit({ kind: 'AdvanceTime' }))).toEqual([[orderId, 5, 'EXPIRED']]);
  });

  it('among many leaves in order, whichever went before', () => {
    const one = new TestMarket();
    const hours = Array.from({ length: 60 }, (_, i) => 1 + ((i * 37) % 61));
    const ids = hours.map((hour) => one.place(VENUE, 'BUY', 1, 10 + hour, { tif: 'GTD', expireMicros: START + hour * HOUR }).id);
    ids.forEach((id, i) => i % 3 === 0 && one.cancel(VENUE, id));
    one.skip(100 * HOUR);
    const expected = ids.filter((_, i) => i % 3 !== 0).sort((a, b) => hours[ids.indexOf(a)]! - hours[ids.indexOf(b)]!);
    expect(cancels(one.submit({ kind: 'AdvanceTime' })).map(([id]) => id)).toEqual(expected);
  });
});
