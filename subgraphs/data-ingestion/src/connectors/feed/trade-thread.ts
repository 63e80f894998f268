// The trades of one symbol without holes. Venues number them one by one, so a jump of the number says exactly what is missing;
// later trades wait until it has been asked for. What cannot be had is given up aloud, never silently.
//
//   push 5, 6, 9 ──► emits 5, 6; asks for 7..8; holds 9 ──► filled [7, 8] ──► emits 7, 8, 9

import type { FeedTrade, TradePosition } from './contract.ts';

export interface TradeThreadOutput {
  trade(trade: FeedTrade): void;
  /** Ask the venue for the trades after `after`; `filled` or `lost` follows. */
  missing(after: TradePosition, beforeId: number): void;
  /** These will never come. */
  gaveUp(reason: string): void;
}

/** Trades held while earlier ones are asked for. */
const MAX_HELD = 10_000;

export class TradeThread {
  readonly #output: TradeThreadOutput;
  #last: TradePosition | null;
  #held: FeedTrade[] = [];
  #asking = false;

  /** @param last - what is already known; null makes the first trade the beginning. */
  constructor(output: TradeThreadOutput, last: TradePosition | null) {
    this.#output = output;
    this.#last = last;
  }

  /** A trade as it comes from the stream: repeats and old ones are dropped. */
  push(trade: FeedTrade): void {
    if (this.#last && trade.id <= this.#last.id) return;
    if (!this.#asking && (!this.#last || trade.id === this.#last.id + 1)) return this.#emit(trade);
    if (this.#held.length >= MAX_HELD) {
      this.lost(`more than ${MAX_HELD} trades wait for earlier ones`);
      return this.push(trade);
    }
    this.#held.push(trade);
    if (!this.#asking) this.#ask();
  }

  /** What the venue answered: trades after the one asked for, any number, in any order. */
  filled(trades: readonly FeedTrade[]): void {
    if (!this.#asking) return;
    this.#asking = false;
    const before = this.#last;
    this.#held.push(...trades);
    this.#release();
    // An answer without the next trade will not be better the second time.
    if (this.#held.length > 0 && this.#last === before) this.lost('the venue does not have them');
    else if (this.#held.length > 0) this.#ask();
  }

  /** The venue did not answer: goes on behind the hole. */
  lost(reason: string): void {
    this.#asking = false;
    const first = this.#sorted()[0];
    if (!first || !this.#last) return;
    this.#output.gaveUp(`trades ${this.#last.id + 1} to ${first.id - 1} are lost: ${reason}`);
    this.#last = { id: first.id - 1, eventTimeNs: this.#last.eventTimeNs };
    this.#release();
    if (this.#held.length > 0) this.#ask();
  }

  /** Emits what follows without a hole. */
  #release(): void {
    const held = this.#sorted();
    let next = 0;
    for (; next < held.length; next += 1) {
      const trade = held[next]!;
      if (this.#last && trade.id > this.#last.id + 1) break;
      if (!this.#last || trade.id > this.#last.id) this.#emit(trade);
    }
    this.#held = held.slice(next);
  }

  #ask(): void {
    this.#asking = true;
    this.#output.missing(this.#last!, this.#sorted()[0]!.id);
  }

  #emit(trade: FeedTrade): void {
    this.#last = trade;
    this.#output.trade(trade);
  }

  #sorted(): FeedTrade[] {
    return this.#held.sort((a, b) => a.id - b.id);
  }
}
