// The rules a command's values keep, said once: the client's encoder asks them before it sends, the gateway asks them
// again of the bytes that arrive. Every message names the value.

import { formatDecimal, MAX_SCALE, parseDecimal, type Decimal } from '@mib/model/decimal';
import { InvalidValueError } from '@mib/model/invalid-value';
import { FIRST_USER_ACCOUNT, MAX_NUMBER } from './engine-commands.ts';
import { TEXT_BYTES } from './layout-record.ts';

/** A collar wider than this (a hundred times the price) protects nobody. */
export const MAX_COLLAR_BASIS_POINTS = 1_000_000;
/** Cash is kept exactly to this magnitude, so that sums of a few such values stay below 2^53. */
export const MAX_CASH_UNITS = 2 ** 51;
export const MAX_CASH_SCALE = 8;
export const MAX_DEPTH = 1000;
/** Levels that one read may ask for, both sides of each book counted: some five milliseconds in which no command is applied. */
export const MAX_LEVELS_PER_READ = 16_384;
/** Fees and rebates beyond a tenth of the traded value are a mistake. */
export const MAX_FEE_PPM = 100_000;

/** Signed 64 bits. */
const MAX_TIME_NS = 2n ** 63n - 1n;

const INSTRUMENT_ID = /^[A-Z0-9/_-]{1,16}\.[A-Z0-9]{1,15}$/;
const CURRENCY = /^[A-Z0-9]{2,8}$/;

export function checkInteger(name: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max) throw new InvalidValueError(`${name} must be an integer ${min}..${max}`, value);
  return value;
}

/** The levels asked for, whether the books have them or not: what passes once passes always. */
export function checkLevels(instruments: number, depth: number): void {
  checkInteger('depth', depth, 1, MAX_DEPTH);
  checkInteger('levels of one read (instruments * 2 * depth)', instruments * 2 * depth, 0, MAX_LEVELS_PER_READ);
}

export const checkAccount = (value: number, min = 1): number => checkInteger('accountNumber', value, min, MAX_NUMBER);
export const checkVenueAccount = (value: number): number => checkInteger('accountNumber of a venue', value, 1, FIRST_USER_ACCOUNT - 1);
export const checkInstrument = (value: number, min = 1): number => checkInteger('instrumentNumber', value, min, MAX_NUMBER);
export const checkPrice = (name: string, value: number): number => checkInteger(name, value, 1, MAX_NUMBER);
export const checkQuantity = (value: number, min = 1): number => checkInteger('quantityLots', value, min, MAX_NUMBER);
export const checkVenueTradeId = (value: number): number => checkInteger('venueTradeId', value, 1, Number.MAX_SAFE_INTEGER);
export const checkQuantityUnits = (value: number): number => checkInteger('quantityUnits', value, 1, Number.MAX_SAFE_INTEGER);
export const checkQuantityScale = (value: number): number => checkInteger('quantityScale', value, 0, MAX_SCALE);
export const checkOrderId = (value: number): number => checkInteger('orderId', value, 1, Number.MAX_SAFE_INTEGER);
export const checkMaxPosition = (value: number): number => checkInteger('maxPositionLots', value, 0, MAX_NUMBER);
export const checkCollar = (value: number): number => checkInteger('collarBasisPoints', value, 0, MAX_COLLAR_BASIS_POINTS);
export const checkMakerFee = (value: number): number => checkInteger('makerPpm', value, -MAX_FEE_PPM, MAX_FEE_PPM);
export const checkTakerFee = (value: number): number => checkInteger('takerPpm', value, 0, MAX_FEE_PPM);
export const checkCashScale = (value: number): number => checkInteger('cashScale', value, 0, MAX_CASH_SCALE);

export function checkAmount(value: number): number {
  checkInteger('amountUnits', value, -MAX_CASH_UNITS, MAX_CASH_UNITS);
  if (value === 0) throw new InvalidValueError('amountUnits must not be zero', value);
  return value;
}

/** Unix nanoseconds as decimal text. */
export function parseVenueTime(text: string): bigint {
  if (!/^[0-9]{1,19}$/.test(text)) throw new InvalidValueError('venueTimeNs must be 1..19 digits', text);
  return checkVenueTime(BigInt(text));
}

export function checkVenueTime(timeNs: bigint): bigint {
  if (timeNs < 0n || timeNs > MAX_TIME_NS) throw new InvalidValueError(`venueTimeNs must be 0..${MAX_TIME_NS}`, timeNs);
  return timeNs;
}

/** 1..36 printable ASCII characters without spaces; a venue participant may leave it empty. */
export function checkClientOrderId(text: string, accountNumber: number): string {
  const min = accountNumber < FIRST_USER_ACCOUNT ? 0 : 1;
  if (text.length < min || text.length > TEXT_BYTES || !isPrintable(text)) {
    throw new InvalidValueError(`clientOrderId must be ${min}..${TEXT_BYTES} printable ASCII characters without spaces`, text);
  }
  return text;
}

export function checkInstrumentId(text: string): string {
  if (!INSTRUMENT_ID.test(text)) throw new InvalidValueError('instrumentId must be <SYMBOL>.<VENUE> such as SPX.XSIM', text);
  return text;
}

export function checkCurrency(text: string): string {
  if (!CURRENCY.test(text)) throw new InvalidValueError('currency must be 2..8 of A-Z and 0-9', text);
  return text;
}

/** A positive decimal whose count of units is a safe integer, without trailing zeros. */
export function parseStep(name: string, text: string): { units: number; scale: number } {
  const decimal = trimZeros(parseDecimal(text, name));
  if (decimal.units <= 0n || decimal.units > BigInt(Number.MAX_SAFE_INTEGER)) throw new InvalidValueError(`${name} must be above zero and below 2^53 units`, text);
  return { units: Number(decimal.units), scale: decimal.scale };
}

export function formatStep(units: number, scale: number): string {
  return formatDecimal({ units: BigInt(units), scale });
}

export function checkStep(name: string, units: number, scale: number): void {
  checkInteger(`${name} units`, units, 1, Number.MAX_SAFE_INTEGER);
  checkInteger(`${name} scale`, scale, 0, MAX_SCALE);
}

/**
 * Cash units that one lot costs per tick: tickSize * lotSize * 10^cashScale.
 *
 * @throws {InvalidValueError} unless that is an integer of 1..2^53-1, since cash could not be exact otherwise.
 */
export function cashPerTickLot(tick: { units: number; scale: number }, lot: { units: number; scale: number }, cashScale: number): number {
  const product = BigInt(tick.units) * BigInt(lot.units) * 10n ** BigInt(cashScale);
  const divisor = 10n ** BigInt(tick.scale + lot.scale);
  const units = product / divisor;
  if (product % divisor !== 0n || units < 1n || units > BigInt(Number.MAX_SAFE_INTEGER)) {
    const shown = `${formatStep(tick.units, tick.scale)} * ${formatStep(lot.units, lot.scale)} * 10^${cashScale}`;
    throw new InvalidValueError('tickSize * lotSize * 10^cashScale must be an integer of at least 1', shown);
  }
  return Number(units);
}

function trimZeros(value: Decimal): Decimal {
  let { units, scale } = value;
  while (scale > 0 && units % 10n === 0n) {
    units /= 10n;
    scale--;
  }
  return { units, scale };
}

function isPrintable(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x21 || code > 0x7e) return false;
  }
  return true;
}
