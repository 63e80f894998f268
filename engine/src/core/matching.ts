// Price-time matching. An incoming order takes the best level of the other side, its oldest order first, at the resting
// order's price, until it is filled or the next price is beyond its bound. Cost per fill: one record written, two
// positions moved, one level's sums; no lookups but by index. Outside CONTINUOUS nothing trades here.

import { RECORD_WORDS } from '@mib/proto/layout-record';
import type { EventWriter } from './event-writer.ts';
import { BUY_SIDE, LEVEL, LEVEL_WORDS } from './books.ts';
import { shownLots } from './iceberg.ts';
import { INSTRUMENT } from './instruments.ts';
import type { OpenOrders } from './open-orders.ts';
import { ORDER, ORDER_WORDS } from './order-arena.ts';
import type { OrderRequest } from './order-request.ts';
import { preventSelfTrade } from './self-trade.ts';
import type { State } from './state.ts';

export class Matching {
  readonly #state: State;
  readonly #events: EventWriter;

  readonly #open: OpenOrders;

  constructor(state: State, events: EventWriter, open: OpenOrders) {
    this.#state = state;
    this.#events = events;
    this.#open = open;
  }

  /** Trades as much of the request as the book offers within its bound. @returns the lots left. */
  match(request: OrderRequest): number {
    if (!request.trades) return request.lots;
    const { books, positions } = this.#state;
    const opposite = books.side(request.instrument, 1 - request.side);
    const bound = opposite.sign * request.boundPrice;
    let remaining = request.lots;
    while (remaining > 0 && opposite.count > 0 && opposite.sign * opposite.bestPrice() >= bound) {
      const maker = books.levelWords[opposite.bestLevel * LEVEL_WORDS + LEVEL.HEAD]!;
      if (request.stp === 0 || books.orders.words[maker * ORDER_WORDS + ORDER.ACCOUNT] !== request.account) {
        remaining = this.#trade(request, maker, remaining);
      } else {
        preventSelfTrade(request, maker, this.#open);
        if (request.metItself) break;
      }
    }
    if (remaining < request.lots) positions.relock(request.position);
    return remaining;
  }

  #trade(request: OrderRequest, maker: number, remaining: number): number {
    const { books, positions, accounts, instruments, stops } = this.#state;
    const words = books.orders.words;
    const at = maker * ORDER_WORDS;
    const price = words[at + ORDER.PRICE]!;
    const makerSide = words[at + ORDER.SIDE]!;
    const makerPosition = words[at + ORDER.POSITION]!;
    const makerRemaining = words[at + ORDER.REMAINING]!;
    const lots = Math.min(remaining, words[at + ORDER.TERMS] === 0 ? makerRemaining : shownLots(books, maker));
    const units = this.#units(request.instrument, price, lots);
    const event = this.#events.trade(request.instrumentNumber, request.side, price, lots);
    this.#events.tradeTaker(event, request.id, request.accountNumber, remaining - lots);
    this.#events.tradeMaker(event, books.orders.idOf(maker), accounts.numberOf(words[at + ORDER.ACCOUNT]!), makerRemaining - lots);
    positions.addOpen(makerPosition, makerSide, -lots, -units);
    positions.fill(makerPosition, makerSide, lots, units);
    positions.relock(makerPosition);
    positions.fill(request.position, request.side, lots, units);
    books.take(maker, lots);
    this.#rememberTrade(instruments.views.words, request, price, lots);
    if (stops.count !== 0) stops.tradedAt(request.instrument, price);
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
