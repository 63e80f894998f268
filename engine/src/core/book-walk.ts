// What an order would trade right now, without trading: lots within its bound and their exact notional. The gate asks
// it for what a MARKET order costs, a sell brings, and whether a FOK order fills.

import type { Books } from './books.ts';

export class BookWalk {
  lots = 0;
  /** In cash units; past MAX_CASH_UNITS it is only known to be too much. */
  units = 0;

  /** As if nothing were found. */
  reset(): void {
    this.lots = 0;
    this.units = 0;
  }

  /** Walks the side opposite of `side` best first until `lots` are found or the bound is passed. */
  walk(books: Books, instrument: number, side: number, boundPrice: number, lots: number, cashPerTickLot: number): void {
    const opposite = books.side(instrument, 1 - side);
    const bound = opposite.sign * boundPrice;
    this.reset();
    let level = opposite.bestLevel;
    while (level >= 0 && this.lots < lots) {
      const price = books.priceOf(level);
      if (opposite.sign * price < bound) return;
      const taken = Math.min(lots - this.lots, books.wholeQuantity(level));
      this.lots += taken;
      this.units += price * taken * cashPerTickLot;
      if (this.lots < lots) level = opposite.worse(price);
    }
  }
}
