// How orders come to rest, wait, and go without a trade: the book, what the position has open, and the lock, always
// together. Resting orders stand in the book; dormant ones (stops) reserve nothing.

import * as fromEngineCommands from '@mib/proto/engine-commands';
import * as fromLayoutCommand from '@mib/proto/layout-command';
import type { EventWriter } from './event-writer.ts';
import { hideRest } from './iceberg.ts';
import * as fromInstruments from './instruments.ts';
import * as fromOrderArena from './order-arena.ts';
import type { OrderRequest } from './order-request.ts';
import * as fromOrderTerms from './order-terms.ts';
import type { State } from './state.ts';

/** Held here: V8 folds a module's own constants into the code, an imported name it loads at every use. */
const { FIRST_USER_ACCOUNT } = fromEngineCommands;
const { TIF } = fromLayoutCommand;
const { INSTRUMENT } = fromInstruments;
const { ORDER, ORDER_WORDS } = fromOrderArena;
const { TERMS, TERMS_NUMBERS } = fromOrderTerms;

export class OpenOrders {
  readonly #state: State;
  readonly #events: EventWriter;

  constructor(state: State, events: EventWriter) {
    this.#state = state;
    this.#events = events;
  }

  /** Puts the remaining lots into the book behind all others at the price. @returns the order's place. */
  rest(request: OrderRequest, remaining: number): number {
    const { books, positions } = this.#state;
    const order = books.add(request.id, request.account, request.instrument, request.side, request.boundPrice, remaining);
    const at = order * ORDER_WORDS;
    const words = books.orders.words;
    words[at + ORDER.POSITION] = request.position;
    words[at + ORDER.QUANTITY] = request.filledLots + request.lots;
    words[at + ORDER.IS_VENUE_LEVEL] = 0;
    words[at + ORDER.TERMS] = 0;
    if (request.hasTerms) this.#addTerms(order, request);
    positions.rest(request.position, request.side, request.boundPrice, remaining);
    return order;
  }

  /** Lets a stop wait for its trigger. */
  sleep(request: OrderRequest): void {
    const { books, stops } = this.#state;
    const order = books.orders.allocate(request.id, request.account);
    const at = order * ORDER_WORDS;
    const words = books.orders.words;
    words[at + ORDER.REMAINING] = request.lots;
    words[at + ORDER.PRICE] = 0;
    words[at + ORDER.POSITION] = request.position;
    words[at + ORDER.INSTRUMENT] = request.instrument;
    words[at + ORDER.SIDE] = request.side;
    words[at + ORDER.IS_VENUE_LEVEL] = 0;
    words[at + ORDER.QUANTITY] = request.filledLots + request.lots;
    this.#addTerms(order, request);
    stops.add(order);
  }

  isDormant(order: number): boolean {
    const row = this.#state.books.orders.words[order * ORDER_WORDS + ORDER.TERMS]!;
    return row !== 0 && this.#state.books.terms.get(row, TERMS.DORMANT) === 1;
  }

  /** Takes a resting order, or part of it, out of the book without a trade. */
  withdraw(order: number, lots: number): void {
    this.release(order, lots);
    this.#state.books.reduce(order, lots);
  }

  /** Gives back what the position has reserved for `lots` of a resting order; negative ones reserve them again. */
  release(order: number, lots: number): void {
    const { books, positions } = this.#state;
    const at = order * ORDER_WORDS;
    const words = books.orders.words;
    positions.release(words[at + ORDER.POSITION]!, words[at + ORDER.SIDE]!, words[at + ORDER.PRICE]!, lots);
  }

  /** Ends an order, resting or dormant, and says why. A venue's level has no life of its own to end: it just goes. */
  cancel(order: number, reason: number): void {
    const { accounts, books, instruments, stops } = this.#state;
    const at = order * ORDER_WORDS;
    const words = books.orders.words;
    const remaining = words[at + ORDER.REMAINING]!;
    const instrumentNumber = instruments.word(words[at + ORDER.INSTRUMENT]!, INSTRUMENT.NUMBER);
    this.#events.orderCanceled(books.orders.idOf(order), accounts.numberOf(words[at + ORDER.ACCOUNT]!), instrumentNumber, remaining, reason);
    if (words[at + ORDER.TERMS] === 0 || !this.isDormant(order)) return this.withdraw(order, remaining);
    stops.remove(order);
    books.forget(order);
  }

  /** Place of the account's own open order, or -1: those of others do not exist for it. */
  find(orderId: number, accountNumber: number): number {
    const { accounts, books } = this.#state;
    const order = books.orders.find(orderId);
    return order >= 0 && accounts.numberOf(books.orders.words[order * ORDER_WORDS + ORDER.ACCOUNT]!) === accountNumber ? order : -1;
  }

  /** Venue participants need no opening: their first order does it. @returns the account's index, or -1. */
  openVenue(accountNumber: number): number {
    const { accounts } = this.#state;
    const known = accounts.find(accountNumber);
    if (known >= 0 || accountNumber >= FIRST_USER_ACCOUNT) return known;
    const account = accounts.open(accountNumber);
    if (account >= 0) this.#events.accountOpened(accountNumber);
    return account;
  }

  #addTerms(order: number, request: OrderRequest): void {
    const { books } = this.#state;
    const { terms } = books;
    const row = terms.allocate();
    books.orders.words[order * ORDER_WORDS + ORDER.TERMS] = row;
    terms.set(row, TERMS.TYPE, request.type);
    terms.set(row, TERMS.TIF, request.tif);
    terms.set(row, TERMS.FLAGS, request.flags);
    terms.set(row, TERMS.DISPLAY, request.display);
    terms.set(row, TERMS.TRIGGER, request.trigger);
    terms.set(row, TERMS.LIMIT, request.limitPrice);
    terms.numbers[row * TERMS_NUMBERS + TERMS.EXPIRE_NUMBER] = request.expireMicros;
    if (request.tif === TIF.GTD) books.expiries.add(order);
    if (request.display !== 0 && !request.isStop) hideRest(books, order, row);
  }
}
