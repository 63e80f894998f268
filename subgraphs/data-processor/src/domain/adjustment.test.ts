import { describe, expect, it } from '@jest/globals';
import { formatDecimal, parseDecimal } from '@mib/model/decimal';
import { adjustCandle, adjustmentSteps, ratioToNumber, type CorporateAction } from './adjustment.ts';
import { candleOfBar } from './candle.ts';

const day = (text: string) => Date.parse(`${text}T00:00:00Z`);
const split = (exDate: string, newShares: number, oldShares: number): CorporateAction => ({ id: `s${exDate}`, instrumentId: 'AAPL.XNAS', kind: 'SPLIT', exDate, newShares, oldShares });
const dividend = (exDate: string, amount: string, currency = 'USD'): CorporateAction => ({ id: `d${exDate}`, instrumentId: 'AAPL.XNAS', kind: 'CASH_DIVIDEND', exDate, amount: parseDecimal(amount), currency });

describe('an adjusted candle', () => {
  it.each([
    ['lies on the ex-date and stays', [split('2020-08-31', 4, 1)], '2020-08-31', '500', '500', '100'],
    ['lies before a split of 4 for 1', [split('2020-08-31', 4, 1)], '2020-08-30', '500', '125.00', '400'],
    ['lies before two splits', [split('2020-08-31', 4, 1), split('2014-06-09', 7, 1)], '2014-06-08', '700', '25', '2800'],
    ['lies before a split that does not divide evenly', [split('2020-08-31', 3, 1)], '2020-08-30', '100', '33.333333333333', '300'],
    ['lies before a reverse split', [split('2020-08-31', 1, 10)], '2020-08-30', '0.5', '5', '10'],
    ['lies before a dividend of 2 at a close of 100', [dividend('2020-08-31', '2')], '2020-08-30', '50', '49', '100'],
    ['lies before a dividend and a split of one day, the dividend in new shares', [split('2020-08-31', 2, 1), dividend('2020-08-31', '1')], '2020-08-30', '50', '24.5', '200'],
    ['lies before a dividend that has no close before it', [dividend('1999-01-01', '2')], '1998-12-31', '50', '50', '100'],
  ] as const)('%s', (_, actions, date, price, expectedPrice, expectedVolume) => {
    const steps = adjustmentSteps(actions, 'USD', new Map([['d2020-08-31', parseDecimal('100')]]));
    const adjusted = adjustCandle(candleOfBar({ openTimeMs: day(date), open: parseDecimal(price), high: parseDecimal(price), low: parseDecimal(price), close: parseDecimal(price), volume: parseDecimal('100') }), day(date), steps);
    expect(Number(formatDecimal(adjusted.close))).toBe(Number(expectedPrice));
    expect(formatDecimal(adjusted.close).startsWith(expectedPrice.replace(/\.0+$/, ''))).toBe(true);
    expect(Number(formatDecimal(adjusted.volume!))).toBe(Number(expectedVolume));
  });

  it.each([
    ['in another currency', dividend('2020-08-31', '2', 'EUR'), 'dividend d2020-08-31 is in EUR, the instrument trades in USD'],
    ['of all the price', dividend('2020-08-31', '100'), 'dividend d2020-08-31 of 100 is not below the close 100 before it'],
  ])('is refused for a dividend %s', (_, action, message) => {
    expect(() => adjustmentSteps([action], 'USD', new Map([['d2020-08-31', parseDecimal('100')]]))).toThrow(message);
  });

  it.each([
    [{ numerator: 1n, denominator: 4n }, 0.25],
    [{ numerator: 1n, denominator: 3n }, 1 / 3],
    [{ numerator: 2n * 10n ** 4_000n, denominator: 3n * 10n ** 4_000n }, 2 / 3],
    [{ numerator: 1n, denominator: 10n ** 30n }, 1e-30],
    [{ numerator: 7n * 10n ** 30n, denominator: 3n }, 7e30 / 3],
  ])('takes a ratio as the double nearest to it, however long its integers', (ratio, expected) => {
    expect(Math.abs(ratioToNumber(ratio) / expected - 1)).toBeLessThan(4e-16);
  });
});
