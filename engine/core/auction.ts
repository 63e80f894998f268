// An auction: while an instrument collects orders it tells the price at which they would trade, and when the collecting
// ends they do, all at that price, the best-priced and then the oldest first on both sides. There is no incoming order:
// the younger of two is called the taker, both pay the maker's fee, and nobody is kept from trading with himself.

import { auctionImbalance, auctionLots, auctionPrice, findAuctionPrice } from './auction-price';
import { bookSide, levelAt, takeWholeLots } from './books';
import { chargeMaker } from './charges';
import { BUY_SIDE, SELL_SIDE } from './codes';
import { addFees, auctioned, indicativePriceChanged } from './events';
import { feesAreSet } from './fees';
import { setIndicative } from './indicative';
import { instrumentAt } from './instruments';
import { Order, orderAt } from './orders';
import { positionAt } from './positions';
import { tradedAt } from './stops';

/** Tells the price of a collecting instrument when it is another than was told last. */
export function announceAuction(instrument: i32): void {
  findAuctionPrice(instrument, instrumentAt(instrument).lastPrice);
  if (!setIndicative(instrument, <f64>auctionPrice, auctionLots, auctionImbalance)) return;
  indicativePriceChanged(instrumentAt(instrument).number, auctionPrice, auctionLots, auctionImbalance);
}

/** Trades what the book of the instrument would at its auction price. O(crossing levels + trades). */
export function uncross(instrument: i32): void {
  findAuctionPrice(instrument, instrumentAt(instrument).lastPrice);
  for (let left = auctionLots; left > 0; ) left -= <f64>trade(instrument, first(instrument, BUY_SIDE), first(instrument, SELL_SIDE), left);
}

function first(instrument: i32, side: i32): i32 {
  return levelAt(bookSide(instrument, side).bestLevel).head;
}

/** @returns lots traded. */
function trade(instrument: i32, buy: i32, sell: i32, left: f64): i32 {
  const row = instrumentAt(instrument);
  const lots = <i32>min<f64>(left, <f64>min<i32>(orderAt(buy).remaining, orderAt(sell).remaining));
  const buyIsYounger = orderAt(buy).id > orderAt(sell).id;
  const taker = orderAt(buyIsYounger ? buy : sell);
  const maker = orderAt(buyIsYounger ? sell : buy);
  const units = <f64>auctionPrice * <f64>lots * row.cashPerTickLot;
  const takerFee = feesAreSet() ? chargeMaker(instrument, taker.account, units) : 0;
  const makerFee = feesAreSet() ? chargeMaker(instrument, maker.account, units) : 0;
  addFees(auctioned(row.number, taker, maker, auctionPrice, lots), takerFee, makerFee);
  row.rememberTrade(taker.side, auctionPrice, lots);
  fill(buy, orderAt(buy), lots, buyIsYounger ? takerFee : makerFee);
  fill(sell, orderAt(sell), lots, buyIsYounger ? makerFee : takerFee);
  tradedAt(instrument, auctionPrice);
  return lots;
}

/** What the order had reserved at its own limit is what a short sale keeps locked besides its proceeds. */
function fill(index: i32, order: Order, lots: i32, fee: f64): void {
  positionAt(order.position).fillAuctioned(order.side, auctionPrice, order.price, lots, fee);
  takeWholeLots(index, lots);
}
