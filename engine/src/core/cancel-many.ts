// Cancelling all orders that match: the kill switch, and the end of a day. It looks at every open order once and sorts
// those that match by id, so the order of cancels does not depend on where they lie. Rare, so it may allocate.

import * as fromEngineCommands from '@mib/proto/engine-commands';
import * as fromLayoutCommand from '@mib/proto/layout-command';
import * as fromLayoutRecord from '@mib/proto/layout-record';
import type { RecordViews } from '@mib/proto/layout-record';
import * as fromBooks from './books.ts';
import * as fromCodes from './codes.ts';
import type { OpenOrders } from './open-orders.ts';
import * as fromOrderArena from './order-arena.ts';
import * as fromOrderTerms from './order-terms.ts';
import type { Outcome } from './outcome.ts';
import type { State } from './state.ts';

/** Held here: V8 folds a module's own constants into the code, an imported name it loads at every use. */
const { FIRST_USER_ACCOUNT } = fromEngineCommands;
const { COMMAND, SIDE } = fromLayoutCommand;
const { RECORD_WORDS } = fromLayoutRecord;
const { BUY_SIDE, SELL_SIDE } = fromBooks;
const { CODE, REASON } = fromCodes;
const { ORDER, ORDER_WORDS } = fromOrderArena;
const { TERMS } = fromOrderTerms;

/** Indices; -1 matches any (of accounts: any user's), `tif` 0 any. */
export interface Selection {
  readonly account: number;
  readonly instrument: number;
  readonly side: number;
  readonly tif: number;
}

export class CancelMany {
  readonly #state: State;
  readonly #open: OpenOrders;
  readonly #outcome: Outcome;

  constructor(state: State, open: OpenOrders, outcome: Outcome) {
    this.#state = state;
    this.#open = open;
    this.#outcome = outcome;
  }

  massCancel(views: RecordViews, index: number): void {
    const { accounts, instruments } = this.#state;
    const word = index * RECORD_WORDS;
    const accountNumber = views.words[word + COMMAND.ACCOUNT]!;
    const instrumentNumber = views.words[word + COMMAND.INSTRUMENT]!;
    const sideCode = views.words[word + COMMAND.SIDE]!;
    const account = accountNumber === 0 ? -1 : accounts.find(accountNumber);
    if (accountNumber !== 0 && account < 0) return this.#outcome.refuse(CODE.UNKNOWN_ACCOUNT);
    const instrument = instrumentNumber === 0 ? -1 : instruments.find(instrumentNumber);
    if (instrumentNumber !== 0 && instrument < 0) return this.#outcome.refuse(CODE.UNKNOWN_INSTRUMENT);
    const side = sideCode === 0 ? -1 : sideCode === SIDE.BUY ? BUY_SIDE : SELL_SIDE;
    this.#outcome.filledLots = this.cancel({ account, instrument, side, tif: 0 }, REASON.MASS_CANCEL);
  }

  /** By id, ascending. A venue's levels are withdrawn without a word. @returns the orders cancelled. */
  cancel(selection: Selection, reason: number): number {
    const { orders } = this.#state.books;
    const ids: number[] = [];
    for (let order = 0; order < orders.highWater; order++) {
      if (this.#matches(selection, order) && orders.find(orders.idOf(order)) === order) ids.push(orders.idOf(order));
    }
    let count = 0;
    for (const id of Float64Array.from(ids).sort()) count += this.#cancelOne(orders.find(id), reason);
    return count;
  }

  #matches(selection: Selection, order: number): boolean {
    const { accounts, books } = this.#state;
    const at = order * ORDER_WORDS;
    const words = books.orders.words;
    const account = words[at + ORDER.ACCOUNT]!;
    if (selection.instrument >= 0 && words[at + ORDER.INSTRUMENT] !== selection.instrument) return false;
    if (selection.side >= 0 && words[at + ORDER.SIDE] !== selection.side) return false;
    if (selection.tif !== 0) return words[at + ORDER.TERMS] !== 0 && books.terms.get(words[at + ORDER.TERMS]!, TERMS.TIF) === selection.tif;
    return selection.account >= 0 ? account === selection.account : accounts.numberOf(account) >= FIRST_USER_ACCOUNT;
  }

  #cancelOne(order: number, reason: number): number {
    const at = order * ORDER_WORDS;
    const words = this.#state.books.orders.words;
    if (words[at + ORDER.IS_VENUE_LEVEL] === 1) {
      this.#open.withdraw(order, words[at + ORDER.REMAINING]!);
      return 0;
    }
    this.#open.cancel(order, reason);
    return 1;
  }
}
