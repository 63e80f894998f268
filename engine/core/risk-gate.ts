// Every order passes here, synchronously, before it touches the book; a refusal names the rule, the limit and what was
// observed. Of a user's order all is asked; venue participants pass what concerns the order itself, exactness and room.
// A stop that will wait is asked what can be known now: no collar, no liquidity, no cash. Once elected it comes again.
//
//   known? ─► terms ─► instrument state ─► room for a position ─► trading state ─► collar ─► position limit
//          ─► liquidity ─► overflow ─► room ─► free balance ─► post only

import { findAccount, isUser, tradingStateOf } from './accounts';
import { bookSide } from './books';
import { MAX_POSITIONS } from './capacities';
import { checkCash, checkRoom } from './cash-gate';
import { BUY_SIDE, CODE, FLAG_POST_ONLY, INSTRUMENT_STATE, ORDER_TYPE, TIF, TRADING_STATE } from './codes';
import { collects, findInstrument, instrumentAt } from './instruments';
import { OrderRequest } from './order-request';
import { nowMicros } from './output';
import { draftPosition, openPosition, Position, positionAt } from './positions';
import { ANY_BUY_PRICE, ANY_SELL_PRICE, collarBound, referencePrice } from './price-collar';

/** An iceberg shows at least this part of itself, so that the slices one incoming order can meet stay countable. */
const MAX_SLICES: i64 = 1_000;

/** @returns CODE.OK with `request` ready for the book, or the rule broken with `limit` and `observed` filled in. */
export function checkRisk(request: OrderRequest): i32 {
  request.account = findAccount(request.accountNumber);
  if (request.account < 0) return CODE.UNKNOWN_ACCOUNT;
  request.isUser = isUser(request.account);
  request.instrument = findInstrument(request.instrumentNumber);
  if (request.instrument < 0) return CODE.UNKNOWN_INSTRUMENT;
  let code = checkTerms(request);
  if (code != CODE.OK) return code;
  request.position = draftPosition(request.account, request.instrument);
  if (request.position < 0) return request.deny(CODE.CAPACITY_EXCEEDED, <f64>MAX_POSITIONS, <f64>MAX_POSITIONS);
  code = request.isStop ? checkStop(request) : checkOrder(request);
  if (code == CODE.OK) openPosition(request.position);
  return code;
}

/** Whether the instrument's state lets the order in; says in `request.trades` whether it may trade at once. */
export function checkState(request: OrderRequest): i32 {
  const state = instrumentAt(request.instrument).state;
  request.trades = state == INSTRUMENT_STATE.CONTINUOUS;
  return request.trades || admits(state, request) ? CODE.OK : request.deny(CODE.INSTRUMENT_STATE, <f64>state, <f64>state);
}

/** PRE_OPEN and AUCTION collect orders that rest, or wait as stops; HALTED and CLOSED take nothing new. Cancels ask nobody. */
function admits(state: i32, request: OrderRequest): bool {
  if (!collects(state)) return false;
  if (request.tif == TIF.IOC || request.tif == TIF.FOK) return false;
  return request.type != ORDER_TYPE.MARKET && request.type != ORDER_TYPE.MARKET_TO_LIMIT;
}

function checkTerms(request: OrderRequest): i32 {
  if (!(request.lots > 0)) return CODE.INVALID_QUANTITY;
  if (request.display != 0 && <i64>request.display * MAX_SLICES < <i64>request.lots) {
    return request.deny(CODE.INVALID_QUANTITY, <f64>((<i64>request.lots + MAX_SLICES - 1) / MAX_SLICES), <f64>request.display);
  }
  if (request.type == ORDER_TYPE.LIMIT && !(request.limitPrice > 0)) return CODE.INVALID_PRICE;
  if (request.isStop && !(request.trigger > 0 && (request.limitPrice > 0 || request.type != ORDER_TYPE.STOP_LIMIT))) return CODE.INVALID_PRICE;
  if (request.tif == TIF.GTD && !(request.expireMicros > nowMicros)) return request.deny(CODE.INVALID_EXPIRY, nowMicros, request.expireMicros);
  return checkState(request);
}

