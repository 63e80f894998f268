// Reads the fields of a decoded message, each refused by name when it is not what the protocol says.

import { InvalidValueError } from '@mib/model/invalid-value';
import { parseTimestamp, type TimestampNs } from '@mib/model/timestamp';
import type { PriceLevel } from './contract.ts';
import { isDecimalText } from './decimal-text.ts';
import { DecodeError } from './feed-error.ts';

export type Fields = Readonly<Record<string, unknown>>;

export function asFields(value: unknown, name: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new DecodeError(`${name} must be an object`, value);
  return value as Fields;
}

export function asArray(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new DecodeError(`${name} must be an array`, value);
  return value;
}

export function textOf(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string' || value === '') throw new DecodeError(`${name} must be a text`, value);
  return value;
}

export function decimalOf(fields: Fields, name: string): string {
  const value = fields[name];
  if (!isDecimalText(value)) throw new DecodeError(`${name} must be a plain decimal`, value);
  return value;
}

/** A whole number of 0 to 2^53 - 1, as a number or its text. */
export function integerOf(fields: Fields, name: string): number {
  const value = fields[name];
  const number = typeof value === 'number' ? value : typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : NaN;
  if (!Number.isSafeInteger(number) || number < 0) throw new DecodeError(`${name} must be a whole number`, value);
  return number;
}

export function booleanOf(fields: Fields, name: string): boolean {
  const value = fields[name];
  if (typeof value !== 'boolean') throw new DecodeError(`${name} must be true or false`, value);
  return value;
}

/** An RFC 3339 time. */
export function timeOf(fields: Fields, name: string): TimestampNs {
  const text = textOf(fields, name);
  try {
    return parseTimestamp(text, name);
  } catch (error) {
    if (error instanceof InvalidValueError) throw new DecodeError(`${name} must be an RFC 3339 time`, text);
    throw error;
  }
}

/** @returns `value` itself: arrays of a price and a quantity, more elements are not looked at. */
export function asLevels(value: unknown, name: string): readonly PriceLevel[] {
  const levels = asArray(value, name);
  for (const level of levels) {
    if (!Array.isArray(level) || !isDecimalText(level[0]) || !isDecimalText(level[1])) throw new DecodeError(`${name} must be pairs of plain decimals`, level);
  }
  return levels as readonly PriceLevel[];
}
