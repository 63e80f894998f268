// The price at which a crossed book would trade all at once. The rules are those of Xetra's market model (Market Model
// Equities, "Price determination in auctions"; the London Stock Exchange's MIT201 has the same order of steps):
//
//   1 most lots executed  2 least surplus  3 market pressure: surplus on the buy side only -> highest, on the sell side
//   only -> lowest  4 nearest to the last trade price (the lower of two), without one the lowest
//
// Candidates are the prices of orders between the best ask and the best bid. Two pointers walk them upwards, demand
// falling and supply rising on the way: O(levels that cross), nothing but the scratch arrays is written.

import { BUY_SIDE, SELL_SIDE, type Books } from './books.ts';

const FIRST_LEVELS = 64;

export class AuctionPrice {
  /** Ticks; 0 when nothing would trade. */
  priceTicks = 0;
  lots = 0;
  /** Lots left over at the price: positive on the buy side, negative on the sell side. */
  imbalanceLots = 0;
  readonly #bids = new CrossedLevels();
  readonly #asks = new CrossedLevels();
  #lowest = 0;
  #highest = 0;
  #onlyBuySurplus = false;
  #onlySellSurplus = false;

  /** @param lastPrice - of the last trade, 0 for none. */
  find(books: Books, instrument: number, lastPrice: number): void {
    this.priceTicks = 0;
    this.lots = 0;
    this.imbalanceLots = 0;
    const bestBid = books.side(instrument, BUY_SIDE).bestPrice();
    const bestAsk = books.side(instrument, SELL_SIDE).bestPrice();
    if (bestBid === 0 || bestAsk === 0 || bestBid < bestAsk) return;
    this.#bids.collect(books, instrument, BUY_SIDE, bestAsk);
    this.#asks.collect(books, instrument, SELL_SIDE, bestBid);
    this.#walk(lastPrice);
    const surplus = Math.abs(this.imbalanceLots);
    if (this.#onlyBuySurplus) this.#choose(this.#highest, surplus);
    else if (this.#onlySellSurplus) this.#choose(this.#lowest, -surplus);
  }

  #walk(lastPrice: number): void {
    const bids = this.#bids;
    const asks = this.#asks;
    let demand = bids.total;
    let supply = 0;
    let bid = bids.count - 1;
    let ask = 0;
    while (bid >= 0 || ask < asks.count) {
      const price = bid < 0 || (ask < asks.count && asks.prices[ask]! < bids.prices[bid]!) ? asks.prices[ask]! : bids.prices[bid]!;
      if (ask < asks.count && asks.prices[ask] === price) supply += asks.lots[ask++]!;
      this.#consider(price, demand, supply, lastPrice);
      if (bid >= 0 && bids.prices[bid] === price) demand -= bids.lots[bid--]!;
    }
  }

  /** Prices come in ascending order. */
  #consider(price: number, demand: number, supply: number, lastPrice: number): void {
    const lots = Math.min(demand, supply);
    const imbalance = demand - supply;
    const surplus = Math.abs(imbalance);
    const best = Math.abs(this.imbalanceLots);
    if (lots < this.lots || (lots === this.lots && surplus > best)) return;
    if (lots > this.lots || surplus < best) {
      this.lots = lots;
      this.#lowest = price;
      this.#onlyBuySurplus = true;
      this.#onlySellSurplus = true;
      this.#choose(price, imbalance);
    } else if (lastPrice !== 0 && Math.abs(price - lastPrice) < Math.abs(this.priceTicks - lastPrice)) {
      this.#choose(price, imbalance);
    }
    this.#highest = price;
    this.#onlyBuySurplus &&= imbalance > 0;
    this.#onlySellSurplus &&= imbalance < 0;
  }

  #choose(price: number, imbalance: number): void {
    this.priceTicks = price;
    this.imbalanceLots = imbalance;
  }
}

/** The levels of one side that reach the other, best first. They never outnumber the book's own levels. */
class CrossedLevels {
  prices = new Int32Array(FIRST_LEVELS);
  lots = new Float64Array(FIRST_LEVELS);
  count = 0;
  total = 0;

  collect(books: Books, instrument: number, side: number, bound: number): void {
    const { sign } = books.side(instrument, side);
    this.count = 0;
    this.total = 0;
    for (let level = books.side(instrument, side).bestLevel; level >= 0; level = books.side(instrument, side).worse(books.priceOf(level))) {
      if (sign * books.priceOf(level) < sign * bound) return;
      if (this.count === this.prices.length) this.#grow();
      const lots = books.wholeQuantity(level);
      this.prices[this.count] = books.priceOf(level);
      this.lots[this.count] = lots;
      this.total += lots;
      this.count++;
    }
  }

  #grow(): void {
    const prices = new Int32Array(2 * this.count);
    const lots = new Float64Array(2 * this.count);
    prices.set(this.prices);
    lots.set(this.lots);
    this.prices = prices;
    this.lots = lots;
  }
}
