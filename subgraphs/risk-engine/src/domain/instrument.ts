// What this service knows of an instrument, the way from the engine's whole numbers to exact decimals, and the mark.

import { formatDecimal, fromSteps, multiplyDecimals, type Decimal } from '@mib/model/decimal';
import type { QuoteSnapshot } from '@mib/proto/engine-client';

export interface RiskInstrument {
  readonly number: number;
  readonly id: string;
  readonly tickSize: Decimal;
  readonly lotSize: Decimal;
  readonly currency: string;
  readonly cashScale: number;
}

export type MarkQuote = Pick<QuoteSnapshot, 'bid' | 'ask' | 'last'>;

const HALF: Decimal = { units: 5n, scale: 1 };
const MONEY_DECIMALS = 2;

/** Middle of the best bid and ask, else the last trade: exact, in half ticks at most; null without either. */
export function markOf(quote: MarkQuote | null, instrument: RiskInstrument): Decimal | null {
  if (quote?.bid && quote.ask) return multiplyDecimals(fromSteps(quote.bid[0] + quote.ask[0], instrument.tickSize), HALF);
  return quote?.last ? fromSteps(quote.last.priceTicks, instrument.tickSize) : null;
}

export function formatPrice(priceTicks: number, instrument: RiskInstrument): string {
  return formatDecimal(fromSteps(priceTicks, instrument.tickSize));
}

export function formatQuantity(quantityLots: number, instrument: RiskInstrument): string {
  return formatDecimal(fromSteps(quantityLots, instrument.lotSize));
}

/** Money of engine cash units, `10^-cashScale` each. */
export function moneyOfUnits(units: number, cashScale: number): Decimal {
  return { units: BigInt(units), scale: cashScale };
}

/** Money as text: trailing zeros cut down to two decimals. */
export function formatMoney({ units, scale }: Decimal): string {
  while (scale > MONEY_DECIMALS && units % 10n === 0n) [units, scale] = [units / 10n, scale - 1];
  if (scale < MONEY_DECIMALS) [units, scale] = [units * 10n ** BigInt(MONEY_DECIMALS - scale), MONEY_DECIMALS];
  return formatDecimal({ units, scale });
}
