// What an account holds, valued: exact money for what is counted, floats for ratios. When anything held has no price or
// another currency, there are no figures at all, only the names of what is missing: never a wrong number.

import { addDecimals, decimalToNumber, fromSteps, multiplyDecimals, negateDecimal, ZERO, type Decimal } from '@mib/model/decimal';
import type { AccountSnapshot } from '@mib/proto/engine-client';
import type { InstrumentBook } from './instrument-book.ts';
import { markOf, moneyOfUnits, type MarkQuote, type RiskInstrument } from './instrument.ts';

export interface Holding {
  readonly instrument: RiskInstrument;
  /** Negative when short. */
  readonly value: Decimal;
}

export interface Portfolio {
  readonly currency: string;
  readonly holdings: readonly Holding[];
  readonly equity: Decimal;
  readonly grossExposure: Decimal;
  readonly netExposure: Decimal;
  /** Null when equity is zero or below while something is held. */
  readonly leverage: number | null;
  readonly herfindahl: number;
}

export type Valuation =
  | { readonly kind: 'complete'; readonly portfolio: Portfolio }
  | { readonly kind: 'incomplete'; readonly missingPrices: readonly RiskInstrument[]; readonly missingRates: readonly string[] };

export interface Market {
  readonly instruments: InstrumentBook;
  quoteOf(instrumentNumber: number): MarkQuote | null;
}

export function valuePortfolio(account: Pick<AccountSnapshot, 'cash' | 'positions'>, currency: string, market: Market): Valuation {
  const held = account.positions.filter((position) => position.quantityLots !== 0);
  const foreignCash = account.cash.filter((cash) => cash.totalUnits !== 0 && cash.currency !== currency).map((cash) => cash.currency);
  const missingPrices: RiskInstrument[] = [];
  const missingRates = new Set(foreignCash);
  const holdings: Holding[] = [];
  for (const { instrumentNumber, quantityLots } of held) {
    const instrument = market.instruments.get(instrumentNumber);
    const mark = markOf(market.quoteOf(instrumentNumber), instrument);
    if (mark === null) missingPrices.push(instrument);
    if (instrument.currency !== currency) missingRates.add(instrument.currency);
    if (mark !== null) holdings.push({ instrument, value: multiplyDecimals(mark, fromSteps(quantityLots, instrument.lotSize)) });
  }
  if (missingPrices.length > 0 || missingRates.size > 0) return { kind: 'incomplete', missingPrices, missingRates: [...missingRates].sort() };
  const cash = account.cash.reduce((sum, { totalUnits, currency: of }) => (of === currency ? addDecimals(sum, moneyOfUnits(totalUnits, market.instruments.cashScale(of))) : sum), ZERO);
  return { kind: 'complete', portfolio: summarise(currency, holdings, cash) };
}

function summarise(currency: string, holdings: readonly Holding[], cash: Decimal): Portfolio {
  const netExposure = holdings.reduce((sum, { value }) => addDecimals(sum, value), ZERO);
  const grossExposure = holdings.reduce((sum, { value }) => addDecimals(sum, absolute(value)), ZERO);
  const equity = addDecimals(cash, netExposure);
  const gross = decimalToNumber(grossExposure);
  const leverage = gross === 0 ? 0 : equity.units > 0n ? gross / decimalToNumber(equity) : null;
  const herfindahl = gross === 0 ? 0 : holdings.reduce((sum, { value }) => sum + (decimalToNumber(value) / gross) ** 2, 0);
  return { currency, holdings, equity, grossExposure, netExposure, leverage, herfindahl };
}

function absolute(value: Decimal): Decimal {
  return value.units < 0n ? negateDecimal(value) : value;
}
