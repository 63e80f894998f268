// Liquidity of an outside feed: one order per price level of a venue participant. A smaller level keeps its place in
// the queue, a larger one goes behind. A new level that runs into the participant's own other side withdraws that side
// (the feed has moved on); users' orders in its way trade.

import * as fromLayoutCommand from '@mib/proto/layout-command';
import * as fromLayoutRecord from '@mib/proto/layout-record';
import type { RecordViews } from '@mib/proto/layout-record';
import * as fromBooks from './books.ts';
import type { Books } from './books.ts';
import * as fromCodes from './codes.ts';
import type { EventWriter } from './event-writer.ts';
import type { Matching } from './matching.ts';
import type { OpenOrders } from './open-orders.ts';
import * as fromOrderArena from './order-arena.ts';
import { OrderRequest } from './order-request.ts';
import type { Outcome } from './outcome.ts';
import type { RiskGate } from './risk-gate.ts';
import type { State } from './state.ts';

/** Held here: V8 folds a module's own constants into the code, an imported name it loads at every use. */
const { COMMAND, ORDER_TYPE, TIF } = fromLayoutCommand;
const { RECORD_WORDS } = fromLayoutRecord;
const { BUY_SIDE, LEVEL, LEVEL_WORDS } = fromBooks;
const { CODE, REASON } = fromCodes;
const { ORDER, ORDER_WORDS } = fromOrderArena;

export interface VenueLevelsParts {
  readonly state: State;
  readonly events: EventWriter;
  readonly outcome: Outcome;
  readonly gate: RiskGate;
  readonly open: OpenOrders;
  readonly matching: Matching;
}

export class VenueLevels {
  readonly #state: State;
  readonly #events: EventWriter;
  readonly #outcome: Outcome;
  readonly #gate: RiskGate;
  readonly #open: OpenOrders;
  readonly #matching: Matching;
  readonly #request = new OrderRequest();

  constructor(parts: VenueLevelsParts) {
    this.#state = parts.state;
    this.#events = parts.events;
    this.#outcome = parts.outcome;
    this.#gate = parts.gate;
    this.#open = parts.open;
    this.#matching = parts.matching;
  }

  setLevel(views: RecordViews, index: number): void {
    const { books, instruments } = this.#state;
    const request = this.#request;
    request.read(views, index);
    request.type = ORDER_TYPE.LIMIT;
    request.tif = TIF.GTC;
    request.account = this.#open.openVenue(request.accountNumber);
    request.instrument = instruments.find(request.instrumentNumber);
    if (request.instrument < 0) return this.#outcome.refuse(CODE.UNKNOWN_INSTRUMENT);
    const price = views.words[index * RECORD_WORDS + COMMAND.PRICE]!;
    const order = this.#find(books, request.instrument, request.side, price, request.account);
    const shown = order < 0 ? 0 : books.orders.words[order * ORDER_WORDS + ORDER.REMAINING]!;
    if (request.lots < shown) this.#open.withdraw(order, shown - request.lots);
    else if (request.lots > shown) this.#show(order, shown);
  }

  #show(order: number, shown: number): void {
    const request = this.#request;
    const outcome = this.#outcome;
    const state = this.#gate.checkState(request);
    if (state !== CODE.OK) return outcome.refuse(state, request.limit, request.observed);
    if (order < 0) this.#withdrawCrossed();
    const code = this.#gate.check(request);
    if (code !== CODE.OK) return outcome.refuse(code, request.limit, request.observed);
    const remaining = this.#matching.match(request);
    outcome.orderId = request.id;
    outcome.filledLots = request.lots - remaining;
    if (remaining > 0) this.#state.books.orders.words[this.#open.rest(request, remaining) * ORDER_WORDS + ORDER.IS_VENUE_LEVEL] = 1;
    if (order >= 0) this.#open.withdraw(order, shown);
  }

  /** Takes the participant's own orders off the other side as far as the new level reaches. */
  #withdrawCrossed(): void {
    const { books } = this.#state;
    const request = this.#request;
    const opposite = books.side(request.instrument, 1 - request.side);
    for (let level = opposite.bestLevel; level >= 0; ) {
      const price = books.priceOf(level);
      if (request.side === BUY_SIDE ? price > request.limitPrice : price < request.limitPrice) return;
      this.#withdrawOwn(level);
      level = opposite.worse(price);
    }
  }

  #withdrawOwn(level: number): void {
    const { books } = this.#state;
    const request = this.#request;
    const words = books.orders.words;
    let order = books.levelWords[level * LEVEL_WORDS + LEVEL.HEAD]!;
    while (order >= 0) {
      const at = order * ORDER_WORDS;
      const next = words[at + ORDER.NEXT]!;
      if (words[at + ORDER.ACCOUNT] === request.account) {
        const remaining = words[at + ORDER.REMAINING]!;
        if (words[at + ORDER.IS_VENUE_LEVEL] === 0) this.#events.orderCanceled(books.orders.idOf(order), request.accountNumber, request.instrumentNumber, remaining, REASON.VENUE);
        this.#open.withdraw(order, remaining);
      }
      order = next;
    }
  }

  /** The participant's single level order at a price, or -1; looks through that level's orders only. */
  #find(books: Books, instrument: number, side: number, price: number, account: number): number {
    const level = books.side(instrument, side).find(price);
    if (level < 0) return -1;
    const words = books.orders.words;
    let order = books.levelWords[level * LEVEL_WORDS + LEVEL.HEAD]!;
    while (order >= 0 && !(words[order * ORDER_WORDS + ORDER.IS_VENUE_LEVEL] === 1 && words[order * ORDER_WORDS + ORDER.ACCOUNT] === account)) {
      order = words[order * ORDER_WORDS + ORDER.NEXT]!;
    }
    return order;
  }
}
