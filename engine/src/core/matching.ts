// Price-time matching. An incoming order takes the best level of the other side, its oldest order first, at the resting
// order's price, until it is filled or the next price is beyond its bound. Cost per fill: one record written, two
// positions moved, one level's sums; no lookups but by index. Outside CONTINUOUS nothing trades here.

import type { Charges } from './charges.ts';
import type { EventWriter } from './event-writer.ts';
import * as fromBooks from './books.ts';
import { shownLots } from './iceberg.ts';
import * as fromInstruments from './instruments.ts';
import { rememberTrade } from './last-trade.ts';
import type { OpenOrders } from './open-orders.ts';
import * as fromOrderArena from './order-arena.ts';
import type { OrderRequest } from './order-request.ts';
import { preventSelfTrade } from './self-trade.ts';
import type { State } from './state.ts';

/** Held here: V8 folds a module's own constants into the code, an imported name it loads at every use. */
const { LEVEL, LEVEL_WORDS } = fromBooks;
const { INSTRUMENT } = fromInstruments;
const { ORDER, ORDER_WORDS } = fromOrderArena;

export class Matching {
  readonly #state: State;
  readonly #events: EventWriter;
  readonly #open: OpenOrders;
  readonly #charges: Charges;

  constructor(state: State, events: EventWriter, open: OpenOrders, charges: Charges) {
    this.#state = state;
    this.#events = events;
    this.#open = open;
    this.#charges = charges;
  }

  /** Trades as much of the request as the book offers within its bound. @returns the lots left. */
  match(request: OrderRequest): number {
    if (!request.trades) return request.lots;
    const { books, positions } = this.#state;
    const opposite = books.side(request.instrument, 1 - request.side);
    const bound = opposite.keyOf(request.boundPrice);
    let remaining = request.lots;
    while (remaining > 0 && opposite.bestKey >= bound) {
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
    const hasFees = this.#charges.areSet;
    const takerFee = hasFees ? this.#charges.ofTaker(request.instrument, request.account, this.#units(request.instrument, price, lots)) : 0;
    const makerFee = hasFees ? this.#charges.ofMaker(request.instrument, words[at + ORDER.ACCOUNT]!, this.#units(request.instrument, price, lots)) : 0;
    const event = this.#events.tradeOf(request, books.orders, maker, lots, remaining - lots);
    this.#events.tradeMakerAccount(event, accounts.numberOf(words[at + ORDER.ACCOUNT]!));
    if (hasFees) this.#events.tradeFees(event, takerFee, makerFee);
    positions.fillResting(makerPosition, makerSide, price, lots, makerFee);
    positions.fillAt(request.position, request.side, price, lots, takerFee);
    books.take(maker, lots);
    rememberTrade(instruments, this.#events.output, request.instrument, request.side, price, lots);
    if (stops.count !== 0) stops.tradedAt(request.instrument, price);
    return remaining - lots;
  }

  #units(instrument: number, price: number, lots: number): number {
    return price * lots * this.#state.instruments.number(instrument, INSTRUMENT.CASH_PER_TICK_LOT_NUMBER);
  }
}
