// Every user order passes here, synchronously, before it touches the book; a refusal names the rule, the limit and what
// was observed. Venue participants pass only the last part: exactness and room hold for everybody.
//
//   known? ─► quantity, price ─► trading state ─► collar ─► position limit ─► liquidity ─► overflow ─► room ─► free balance

import { MAX_CASH_UNITS } from '@mib/proto/command-rules';
import { ORDER_TYPE, TRADING_STATE } from '@mib/proto/layout-command';
import { CASH } from './accounts.ts';
import { BookWalk } from './book-walk.ts';
import { BUY_SIDE } from './books.ts';
import { MAX_OPEN_ORDERS, MAX_POSITIONS } from './capacities.ts';
import { CODE } from './codes.ts';
import { INSTRUMENT } from './instruments.ts';
import { POSITION } from './margin.ts';
import type { OrderRequest } from './order-request.ts';
import { ANY_BUY_PRICE, ANY_SELL_PRICE, collarBound, referencePrice } from './price-collar.ts';
import type { State } from './state.ts';

/** Positions are kept exactly to this magnitude. */
const MAX_EXACT_LOTS = 2 ** 51;

export class RiskGate {
  readonly #state: State;
  readonly walk = new BookWalk();

  constructor(state: State) {
    this.#state = state;
  }

  /** @returns CODE.OK with `request` ready for the book, or the rule broken with `limit` and `observed` filled in. */
  check(request: OrderRequest): number {
    const { accounts, instruments, positions } = this.#state;
    request.account = accounts.find(request.accountNumber);
    if (request.account < 0) return CODE.UNKNOWN_ACCOUNT;
    request.isUser = accounts.isUser(request.account);
    request.instrument = instruments.find(request.instrumentNumber);
    if (request.instrument < 0) return CODE.UNKNOWN_INSTRUMENT;
    if (!(request.lots > 0)) return CODE.INVALID_QUANTITY;
    if (request.type === ORDER_TYPE.LIMIT && !(request.limitPrice > 0)) return CODE.INVALID_PRICE;
    request.position = positions.open(request.account, request.instrument, instruments.word(request.instrument, INSTRUMENT.CURRENCY));
    if (request.position < 0) return deny(request, CODE.CAPACITY_EXCEEDED, MAX_POSITIONS, MAX_POSITIONS);
    const code = request.isUser ? this.#checkUser(request) : this.#boundVenue(request);
    return code === CODE.OK ? this.#checkCash(request) : code;
  }