function checkStop(request: OrderRequest): i32 {
  let code = request.isUser ? checkTradingState(request) : CODE.OK;
  if (code == CODE.OK && request.isUser) code = checkPosition(request);
  return code == CODE.OK ? checkRoom(request) : code;
}

function checkOrder(request: OrderRequest): i32 {
  let code = request.isUser ? checkTradingState(request) : CODE.OK;
  if (code == CODE.OK) code = bound(request);
  if (code == CODE.OK && request.isUser) code = checkPosition(request);
  if (code == CODE.OK) code = checkCash(request);
  return code == CODE.OK && (request.flags & FLAG_POST_ONLY) != 0 ? checkPostOnly(request) : code;
}

function checkTradingState(request: OrderRequest): i32 {
  const state = tradingStateOf(request.account);
  if (state == TRADING_STATE.HALTED) return CODE.TRADING_HALTED;
  if (state != TRADING_STATE.REDUCING) return CODE.OK;
  const reducible = reducibleLots(positionAt(request.position), request.side);
  return <f64>request.lots > reducible ? request.deny(CODE.TRADING_STATE_REDUCING, reducible, <f64>request.lots) : CODE.OK;
}

/** Lots by which the position may still shrink, less those that open orders will take. */
function reducibleLots(position: Position, side: i32): f64 {
  if (side == BUY_SIDE) return max<f64>(0, -position.quantity - position.openBuyLots);
  return max<f64>(0, position.quantity - position.openSellLots);
}

/** Sets the worst price: the limit, which must lie within a user's collar, or for orders without one the collar. */
function bound(request: OrderRequest): i32 {
  const worst = request.isUser ? collarOf(request) : request.side == BUY_SIDE ? ANY_BUY_PRICE : ANY_SELL_PRICE;
  request.boundPrice = worst;
  if (request.type == ORDER_TYPE.MARKET) return CODE.OK;
  if (request.type == ORDER_TYPE.MARKET_TO_LIMIT) {
    const best = bestOpposite(request);
    if (best != 0 && !isBeyond(request.side, best, worst)) request.boundPrice = best;
    return CODE.OK;
  }
  request.boundPrice = request.limitPrice;
  return isBeyond(request.side, request.limitPrice, worst) ? request.deny(CODE.PRICE_COLLAR, <f64>worst, <f64>request.limitPrice) : CODE.OK;
}

function collarOf(request: OrderRequest): i32 {
  const collar = positionAt(request.position).collar;
  if (collar == 0) return request.side == BUY_SIDE ? ANY_BUY_PRICE : ANY_SELL_PRICE;
  return collarBound(request.side, referencePrice(request.instrument, instrumentAt(request.instrument).lastPrice), collar);
}

function checkPosition(request: OrderRequest): i32 {
  const position = positionAt(request.position);
  const most = <f64>position.maxLots;
  if (most == 0) return CODE.OK;
  const worst = request.side == BUY_SIDE ? position.quantity + position.openBuyLots + <f64>request.lots : -position.quantity + position.openSellLots + <f64>request.lots;
  return worst > most ? request.deny(CODE.POSITION_LIMIT, most, worst) : CODE.OK;
}

/** While nothing trades, nothing would. */
function checkPostOnly(request: OrderRequest): i32 {
  const best = bestOpposite(request);
  if (!request.trades || best == 0 || isBeyond(request.side, best, request.limitPrice)) return CODE.OK;
  return request.deny(CODE.POST_ONLY_WOULD_TRADE, <f64>best, <f64>request.limitPrice);
}

/** Ticks, or 0 when there is none. */
function bestOpposite(request: OrderRequest): i32 {
  return bookSide(request.instrument, 1 - request.side).bestPrice();
}

/** True when `price` is worse for the side than `bound`. */
// @ts-ignore: decorator
@inline
function isBeyond(side: i32, price: i32, bound: i32): bool {
  return side == BUY_SIDE ? price > bound : price < bound;
}
