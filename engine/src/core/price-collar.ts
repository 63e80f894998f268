// The worst price that an order may reach. The reference is the last trade, pulled into the standing quote: a wide quote
// cannot move it, and a market that gapped away from the last trade does not lock everybody out. Without trade or quote
// there is no reference and no collar. Only the harmful direction is bounded: a bid far below hurts nobody.

import * as fromBooks from './books.ts';
import type { Books } from './books.ts';

/** Held here: V8 folds a module's own constants into the code, an imported name it loads at every use. */
const { BUY_SIDE, SELL_SIDE } = fromBooks;

const BASIS_POINTS = 10_000;
/** No order's price is above, so it bounds nothing. */
const HIGHEST = 2 ** 31 - 1;
const LOWEST = 1;
export const ANY_BUY_PRICE = HIGHEST;
export const ANY_SELL_PRICE = LOWEST;

/** Ticks, or 0 when there is none. */
export function referencePrice(books: Books, instrument: number, lastPrice: number): number {
  const bid = books.side(instrument, BUY_SIDE).bestPrice();
  const ask = books.side(instrument, SELL_SIDE).bestPrice();
  if (lastPrice === 0) return bid !== 0 && ask !== 0 ? Math.floor((bid + ask) / 2) : bid + ask;
  if (bid !== 0 && lastPrice < bid) return bid;
  if (ask !== 0 && lastPrice > ask) return ask;
  return lastPrice;
}

/** Highest price of a buy, lowest of a sell, in ticks; rounded towards the reference. */
export function collarBound(side: number, reference: number, collarBasisPoints: number): number {
  if (side === BUY_SIDE) {
    if (reference === 0 || collarBasisPoints === 0) return HIGHEST;
    return Math.min(HIGHEST, Math.floor((reference * (BASIS_POINTS + collarBasisPoints)) / BASIS_POINTS));
  }
  if (reference === 0 || collarBasisPoints === 0) return LOWEST;
  return Math.max(LOWEST, Math.ceil((reference * (BASIS_POINTS - collarBasisPoints)) / BASIS_POINTS));
}