  #checkUser(request: OrderRequest): number {
    const tradingState = this.#state.accounts.tradingState(request.account);
    if (tradingState === TRADING_STATE.HALTED) return CODE.TRADING_HALTED;
    if (tradingState === TRADING_STATE.REDUCING) {
      const reducible = this.#reducibleLots(request);
      if (request.lots > reducible) return deny(request, CODE.TRADING_STATE_REDUCING, reducible, request.lots);
    }
    const code = this.#checkCollar(request);
    return code === CODE.OK ? this.#checkPosition(request) : code;
  }

  /** Lots by which the position may still shrink, less those that open orders will take. */
  #reducibleLots(request: OrderRequest): number {
    const { positions } = this.#state;
    const quantity = positions.get(request.position, POSITION.QUANTITY);
    if (request.side === BUY_SIDE) return Math.max(0, -quantity - positions.get(request.position, POSITION.OPEN_BUY_LOTS));
    return Math.max(0, quantity - positions.get(request.position, POSITION.OPEN_SELL_LOTS));
  }

  #checkCollar(request: OrderRequest): number {
    const { books, instruments, limits } = this.#state;
    const reference = referencePrice(books, request.instrument, instruments.word(request.instrument, INSTRUMENT.LAST_PRICE));
    const bound = collarBound(request.side, reference, limits.collarBasisPoints(request.account, request.instrument));
    if (request.type === ORDER_TYPE.MARKET) {
      request.boundPrice = bound;
      return CODE.OK;
    }
    request.boundPrice = request.limitPrice;
    const beyond = request.side === BUY_SIDE ? request.limitPrice > bound : request.limitPrice < bound;
    return beyond ? deny(request, CODE.PRICE_COLLAR, bound, request.limitPrice) : CODE.OK;
  }

  #boundVenue(request: OrderRequest): number {
    if (request.type === ORDER_TYPE.LIMIT) request.boundPrice = request.limitPrice;
    else request.boundPrice = request.side === BUY_SIDE ? ANY_BUY_PRICE : ANY_SELL_PRICE;
    return CODE.OK;
  }

  #checkPosition(request: OrderRequest): number {
    const { limits, positions } = this.#state;
    const max = limits.maxPositionLots(request.account, request.instrument);
    if (max === 0) return CODE.OK;
    const quantity = positions.get(request.position, POSITION.QUANTITY);
    const worst =
      request.side === BUY_SIDE
        ? quantity + positions.get(request.position, POSITION.OPEN_BUY_LOTS) + request.lots
        : -quantity + positions.get(request.position, POSITION.OPEN_SELL_LOTS) + request.lots;
    return worst > max ? deny(request, CODE.POSITION_LIMIT, max, worst) : CODE.OK;
  }

  /** Cash: enough of it, and never more than can be counted exactly. */
  #checkCash(request: OrderRequest): number {
    const { accounts, books, instruments, positions } = this.#state;
    const cashPerTickLot = instruments.number(request.instrument, INSTRUMENT.CASH_PER_TICK_LOT_NUMBER);
    this.walk.walk(books, request.instrument, request.side, request.boundPrice, request.lots, cashPerTickLot);
    if (request.type === ORDER_TYPE.MARKET && this.walk.lots === 0) return CODE.NO_LIQUIDITY;
    const lots = request.type === ORDER_TYPE.MARKET ? this.walk.lots : request.lots;
    const units = this.#notional(request, cashPerTickLot);
    const cash = positions.cashAt[request.position]!;
    const total = accounts.cash[cash + CASH.TOTAL]!;
    const reach = Math.abs(total) + accounts.cash[cash + CASH.OPEN_NOTIONAL]! + units;
    if (!(reach <= MAX_CASH_UNITS)) return deny(request, CODE.OVERFLOW, MAX_CASH_UNITS, Math.min(reach, Number.MAX_SAFE_INTEGER));
    const lotsReach = Math.abs(positions.get(request.position, POSITION.QUANTITY)) + positions.get(request.position, POSITION.OPEN_BUY_LOTS) + positions.get(request.position, POSITION.OPEN_SELL_LOTS) + request.lots;
    if (lotsReach > MAX_EXACT_LOTS) return deny(request, CODE.OVERFLOW, MAX_EXACT_LOTS, lotsReach);
    if (!books.hasRoom) return deny(request, CODE.CAPACITY_EXCEEDED, MAX_OPEN_ORDERS, books.orders.count);
    if (!request.isUser) return CODE.OK;
    const needed = positions.lockWith(request.position, request.side, lots, units) - positions.get(request.position, POSITION.LOCK);
    const free = total - accounts.cash[cash + CASH.LOCKED]!;
    return needed > 0 && needed > free ? deny(request, CODE.NOTIONAL_EXCEEDS_FREE_BALANCE, free, needed) : CODE.OK;
  }

  /** A buy at its limit; a sell at what it finds now and its limit for the rest; a MARKET order at what it finds. */
  #notional(request: OrderRequest, cashPerTickLot: number): number {
    if (request.type === ORDER_TYPE.MARKET) return this.walk.units;
    if (request.side === BUY_SIDE) return request.limitPrice * request.lots * cashPerTickLot;
    return this.walk.units + request.limitPrice * (request.lots - this.walk.lots) * cashPerTickLot;
  }
}

function deny(request: OrderRequest, code: number, limit: number, observed: number): number {
  request.limit = limit;
  request.observed = observed;
  return code;
}
