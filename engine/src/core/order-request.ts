// One order on its way through gate and book: its terms as indices, and what the gate found out. One object, reused for
// every command.

import * as fromEngineCommands from '@mib/proto/engine-commands';
import * as fromLayoutCommand from '@mib/proto/layout-command';
import * as fromLayoutRecord from '@mib/proto/layout-record';
import type { RecordViews } from '@mib/proto/layout-record';
import * as fromBooks from './books.ts';
import type { Books } from './books.ts';
import * as fromOrderArena from './order-arena.ts';
import * as fromOrderTerms from './order-terms.ts';

/** Held here: V8 folds a module's own constants into the code, an imported name it loads at every use. */
const { FIRST_USER_ACCOUNT } = fromEngineCommands;
const { COMMAND, ORDER_TYPE, SIDE, STP, STP_MASK, STP_SHIFT, TIF } = fromLayoutCommand;
const { RECORD_NUMBERS, RECORD_WORDS } = fromLayoutRecord;
const { BUY_SIDE, SELL_SIDE } = fromBooks;
const { ORDER, ORDER_WORDS } = fromOrderArena;
const { TERMS, TERMS_NUMBERS } = fromOrderTerms;

export class OrderRequest {
  id = 0;
  accountNumber = 0;
  instrumentNumber = 0;
  account = 0;
  instrument = 0;
  position = 0;
  /** BUY_SIDE or SELL_SIDE. */
  side = 0;
  type = 0;
  tif = 0;
  limitPrice = 0;
  /** Lots still wanted. */
  lots = 0;
  /** Lots traded already: of an amended order from before, then of the matching. */
  filledLots = 0;
  /** Stop price, or distance of a trailing stop. */
  trigger = 0;
  /** Lots shown at once; 0 shows all. */
  display = 0;
  expireMicros = 0;
  flags = 0;
  /** Self-trade prevention; venue participants have none. */
  stp: number = STP.NONE;
  isUser = false;
  /** True when the instrument's state lets orders trade; set by the gate. */
  trades = true;
  /** Worst price at which the order may trade, and where the rest of it stays; set by the gate. */
  boundPrice = 0;
  /** Of FOK: lots that it finds within its bound; set by the gate. */
  tradableLots = 0;
  /** Self-trade prevention ended the matching. */
  metItself = false;
  /** Why the gate denied: both NaN when the code needs no figures. */
  limit = NaN;
  observed = NaN;

  /** Waits for its trigger first. */
  get isStop(): boolean {
    return this.type === ORDER_TYPE.STOP || this.type === ORDER_TYPE.STOP_LIMIT || this.type === ORDER_TYPE.TRAILING_STOP;
  }

  /** True when the order, resting, has more to remember than price and lots. */
  get hasTerms(): boolean {
    return this.tif !== TIF.GTC || (this.flags | this.display) !== 0;
  }

  /** Reads the terms that every order has from the command at record `index`. */
  read(views: RecordViews, index: number): void {
    const word = index * RECORD_WORDS;
    const words = views.words;
    this.id = views.numbers[index * RECORD_NUMBERS + COMMAND.SEQUENCE_NUMBER]!;
    this.accountNumber = words[word + COMMAND.ACCOUNT]!;
    this.instrumentNumber = words[word + COMMAND.INSTRUMENT]!;
    this.side = words[word + COMMAND.SIDE] === SIDE.BUY ? BUY_SIDE : SELL_SIDE;
    this.type = words[word + COMMAND.TYPE]!;
    this.tif = words[word + COMMAND.TIF]!;
    this.limitPrice = words[word + COMMAND.PRICE]!;
    this.lots = views.numbers[index * RECORD_NUMBERS + COMMAND.QUANTITY_NUMBER]!;
    this.trigger = 0;
    this.display = 0;
    this.expireMicros = 0;
    this.flags = 0;
    this.#begin();
  }

  /** Reads those that only PLACE_ORDER has. */
  readTerms(views: RecordViews, index: number): void {
    const word = index * RECORD_WORDS;
    const words = views.words;
    this.trigger = words[word + COMMAND.TRIGGER]!;
    this.display = words[word + COMMAND.DISPLAY]!;
    this.flags = words[word + COMMAND.FLAGS]!;
    this.expireMicros = views.numbers[index * RECORD_NUMBERS + COMMAND.EXPIRE_NUMBER]!;
    this.#setStp();
  }

  /** Takes the terms of an open order. */
  load(books: Books, order: number, accountNumber: number, instrumentNumber: number): void {
    const at = order * ORDER_WORDS;
    const words = books.orders.words;
    const row = words[at + ORDER.TERMS]!;
    const isDormant = row !== 0 && books.terms.get(row, TERMS.DORMANT) === 1;
    this.id = books.orders.idOf(order);
    this.accountNumber = accountNumber;
    this.instrumentNumber = instrumentNumber;
    this.side = words[at + ORDER.SIDE]!;
    this.type = isDormant ? books.terms.get(row, TERMS.TYPE) : ORDER_TYPE.LIMIT;
    this.tif = row === 0 ? TIF.GTC : books.terms.get(row, TERMS.TIF);
    this.limitPrice = isDormant ? books.terms.get(row, TERMS.LIMIT) : words[at + ORDER.PRICE]!;
    this.lots = words[at + ORDER.REMAINING]!;
    this.trigger = isDormant ? books.terms.get(row, TERMS.TRIGGER) : 0;
    this.display = row === 0 ? 0 : books.terms.get(row, TERMS.DISPLAY);
    this.expireMicros = row === 0 ? 0 : books.terms.numbers[row * TERMS_NUMBERS + TERMS.EXPIRE_NUMBER]!;
    this.flags = row === 0 ? 0 : books.terms.get(row, TERMS.FLAGS);
    this.#begin();
    this.filledLots = words[at + ORDER.QUANTITY]! - this.lots;
  }

  #begin(): void {
    this.filledLots = 0;
    this.account = -1;
    this.instrument = -1;
    this.position = -1;
    this.trades = true;
    this.boundPrice = 0;
    this.tradableLots = 0;
    this.metItself = false;
    this.limit = NaN;
    this.observed = NaN;
    this.#setStp();
  }

  #setStp(): void {
    this.stp = this.accountNumber < FIRST_USER_ACCOUNT ? STP.NONE : (this.flags >> STP_SHIFT) & STP_MASK;
  }
}

/** Fills in why the gate denies. @returns `code`. */
export function deny(request: OrderRequest, code: number, limit: number, observed: number): number {
  request.limit = limit;
  request.observed = observed;
  return code;
}
