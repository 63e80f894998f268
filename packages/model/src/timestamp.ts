// Points in time as nanoseconds since the Unix epoch, UTC, in a bigint: exchange clocks tick finer than `Date` can hold.

import { InvalidValueError } from './invalid-value.ts';

export type TimestampNs = bigint;

export const NS_PER_MS = 1_000_000n;
const NS_PER_SECOND = 1_000_000_000n;
const PATTERN = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/;

/**
 * Reads an RFC 3339 date-time with up to nine decimals of a second; the offset is mandatory.
 *
 * @throws {InvalidValueError} for another shape or a date that no calendar has, such as 2023-02-29.
 */
export function parseTimestamp(text: string, name = 'time'): TimestampNs {
  const match = PATTERN.exec(text);
  const [, seconds, fraction = '', offset] = match ?? [];
  const milliseconds = match ? Date.parse(`${seconds}${offset}`) : NaN;
  if (Number.isNaN(milliseconds) || !isCalendarDate(seconds!.slice(0, 10))) {
    throw new InvalidValueError(`${name} must be an RFC 3339 date-time such as 2020-04-17T20:00:00Z`, text);
  }
  return BigInt(milliseconds) * NS_PER_MS + BigInt(fraction.padEnd(9, '0') || '0');
}

/** RFC 3339 in UTC with as many decimals as needed in groups of three: none, milli, micro or nano. */
export function formatTimestamp(timestampNs: TimestampNs): string {
  const fractionNs = ((timestampNs % NS_PER_SECOND) + NS_PER_SECOND) % NS_PER_SECOND;
  const whole = new Date(Number((timestampNs - fractionNs) / NS_PER_MS)).toISOString().slice(0, 19);
  if (fractionNs === 0n) return `${whole}Z`;
  const digits = fractionNs.toString().padStart(9, '0').replace(/(000){1,2}$/, '');
  return `${whole}.${digits}Z`;
}

export function timestampFromDate(date: Date): TimestampNs {
  return BigInt(date.getTime()) * NS_PER_MS;
}

/** The millisecond the timestamp lies in, rounded down. */
export function timestampToDate(timestampNs: TimestampNs): Date {
  const ms = timestampNs / NS_PER_MS;
  return new Date(Number(timestampNs < 0n && ms * NS_PER_MS !== timestampNs ? ms - 1n : ms));
}

/** True for a date of the Gregorian calendar in the form YYYY-MM-DD. */
export function isCalendarDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
