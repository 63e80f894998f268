// Every order passes here, synchronously, before it touches the book; a refusal names the rule, the limit and what was
// observed. Of a user's order all is asked; venue participants pass what concerns the order itself, exactness and room.
// A stop that will wait is asked what can be known now: no collar, no liquidity, no cash. Once elected it comes again.
//
//   known? ─► terms ─► instrument state ─► room for a position ─► trading state ─► collar ─► position limit
//          ─► liquidity ─► overflow ─► room ─► free balance ─► post only

import * as fromLayoutCommand from '@mib/proto/layout-command';
import * as fromBooks from './books.ts';
import * as fromCapacities from './capacities.ts';
import { CashGate } from './cash-gate.ts';
import * as fromCodes from './codes.ts';
import * as fromIceberg from './iceberg.ts';
import { stateAdmits } from './instrument-state.ts';
import * as fromInstruments from './instruments.ts';
import * as fromMargin from './margin.ts';
import { deny, type OrderRequest } from './order-request.ts';
import { checkRoom } from './order-room.ts';
import * as fromPriceCollar from './price-collar.ts';
import { collarBound, referencePrice } from './price-collar.ts';
import type { State } from './state.ts';

/** Held here: V8 folds a module's own constants into the code, an imported name it loads at every use. */
const { FLAG_POST_ONLY, ORDER_TYPE, TIF, TRADING_STATE, INSTRUMENT_STATE } = fromLayoutCommand;
const { BUY_SIDE } = fromBooks;
const { MAX_POSITIONS } = fromCapacities;
const { CODE } = fromCodes;
const { MAX_SLICES } = fromIceberg;
const { INSTRUMENT } = fromInstruments;
const { POSITION, POSITION_WORD } = fromMargin;
const { ANY_BUY_PRICE, ANY_SELL_PRICE } = fromPriceCollar;

export class RiskGate {
  readonly #state: State;
  readonly #cash: CashGate;

  constructor(state: State) {
    this.#state = state;
    this.#cash = new CashGate(state);
  }

  /** @returns CODE.OK with `request` ready for the book, or the rule broken with `limit` and `observed` filled in. */
  check(request: OrderRequest): number {
    const { accounts, instruments, positions } = this.#state;
    request.account = accounts.find(request.accountNumber);
    if (request.account < 0) return CODE.UNKNOWN_ACCOUNT;
    request.isUser = accounts.isUser(request.account);
    request.instrument = instruments.find(request.instrumentNumber);
    if (request.instrument < 0) return CODE.UNKNOWN_INSTRUMENT;
    let code = this.#checkTerms(request);
    if (code !== CODE.OK) return code;
    request.position = positions.draft(request.account, request.instrument, instruments.word(request.instrument, INSTRUMENT.CURRENCY));
    if (request.position < 0) return deny(request, CODE.CAPACITY_EXCEEDED, MAX_POSITIONS, MAX_POSITIONS);
    code = request.isStop ? this.#checkStop(request) : this.#checkOrder(request);
    if (code === CODE.OK) positions.open(request.position);
    return code;
  }

  /** Whether the instrument's state lets the order in; says in `request.trades` whether it may trade at once. */
  checkState(request: OrderRequest): number {
    const state = this.#state.instruments.word(request.instrument, INSTRUMENT.STATE);
    request.trades = state === INSTRUMENT_STATE.CONTINUOUS;
    return stateAdmits(state, request) ? CODE.OK : deny(request, CODE.INSTRUMENT_STATE, state, state);
  }

