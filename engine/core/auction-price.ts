// The price at which a crossed book would trade all at once. The rules are those of Xetra's market model (Market Model
// Equities, "Price determination in auctions"; the London Stock Exchange's MIT201 has the same order of steps):
//
//   1 most lots executed  2 least surplus  3 market pressure: surplus on the buy side only -> highest, on the sell side
//   only -> lowest  4 nearest to the last trade price (the lower of two), without one the lowest
//
// Candidates are the prices of orders between the best ask and the best bid. Two pointers walk them upwards, demand
// falling and supply rising on the way: O(levels that cross), nothing but scratch memory is written.

import { bookSide, levelAt } from './books';
import { BUY_SIDE, NONE, SELL_SIDE } from './codes';
import { CROSSED_ASKS, CROSSED_BIDS } from './memory';

/** A level of one side that reaches the other. */
@unmanaged
class Crossed {
  lots: f64;
  price: i32;
  unused: i32;
}

/** Ticks; 0 when nothing would trade. */
export let auctionPrice: i32 = 0;
export let auctionLots: f64 = 0;
/** Lots left over at the price: positive on the buy side, negative on the sell side. */
export let auctionImbalance: f64 = 0;
let demand: f64 = 0;
let lowest: i32 = 0;
let highest: i32 = 0;
let onlyBuySurplus: bool = false;
let onlySellSurplus: bool = false;

/** @param lastPrice - of the last trade, 0 for none. */
export function findAuctionPrice(instrument: i32, lastPrice: i32): void {
  auctionPrice = 0;
  auctionLots = 0;
  auctionImbalance = 0;
  const bestBid = bookSide(instrument, BUY_SIDE).bestPrice();
  const bestAsk = bookSide(instrument, SELL_SIDE).bestPrice();
  if (bestBid == 0 || bestAsk == 0 || bestBid < bestAsk) return;
  const asks = collect(instrument, SELL_SIDE, bestBid, CROSSED_ASKS);
  const bids = collect(instrument, BUY_SIDE, bestAsk, CROSSED_BIDS);
  walk(bids, asks, lastPrice);
  const surplus = abs<f64>(auctionImbalance);
  if (onlyBuySurplus) choose(highest, surplus);
  else if (onlySellSurplus) choose(lowest, -surplus);
}

/** Best first; leaves the sum of their lots in `demand`. @returns how many there are. */
function collect(instrument: i32, sideOf: i32, bound: i32, into: usize): i32 {
  const side = bookSide(instrument, sideOf);
  const boundKey = side.keyOf(bound);
  let count = 0;
  demand = 0;
  for (let index = side.bestLevel; index > NONE; index = side.worse(levelAt(index).price)) {
    const level = levelAt(index);
    if (side.keyOf(level.price) < boundKey) break;
    const crossed = crossedAt(into, count++);
    crossed.price = level.price;
    crossed.lots = level.whole;
    demand += crossed.lots;
  }
  return count;
}

/** Bids are taken from their worst, asks from their best. */
function walk(bidCount: i32, askCount: i32, lastPrice: i32): void {
  let supply: f64 = 0;
  let bid = bidCount - 1;
  let ask = 0;
  while (bid >= 0 || ask < askCount) {
    const askPrice = ask < askCount ? crossedAt(CROSSED_ASKS, ask).price : 0;
    const bidPrice = bid >= 0 ? crossedAt(CROSSED_BIDS, bid).price : 0;
    const price = bid < 0 || (ask < askCount && askPrice < bidPrice) ? askPrice : bidPrice;
    if (ask < askCount && askPrice == price) supply += crossedAt(CROSSED_ASKS, ask++).lots;
    consider(price, demand, supply, lastPrice);
    if (bid >= 0 && bidPrice == price) demand -= crossedAt(CROSSED_BIDS, bid--).lots;
  }
}

/** Prices come in ascending order. */
function consider(price: i32, demanded: f64, supplied: f64, lastPrice: i32): void {
  const lots = min<f64>(demanded, supplied);
  const imbalance = demanded - supplied;
  const surplus = abs<f64>(imbalance);
  const best = abs<f64>(auctionImbalance);
  if (lots < auctionLots || (lots == auctionLots && surplus > best)) return;
  if (lots > auctionLots || surplus < best) {
    auctionLots = lots;
    lowest = price;
    onlyBuySurplus = true;
    onlySellSurplus = true;
    choose(price, imbalance);
  } else if (lastPrice != 0 && abs<i32>(price - lastPrice) < abs<i32>(auctionPrice - lastPrice)) {
    choose(price, imbalance);
  }
  highest = price;
  onlyBuySurplus = onlyBuySurplus && imbalance > 0;
  onlySellSurplus = onlySellSurplus && imbalance < 0;
}

function choose(price: i32, imbalance: f64): void {
  auctionPrice = price;
  auctionImbalance = imbalance;
}

// @ts-ignore: decorator
@inline
function crossedAt(list: usize, index: i32): Crossed {
  return changetype<Crossed>(list + (<usize>index << 4));
}
