// Self-trade prevention: what happens when the next maker of a user's taking order is that user's own. The taking order's
// mode decides. The count of what such an order can trade follows the same rule.

import { STP } from '@mib/proto/layout-command';
import { type BookWalk } from './book-walk.ts';
import { LEVEL, LEVEL_WORDS, type Books } from './books.ts';
import { REASON } from './codes.ts';
import { shownLots } from './iceberg.ts';
import type { OpenOrders } from './open-orders.ts';
import { ORDER, ORDER_WORDS } from './order-arena.ts';
import type { OrderRequest } from './order-request.ts';

/** Cancels the resting order, or stops the taking one, or both; `request.metItself` says that it stops. */
export function preventSelfTrade(request: OrderRequest, maker: number, open: OpenOrders): void {
  if (request.stp !== STP.CANCEL_TAKING) open.cancel(maker, REASON.SELF_TRADE);
  request.metItself = request.stp !== STP.CANCEL_RESTING;
}

/**
 * As `BookWalk.walk`, counting only what the request could trade: its own orders are passed over, or end the walk. Ahead
 * of an own order an iceberg has one slice, for the next one comes back behind it.
 */
export function walkOthers(walk: BookWalk, books: Books, request: OrderRequest, cashPerTickLot: number): void {
  const opposite = books.side(request.instrument, 1 - request.side);
  const bound = opposite.sign * request.boundPrice;
  walk.lots = 0;
  walk.units = 0;
  for (let level = opposite.bestLevel; level >= 0 && walk.lots < request.lots; ) {
    const price = books.priceOf(level);
    if (opposite.sign * price < bound) return;
    const endsHere = request.stp !== STP.CANCEL_RESTING && hasOwn(books, level, request.account);
    const taken = Math.min(request.lots - walk.lots, endsHere ? lotsAheadOfOwn(books, level, request.account) : lotsOfOthers(books, level, request.account));
    walk.lots += taken;
    walk.units += price * taken * cashPerTickLot;
    if (endsHere) return;
    level = opposite.worse(price);
  }
}

function hasOwn(books: Books, level: number, account: number): boolean {
  const { words } = books.orders;
  let order = books.levelWords[level * LEVEL_WORDS + LEVEL.HEAD]!;
  while (order >= 0 && words[order * ORDER_WORDS + ORDER.ACCOUNT] !== account) order = words[order * ORDER_WORDS + ORDER.NEXT]!;
  return order >= 0;
}

function lotsAheadOfOwn(books: Books, level: number, account: number): number {
  const { words } = books.orders;
  let lots = 0;
  let order = books.levelWords[level * LEVEL_WORDS + LEVEL.HEAD]!;
  while (words[order * ORDER_WORDS + ORDER.ACCOUNT] !== account) {
    lots += shownLots(books, order);
    order = words[order * ORDER_WORDS + ORDER.NEXT]!;
  }
  return lots;
}

function lotsOfOthers(books: Books, level: number, account: number): number {
  const { words } = books.orders;
  let lots = 0;
  for (let order = books.levelWords[level * LEVEL_WORDS + LEVEL.HEAD]!; order >= 0; order = words[order * ORDER_WORDS + ORDER.NEXT]!) {
    if (words[order * ORDER_WORDS + ORDER.ACCOUNT] !== account) lots += words[order * ORDER_WORDS + ORDER.REMAINING]!;
  }
  return lots;
}
