// The gate's last part: what the order would cost. Enough free cash for a user's order, room for it, and for everybody no
// sum that could not be counted exactly.

import * as fromCommandRules from '@mib/proto/command-rules';
import * as fromLayoutCommand from '@mib/proto/layout-command';
import * as fromAccounts from './accounts.ts';
import { BookWalk } from './book-walk.ts';
import * as fromBooks from './books.ts';
import * as fromCodes from './codes.ts';
import * as fromMargin from './margin.ts';
import { deny, type OrderRequest } from './order-request.ts';
import { checkRoom } from './order-room.ts';
import { walkOthers } from './self-trade.ts';
import type { State } from './state.ts';

/** Held here: V8 folds a module's own constants into the code, an imported name it loads at every use. */
const { MAX_CASH_UNITS } = fromCommandRules;
const { ORDER_TYPE, STP, TIF } = fromLayoutCommand;
const { CASH } = fromAccounts;
const { BUY_SIDE } = fromBooks;
const { CODE } = fromCodes;
const { POSITION, POSITION_WORD } = fromMargin;

/** Positions are kept exactly to this magnitude. */
const MAX_EXACT_LOTS = 2 ** 51;

export class CashGate {
  readonly #state: State;
  readonly #walk = new BookWalk();

  constructor(state: State) {
    this.#state = state;
  }

  /** Liquidity, overflow, room, free balance; sets `request.tradableLots` of a FOK order. */
  check(request: OrderRequest): number {
    const { accounts, books, positions } = this.#state;
    const cashPerTickLot = positions.get(request.position, POSITION.CASH_PER_TICK_LOT);
    if (!this.#look(request, cashPerTickLot)) return CODE.NO_LIQUIDITY;
    const lots = request.type === ORDER_TYPE.MARKET ? this.#walk.lots : request.lots;
    const units = this.#notional(request, cashPerTickLot);
    const cash = positions.word(request.position, POSITION_WORD.CASH_AT);
    const total = accounts.cash[cash + CASH.TOTAL]!;
    const reach = Math.abs(total) + accounts.cash[cash + CASH.OPEN_NOTIONAL]! + units;
    if (!(reach <= MAX_CASH_UNITS)) return deny(request, CODE.OVERFLOW, MAX_CASH_UNITS, Math.min(reach, Number.MAX_SAFE_INTEGER));
    const lotsReach = Math.abs(positions.get(request.position, POSITION.QUANTITY)) + positions.get(request.position, POSITION.OPEN_BUY_LOTS) + positions.get(request.position, POSITION.OPEN_SELL_LOTS) + request.lots;
    if (lotsReach > MAX_EXACT_LOTS) return deny(request, CODE.OVERFLOW, MAX_EXACT_LOTS, lotsReach);
    const code = checkRoom(books, request);
    if (code !== CODE.OK) return code;
    if (!request.isUser) return CODE.OK;
    positions.reckonLock(request.position, request.side, lots, units);
    const needed = positions.reckonedLock - positions.get(request.position, POSITION.LOCK);
    const free = total - accounts.cash[cash + CASH.LOCKED]!;
    return needed > 0 && needed > free ? deny(request, CODE.NOTIONAL_EXCEEDS_FREE_BALANCE, free, needed) : CODE.OK;
  }

  /** Walks the book as far as the order's cost or fate depends on it. @returns false when there is nothing for an order that needs something. */
  #look(request: OrderRequest, cashPerTickLot: number): boolean {
    const walk = this.#walk;
    const needsLiquidity = request.type === ORDER_TYPE.MARKET || request.type === ORDER_TYPE.MARKET_TO_LIMIT;
    walk.lots = 0;
    walk.units = 0;
    if (!request.trades) return true;
    if (!needsLiquidity && request.side === BUY_SIDE && request.tif !== TIF.FOK) return true;
    walk.walk(this.#state.books, request.instrument, request.side, request.boundPrice, request.lots, cashPerTickLot);
    if (needsLiquidity && walk.lots === 0) return false;
    if (request.stp !== STP.NONE) walkOthers(walk, this.#state.books, request, cashPerTickLot);
    request.tradableLots = walk.lots;
    return true;
  }

  /** A buy at its limit; a sell at what it finds now and its limit for the rest; a MARKET order at what it finds. */
  #notional(request: OrderRequest, cashPerTickLot: number): number {
    if (request.type === ORDER_TYPE.MARKET) return this.#walk.units;
    if (request.side === BUY_SIDE) return request.boundPrice * request.lots * cashPerTickLot;
    return this.#walk.units + request.boundPrice * (request.lots - this.#walk.lots) * cashPerTickLot;
  }
}
