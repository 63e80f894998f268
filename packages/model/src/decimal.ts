// Exact decimal numbers: a bigint count of 10^-scale. Money, prices and quantities are never binary floats,
// on the wire they are strings such as "2874.56". Values compare by size, not by spelling: 1.50 equals 1.5.

import { InvalidValueError } from './invalid-value.ts';

/** `units` times ten to the power of minus `scale`; `scale` is 0..MAX_SCALE. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

export const MAX_SCALE = 18;
/** Longest text accepted at a door: a sign, 38 digits and a point. */
export const MAX_DECIMAL_CHARACTERS = 40;
export const ZERO: Decimal = { units: 0n, scale: 0 };

const PATTERN = /^(-?)(\d+)(?:\.(\d+))?$/;

/**
 * Reads plain decimal notation: digits, optionally a leading minus and a fraction. No exponent, no thousands separator.
 *
 * @throws {InvalidValueError} for anything else, more than MAX_SCALE decimals or more than MAX_DECIMAL_CHARACTERS.
 */
export function parseDecimal(text: string, name = 'value'): Decimal {
  const match = text.length <= MAX_DECIMAL_CHARACTERS ? PATTERN.exec(text) : null;
  if (!match) throw new InvalidValueError(`${name} must be a decimal number such as "12.5"`, text);
  const [, sign, whole, fraction = ''] = match;
  if (fraction.length > MAX_SCALE) throw new InvalidValueError(`${name} must have at most ${MAX_SCALE} decimals`, text);
  const units = BigInt(`${whole}${fraction}`);
  return { units: sign ? -units : units, scale: fraction.length };
}

/** Plain notation with exactly `scale` decimals, as the value carries them: `{ units: 150n, scale: 2 }` is "1.50". */
export function formatDecimal(value: Decimal): string {
  const negative = value.units < 0n;
  const digits = (negative ? -value.units : value.units).toString().padStart(value.scale + 1, '0');
  const whole = digits.slice(0, digits.length - value.scale);
  const fraction = value.scale === 0 ? '' : `.${digits.slice(-value.scale)}`;
  return `${negative ? '-' : ''}${whole}${fraction}`;
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { units: unitsAt(a, scale) + unitsAt(b, scale), scale };
}

export function subtractDecimals(a: Decimal, b: Decimal): Decimal {
  return addDecimals(a, negateDecimal(b));
}

export function negateDecimal(a: Decimal): Decimal {
  return { units: -a.units, scale: a.scale };
}

/** Exact product; its scale is the sum of both scales, so round the result where that matters. */
export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  return { units: a.units * b.units, scale: a.scale + b.scale };
}

/**
 * Quotient rounded half away from zero to `scale` decimals.
 *
 * @throws {InvalidValueError} when `b` is zero.
 */
export function divideDecimals(a: Decimal, b: Decimal, scale: number): Decimal {
  if (b.units === 0n) throw new InvalidValueError('divisor must not be zero', formatDecimal(b));
  const numerator = a.units * 10n ** BigInt(scale + b.scale);
  const denominator = b.units * 10n ** BigInt(a.scale);
  return { units: divideHalfAway(numerator, denominator), scale };
}

/** Rounds half away from zero to `scale` decimals; widening is exact. */
export function roundDecimal(a: Decimal, scale: number): Decimal {
  if (scale >= a.scale) return { units: unitsAt(a, scale), scale };
  return { units: divideHalfAway(a.units, 10n ** BigInt(a.scale - scale)), scale };
}

/** Negative, zero or positive as `a` is below, equal to or above `b`. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const difference = unitsAt(a, scale) - unitsAt(b, scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Nearest binary float, for statistics only. */
export function decimalToNumber(a: Decimal): number {
  return Number(formatDecimal(a));
}

/**
 * How many whole `step`s make up `value`: a price in ticks, a quantity in lots.
 *
 * @throws {InvalidValueError} when `value` is not a whole multiple of `step` or the count exceeds 2^53 - 1.
 */
export function toSteps(value: Decimal, step: Decimal, name: string): number {
  const scale = Math.max(value.scale, step.scale);
  const units = unitsAt(value, scale);
  const stepUnits = unitsAt(step, scale);
  if (stepUnits <= 0n) throw new InvalidValueError(`step of ${name} must be positive`, formatDecimal(step));
  if (units % stepUnits !== 0n) throw new InvalidValueError(`${name} must be a multiple of ${formatDecimal(step)}`, formatDecimal(value));
  const steps = Number(units / stepUnits);
  if (!Number.isSafeInteger(steps)) throw new InvalidValueError(`${name} is too large`, formatDecimal(value));
  return steps;
}

/** The inverse of `toSteps`: `count` steps of `step`, with the scale of `step`. */
export function fromSteps(count: number | bigint, step: Decimal): Decimal {
  return { units: BigInt(count) * step.units, scale: step.scale };
}

function unitsAt(a: Decimal, scale: number): bigint {
  return scale === a.scale ? a.units : a.units * 10n ** BigInt(scale - a.scale);
}

function divideHalfAway(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n !== denominator < 0n;
  const n = numerator < 0n ? -numerator : numerator;
  const d = denominator < 0n ? -denominator : denominator;
  const quotient = (2n * n + d) / (2n * d);
  return negative ? -quotient : quotient;
}
