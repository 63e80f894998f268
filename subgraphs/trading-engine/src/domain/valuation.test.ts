import { describe, expect, it } from '@jest/globals';
import { formatDecimal, parseDecimal } from '@mib/model/decimal';
import { FLAT } from './average-cost.ts';
import { InstrumentBook } from './instrument-book.ts';
import { formatAveragePrice, formatMoney, type TradedInstrument } from './instrument.ts';
import { equityOf, formatMark, markOf } from './valuation.ts';

const dollar: TradedInstrument = { number: 1, id: 'SPX.XSIM', tickSize: parseDecimal('0.01'), lotSize: parseDecimal('0.5'), currency: 'USD', cashScale: 4 };
const euro: TradedInstrument = { ...dollar, number: 2, id: 'DAX.XSIM', currency: 'EUR' };
const instruments = new InstrumentBook([dollar, euro]);
const last = (priceTicks: number) => ({ priceTicks, quantityLots: 1, takerSide: 'BUY' as const, timestampNs: 1n, eventSequence: 1 });
const position = (instrumentNumber: number, quantityLots: bigint) => ({ ...FLAT, feeUnits: 0n, accountNumber: 1000, instrumentNumber, quantityLots, sequence: 1, updatedAtNs: 0n });
const cash = (currency: string, totalUnits: bigint) => ({ accountNumber: 1000, currency, totalUnits });

describe('a mark', () => {
  it.each([
    [{ bid: [100, 1, 1], ask: [103, 1, 1], last: last(90) }, '1.015'],
    [{ bid: [100, 1, 1], ask: [102, 1, 1], last: null }, '1.01'],
    [{ bid: [100, 1, 1], ask: null, last: last(90) }, '0.90'],
    [{ bid: null, ask: null, last: last(90) }, '0.90'],
    [{ bid: [100, 1, 1], ask: null, last: null }, null],
    [null, null],
  ] as const)('of %j is %s', (quote, expected) => {
    const mark = markOf(quote, dollar);
    expect(mark && formatMark(mark, dollar)).toBe(expected);
  });
});

describe('equity', () => {
  const at = (price: string | null) => ({ instruments, markOf: () => (price === null ? null : parseDecimal(price)) });

  it('is cash plus positions at their marks, shorts negative', () => {
    const { amount, missingInstruments, missingCurrencies } = equityOf({ cash: [cash('USD', 1_000_000n)], positions: [position(1, -4n)] }, 'USD', at('10'));
    expect(formatDecimal(amount)).toBe('80.0000');
    expect([missingInstruments, missingCurrencies]).toEqual([[], []]);
  });

  it('names what has no price or no rate instead of guessing', () => {
    const holdings = { cash: [cash('USD', 10_000n), cash('EUR', 5n), cash('GBP', 0n)], positions: [position(1, 2n)] };
    const { amount, missingInstruments, missingCurrencies } = equityOf(holdings, 'USD', at(null));
    expect(formatMoney(amount)).toBe('1.00');
    expect(missingInstruments).toEqual([dollar]);
    expect(missingCurrencies).toEqual(['EUR']);
  });

  it('misses nothing for a flat position and counts none of another currency', () => {
    expect(equityOf({ cash: [], positions: [position(1, 0n)] }, 'USD', at(null)).missingInstruments).toEqual([]);
    expect(equityOf({ cash: [], positions: [position(2, 1n)] }, 'USD', at('5'))).toMatchObject({ amount: { units: 0n }, missingCurrencies: ['EUR'] });
  });
});

describe('an average price', () => {
  it.each([
    [1800_000_000n, 15n, '1.20'],
    [10_000_000n, 3n, '0.03333333'],
    [-20_000_000n, -3n, '0.06666667'],
    [0n, 0n, '0'],
  ])('of cost %s over %s lots is %s', (cost, quantityLots, expected) => {
    expect(formatAveragePrice(cost, quantityLots, dollar)).toBe(expected);
  });
});
