// Placing and cancelling orders: gate, book, and what becomes of the rest.

import { COMMAND, ORDER_TYPE, TIF } from '@mib/proto/layout-command';
import { FIRST_USER_ACCOUNT } from '@mib/proto/engine-commands';
import { RECORD_NUMBERS, RECORD_WORDS, type RecordViews } from '@mib/proto/layout-record';
import { CODE, REASON, STATUS } from './codes.ts';
import type { EventWriter } from './event-writer.ts';
import { INSTRUMENT } from './instruments.ts';
import type { Matching } from './matching.ts';
import { ORDER, ORDER_WORDS } from './order-arena.ts';
import { OrderRequest } from './order-request.ts';
import type { Outcome } from './outcome.ts';
import { RiskGate } from './risk-gate.ts';
import type { State } from './state.ts';

export class Trading {
  readonly #state: State;
  readonly #events: EventWriter;
  readonly #matching: Matching;
  readonly #outcome: Outcome;
  readonly #gate: RiskGate;
  readonly #request = new OrderRequest();

  constructor(state: State, events: EventWriter, matching: Matching, outcome: Outcome) {
    this.#state = state;
    this.#events = events;
    this.#matching = matching;
    this.#outcome = outcome;
    this.#gate = new RiskGate(state);
  }

  placeOrder(views: RecordViews, index: number): void {
    const request = this.#request;
    const outcome = this.#outcome;
    request.read(views, index);
    outcome.orderId = request.id;
    if (request.accountNumber < FIRST_USER_ACCOUNT && this.#state.accounts.find(request.accountNumber) < 0) this.#openVenue(request.accountNumber);
    const code = this.#gate.check(request);
    outcome.instrument = request.instrument;
    if (code !== CODE.OK) {
      this.#events.orderDenied(request, code, views.words, index * RECORD_WORDS);
      return outcome.refuse(code, request.limit, request.observed);
    }
    this.#events.orderAccepted(request, views.words, index * RECORD_WORDS);
    if (request.tif === TIF.FOK && this.#gate.walk.lots < request.lots) return this.#cancelRemainder(request.lots, REASON.FOK_UNFILLED);
    this.#settle(this.#matching.match(request));
  }

  cancelOrder(views: RecordViews, index: number): void {
    const { accounts, books, instruments } = this.#state;
    const outcome = this.#outcome;
    const accountNumber = views.words[index * RECORD_WORDS + COMMAND.ACCOUNT]!;
    outcome.orderId = views.numbers[index * RECORD_NUMBERS + COMMAND.QUANTITY_NUMBER]!;
    const order = books.orders.find(outcome.orderId);
    const words = books.orders.words;
    const at = order * ORDER_WORDS;
    if (order < 0 || accounts.numberOf(words[at + ORDER.ACCOUNT]!) !== accountNumber) return outcome.refuse(CODE.UNKNOWN_ORDER);
    const remaining = words[at + ORDER.REMAINING]!;
    outcome.instrument = words[at + ORDER.INSTRUMENT]!;
    outcome.status = STATUS.CANCELED;
    outcome.filledLots = words[at + ORDER.QUANTITY]! - remaining;
    const reason = accountNumber < FIRST_USER_ACCOUNT ? REASON.VENUE : REASON.USER;
    this.#events.orderCanceled(outcome.orderId, accountNumber, instruments.word(outcome.instrument, INSTRUMENT.NUMBER), remaining, reason);
    this.#matching.withdraw(order, remaining);
  }

  /** Venue participants need no opening: their first order does it. */
  #openVenue(accountNumber: number): void {
    if (this.#state.accounts.open(accountNumber) >= 0) this.#events.accountOpened(accountNumber);
  }

  /** After matching: filled, resting or cancelled. */
  #settle(remaining: number): void {
    const request = this.#request;
    const outcome = this.#outcome;
    outcome.filledLots = request.lots - remaining;
    if (remaining === 0) {
      outcome.status = STATUS.FILLED;
    } else if (request.type === ORDER_TYPE.MARKET) {
      this.#cancelRemainder(remaining, REASON.MARKET_REMAINDER);
    } else if (request.tif === TIF.IOC) {
      this.#cancelRemainder(remaining, REASON.IOC_REMAINDER);
    } else {
      this.#matching.rest(request, remaining);
      outcome.status = outcome.filledLots > 0 ? STATUS.PARTIALLY_FILLED : STATUS.ACCEPTED;
    }
  }

  #cancelRemainder(remaining: number, reason: number): void {
    const request = this.#request;
    this.#outcome.status = STATUS.CANCELED;
    this.#events.orderCanceled(request.id, request.accountNumber, request.instrumentNumber, remaining, reason);
  }
}
