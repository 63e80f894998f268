import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { crossRate, daysBetween } from './fx-rate.ts';

const DAY = '2024-06-28';

describe('a rate across the euro', () => {
  it.each([
    ['EUR/USD', null, '1.0705', '1.0705'], ['USD/EUR', '1.0705', null, '0.934142923867352'], ['USD/JPY', '1.0705', '171.94', '160.616534329752452'],
    ['USD/USD', '1.0705', '1.0705', '1'], ['EUR/EUR', null, null, '1'], ['IDR/USD', '17487.21', '1.0705', '0.000061216168846'],
  ])('%s is as the two fixings say', (_, basePerEuro, quotePerEuro, rate) => expect(crossRate({ day: DAY, basePerEuro, quotePerEuro })).toBe(rate));

  it('times its inverse is 1 but for the rounding of both', () => {
    const price = fc.integer({ min: 1, max: 10_000_000 }).map((ticks) => (ticks / 100).toFixed(2));
    fc.assert(fc.property(price, price, (a, b) => {
      const [there, back] = [crossRate({ day: DAY, basePerEuro: a, quotePerEuro: b }), crossRate({ day: DAY, basePerEuro: b, quotePerEuro: a })];
      expect(Number(there) * Number(back)).toBeCloseTo(1, 6);
    }));
  });

  it('counts whole days', () => expect([daysBetween('2024-02-28', '2024-03-01'), daysBetween('2024-03-29', '2024-04-02'), daysBetween(DAY, DAY)]).toEqual([2, 4, 0]));
});
