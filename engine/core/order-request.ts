// One order on its way through gate and book: its terms as indices, and what the gate found out. Three of them lie at
// fixed places and are used for every command.

import { BUY_SIDE, FIRST_USER_ACCOUNT, NONE, ORDER_TYPE, SELL_SIDE, SIDE, STP, STP_MASK, STP_SHIFT, TIF } from './codes';
import { SCRATCH } from './memory';
import { Order } from './orders';
import { termsAt } from './order-terms';
import { Command } from './records';

@unmanaged
export class OrderRequest {
  id: f64;
  accountNumber: i32;
  instrumentNumber: i32;
  account: i32;
  instrument: i32;
  position: i32;
  /** BUY_SIDE or SELL_SIDE. */
  side: i32;
  type: i32;
  tif: i32;
  limitPrice: i32;
  /** Lots still wanted. */
  lots: i32;
  /** Lots traded already: of an amended order from before, then of the matching. */
  filledLots: i32;
  /** Stop price, or distance of a trailing stop. */
  trigger: i32;
  /** Lots shown at once; 0 shows all. */
  display: i32;
  flags: i32;
  expireMicros: f64;
  /** Self-trade prevention; venue participants have none. */
  stp: i32;
  isUser: bool;
  /** True when the instrument's state lets orders trade; set by the gate. */
  trades: bool;
  /** Self-trade prevention ended the matching. */
  metItself: bool;
  /** Worst price at which the order may trade, and where the rest of it stays; set by the gate. */
  boundPrice: i32;
  /** Of FOK: lots that it finds within its bound; set by the gate. */
  tradableLots: f64;
  /** Why the gate denied: both NaN when the code needs no figures. */
  limit: f64;
  observed: f64;

  /** Waits for its trigger first. */
  @inline get isStop(): bool {
    return this.type == ORDER_TYPE.STOP || this.type == ORDER_TYPE.STOP_LIMIT || this.type == ORDER_TYPE.TRAILING_STOP;
  }

  /** True when the order, resting, has more to remember than price and lots. */
  @inline get hasTerms(): bool {
    return this.tif != TIF.GTC || (this.flags | this.display) != 0;
  }

  /** Reads the terms that every order has. */
  read(command: Command): void {
    this.id = command.sequence;
    this.accountNumber = command.account;
    this.instrumentNumber = command.instrument;
    this.side = command.side == SIDE.BUY ? BUY_SIDE : SELL_SIDE;
    this.type = command.type;
    this.tif = command.tif;
    this.limitPrice = command.price;
    this.lots = <i32>command.quantity;
    this.trigger = 0;
    this.display = 0;
    this.expireMicros = 0;
    this.flags = 0;
    this.begin();
  }

  /** Reads those that only PLACE_ORDER has. */
  readTerms(command: Command): void {
    this.trigger = command.trigger;
    this.display = command.display;
    this.flags = command.flags;
    this.expireMicros = command.expireMicros;
    this.setStp();
  }

  /** Takes the terms of an open order. */
  load(order: Order, accountNumber: i32, instrumentNumber: i32): void {
    const terms = termsAt(order.terms);
    const hasTerms = order.terms != 0;
    const isDormant = hasTerms && terms.dormant == 1;
    this.id = order.id;
    this.accountNumber = accountNumber;
    this.instrumentNumber = instrumentNumber;
    this.side = order.side;
    this.type = isDormant ? terms.type : ORDER_TYPE.LIMIT;
    this.tif = hasTerms ? terms.tif : TIF.GTC;
    this.limitPrice = isDormant ? terms.limit : order.price;
    this.lots = order.remaining;
    this.trigger = isDormant ? terms.trigger : 0;
    this.display = hasTerms ? terms.display : 0;
    this.expireMicros = hasTerms ? terms.expireMicros : 0;
    this.flags = hasTerms ? terms.flags : 0;
    this.begin();
    this.filledLots = order.quantity - this.lots;
  }

  /** Fills in why the gate denies. @returns `code`. */
  deny(code: i32, limit: f64, observed: f64): i32 {
    this.limit = limit;
    this.observed = observed;
    return code;
  }

  private begin(): void {
    this.filledLots = 0;
    this.account = NONE;
    this.instrument = NONE;
    this.position = NONE;
    this.trades = true;
    this.boundPrice = 0;
    this.tradableLots = 0;
    this.metItself = false;
    this.limit = NaN;
    this.observed = NaN;
    this.setStp();
  }

  private setStp(): void {
    this.stp = this.accountNumber < FIRST_USER_ACCOUNT ? STP.NONE : (this.flags >> STP_SHIFT) & STP_MASK;
  }
}

const REQUEST_BYTES: usize = 256;
/** The order that a command places, or a stop that is triggered. */
export const placed: OrderRequest = changetype<OrderRequest>(SCRATCH);
export const amended: OrderRequest = changetype<OrderRequest>(SCRATCH + REQUEST_BYTES);
/** A venue participant's level. */
export const shownLevel: OrderRequest = changetype<OrderRequest>(SCRATCH + 2 * REQUEST_BYTES);