  #checkTerms(request: OrderRequest): number {
    if (!(request.lots > 0)) return CODE.INVALID_QUANTITY;
    if (request.display !== 0 && request.display * MAX_SLICES < request.lots) return deny(request, CODE.INVALID_QUANTITY, Math.ceil(request.lots / MAX_SLICES), request.display);
    if (request.type === ORDER_TYPE.LIMIT && !(request.limitPrice > 0)) return CODE.INVALID_PRICE;
    if (request.isStop && !(request.trigger > 0 && (request.limitPrice > 0 || request.type !== ORDER_TYPE.STOP_LIMIT))) return CODE.INVALID_PRICE;
    const { nowMicros } = this.#state;
    if (request.tif === TIF.GTD && !(request.expireMicros > nowMicros)) return deny(request, CODE.INVALID_EXPIRY, nowMicros, request.expireMicros);
    return this.checkState(request);
  }

  #checkStop(request: OrderRequest): number {
    const { books } = this.#state;
    let code = request.isUser ? this.#checkTradingState(request) : CODE.OK;
    if (code === CODE.OK && request.isUser) code = this.#checkPosition(request);
    if (code !== CODE.OK) return code;
    return checkRoom(books, request);
  }

  #checkOrder(request: OrderRequest): number {
    let code = request.isUser ? this.#checkTradingState(request) : CODE.OK;
    if (code === CODE.OK) code = this.#bound(request);
    if (code === CODE.OK && request.isUser) code = this.#checkPosition(request);
    if (code === CODE.OK) code = this.#cash.check(request);
    return code === CODE.OK && (request.flags & FLAG_POST_ONLY) !== 0 ? this.#checkPostOnly(request) : code;
  }

  #checkTradingState(request: OrderRequest): number {
    const tradingState = this.#state.accounts.tradingState(request.account);
    if (tradingState === TRADING_STATE.HALTED) return CODE.TRADING_HALTED;
    if (tradingState !== TRADING_STATE.REDUCING) return CODE.OK;
    const reducible = this.#reducibleLots(request);
    return request.lots > reducible ? deny(request, CODE.TRADING_STATE_REDUCING, reducible, request.lots) : CODE.OK;
  }

  /** Lots by which the position may still shrink, less those that open orders will take. */
  #reducibleLots(request: OrderRequest): number {
    const { positions } = this.#state;
    const quantity = positions.get(request.position, POSITION.QUANTITY);
    if (request.side === BUY_SIDE) return Math.max(0, -quantity - positions.get(request.position, POSITION.OPEN_BUY_LOTS));
    return Math.max(0, quantity - positions.get(request.position, POSITION.OPEN_SELL_LOTS));
  }

  /** Sets the worst price: the limit, which must lie within a user's collar, or for orders without one the collar. */
  #bound(request: OrderRequest): number {
    const bound = request.isUser ? this.#collar(request) : request.side === BUY_SIDE ? ANY_BUY_PRICE : ANY_SELL_PRICE;
    request.boundPrice = bound;
    if (request.type === ORDER_TYPE.MARKET) return CODE.OK;
    if (request.type === ORDER_TYPE.MARKET_TO_LIMIT) {
      const best = this.#bestOpposite(request);
      if (best !== 0 && !isBeyond(request.side, best, bound)) request.boundPrice = best;
      return CODE.OK;
    }
    request.boundPrice = request.limitPrice;
    return isBeyond(request.side, request.limitPrice, bound) ? deny(request, CODE.PRICE_COLLAR, bound, request.limitPrice) : CODE.OK;
  }

  #collar(request: OrderRequest): number {
    const { books, instruments, positions } = this.#state;
    const reference = referencePrice(books, request.instrument, instruments.word(request.instrument, INSTRUMENT.LAST_PRICE));
    return collarBound(request.side, reference, positions.word(request.position, POSITION_WORD.COLLAR));
  }

  #checkPosition(request: OrderRequest): number {
    const { positions } = this.#state;
    const max = positions.word(request.position, POSITION_WORD.MAX_LOTS);
    if (max === 0) return CODE.OK;
    const quantity = positions.get(request.position, POSITION.QUANTITY);
    const worst =
      request.side === BUY_SIDE
        ? quantity + positions.get(request.position, POSITION.OPEN_BUY_LOTS) + request.lots
        : -quantity + positions.get(request.position, POSITION.OPEN_SELL_LOTS) + request.lots;
    return worst > max ? deny(request, CODE.POSITION_LIMIT, max, worst) : CODE.OK;
  }

  /** While nothing trades, nothing would. */
  #checkPostOnly(request: OrderRequest): number {
    const best = this.#bestOpposite(request);
    if (!request.trades || best === 0 || isBeyond(request.side, best, request.limitPrice)) return CODE.OK;
    return deny(request, CODE.POST_ONLY_WOULD_TRADE, best, request.limitPrice);
  }

  /** Ticks, or 0 when there is none. */
  #bestOpposite(request: OrderRequest): number {
    return this.#state.books.side(request.instrument, 1 - request.side).bestPrice();
  }
}

/** True when `price` is worse for the side than `bound`. */
function isBeyond(side: number, price: number, bound: number): boolean {
  return side === BUY_SIDE ? price > bound : price < bound;
}
