// What this service knows of an instrument, and the way from the engine's whole numbers to exact decimals and back.

import { formatDecimal, fromSteps, multiplyDecimals, parseDecimal, type Decimal } from '@mib/model/decimal';
import type { InstrumentDefinition } from '@mib/proto/engine-client';
import { COST_PARTS } from './average-cost.ts';

export interface TradedInstrument {
  readonly number: number;
  readonly id: string;
  readonly tickSize: Decimal;
  readonly lotSize: Decimal;
  readonly currency: string;
  readonly cashScale: number;
}

/** Decimals of an average price behind those of the tick. */
export const AVERAGE_EXTRA_DECIMALS = 6;
const MONEY_DECIMALS = 2;

/** Reads a definition as the engine states it. */
export function tradedInstrument(definition: InstrumentDefinition): TradedInstrument {
  return {
    number: definition.instrumentNumber,
    id: definition.instrumentId,
    tickSize: parseDecimal(definition.tickSize, 'tickSize'),
    lotSize: parseDecimal(definition.lotSize, 'lotSize'),
    currency: definition.currency,
    cashScale: definition.cashScale,
  };
}

export function formatPrice(priceTicks: number | bigint, instrument: TradedInstrument): string {
  return formatDecimal(fromSteps(priceTicks, instrument.tickSize));
}

export function formatQuantity(quantityLots: number | bigint, instrument: TradedInstrument): string {
  return formatDecimal(fromSteps(quantityLots, instrument.lotSize));
}

/** Money of a cost or profit counted in 10^-6 tick-lots. */
export function moneyOfCost(cost: bigint, instrument: TradedInstrument): Decimal {
  return multiplyDecimals({ units: cost, scale: decimalsOf(COST_PARTS) }, multiplyDecimals(instrument.tickSize, instrument.lotSize));
}

/** Money of engine cash units, `10^-cashScale` each. */
export function moneyOfUnits(units: number | bigint, cashScale: number): Decimal {
  return { units: BigInt(units), scale: cashScale };
}

/** Cash units that one tick times one lot is worth; whole by the engine's registration rule. */
export function cashPerTickLot(instrument: TradedInstrument): bigint {
  const exact = multiplyDecimals(instrument.tickSize, instrument.lotSize);
  const factor = instrument.cashScale - exact.scale;
  return factor >= 0 ? exact.units * 10n ** BigInt(factor) : exact.units / 10n ** BigInt(-factor);
}

/** Average price of `cost` (10^-6 tick-lots) over `quantityLots` of the same sign, rounded half away from zero. */
export function formatAveragePrice(cost: bigint, quantityLots: bigint, instrument: TradedInstrument): string {
  if (quantityLots === 0n) return '0';
  const scale = instrument.tickSize.scale + AVERAGE_EXTRA_DECIMALS;
  const numerator = cost * instrument.tickSize.units * 10n ** BigInt(AVERAGE_EXTRA_DECIMALS);
  const units = divideHalfUp(numerator, quantityLots * COST_PARTS);
  return trimDecimal({ units, scale }, instrument.tickSize.scale);
}

/** Average of fills worth `filledValue` tick-lots; null before the first. */
export function formatAverageFillPrice(filledValue: bigint, filledLots: number, instrument: TradedInstrument): string | null {
  return filledLots === 0 ? null : formatAveragePrice(filledValue * COST_PARTS, BigInt(filledLots), instrument);
}

/** Money as text: trailing zeros cut down to two decimals. */
export function formatMoney(amount: Decimal): string {
  return trimDecimal(amount, MONEY_DECIMALS);
}

/** Cuts trailing zeros, keeping (or filling up to) `minimumScale` decimals. */
export function trimDecimal(value: Decimal, minimumScale: number): string {
  let { units, scale } = value;
  while (scale > minimumScale && units % 10n === 0n) [units, scale] = [units / 10n, scale - 1];
  if (scale < minimumScale) [units, scale] = [units * 10n ** BigInt(minimumScale - scale), minimumScale];
  return formatDecimal({ units, scale });
}

function decimalsOf(powerOfTen: bigint): number {
  return powerOfTen.toString().length - 1;
}

/** Both operands have one sign here, so the quotient is positive and half rounds up. */
function divideHalfUp(numerator: bigint, denominator: bigint): bigint {
  const n = numerator < 0n ? -numerator : numerator;
  const d = denominator < 0n ? -denominator : denominator;
  return (2n * n + d) / (2n * d);
}
