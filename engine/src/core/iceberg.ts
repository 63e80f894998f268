// Orders that show only a part of themselves. The level's quantity holds what is shown, its hidden sum the rest; matching
// trades the shown slice, and a slice that is used up comes back from the hidden rest behind everything at that price.

import type { Books } from './books.ts';
import * as fromOrderArena from './order-arena.ts';
import * as fromOrderTerms from './order-terms.ts';

/** Held here: V8 folds a module's own constants into the code, one that is exported or imported it loads at every use. */
const { TERMS } = fromOrderTerms;
const { ORDER, ORDER_WORDS } = fromOrderArena;
/** An iceberg shows at least this part of itself, so that the slices one incoming order can meet stay countable. */
export const MAX_SLICES = 1_000;

/** Lots that the next fill may take: all of an ordinary order, the present slice of an iceberg. */
export function shownLots(books: Books, order: number): number {
  const { words } = books.orders;
  const row = words[order * ORDER_WORDS + ORDER.TERMS]!;
  const isIceberg = row !== 0 && books.terms.get(row, TERMS.DISPLAY) !== 0;
  return isIceberg ? books.terms.get(row, TERMS.SHOWN) : words[order * ORDER_WORDS + ORDER.REMAINING]!;
}

/** Of an order just added with all its lots in sight: puts those beyond the first slice out of it. */
export function hideRest(books: Books, order: number, row: number): void {
  showSlice(books, order, row);
  const at = order * ORDER_WORDS;
  const hidden = books.orders.words[at + ORDER.REMAINING]! - books.terms.get(row, TERMS.SHOWN);
  const level = books.orders.words[at + ORDER.LEVEL]!;
  books.show(level, -hidden);
}

/** After a fill of `lots` that left some: the next slice if this one is used up. */
export function afterFill(books: Books, order: number, row: number, lots: number): void {
  const left = books.terms.get(row, TERMS.SHOWN) - lots;
  books.terms.set(row, TERMS.SHOWN, left);
  if (left > 0) return;
  showSlice(books, order, row);
  const level = books.orders.words[order * ORDER_WORDS + ORDER.LEVEL]!;
  const slice = books.terms.get(row, TERMS.SHOWN);
  books.show(level, slice);
  books.moveToTail(order);
}

/** Takes `lots` away without a trade, hidden ones first. @returns how many of them were hidden. */
export function reduceHidden(books: Books, order: number, row: number, lots: number): number {
  const at = order * ORDER_WORDS;
  const shown = books.terms.get(row, TERMS.SHOWN);
  const fromHidden = Math.min(lots, books.orders.words[at + ORDER.REMAINING]! - shown);
  books.reduceHidden(books.orders.words[at + ORDER.LEVEL]!, fromHidden);
  books.terms.set(row, TERMS.SHOWN, shown - (lots - fromHidden));
  return fromHidden;
}

/** For an auction, where the whole order counts and keeps its place: brings everything into sight before a fill. */
export function showAll(books: Books, order: number, row: number): void {
  const at = order * ORDER_WORDS;
  const level = books.orders.words[at + ORDER.LEVEL]!;
  const hidden = books.orders.words[at + ORDER.REMAINING]! - books.terms.get(row, TERMS.SHOWN);
  books.show(level, hidden);
}

function showSlice(books: Books, order: number, row: number): void {
  const remaining = books.orders.words[order * ORDER_WORDS + ORDER.REMAINING]!;
  books.terms.set(row, TERMS.SHOWN, Math.min(books.terms.get(row, TERMS.DISPLAY), remaining));
}
