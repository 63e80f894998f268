// Kraken's checksum of a book: CRC-32 over the digits of the ten best asks, then of the ten best bids, each price and then
// quantity without its point and leading zeros. The digits are those of the wire, so trailing zeros count.
// Rule: Kraken, Book checksum (WebSocket v2).

import { crc32 } from 'node:zlib';
import type { LevelBook } from '../feed/level-book.ts';
import type { PriceLadder } from '../feed/price-ladder.ts';

/** Levels of a side that the checksum covers, whatever depth is subscribed to. */
export const CHECKSUM_LEVELS = 10;
/** A decimal text of a feed has at most 40 characters. */
const BYTES = Buffer.allocUnsafe(2 * CHECKSUM_LEVELS * 2 * 40);
const ZERO = 48;
const POINT = 46;

/** Cost: one pass over at most 40 short texts into one buffer, nothing allocated. */
export function bookChecksum(book: LevelBook): number {
  const end = writeSide(book.bids, writeSide(book.asks, 0));
  return crc32(BYTES.subarray(0, end));
}

function writeSide(ladder: PriceLadder, start: number): number {
  let end = start;
  for (let index = ladder.length - 1, last = Math.max(0, ladder.length - CHECKSUM_LEVELS); index >= last; index -= 1) {
    end = writeDigits(ladder.quantities[index]!, writeDigits(ladder.prices[index]!, end));
  }
  return end;
}

function writeDigits(text: string, start: number): number {
  let end = start;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === POINT || (code === ZERO && end === start)) continue;
    BYTES[end] = code;
    end += 1;
  }
  return end;
}
