// What an order would trade right now, without trading: lots within its bound and their exact notional. The gate asks
// it for what a MARKET order costs, a sell brings, and whether a FOK order fills.

import { bookSide, Level, levelAt, shownLots } from './books';
import { NONE, STP } from './codes';
import { orderAt } from './orders';
import { OrderRequest } from './order-request';

/** What the last walk found. */
export let walkedLots: f64 = 0;
/** In cash units; past MAX_CASH_UNITS it is only known to be too much. */
export let walkedUnits: f64 = 0;

export function resetWalk(): void {
  walkedLots = 0;
  walkedUnits = 0;
}

/** Walks the side opposite of the request's best first until its lots are found or its bound is passed. */
export function walkBook(request: OrderRequest, cashPerTickLot: f64): void {
  const opposite = bookSide(request.instrument, 1 - request.side);
  const bound = opposite.keyOf(request.boundPrice);
  const wanted = <f64>request.lots;
  let lots: f64 = 0;
  let units: f64 = 0;
  for (let index = opposite.bestLevel; index >= 0 && lots < wanted; ) {
    const level = levelAt(index);
    const price = level.price;
    if (opposite.keyOf(price) < bound) break;
    const taken = min<f64>(wanted - lots, level.whole);
    lots += taken;
    units += <f64>price * taken * cashPerTickLot;
    if (lots < wanted) index = opposite.worse(price);
  }
  walkedLots = lots;
  walkedUnits = units;
}

/**
 * The same, counting only what a request with self-trade prevention could trade: its own orders are passed over, or end the
 * walk. Ahead of an own order an iceberg has one slice, for the next one comes back behind it.
 */
export function walkOthers(request: OrderRequest, cashPerTickLot: f64): void {
  const opposite = bookSide(request.instrument, 1 - request.side);
  const bound = opposite.keyOf(request.boundPrice);
  const wanted = <f64>request.lots;
  resetWalk();
  for (let index = opposite.bestLevel; index >= 0 && walkedLots < wanted; ) {
    const level = levelAt(index);
    const price = level.price;
    if (opposite.keyOf(price) < bound) return;
    const endsHere = request.stp != STP.CANCEL_RESTING && hasOwn(level, request.account);
    const taken = min<f64>(wanted - walkedLots, endsHere ? lotsAheadOfOwn(level, request.account) : lotsOfOthers(level, request.account));
    walkedLots += taken;
    walkedUnits += <f64>price * taken * cashPerTickLot;
    if (endsHere) return;
    index = opposite.worse(price);
  }
}

function hasOwn(level: Level, account: i32): bool {
  let index = level.head;
  while (index > NONE && orderAt(index).account != account) index = orderAt(index).next;
  return index > NONE;
}

function lotsAheadOfOwn(level: Level, account: i32): f64 {
  let lots: f64 = 0;
  for (let index = level.head; orderAt(index).account != account; index = orderAt(index).next) lots += <f64>shownLots(orderAt(index));
  return lots;
}

function lotsOfOthers(level: Level, account: i32): f64 {
  let lots: f64 = 0;
  for (let index = level.head; index > NONE; index = orderAt(index).next) {
    if (orderAt(index).account != account) lots += <f64>orderAt(index).remaining;
  }
  return lots;
}
