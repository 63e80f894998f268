// The gate's last part: what the order would cost. Enough free cash for a user's order, room for it, and for everybody no
// sum that could not be counted exactly.

import { cashAt } from './accounts';
import { resetWalk, walkBook, walkedLots, walkedUnits, walkOthers } from './book-walk';
import { hasRoomForOrder } from './books';
import { MAX_OPEN_ORDERS, MAX_OPEN_ORDERS_OF_ACCOUNT } from './capacities';
import { BUY_SIDE, CODE, MAX_CASH_UNITS, ORDER_TYPE, STP, TIF } from './codes';
import { openOrders, openOrdersOf } from './orders';
import { OrderRequest } from './order-request';
import { positionAt } from './positions';

/** Positions are kept exactly to this magnitude, 2^51. */
const MAX_EXACT_LOTS: f64 = 2_251_799_813_685_248;

/** Liquidity, overflow, room, free balance; sets `request.tradableLots` of a FOK order. */
export function checkCash(request: OrderRequest): i32 {
  const position = positionAt(request.position);
  const cashPerTickLot = position.cashPerTickLot;
  if (!look(request, cashPerTickLot)) return CODE.NO_LIQUIDITY;
  const lots = request.type == ORDER_TYPE.MARKET ? walkedLots : <f64>request.lots;
  const units = notional(request, cashPerTickLot);
  const cash = cashAt(position.cash);
  const total = cash.total;
  const reach = abs<f64>(total) + cash.openNotional + units;
  if (!(reach <= MAX_CASH_UNITS)) return request.deny(CODE.OVERFLOW, MAX_CASH_UNITS, min<f64>(reach, F64.MAX_SAFE_INTEGER));
  const lotsReach = abs<f64>(position.quantity) + position.openBuyLots + position.openSellLots + <f64>request.lots;
  if (lotsReach > MAX_EXACT_LOTS) return request.deny(CODE.OVERFLOW, MAX_EXACT_LOTS, lotsReach);
  const code = checkRoom(request);
  if (code != CODE.OK) return code;
  if (!request.isUser) return CODE.OK;
  const needed = position.lockWith(request.side, lots, units) - position.lock;
  const free = total - cash.locked;
  return needed > 0 && needed > free ? request.deny(CODE.NOTIONAL_EXCEEDS_FREE_BALANCE, free, needed) : CODE.OK;
}

/**
 * Room for one more open order: in the tables that all share, and within what one user may take of them.
 *
 * @returns CODE.OK, or CAPACITY_EXCEEDED with the bound that is reached.
 */
export function checkRoom(request: OrderRequest): i32 {
  if (!hasRoomForOrder()) return request.deny(CODE.CAPACITY_EXCEEDED, <f64>MAX_OPEN_ORDERS, <f64>openOrders);
  const count = openOrdersOf(request.account);
  if (!request.isUser || count < MAX_OPEN_ORDERS_OF_ACCOUNT) return CODE.OK;
  return request.deny(CODE.CAPACITY_EXCEEDED, <f64>MAX_OPEN_ORDERS_OF_ACCOUNT, <f64>count);
}

/** Walks the book as far as the order's cost or fate depends on it. @returns false when there is nothing for an order that needs something. */
function look(request: OrderRequest, cashPerTickLot: f64): bool {
  const needsLiquidity = request.type == ORDER_TYPE.MARKET || request.type == ORDER_TYPE.MARKET_TO_LIMIT;
  resetWalk();
  if (!request.trades) return true;
  if (!needsLiquidity && request.side == BUY_SIDE && request.tif != TIF.FOK) return true;
  walkBook(request, cashPerTickLot);
  if (needsLiquidity && walkedLots == 0) return false;
  if (request.stp != STP.NONE) walkOthers(request, cashPerTickLot);
  request.tradableLots = walkedLots;
  return true;
}

/** A buy at its limit; a sell at what it finds now and its limit for the rest; a MARKET order at what it finds. */
function notional(request: OrderRequest, cashPerTickLot: f64): f64 {
  if (request.type == ORDER_TYPE.MARKET) return walkedUnits;
  const bound = <f64>request.boundPrice;
  if (request.side == BUY_SIDE) return bound * <f64>request.lots * cashPerTickLot;
  return walkedUnits + bound * (<f64>request.lots - walkedLots) * cashPerTickLot;
}
