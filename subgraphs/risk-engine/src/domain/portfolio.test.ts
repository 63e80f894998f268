import { describe, expect, it } from '@jest/globals';
import { formatDecimal, parseDecimal } from '@mib/model/decimal';
import { assess } from '../portfolio/assessment.ts';
import { InstrumentBook } from './instrument-book.ts';
import { formatMoney, type MarkQuote } from './instrument.ts';
import { valuePortfolio } from './portfolio.ts';

const define = (number: number, currency = 'USD') => ({ number, id: `I${number}.XSIM`, tickSize: parseDecimal('0.01'), lotSize: parseDecimal('1'), currency, cashScale: 4 });
const instruments = new InstrumentBook([define(1), define(2), define(3, 'EUR'), define(4)]);
const quotes: Record<number, MarkQuote> = {
  1: { bid: [9_900, 1, 1], ask: [10_101, 1, 1], last: null },
  2: { bid: [5_000, 1, 1], ask: null, last: { priceTicks: 5_000, quantityLots: 1, takerSide: 'BUY', timestampNs: 1n, eventSequence: 1 } },
  3: { bid: [100, 1, 1], ask: [100, 1, 1], last: null },
};
const market = { instruments, quoteOf: (number: number) => quotes[number] ?? null };
const position = (instrumentNumber: number, quantityLots: number) => ({ instrumentNumber, quantityLots, openBuyLots: 0, openSellLots: 0 });
const cash = (totalUnits: number, currency = 'USD') => ({ currency, totalUnits, lockedUnits: 0 });

function valued(account: Parameters<typeof valuePortfolio>[0]) {
  const valuation = valuePortfolio(account, 'USD', market);
  if (valuation.kind !== 'complete') throw new Error('incomplete');
  return valuation.portfolio;
}

describe('a portfolio', () => {
  it('is exact to half a tick, short positions negative', () => {
    const { equity, grossExposure, netExposure, leverage, herfindahl } = valued({ cash: [cash(10_000_000)], positions: [position(1, 30), position(2, -20), position(4, 0)] });
    expect([equity, grossExposure, netExposure].map(formatMoney)).toEqual(['3000.15', '4000.15', '2000.15']);
    expect(leverage).toBeCloseTo(4000.15 / 3000.15, 12);
    expect(herfindahl).toBeCloseTo((3000.15 ** 2 + 1000 ** 2) / 4000.15 ** 2, 12);
    expect(formatDecimal(equity)).toBe('3000.1500');
  });

  it('of nothing risks nothing', () => {
    const portfolio = valued({ cash: [], positions: [] });
    expect(portfolio).toMatchObject({ leverage: 0, herfindahl: 0 });
    expect(assess(portfolio, { profits: [], newestDayMs: null })).toEqual({ leverage: 0, varOfEquity: 0, level: 'LOW' });
  });

  it('without equity has no leverage and is critical', () => {
    const portfolio = valued({ cash: [cash(-30_001_500)], positions: [position(1, 30)] });
    expect(portfolio.leverage).toBeNull();
    expect(assess(portfolio, { profits: [], newestDayMs: null }).level).toBe('CRITICAL');
  });

  it('is no number at all when a price or a rate is missing', () => {
    expect(valuePortfolio({ cash: [cash(1), cash(5, 'CHF'), cash(0, 'GBP')], positions: [position(1, 1), position(3, 1), position(4, 1)] }, 'USD', market)).toEqual({
      kind: 'incomplete', missingPrices: [instruments.get(4)], missingRates: ['CHF', 'EUR'],
    });
  });
});
