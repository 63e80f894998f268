// Changing an open order. Fewer lots at the same price keep its place in the queue and need no gate; everything else goes
// through the gate as a new order would, with what the order had reserved given back first, and then to the end of the
// queue or straight into a trade, under its old id. A refusal leaves the order as it was. A dormant stop is as old as its
// id, whatever is changed of it.

import { COMMAND, ORDER_TYPE } from '@mib/proto/layout-command';
import { RECORD_NUMBERS, RECORD_WORDS, type RecordViews } from '@mib/proto/layout-record';
import { CODE, STATUS } from './codes.ts';
import type { EventWriter } from './event-writer.ts';
import { INSTRUMENT } from './instruments.ts';
import type { OpenOrders } from './open-orders.ts';
import { ORDER, ORDER_WORDS } from './order-arena.ts';
import type { OrderEntry } from './order-entry.ts';
import { OrderRequest } from './order-request.ts';
import { TERMS } from './order-terms.ts';
import type { Outcome } from './outcome.ts';
import type { RiskGate } from './risk-gate.ts';
import type { State } from './state.ts';

export interface AmendParts {
  readonly state: State;
  readonly events: EventWriter;
  readonly outcome: Outcome;
  readonly gate: RiskGate;
  readonly open: OpenOrders;
  readonly entry: OrderEntry;
}

export class Amend {
  readonly #state: State;
  readonly #events: EventWriter;
  readonly #outcome: Outcome;
  readonly #gate: RiskGate;
  readonly #open: OpenOrders;
  readonly #entry: OrderEntry;
  readonly #request = new OrderRequest();

  constructor(parts: AmendParts) {
    this.#state = parts.state;
    this.#events = parts.events;
    this.#outcome = parts.outcome;
    this.#gate = parts.gate;
    this.#open = parts.open;
    this.#entry = parts.entry;
  }

  amendOrder(views: RecordViews, index: number): void {
    const { books, instruments } = this.#state;
    const outcome = this.#outcome;
    const words = books.orders.words;
    const accountNumber = views.words[index * RECORD_WORDS + COMMAND.ACCOUNT]!;
    outcome.orderId = views.numbers[index * RECORD_NUMBERS + COMMAND.QUANTITY_NUMBER]!;
    const order = this.#open.find(outcome.orderId, accountNumber);
    const at = order * ORDER_WORDS;
    if (order < 0 || words[at + ORDER.IS_VENUE_LEVEL] === 1) return outcome.refuse(CODE.UNKNOWN_ORDER);
    const request = this.#request;
    request.load(books, order, accountNumber, instruments.word(words[at + ORDER.INSTRUMENT]!, INSTRUMENT.NUMBER));
    outcome.filledLots = request.filledLots;
    const total = views.numbers[index * RECORD_NUMBERS + COMMAND.AMENDED_QUANTITY_NUMBER]! || words[at + ORDER.QUANTITY]!;
    const price = views.words[index * RECORD_WORDS + COMMAND.PRICE]! || request.limitPrice;
    const trigger = views.words[index * RECORD_WORDS + COMMAND.TRIGGER]! || request.trigger;
    if ((price !== 0 && !hasLimit(request)) || (trigger !== 0 && !request.isStop)) return outcome.refuse(CODE.INVALID_AMENDMENT);
    if (total <= request.filledLots) return outcome.refuse(CODE.INVALID_AMENDMENT, request.filledLots, total);
    const isSame = price === request.limitPrice && trigger === request.trigger;
    if (isSame && total === words[at + ORDER.QUANTITY]) return outcome.refuse(CODE.NOTHING_TO_AMEND);
    request.limitPrice = price;
    request.trigger = trigger;
    request.lots = total - request.filledLots;
    if (isSame && total < words[at + ORDER.QUANTITY]!) this.#shrink(order, total);
    else if (request.isStop) this.#changeStop(order);
    else this.#enterAgain(order);
  }

  #shrink(order: number, total: number): void {
    const request = this.#request;
    const words = this.#state.books.orders.words;
    const at = order * ORDER_WORDS;
    request.instrument = words[at + ORDER.INSTRUMENT]!;
    const code = this.#gate.checkState(request);
    if (code !== CODE.OK) return this.#outcome.refuse(code, request.limit, request.observed);
    const fewer = words[at + ORDER.QUANTITY]! - total;
    if (request.isStop) words[at + ORDER.REMAINING]! -= fewer;
    else this.#open.withdraw(order, fewer);
    words[at + ORDER.QUANTITY] = total;
    this.#events.orderAmended(request, true);
    this.#outcome.status = request.filledLots > 0 ? STATUS.PARTIALLY_FILLED : STATUS.ACCEPTED;
  }

  #changeStop(order: number): void {
    const { books, stops } = this.#state;
    const request = this.#request;
    const code = this.#gate.check(request);
    if (code !== CODE.OK) return this.#outcome.refuse(code, request.limit, request.observed);
    const at = order * ORDER_WORDS;
    const row = books.orders.words[at + ORDER.TERMS]!;
    const moves = books.terms.get(row, TERMS.TRIGGER) !== request.trigger;
    books.orders.words[at + ORDER.REMAINING] = request.lots;
    books.orders.words[at + ORDER.QUANTITY] = request.lots;
    books.terms.set(row, TERMS.LIMIT, request.limitPrice);
    books.terms.set(row, TERMS.TRIGGER, request.trigger);
    this.#events.orderAmended(request, true);
    this.#outcome.status = STATUS.ACCEPTED;
    if (!moves) return;
    stops.remove(order);
    stops.add(order);
  }

  #enterAgain(order: number): void {
    const { books } = this.#state;
    const request = this.#request;
    const remaining = books.orders.words[order * ORDER_WORDS + ORDER.REMAINING]!;
    this.#open.release(order, remaining);
    const code = this.#gate.check(request);
    if (code !== CODE.OK) {
      this.#open.release(order, -remaining);
      return this.#outcome.refuse(code, request.limit, request.observed);
    }
    this.#events.orderAmended(request, false);
    books.reduce(order, remaining);
    this.#outcome.status = this.#entry.enter(request);
    this.#outcome.filledLots = request.filledLots;
  }
}

function hasLimit(request: OrderRequest): boolean {
  return request.type === ORDER_TYPE.LIMIT || request.type === ORDER_TYPE.STOP_LIMIT;
}
