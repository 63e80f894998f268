// What this service knows of an instrument: enough to turn prices into ticks and back.

import { compareDecimals, formatDecimal, fromSteps, parseDecimal, toSteps, ZERO, type Decimal } from '@mib/model/decimal';
import { ClientError } from '@mib/service/errors';

export interface TickedInstrument {
  readonly number: number;
  readonly id: string;
  readonly tickSize: Decimal;
}

/** The engine holds prices in 32 bits. */
export const MAX_TICKS = 2 ** 31 - 1;

export function formatPrice(priceTicks: number, { tickSize }: TickedInstrument): string {
  return formatDecimal(fromSteps(priceTicks, tickSize));
}

/**
 * A price in whole ticks.
 *
 * @throws {InvalidValueError | ClientError} unless it is a positive multiple of the tick size that the engine can hold.
 */
export function ticksOf(price: string, instrument: TickedInstrument): number {
  const decimal = parseDecimal(price, 'price');
  if (compareDecimals(decimal, ZERO) <= 0) throw new ClientError('VALIDATION', `price must be above 0, was ${JSON.stringify(price)}`);
  const ticks = toSteps(decimal, instrument.tickSize, 'price');
  if (ticks > MAX_TICKS) throw new ClientError('VALIDATION', `price must be at most ${formatPrice(MAX_TICKS, instrument)}, was ${JSON.stringify(price)}`);
  return ticks;
}
