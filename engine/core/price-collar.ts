// The worst price that an order may reach. The reference is the last trade, pulled into the standing quote: a wide quote
// cannot move it, and a market that gapped away from the last trade does not lock everybody out. Without trade or quote
// there is no reference and no collar. Only the harmful direction is bounded: a bid far below hurts nobody.

import { bookSide } from './books';
import { BUY_SIDE, MAX_NUMBER, SELL_SIDE } from './codes';

const BASIS_POINTS: f64 = 10_000;
/** No order's price is beyond, so they bound nothing. */
export const ANY_BUY_PRICE: i32 = MAX_NUMBER;
export const ANY_SELL_PRICE: i32 = 1;

/** Ticks, or 0 when there is none. */
export function referencePrice(instrument: i32, lastPrice: i32): i32 {
  const bid = bookSide(instrument, BUY_SIDE).bestPrice();
  const ask = bookSide(instrument, SELL_SIDE).bestPrice();
  if (lastPrice == 0) return bid != 0 && ask != 0 ? <i32>((<i64>bid + <i64>ask) / 2) : bid + ask;
  if (bid != 0 && lastPrice < bid) return bid;
  if (ask != 0 && lastPrice > ask) return ask;
  return lastPrice;
}

/** Highest price of a buy, lowest of a sell, in ticks; rounded towards the reference. */
export function collarBound(side: i32, reference: i32, collarBasisPoints: i32): i32 {
  const isOff = reference == 0 || collarBasisPoints == 0;
  if (side == BUY_SIDE) {
    if (isOff) return ANY_BUY_PRICE;
    return <i32>min<f64>(<f64>ANY_BUY_PRICE, floor<f64>((<f64>reference * (BASIS_POINTS + <f64>collarBasisPoints)) / BASIS_POINTS));
  }
  if (isOff) return ANY_SELL_PRICE;
  return <i32>max<f64>(<f64>ANY_SELL_PRICE, ceil<f64>((<f64>reference * (BASIS_POINTS - <f64>collarBasisPoints)) / BASIS_POINTS));
}
