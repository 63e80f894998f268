// One line of a LOBSTER orderbook file: the published book after the message of the same line, best first.
//
//   ask price 1, ask size 1, bid price 1, bid size 1, ask price 2, …   a level that is not there: 9999999999,0 or -9999999999,0
//
// Source: LOBSTER sample files' read-me, version of 1 September 2013.

import { ClientError } from '@mib/service/errors';
import type { LineNumbers } from './lobster-message.ts';

// Taken once: a look at the global for every byte costs a hundredfold where globals are intercepted, as under a test runner.
const { imul } = Math;
/** More published levels are refused. */
export const MAX_DEPTH = 500;
const NO_ASK = 9_999_999_999;
const NO_BID = -9_999_999_999;
const FIELDS_PER_LEVEL = 4;
const SMALL_DIGITS = 9;
const MAX_EXACT = Number.MAX_SAFE_INTEGER;
const COMMA = 44;
const MINUS = 45;
const ZERO = 48;

/** Levels of one side, best first: `count` of them are there. */
export interface PublishedSide {
  count: number;
  readonly prices: Float64Array;
  readonly sizes: Float64Array;
}

export class LobsterRow {
  readonly depth: number;
  readonly asks: PublishedSide;
  readonly bids: PublishedSide;

  constructor(depth: number) {
    this.depth = depth;
    this.asks = { count: 0, prices: new Float64Array(depth), sizes: new Float64Array(depth) };
    this.bids = { count: 0, prices: new Float64Array(depth), sizes: new Float64Array(depth) };
  }

  /**
   * Reads the line at `line.at`, which ends inside the buffer, and steps behind it whatever it holds.
   *
   * This is where the time of an import goes, forty figures a row of ten levels: one loop over the bytes, in locals.
   *
   * @returns false for a line that is no book: another number of columns, prices out of order, a size below 1.
   */
  read(line: LineNumbers): boolean {
    const { bytes } = line;
    const { asks, bids } = this;
    const fields = this.depth * FIELDS_PER_LEVEL;
    asks.count = bids.count = 0;
    let price = 0;
    let at = line.at;
    for (let field = 0; field < fields; field += 1) {
      const isNegative = bytes[at] === MINUS;
      if (isNegative) at += 1;
      const first = at;
      let small = 0;
      let digit = bytes[at]! - ZERO;
      for (const end = first + SMALL_DIGITS; digit >= 0 && digit <= 9 && at < end; digit = bytes[++at]! - ZERO) small = (imul(small, 10) + digit) | 0;
      let value = small;
      for (; digit >= 0 && digit <= 9; digit = bytes[++at]! - ZERO) value = value * 10 + digit;
      const isLast = field === fields - 1;
      if (at === first || (!isLast && bytes[at] !== COMMA)) return skip(line);
      if (isNegative) value = -value;
      if ((field & 1) === 0) price = value;
      else if (!addLevel((field & 2) === 0 ? asks : bids, (field & 2) === 0 ? 1 : -1, field >> 2, price, value)) return skip(line);
      if (!isLast) at += 1;
    }
    line.at = at;
    return line.lineEnd() || skip(line);
  }
}

/** Always false: steps over a line that is no book, from wherever in it the reading has stopped. */
function skip(line: LineNumbers): false {
  line.skipLine();
  return false;
}

/** `direction`: 1 where prices rise from level to level, -1 where they fall. */
function addLevel(side: PublishedSide, direction: 1 | -1, level: number, price: number, size: number): boolean {
  if (price === (direction === 1 ? NO_ASK : NO_BID)) return size === 0;
  // A level behind one that is not there, or not worse than the one before it.
  if (level !== side.count || !(size > 0) || !(price > 0) || size > MAX_EXACT) return false;
  if (level > 0 && !((price - side.prices[level - 1]!) * direction > 0)) return false;
  side.prices[level] = price;
  side.sizes[level] = size;
  side.count = level + 1;
  return true;
}

/**
 * The number of levels that the line at `at` publishes.
 *
 * @throws {ClientError} VALIDATION when it is no orderbook line.
 */
export function depthOf(bytes: Buffer, at: number): number {
  const line = bytes.subarray(at, bytes.indexOf(10, at)).toString('latin1').trimEnd();
  const columns = line.split(',').length;
  const depth = columns / FIELDS_PER_LEVEL;
  if (!Number.isInteger(depth) || depth < 1 || depth > MAX_DEPTH) {
    throw new ClientError('VALIDATION', `orderbook file must have 4 columns a level and 1..${MAX_DEPTH} levels, had ${columns} columns`, { field: ['input', 'orderBookUri'] });
  }
  return depth;
}
