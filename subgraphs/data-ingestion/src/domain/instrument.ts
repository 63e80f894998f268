// What an instrument is and which definitions the platform accepts.

import { compareDecimals, formatDecimal, multiplyDecimals, parseDecimal, toSteps, ZERO, type Decimal } from '@mib/model/decimal';
import type { InstrumentId } from '@mib/model/ids';
import { InvalidValueError } from '@mib/model/invalid-value';
import { ClientError } from '@mib/service/errors';
import { canonical } from './csv-row.ts';
import { checkIdentifiers } from './identifiers.ts';

export const ASSET_CLASSES = ['EQUITY', 'ETF', 'CRYPTO', 'FX', 'COMMODITY', 'BOND', 'INDEX', 'OPTION', 'FUTURE'] as const;
export type AssetClass = (typeof ASSET_CLASSES)[number];

export interface InstrumentDefinition {
  readonly symbol: string;
  readonly venueId: string;
  readonly name: string | null;
  readonly assetClass: AssetClass;
  readonly currency: string;
  /** Canonical decimal text, as is `lotSize`. */
  readonly tickSize: string;
  readonly lotSize: string;
  readonly cashScale: number;
  /** Price times quantity that the venue asks of an order at least, canonical decimal text; null where it sets none. */
  readonly minNotional: string | null;
  readonly tradable: boolean;
  readonly isin: string | null;
  readonly figi: string | null;
  /** Of the company that issued it, ten digits. */
  readonly cik: string | null;
}

/** `number` is what the engine calls the instrument. */
export interface Instrument extends InstrumentDefinition {
  readonly id: InstrumentId;
  readonly number: number;
}

/** Cash is counted in ten-thousandths of a currency unit. */
export const CASH_SCALE = 4;
const MAX_ID_CHARACTERS = 32;
const MAX_NAME_CHARACTERS = 120;

export function instrumentId(symbol: string, venueId: string): InstrumentId {
  return `${symbol}.${venueId}` as InstrumentId;
}

/** @throws {ClientError} VALIDATION naming the field and the value. */
export function checkDefinition(definition: InstrumentDefinition): InstrumentDefinition {
  const refuse = (field: string, rule: string, value: unknown): never => {
    throw new ClientError('VALIDATION', `${field} must be ${rule}, was ${JSON.stringify(value)}`, { field: ['input', field] });
  };
  const { symbol, venueId, name, currency } = definition;
  if (!/^[A-Z0-9/_-]{1,16}$/.test(symbol)) refuse('symbol', '1..16 characters of A-Z 0-9 / _ -', symbol);
  if (instrumentId(symbol, venueId).length > MAX_ID_CHARACTERS) refuse('symbol', `short enough for an id of ${MAX_ID_CHARACTERS} characters`, symbol);
  if (name !== null && (name.trim() === '' || name.length > MAX_NAME_CHARACTERS)) refuse('name', `1..${MAX_NAME_CHARACTERS} characters`, name);
  if (!/^[A-Z]{3}$/.test(currency)) refuse('currency', 'an ISO 4217 code', currency);
  const tick = positive('tickSize', definition.tickSize);
  const lot = positive('lotSize', definition.lotSize);
  checkCashPerTickLot(tick, lot, definition.cashScale);
  const minNotional = definition.minNotional === null ? null : canonical(positive('minNotional', definition.minNotional));
  return { ...definition, ...checkIdentifiers(definition), tickSize: canonical(tick), lotSize: canonical(lot), minNotional };
}

function positive(field: string, text: string): Decimal {
  try {
    const value = parseDecimal(text, field);
    if (compareDecimals(value, ZERO) <= 0) throw new InvalidValueError(`${field} must be above 0`, text);
    return value;
  } catch (error) {
    throw new ClientError('VALIDATION', (error as Error).message, { field: ['input', field], cause: error });
  }
}

/** The engine counts cash in integers: one tick of one lot must be a whole number of units. */
function checkCashPerTickLot(tick: Decimal, lot: Decimal, cashScale: number): void {
  const unit: Decimal = { units: 1n, scale: cashScale };
  const cash = multiplyDecimals(tick, lot);
  try {
    toSteps(cash, unit, 'tickSize times lotSize');
  } catch (error) {
    throw new ClientError('VALIDATION', `tickSize times lotSize must be a whole multiple of ${formatDecimal(unit)}, was ${JSON.stringify(canonical(cash))}`, { field: ['input', 'tickSize'], cause: error });
  }
}
