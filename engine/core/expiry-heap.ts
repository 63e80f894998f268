// Which order expires next: a binary heap of order places by expiry, then by id. Each order's row of terms knows where in
// the heap it stands, so one that fills or is cancelled leaves without a search. The heap's layout is part of the state.

import { MAX_OPEN_ORDERS } from './capacities';
import { EXPIRY_HEAP } from './memory';
import { orderAt } from './orders';
import { Terms, termsAt } from './order-terms';
import { arrayPart, countPart } from './parts';

export let expiryCount: i32 = 0;

/** When the first order expires, in Unix microseconds; 0 when none ever does. */
export function expiryDueMicros(): f64 {
  return expiryCount == 0 ? 0 : termsOf(heapAt(0)).expireMicros;
}

/** The order that expires first; there is one. */
export function firstToExpire(): i32 {
  return heapAt(0);
}

export function addExpiry(order: i32): void {
  rise(order, expiryCount++);
}

export function removeExpiry(order: i32): void {
  const terms = termsOf(order);
  const place = terms.heap - 1;
  terms.heap = 0;
  const last = heapAt(--expiryCount);
  if (last == order) return;
  if (place > 0 && isBefore(last, heapAt((place - 1) >> 1))) rise(last, place);
  else sink(last, place);
}

export function expiriesContents(): void {
  expiryCount = countPart('books/expiries/count', expiryCount);
  arrayPart('books/expiries/heap', EXPIRY_HEAP, expiryCount, MAX_OPEN_ORDERS, 4);
}

function rise(order: i32, from: i32): void {
  let place = from;
  while (place > 0) {
    const parent = (place - 1) >> 1;
    if (!isBefore(order, heapAt(parent))) break;
    put(heapAt(parent), place);
    place = parent;
  }
  put(order, place);
}

function sink(order: i32, from: i32): void {
  let place = from;
  for (;;) {
    let child = 2 * place + 1;
    if (child >= expiryCount) break;
    if (child + 1 < expiryCount && isBefore(heapAt(child + 1), heapAt(child))) child++;
    if (!isBefore(heapAt(child), order)) break;
    put(heapAt(child), place);
    place = child;
  }
  put(order, place);
}

function put(order: i32, place: i32): void {
  store<i32>(EXPIRY_HEAP + (<usize>place << 2), order);
  termsOf(order).heap = place + 1;
}

function isBefore(a: i32, b: i32): bool {
  const expiryA = termsOf(a).expireMicros;
  const expiryB = termsOf(b).expireMicros;
  return expiryA != expiryB ? expiryA < expiryB : orderAt(a).id < orderAt(b).id;
}

// @ts-ignore: decorator
@inline
function heapAt(place: i32): i32 {
  return load<i32>(EXPIRY_HEAP + (<usize>place << 2));
}

// @ts-ignore: decorator
@inline
function termsOf(order: i32): Terms {
  return termsAt(orderAt(order).terms);
}
