// What becomes of an order that the gate let through: it waits for its trigger, trades, rests, or what is left of it is
// cancelled. New orders, amended ones and elected stops come here alike.

import * as fromLayoutCommand from '@mib/proto/layout-command';
import * as fromCodes from './codes.ts';
import type { EventWriter } from './event-writer.ts';
import type { Matching } from './matching.ts';
import type { OpenOrders } from './open-orders.ts';
import type { OrderRequest } from './order-request.ts';

/** Held here: V8 folds a module's own constants into the code, an imported name it loads at every use. */
const { ORDER_TYPE, TIF } = fromLayoutCommand;
const { REASON, STATUS } = fromCodes;

export class OrderEntry {
  readonly #events: EventWriter;
  readonly #matching: Matching;
  readonly #open: OpenOrders;

  constructor(events: EventWriter, matching: Matching, open: OpenOrders) {
    this.#events = events;
    this.#matching = matching;
    this.#open = open;
  }

  /** @returns the order's STATUS; `request.filledLots` has grown by what it traded. */
  enter(request: OrderRequest): number {
    if (request.isStop) {
      this.#open.sleep(request);
      return STATUS.ACCEPTED;
    }
    if (request.tif === TIF.FOK && request.tradableLots < request.lots) return this.#cancelRest(request, REASON.FOK_UNFILLED);
    const wanted = request.lots;
    const remaining = this.#matching.match(request);
    request.filledLots += wanted - remaining;
    request.lots = remaining;
    if (remaining === 0) return STATUS.FILLED;
    if (request.metItself) return this.#cancelRest(request, REASON.SELF_TRADE);
    if (request.type === ORDER_TYPE.MARKET) return this.#cancelRest(request, REASON.MARKET_REMAINDER);
    if (request.tif === TIF.IOC || request.tif === TIF.FOK) return this.#cancelRest(request, REASON.IOC_REMAINDER);
    this.#open.rest(request, remaining);
    return request.filledLots > 0 ? STATUS.PARTIALLY_FILLED : STATUS.ACCEPTED;
  }

  #cancelRest(request: OrderRequest, reason: number): number {
    this.#events.orderCanceled(request.id, request.accountNumber, request.instrumentNumber, request.lots, reason);
    return STATUS.CANCELED;
  }
}
