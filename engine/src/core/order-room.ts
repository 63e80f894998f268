// Room for one more open order: in the tables that all share, and within what one user may take of them.

import { MAX_OPEN_ORDERS, MAX_OPEN_ORDERS_OF_ACCOUNT } from './capacities.ts';
import type { Books } from './books.ts';
import { CODE } from './codes.ts';
import { deny, type OrderRequest } from './order-request.ts';

/** @returns CODE.OK, or CAPACITY_EXCEEDED with the bound that is reached. */
export function checkRoom(books: Books, request: OrderRequest): number {
  if (!books.hasRoom) return deny(request, CODE.CAPACITY_EXCEEDED, MAX_OPEN_ORDERS, books.orders.count);
  const count = books.orders.countOf[request.account]!;
  if (!request.isUser || count < MAX_OPEN_ORDERS_OF_ACCOUNT) return CODE.OK;
  return deny(request, CODE.CAPACITY_EXCEEDED, MAX_OPEN_ORDERS_OF_ACCOUNT, count);
}
