// The end of orders by time: GTD when the sequenced time has reached their expiry, DAY when their instrument closes. Time
// only comes with commands; the engine sends ADVANCE_TIME by itself when the next expiry is due and nothing else comes.

import * as fromLayoutCommand from '@mib/proto/layout-command';
import * as fromCodes from './codes.ts';
import type { CancelMany } from './cancel-many.ts';
import type { OpenOrders } from './open-orders.ts';
import type { State } from './state.ts';

/** Held here: V8 folds a module's own constants into the code, an imported name it loads at every use. */
const { TIF } = fromLayoutCommand;
const { REASON } = fromCodes;

export class Expiry {
  readonly #state: State;
  readonly #open: OpenOrders;
  readonly #cancelMany: CancelMany;

  constructor(state: State, open: OpenOrders, cancelMany: CancelMany) {
    this.#state = state;
    this.#open = open;
    this.#cancelMany = cancelMany;
  }

  /** Takes the command's time (returned to the caller, it would be boxed), then cancels what has expired by it, in order of expiry, then id. */
  advanceTo(timestampLow: number, timestampHigh: number): void {
    const { expiries } = this.#state.books;
    this.#state.nowMicros = microsOf(timestampLow, timestampHigh);
    while (expiries.count > 0 && expiries.dueMicros <= this.#state.nowMicros) this.#open.cancel(expiries.first, REASON.EXPIRED);
  }

  /** Cancels the DAY orders of an instrument that closes, by id. */
  endDay(instrument: number): void {
    this.#cancelMany.cancel({ account: -1, instrument, side: -1, tif: TIF.DAY }, REASON.EXPIRED);
  }
}

/** Whole microseconds since the epoch of a timestamp in nanoseconds given as two words: exact, and without a BigInt. */
export function microsOf(low: number, high: number): number {
  // 2^32 = 4,294,967 * 1,000 + 296
  return high * 4_294_967 + Math.floor((high * 296 + (low >>> 0)) / 1_000);
}
