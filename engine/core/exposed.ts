// Inner parts of the core by themselves, for tests only: one side of a book, and the arithmetic that sessions rarely take
// to its edges. No engine loads this.

import { BookSide } from './book-side';
import { BOOK_SIDES, layOut, SIDE_BYTES } from './memory';

export { cashPerTickLot } from './cash-per-tick-lot';
export * from './exposed-names';
export { feeUnits } from './fees';
export { COMMANDS as recordsAt } from './memory';

layOut();

/** A side of its own, one of four. @param sign - 1 for bids, -1 for asks. */
export function openSide(number: i32, sign: i32): void {
  memory.fill(changetype<usize>(side(number)), 0, SIDE_BYTES);
  side(number).begin(sign);
}

export function sideCount(number: i32): i32 { return side(number).count; }
export function sideBestPrice(number: i32): i32 { return side(number).bestPrice(); }
export function sideBestLevel(number: i32): i32 { return side(number).bestLevel; }
export function sideFind(number: i32, price: i32): i32 { return side(number).find(price); }
export function sideWorse(number: i32, price: i32): i32 { return side(number).worse(price); }
export function sideInsert(number: i32, price: i32, level: i32): void { side(number).insert(price, level); }
export function sideRemove(number: i32, price: i32): void { side(number).remove(price); }

function side(number: i32): BookSide {
  return changetype<BookSide>(BOOK_SIDES + <usize>number * SIDE_BYTES);
}
