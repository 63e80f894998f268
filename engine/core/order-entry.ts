// What becomes of an order that the gate let through: it waits for its trigger, trades, rests, or what is left of it is
// cancelled. New orders, amended ones and elected stops come here alike.

import { ORDER_TYPE, REASON, STATUS, TIF } from './codes';
import { orderCanceled } from './events';
import { match } from './matching';
import { rest, sleep } from './open-orders';
import { OrderRequest } from './order-request';

/** @returns the order's STATUS; `request.filledLots` has grown by what it traded. */
export function enter(request: OrderRequest): i32 {
  if (request.isStop) {
    sleep(request);
    return STATUS.ACCEPTED;
  }
  if (request.tif == TIF.FOK && request.tradableLots < <f64>request.lots) return cancelRest(request, REASON.FOK_UNFILLED);
  const wanted = request.lots;
  const remaining = match(request);
  request.filledLots += wanted - remaining;
  request.lots = remaining;
  if (remaining == 0) return STATUS.FILLED;
  if (request.metItself) return cancelRest(request, REASON.SELF_TRADE);
  if (request.type == ORDER_TYPE.MARKET) return cancelRest(request, REASON.MARKET_REMAINDER);
  if (request.tif == TIF.IOC || request.tif == TIF.FOK) return cancelRest(request, REASON.IOC_REMAINDER);
  rest(request, remaining);
  return request.filledLots > 0 ? STATUS.PARTIALLY_FILLED : STATUS.ACCEPTED;
}

function cancelRest(request: OrderRequest, reason: i32): i32 {
  orderCanceled(request.id, request.accountNumber, request.instrumentNumber, request.lots, reason);
  return STATUS.CANCELED;
}
