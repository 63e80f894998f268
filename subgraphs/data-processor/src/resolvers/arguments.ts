// What resolvers accept, checked in one place; every refusal names the argument and its value.

import { InvalidValueError } from '@mib/model/invalid-value';
import type { TradePosition } from '../domain/stored-trade.ts';
import { NS_PER_MS, parseTimestamp, timestampToDate } from '@mib/model/timestamp';

export const MAX_PAGE = 500;
export const DEFAULT_PAGE = 100;
/** Years that PostgreSQL and ISO 8601 without signs both write; no market is older. */
const EARLIEST_MS = Date.UTC(1000, 0);
const LATEST_MS = Date.UTC(9999, 0);

/** @throws {InvalidValueError} */
export function pageSize(first: number | null | undefined): number {
  return wholeNumber('first', first ?? DEFAULT_PAGE, 1, MAX_PAGE);
}

/** @throws {InvalidValueError} */
export function wholeNumber(name: string, value: number, minimum: number, maximum: number): number {
  if (!Number.isInteger(value) || value < minimum || value > maximum) throw new InvalidValueError(`${name} must be ${minimum}..${maximum}`, value);
  return value;
}

/**
 * The first millisecond that is not before `text`; opening times are whole milliseconds, so comparing with it is exact.
 *
 * @throws {InvalidValueError}
 */
export function timeBoundMs(name: string, text: string | null | undefined): number | null {
  if (text == null) return null;
  const timeNs = parseTimestamp(text, name);
  const ms = timeNs / NS_PER_MS;
  const roundedUp = Number(ms * NS_PER_MS < timeNs ? ms + 1n : ms);
  return Math.min(Math.max(roundedUp, EARLIEST_MS), LATEST_MS);
}

/**
 * The millisecond that `text` lies in: nothing that ends later has ended by then.
 *
 * @throws {InvalidValueError}
 */
export function instantMs(name: string, text: string | null | undefined): number | null {
  if (text == null) return null;
  return Math.min(Math.max(timestampToDate(parseTimestamp(text, name)).getTime(), EARLIEST_MS), LATEST_MS);
}

/** Opaque outside, the opening time of a candle inside. */
export function cursorOf(openTimeMs: number): string {
  return Buffer.from(`t${openTimeMs}`).toString('base64url');
}

/** @throws {InvalidValueError} */
export function openTimeOfCursor(cursor: string | null | undefined): number | null {
  if (cursor == null) return null;
  const match = /^t(-?\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString());
  const openTimeMs = Number(match?.[1]);
  if (!match || openTimeMs < EARLIEST_MS || openTimeMs > LATEST_MS) throw new InvalidValueError('after must be a cursor of an earlier page', cursor);
  return openTimeMs;
}

/** Nanoseconds, within what 64 bits hold. @throws {InvalidValueError} */
export function timeNs(name: string, text: string | null | undefined): bigint | null {
  if (text == null) return null;
  return clampNs(parseTimestamp(text, name));
}

/** Opaque outside, the place of a trade inside. */
export function cursorOfTrade({ timeNs: at, sequence, origin }: TradePosition): string {
  return Buffer.from(`p${at}.${sequence}.${origin}`).toString('base64url');
}

/** @throws {InvalidValueError} */
export function tradeOfCursor(cursor: string | null | undefined): TradePosition | null {
  if (cursor == null) return null;
  const match = /^p(-?\d{1,19})\.(\d{1,18})\.([0-9a-z]{1,64})$/.exec(Buffer.from(cursor, 'base64url').toString());
  if (!match) throw new InvalidValueError('after must be a cursor of an earlier page', cursor);
  return { timeNs: clampNs(BigInt(match[1]!)), sequence: BigInt(match[2]!), origin: match[3]! };
}

const MAX_NS = 2n ** 63n - 2n;

function clampNs(value: bigint): bigint {
  return value > MAX_NS ? MAX_NS : value < -MAX_NS ? -MAX_NS : value;
}

/** The earlier of two exclusive bounds. */
export function earlier(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.min(a, b);
}
