// Prices and quantities of a feed stay the text the venue wrote. A book has to sort prices, so a price also becomes an exact
// integer at the book's scale; nothing here ever is a binary fraction.

import { DecodeError } from './feed-error.ts';

/** Longest text taken for a decimal. */
const MAX_CHARACTERS = 40;
const ZERO = 48;
const NINE = 57;
const POINT = 46;

/** Digits, optionally a point and digits: no sign, no exponent. */
export function isDecimalText(value: unknown): value is string {
  if (typeof value !== 'string' || value.length === 0 || value.length > MAX_CHARACTERS) return false;
  let point = -1;
  for (let index = 0; index < value.length; index += 1) {
    const code = value.charCodeAt(index);
    if (code >= ZERO && code <= NINE) continue;
    if (code !== POINT || point !== -1 || index === 0) return false;
    point = index;
  }
  return point !== value.length - 1;
}

/** @param text - a decimal text. */
export function isZeroText(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code !== ZERO && code !== POINT) return false;
  }
  return true;
}

/** Decimals that count: "1.50" has one, "3.00" none. */
export function decimalsOf(text: string): number {
  const point = text.indexOf('.');
  if (point === -1) return 0;
  let end = text.length;
  while (text.charCodeAt(end - 1) === ZERO) end -= 1;
  return end - point - 1;
}

/**
 * The text as a count of 10^-scale.
 *
 * @param scale - at least `decimalsOf(text)`.
 * @throws {DecodeError} when the count does not fit in 2^53.
 */
export function scaledInteger(text: string, scale: number): number {
  let units = 0;
  let decimals = -1;
  for (let index = 0; index < text.length && decimals < scale; index += 1) {
    const code = text.charCodeAt(index);
    if (code === POINT) {
      decimals = 0;
      continue;
    }
    units = units * 10 + (code - ZERO);
    if (decimals !== -1) decimals += 1;
  }
  for (decimals = Math.max(decimals, 0); decimals < scale; decimals += 1) units *= 10;
  if (!Number.isSafeInteger(units)) throw new DecodeError('a price must have at most 15 digits', text);
  return units;
}

/** Whether two decimal texts are the same number: "1.5" and "1.50". */
export function sameDecimal(a: string, b: string): boolean {
  return a === b || withoutZeros(a) === withoutZeros(b);
}

function withoutZeros(text: string): string {
  const whole = text.replace(/^0+(?=\d)/, '');
  return whole.includes('.') ? whole.replace(/\.?0+$/, '') : whole;
}
