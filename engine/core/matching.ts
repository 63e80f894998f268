// Price-time matching. An incoming order takes the best level of the other side, its oldest order first, at the resting
// order's price, until it is filled or the next price is beyond its bound. Cost per fill: one record written, two
// positions moved, one level's sums; no lookups but by index. Outside CONTINUOUS nothing trades here.

import { bookSide, levelAt, shownLots, takeLots } from './books';
import { chargeMaker, chargeTaker } from './charges';
import { REASON, STP } from './codes';
import { addFees, traded } from './events';
import { feesAreSet } from './fees';
import { instrumentAt } from './instruments';
import { cancelOpen } from './open-orders';
import { Order, orderAt } from './orders';
import { OrderRequest } from './order-request';
import { positionAt } from './positions';
import { dormantCount, tradedAt } from './stops';

/** Trades as much of the request as the book offers within its bound. @returns the lots left. */
export function match(request: OrderRequest): i32 {
  if (!request.trades) return request.lots;
  const opposite = bookSide(request.instrument, 1 - request.side);
  const bound = opposite.keyOf(request.boundPrice);
  let remaining = request.lots;
  while (remaining > 0 && opposite.bestKey >= bound) {
    const maker = levelAt(opposite.bestLevel).head;
    if (request.stp == STP.NONE || orderAt(maker).account != request.account) {
      remaining = trade(request, maker, remaining);
    } else {
      preventSelfTrade(request, maker);
      if (request.metItself) break;
    }
  }
  if (remaining < request.lots) positionAt(request.position).relock();
  return remaining;
}

/** @returns the lots left. */
function trade(request: OrderRequest, index: i32, remaining: i32): i32 {
  const maker = orderAt(index);
  const price = maker.price;
  const lots = min<i32>(remaining, shownLots(maker));
  if (feesAreSet()) return tradeWithFees(request, index, maker, price, lots, remaining - lots);
  traded(request, maker, lots, remaining - lots);
  settle(request, index, maker, price, lots, 0, 0);
  return remaining - lots;
}

/** Fees are moved before the trade that charges them: the first one opens the account of the house. */
function tradeWithFees(request: OrderRequest, index: i32, maker: Order, price: i32, lots: i32, remaining: i32): i32 {
  const units = <f64>price * <f64>lots * instrumentAt(request.instrument).cashPerTickLot;
  const takerFee = chargeTaker(request.instrument, request.account, units);
  const makerFee = chargeMaker(request.instrument, maker.account, units);
  addFees(traded(request, maker, lots, remaining), takerFee, makerFee);
  settle(request, index, maker, price, lots, takerFee, makerFee);
  return remaining;
}

// @ts-ignore: decorator
@inline
function settle(request: OrderRequest, index: i32, maker: Order, price: i32, lots: i32, takerFee: f64, makerFee: f64): void {
  positionAt(maker.position).fillResting(maker.side, price, lots, makerFee);
  positionAt(request.position).fillAt(request.side, price, <f64>lots, takerFee);
  takeLots(index, lots);
  instrumentAt(request.instrument).rememberTrade(request.side, price, lots);
  if (dormantCount != 0) tradedAt(request.instrument, price);
}

/**
 * Self-trade prevention: the next maker of a user's taking order is that user's own. The taking order's mode decides
 * whether the resting order goes, or the taking one stops, or both; `request.metItself` says that it stops.
 */
function preventSelfTrade(request: OrderRequest, maker: i32): void {
  if (request.stp != STP.CANCEL_TAKING) cancelOpen(maker, REASON.SELF_TRADE);
  request.metItself = request.stp != STP.CANCEL_RESTING;
}
