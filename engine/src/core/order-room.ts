// Room for one more open order: in the tables that all share, and within what one user may take of them.

import * as fromCapacities from './capacities.ts';
import type { Books } from './books.ts';
import * as fromCodes from './codes.ts';
import { deny, type OrderRequest } from './order-request.ts';

/** Held here: V8 folds a module's own constants into the code, one that is exported or imported it loads at every use. */
const { CODE } = fromCodes;
const { MAX_OPEN_ORDERS, MAX_OPEN_ORDERS_OF_ACCOUNT } = fromCapacities;
/** @returns CODE.OK, or CAPACITY_EXCEEDED with the bound that is reached. */
export function checkRoom(books: Books, request: OrderRequest): number {
  if (!books.hasRoom) return deny(request, CODE.CAPACITY_EXCEEDED, MAX_OPEN_ORDERS, books.orders.count);
  const count = books.orders.countOf[request.account]!;
  if (!request.isUser || count < MAX_OPEN_ORDERS_OF_ACCOUNT) return CODE.OK;
  return deny(request, CODE.CAPACITY_EXCEEDED, MAX_OPEN_ORDERS_OF_ACCOUNT, count);
}
