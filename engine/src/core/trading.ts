// Orders as commands ask for them: placing, cancelling, and what stops do once elected.

import * as fromLayoutCommand from '@mib/proto/layout-command';
import * as fromEngineCommands from '@mib/proto/engine-commands';
import * as fromLayoutRecord from '@mib/proto/layout-record';
import type { RecordViews } from '@mib/proto/layout-record';
import * as fromCodes from './codes.ts';
import type { EventWriter } from './event-writer.ts';
import * as fromInstruments from './instruments.ts';
import type { OpenOrders } from './open-orders.ts';
import * as fromOrderArena from './order-arena.ts';
import type { OrderEntry } from './order-entry.ts';
import { OrderRequest } from './order-request.ts';
import * as fromOrderTerms from './order-terms.ts';
import type { Outcome } from './outcome.ts';
import type { RiskGate } from './risk-gate.ts';
import type { State } from './state.ts';

/** Held here: V8 folds a module's own constants into the code, an imported name it loads at every use. */
const { COMMAND, ORDER_TYPE } = fromLayoutCommand;
const { FIRST_USER_ACCOUNT } = fromEngineCommands;
const { RECORD_NUMBERS, RECORD_WORDS } = fromLayoutRecord;
const { CODE, REASON, STATUS } = fromCodes;
const { INSTRUMENT } = fromInstruments;
const { ORDER, ORDER_WORDS } = fromOrderArena;
const { TERMS } = fromOrderTerms;

export interface TradingParts {
  readonly state: State;
  readonly events: EventWriter;
  readonly outcome: Outcome;
  readonly gate: RiskGate;
  readonly open: OpenOrders;
  readonly entry: OrderEntry;
}

export class Trading {
  readonly #state: State;
  readonly #events: EventWriter;
  readonly #outcome: Outcome;
  readonly #gate: RiskGate;
  readonly #open: OpenOrders;
  readonly #entry: OrderEntry;
  readonly #request = new OrderRequest();

  constructor(parts: TradingParts) {
    this.#state = parts.state;
    this.#events = parts.events;
    this.#outcome = parts.outcome;
    this.#gate = parts.gate;
    this.#open = parts.open;
    this.#entry = parts.entry;
  }

  placeOrder(views: RecordViews, index: number): void {
    const request = this.#request;
    const outcome = this.#outcome;
    request.read(views, index);
    request.readTerms(views, index);
    outcome.orderId = request.id;
    if (request.accountNumber < FIRST_USER_ACCOUNT) this.#open.openVenue(request.accountNumber);
    const code = this.#gate.check(request);
    if (code !== CODE.OK) {
      this.#events.orderDenied(request, code, views.words, index * RECORD_WORDS);
      return outcome.refuse(code, request.limit, request.observed);
    }
    this.#events.orderAccepted(request, views.words, index * RECORD_WORDS);
    outcome.status = this.#entry.enter(request);
    outcome.filledLots = request.filledLots;
  }

  cancelOrder(views: RecordViews, index: number): void {
    const outcome = this.#outcome;
    const accountNumber = views.words[index * RECORD_WORDS + COMMAND.ACCOUNT]!;
    outcome.orderId = views.numbers[index * RECORD_NUMBERS + COMMAND.QUANTITY_NUMBER]!;
    const order = this.#open.find(outcome.orderId, accountNumber);
    if (order < 0) return outcome.refuse(CODE.UNKNOWN_ORDER);
    const words = this.#state.books.orders.words;
    outcome.status = STATUS.CANCELED;
    outcome.filledLots = words[order * ORDER_WORDS + ORDER.QUANTITY]! - words[order * ORDER_WORDS + ORDER.REMAINING]!;
    this.#open.cancel(order, accountNumber < FIRST_USER_ACCOUNT ? REASON.VENUE : REASON.USER);
  }

  /** Works the elected stops, those that they elect included, until none is left. */
  workElected(): void {
    const { stops } = this.#state;
    for (let order = stops.takeElected(); order >= 0; order = stops.takeElected()) this.#trigger(order);
  }

  /** The stop goes through the gate again, now as the order that it becomes. */
  #trigger(order: number): void {
    const { accounts, books, instruments } = this.#state;
    const request = this.#request;
    const words = books.orders.words;
    const at = order * ORDER_WORDS;
    const row = words[at + ORDER.TERMS]!;
    const isLimit = books.terms.get(row, TERMS.TYPE) === ORDER_TYPE.STOP_LIMIT;
    request.load(books, order, accounts.numberOf(words[at + ORDER.ACCOUNT]!), instruments.word(words[at + ORDER.INSTRUMENT]!, INSTRUMENT.NUMBER));
    request.type = isLimit ? ORDER_TYPE.LIMIT : ORDER_TYPE.MARKET;
    request.limitPrice = isLimit ? books.terms.get(row, TERMS.LIMIT) : 0;
    this.#events.orderTriggered(request, books.terms.get(row, TERMS.ELECTED));
    books.forget(order);
    if (this.#gate.check(request) === CODE.OK) this.#entry.enter(request);
    else this.#events.orderCanceled(request.id, request.accountNumber, request.instrumentNumber, request.lots, REASON.RISK_GATE);
  }
}
