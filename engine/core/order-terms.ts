// What most orders do not have: an expiry, a display size, a trigger, flags, a time in force of their own. An order with
// any of these owns a row here, named by its `terms`; a plain one (LIMIT, GTC, no flags) has 0 there and pays one branch.

import { MAX_OPEN_ORDERS } from './capacities';
import { TERMS } from './memory';
import { arrayPart, countPart } from './parts';

@unmanaged
export class Terms {
  /** Unix microseconds, of GTD. */
  expireMicros: f64;
  /** In a free row: the next free one. */
  type: i32;
  tif: i32;
  flags: i32;
  /** Lots shown at once; 0 shows all. */
  display: i32;
  /** Lots of the iceberg's present slice that are left. */
  shown: i32;
  /** 1 while a stop waits for its trigger. */
  dormant: i32;
  /** As ordered: a price, or a trailing stop's distance. */
  trigger: i32;
  /** Of STOP_LIMIT. */
  limit: i32;
  /** Of TRAILING_STOP: the most favourable trade price since it came; 0 before the first. */
  extreme: i32;
  /** Neighbours among the trailing stops of an instrument's side, plus one. */
  older: i32;
  newer: i32;
  /** Place in the expiry heap, plus one. */
  heap: i32;
  /** The trade price that elected the stop. */
  elected: i32;
  unused: i32;
}

/** Rows ever used; row 0 means "none". */
let highWater: i32 = 1;
let freeHead: i32 = 0;

// @ts-ignore: decorator
@inline
export function termsAt(row: i32): Terms {
  return changetype<Terms>(TERMS + (<usize>row << 6));
}

/** A row of zeros. There is one for every order that may be open. */
export function allocateTerms(): i32 {
  let row = freeHead;
  if (row == 0) row = highWater++;
  else freeHead = termsAt(row).type;
  memory.fill(changetype<usize>(termsAt(row)), 0, offsetof<Terms>());
  return row;
}

export function freeTerms(row: i32): void {
  termsAt(row).type = freeHead;
  freeHead = row;
}

export function termsContents(): void {
  highWater = countPart('books/terms/highWater', highWater - 1) + 1;
  freeHead = countPart('books/terms/freeHead', freeHead);
  arrayPart('books/terms/words', TERMS, highWater, MAX_OPEN_ORDERS + 1, offsetof<Terms>());
}
