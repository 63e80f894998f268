// What each state of an instrument lets in. PRE_OPEN and AUCTION collect orders that rest, or wait as stops; HALTED and
// CLOSED take nothing new. Cancels are always possible and ask nobody.

import * as fromLayoutCommand from '@mib/proto/layout-command';
import type { OrderRequest } from './order-request.ts';

/** Held here: V8 folds a module's own constants into the code, an imported name it loads at every use. */
const { INSTRUMENT_STATE, ORDER_TYPE, TIF } = fromLayoutCommand;

/** True when an order of these terms, new or amended, may enter in the state. */
export function stateAdmits(state: number, request: OrderRequest): boolean {
  if (state === INSTRUMENT_STATE.CONTINUOUS) return true;
  if (!collects(state)) return false;
  if (request.tif === TIF.IOC || request.tif === TIF.FOK) return false;
  return request.type !== ORDER_TYPE.MARKET && request.type !== ORDER_TYPE.MARKET_TO_LIMIT;
}

/** True in the states that take orders without trading them, until an auction does. */
export function collects(state: number): boolean {
  return state === INSTRUMENT_STATE.PRE_OPEN || state === INSTRUMENT_STATE.AUCTION;
}
