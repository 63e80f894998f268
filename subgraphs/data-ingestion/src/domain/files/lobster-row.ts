// One line of a LOBSTER orderbook file: the published book after the message of the same line, best first.
//
//   ask price 1, ask size 1, bid price 1, bid size 1, ask price 2, …   a level that is not there: 9999999999,0 or -9999999999,0
//
// Source: LOBSTER sample files' read-me, version of 1 September 2013.

import { ClientError } from '@mib/service/errors';
import type { LineNumbers } from './lobster-message.ts';

/** More published levels are refused. */
export const MAX_DEPTH = 500;
const NO_ASK = 9_999_999_999;
const NO_BID = -9_999_999_999;
const FIELDS_PER_LEVEL = 4;

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
   * @returns false for a line that is no book: another number of columns, prices out of order, a size below 1.
   */
  read(line: LineNumbers): boolean {
    const start = line.at;
    let good = true;
    this.asks.count = this.bids.count = 0;
    for (let level = 0; level < this.depth; level += 1) {
      if (level > 0) good = line.comma() && good;
      good = readLevel(line, this.asks, level, 1) && line.comma() && readLevel(line, this.bids, level, -1) && good;
      if (!good) break;
    }
    if (good && line.lineEnd()) return true;
    line.at = start;
    line.skipLine();
    return false;
  }
}

/** `direction`: 1 where prices rise from level to level, -1 where they fall. */
function readLevel(line: LineNumbers, side: PublishedSide, level: number, direction: 1 | -1): boolean {
  const price = line.integer();
  if (!line.comma()) return false;
  const size = line.integer();
  if (price === (direction === 1 ? NO_ASK : NO_BID)) return size === 0;
  // A level behind one that is not there, or not worse than the one before it.
  if (level !== side.count || !(size > 0) || !(price > 0)) return false;
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
