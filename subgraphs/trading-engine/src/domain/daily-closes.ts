// The price of an instrument at the end of a day: the close of that day's candle, else of the latest before. Where a day
// has two closes, the one of the venue the account trades on (LIVE) counts, not the one that was imported.

import type { Decimal } from '@mib/model/decimal';

/** `day` as YYYY-MM-DD, `close` as decimal text. */
export interface DailyClose {
  readonly instrumentId: string;
  readonly day: string;
  readonly source: 'HISTORY' | 'LIVE';
  readonly close: string;
}

/** Of one instrument. */
export interface ClosePoint {
  readonly day: string;
  readonly close: Decimal;
}

/** Walks through the closes of one instrument, oldest first, as the days go on. */
export class CloseCursor {
  readonly #closes: readonly ClosePoint[];
  #next = 0;

  /** @param closes - oldest first. */
  constructor(closes: readonly ClosePoint[]) {
    this.#closes = closes;
  }

  /** The latest close of `day` or before; days must not go back. */
  at(day: string): ClosePoint | undefined {
    while (this.#next < this.#closes.length && this.#closes[this.#next]!.day <= day) this.#next += 1;
    return this.#closes[this.#next - 1];
  }
}
