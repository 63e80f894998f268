// What holdings are worth. The mark of an instrument is the middle of best bid and ask, else its last trade; without
// either there is no price, and the sum says so instead of guessing.

import { addDecimals, fromSteps, multiplyDecimals, type Decimal } from '@mib/model/decimal';
import type { QuoteSnapshot } from '@mib/proto/engine-client';
import type { InstrumentBook } from './instrument-book.ts';
import { moneyOfUnits, trimDecimal, type TradedInstrument } from './instrument.ts';
import type { CashRow, PositionRow } from './ledger.ts';

const HALF: Decimal = { units: 5n, scale: 1 };

export type MarkQuote = Pick<QuoteSnapshot, 'bid' | 'ask' | 'last'>;

/** Exact, in half ticks at most; null without a price. */
export function markOf(quote: MarkQuote | null, instrument: TradedInstrument): Decimal | null {
  if (quote?.bid && quote.ask) return multiplyDecimals(fromSteps(quote.bid[0] + quote.ask[0], instrument.tickSize), HALF);
  return quote?.last ? fromSteps(quote.last.priceTicks, instrument.tickSize) : null;
}

export function formatMark(mark: Decimal, instrument: TradedInstrument): string {
  return trimDecimal(mark, instrument.tickSize.scale);
}

export function marketValue(position: PositionRow, mark: Decimal, instrument: TradedInstrument): Decimal {
  return multiplyDecimals(mark, fromSteps(position.quantityLots, instrument.lotSize));
}

export interface Equity {
  readonly amount: Decimal;
  readonly missingInstruments: readonly TradedInstrument[];
  readonly missingCurrencies: readonly string[];
}

/** Sums up what is in `currency` and has a price; names the rest. Flat positions and empty balances miss nothing. */
export function equityOf(holdings: { readonly cash: readonly CashRow[]; readonly positions: readonly PositionRow[] }, currency: string, prices: { readonly instruments: InstrumentBook; readonly markOf: (instrument: TradedInstrument) => Decimal | null }): Equity {
  let amount: Decimal = { units: 0n, scale: 0 };
  const missingInstruments: TradedInstrument[] = [];
  const missingCurrencies = new Set<string>();
  for (const cash of holdings.cash) {
    if (cash.totalUnits === 0n) continue;
    if (cash.currency === currency) amount = addDecimals(amount, moneyOfUnits(cash.totalUnits, prices.instruments.cashScale(currency)));
    else missingCurrencies.add(cash.currency);
  }
  for (const position of holdings.positions) {
    if (position.quantityLots === 0n) continue;
    const instrument = prices.instruments.get(position.instrumentNumber);
    const mark = prices.markOf(instrument);
    if (mark === null) missingInstruments.push(instrument);
    else if (instrument.currency !== currency) missingCurrencies.add(instrument.currency);
    else amount = addDecimals(amount, marketValue(position, mark, instrument));
  }
  return { amount, missingInstruments, missingCurrencies: [...missingCurrencies].sort() };
}
