// Price-time matching. An incoming order takes the best level of the other side, its oldest order first, at the resting
// order's price, until it is filled or the next price is beyond its bound. Cost per fill: one record written, two
// positions moved, one level's sums; no lookups but by index.

import { RECORD_WORDS } from '@mib/proto/layout-record';
import type { EventWriter } from './event-writer.ts';
import { BUY_SIDE, LEVEL, LEVEL_WORDS } from './books.ts';
import { INSTRUMENT } from './instruments.ts';
import { ORDER, ORDER_WORDS } from './order-arena.ts';
import type { OrderRequest } from './order-request.ts';
import type { State } from './state.ts';

export class Matching {
  readonly #state: State;
  readonly #events: EventWriter;

  constructor(state: State, events: EventWriter) {
    this.#state = state;
    this.#events = events;
  }

  /** Trades as much of the request as the book offers within its bound. @returns the lots left. */
  match(request: OrderRequest): number {
    const { books, positions } = this.#state;
    const opposite = books.side(request.instrument, 1 - request.side);
    const bound = opposite.sign * request.boundPrice;
    let remaining = request.lots;
    while (remaining > 0 && opposite.count > 0 && opposite.sign * opposite.bestPrice() >= bound) {
      const maker = books.levelWords[opposite.bestLevel * LEVEL_WORDS + LEVEL.HEAD]!;
      remaining = this.#trade(request, maker, remaining);
    }
    if (remaining < request.lots) positions.relock(request.position);
    return remaining;
  }

  /** Puts the remaining lots into the book behind all others at the limit price. @returns the order's place. */
  rest(request: OrderRequest, remaining: number): number {
    const { books, positions } = this.#state;
    const order = books.add(request.id, request.instrument, request.side, request.limitPrice, remaining);
    const at = order * ORDER_WORDS;
    const words = books.orders.words;
    words[at + ORDER.ACCOUNT] = request.account;
    words[at + ORDER.POSITION] = request.position;
    words[at + ORDER.QUANTITY] = request.lots;
    words[at + ORDER.IS_VENUE_LEVEL] = 0;
    positions.addOrder(request.position, request.side, request.limitPrice, remaining, this.#units(request.instrument, request.limitPrice, remaining));
    positions.relock(request.position);
    return order;
  }

  /** Takes an order, or part of it, out of the book without a trade. */
  withdraw(order: number, lots: number): void {
    const { books, positions } = this.#state;
    const at = order * ORDER_WORDS;
    const words = books.orders.words;
    const position = words[at + ORDER.POSITION]!;
    positions.addOpen(position, words[at + ORDER.SIDE]!, -lots, -this.#units(words[at + ORDER.INSTRUMENT]!, words[at + ORDER.PRICE]!, lots));
    positions.relock(position);
    books.reduce(order, lots);
  }

  #trade(request: OrderRequest, maker: number, remaining: number): number {
    const { books, positions, accounts, instruments } = this.#state;
    const words = books.orders.words;
    const at = maker * ORDER_WORDS;
    const price = words[at + ORDER.PRICE]!;
    const makerSide = words[at + ORDER.SIDE]!;
    const makerPosition = words[at + ORDER.POSITION]!;
    const makerRemaining = words[at + ORDER.REMAINING]!;
    const lots = Math.min(remaining, makerRemaining);
    const units = this.#units(request.instrument, price, lots);
    const event = this.#events.trade(request.instrumentNumber, request.side, price, lots);
    this.#events.tradeTaker(event, request.id, request.accountNumber, remaining - lots);
    this.#events.tradeMaker(event, books.orders.idOf(maker), accounts.numberOf(words[at + ORDER.ACCOUNT]!), makerRemaining - lots);
    positions.addOpen(makerPosition, makerSide, -lots, -units);
    positions.fill(makerPosition, makerSide, lots, units);
    positions.relock(makerPosition);
    positions.fill(request.position, request.side, lots, units);
    books.reduce(maker, lots);
    this.#rememberTrade(instruments.views.words, request, price, lots);
    return remaining - lots;
  }

  #rememberTrade(words: Int32Array, request: OrderRequest, price: number, lots: number): void {
    const at = request.instrument * RECORD_WORDS;
    const output = this.#events.output;
    words[at + INSTRUMENT.LAST_PRICE] = price;
    words[at + INSTRUMENT.LAST_QUANTITY] = lots;
    words[at + INSTRUMENT.LAST_SIDE] = request.side === BUY_SIDE ? 1 : 2;
    words[at + INSTRUMENT.LAST_TIMESTAMP] = output.timestampLow;
    words[at + INSTRUMENT.LAST_TIMESTAMP + 1] = output.timestampHigh;
    this.#state.instruments.setNumber(request.instrument, INSTRUMENT.LAST_SEQUENCE_NUMBER, output.lastEventSequence);
  }

  #units(instrument: number, price: number, lots: number): number {
    return price * lots * this.#state.instruments.number(instrument, INSTRUMENT.CASH_PER_TICK_LOT_NUMBER);
  }
}
