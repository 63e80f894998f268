// The book of one symbol on Binance: numbered diffs on a stream, bridged to a snapshot asked for by REST.
//
//   diffs:      [U..u] [U..u] [U..u] [U..u]        kept in a buffer until the snapshot is there
//   snapshot:            L                         drop u <= L; the first has U <= L+1 <= u; then U = u before + 1
//
// A snapshot has a limited number of levels. Deeper levels that never change are never sent, so only the price range of the
// snapshot is known; changes outside of it are not kept, and when the market has nearly moved out of it the next snapshot is
// asked for while the book stays LIVE. Rule: Binance, How to manage a local order book correctly.

import type { TimestampNs } from '@mib/model/timestamp';
import { BookLifecycle, type BookOutput } from '../feed/book-lifecycle.ts';
import type { BookState, PriceLevel } from '../feed/contract.ts';
import { sameDecimal } from '../feed/decimal-text.ts';
import { LevelBook } from '../feed/level-book.ts';
import type { PriceLadder } from '../feed/price-ladder.ts';

export interface DepthDiff {
  readonly first: number;
  readonly last: number;
  readonly bids: readonly PriceLevel[];
  readonly asks: readonly PriceLevel[];
  readonly eventTimeNs: TimestampNs;
}

export interface DepthSnapshot {
  readonly last: number;
  readonly bids: readonly PriceLevel[];
  readonly asks: readonly PriceLevel[];
}

/** The venue's own best prices at one of its update numbers, from another stream. */
export interface BestPrices {
  readonly last: number;
  readonly bid: PriceLevel;
  readonly ask: PriceLevel;
}

/** Levels a side to ask for. */
export const SNAPSHOT_LEVELS = 1_000;
/** Fewer known levels on a side that has more than were sent make the next snapshot worth asking for. */
const LOW_LEVELS = SNAPSHOT_LEVELS / 5;
/**
 * Comparisons with the best prices that may fail in a row. The venue documents both numbers as the book's update id, not that
 * the streams agree at each; if they never do, it is the comparison that is wrong, and no book would ever stand.
 */
const MAX_BEST_FAULTS = 5;
/** Diffs that wait for a snapshot; ten a second for each symbol. */
const MAX_BUFFERED = 2_000;

export class BinanceBook {
  readonly #output: BookOutput;
  readonly #life: BookLifecycle;
  readonly #book = new LevelBook();
  /** Diffs since the snapshot was asked for, without a hole. */
  #buffer: DepthDiff[] = [];
  #asking = false;
  #last = 0;
  /** The first diff after a snapshot may begin before it. */
  #bridged = false;
  #best: BestPrices | undefined;
  #bestFaults = 0;

  constructor(output: BookOutput) {
    this.#output = output;
    this.#life = new BookLifecycle(output);
  }

  get state(): BookState {
    return this.#life.state;
  }

  /** The stream is subscribed to: from now on diffs come without a hole. */
  subscribed(): void {
    if (this.#asking) return;
    this.#ask();
  }

  /** A connection that speaks stands again. */
  reopened(): void {
    this.#forget();
    this.#last = 0;
    this.#life.reopened();
  }

  disconnected(reason: string): void {
    this.#forget();
    this.#life.disconnected(reason);
  }

  silent(reason: string): void {
    this.#forget();
    this.#life.stale(reason);
  }

  /** The thread is lost: frames are missing or damaged. */
  lost(reason: string): void {
    this.#buffer = [];
    this.#life.lost(reason);
    if (!this.#asking) this.#ask();
  }

  /** @throws {DecodeError} for a price that cannot be kept exactly; say `lost` then. */
  diff(diff: DepthDiff): void {
    if (this.#life.state !== 'LIVE') return this.#keep(diff);
    if (diff.last <= this.#last) return;
    const fits = this.#bridged ? diff.first === this.#last + 1 : diff.first <= this.#last + 1;
    if (!fits) {
      this.lost(`diff ${diff.first}..${diff.last} after ${this.#last}`);
      return this.#keep(diff);
    }
    if (this.#asking) this.#keep(diff);
    this.#bridged = true;
    this.#last = diff.last;
    const bids = this.#book.apply('bids', diff.bids);
    const asks = this.#book.apply('asks', diff.asks);
    const fault = this.#fault();
    if (fault !== undefined) return this.lost(fault);
    this.#output.book({ kind: 'CHANGES', bids, asks, sequence: diff.last, eventTimeNs: diff.eventTimeNs });
    if (!this.#asking && (isLow(this.#book.bids) || isLow(this.#book.asks))) this.#ask();
  }

  /** The answer to `wantSnapshot`. @throws {DecodeError} as `diff` does. */
  snapshot(snapshot: DepthSnapshot): void {
    if (!this.#asking) return;
    const diffs = this.#buffer.filter(({ last }) => last > snapshot.last);
    const first = diffs[0];
    // From before the first diff we hold it leaves a hole, from before the last book of this connection it goes back in time.
    if ((first && first.first > snapshot.last + 1) || (diffs.at(-1)?.last ?? snapshot.last) < this.#last) return this.#output.wantSnapshot();
    this.#asking = false;
    this.#buffer = [];
    this.#book.replace(snapshot.bids, snapshot.asks, SNAPSHOT_LEVELS);
    for (const diff of diffs) {
      this.#book.apply('bids', diff.bids);
      this.#book.apply('asks', diff.asks);
    }
    this.#last = diffs.at(-1)?.last ?? snapshot.last;
    this.#bridged = diffs.length > 0;
    const fault = this.#fault();
    if (fault !== undefined) return this.lost(fault);
    this.#life.live({ kind: 'SNAPSHOT', bids: this.#book.bids.levels(), asks: this.#book.asks.levels(), sequence: this.#last, eventTimeNs: diffs.at(-1)?.eventTimeNs ?? null });
  }

  /** Compared as soon as the book is at that number; the two streams are not in step. */
  best(best: BestPrices): void {
    this.#best = best;
    if (this.#life.state !== 'LIVE' || best.last > this.#last) return;
    const fault = this.#fault();
    if (fault !== undefined) this.lost(fault);
  }

  #ask(): void {
    this.#asking = true;
    this.#output.wantSnapshot();
  }

  #forget(): void {
    this.#buffer = [];
    this.#asking = false;
    this.#best = undefined;
  }

  #keep(diff: DepthDiff): void {
    const before = this.#buffer.at(-1);
    if (before && diff.last <= before.last) return;
    if ((before && diff.first !== before.last + 1) || this.#buffer.length >= MAX_BUFFERED) this.#buffer = [];
    this.#buffer.push(diff);
  }

  #fault(): string | undefined {
    const { bids, asks } = this.#book;
    if ((bids.bounded && bids.length === 0) || (asks.bounded && asks.length === 0)) return 'the market has left the price range that is known';
    return this.#bestFault() ?? this.#book.fault();
  }

  #bestFault(): string | undefined {
    const best = this.#best;
    if (!best || best.last > this.#last) return undefined;
    this.#best = undefined;
    if (best.last !== this.#last || this.#bestFaults >= MAX_BEST_FAULTS) return undefined;
    const { bids, asks } = this.#book;
    if (isBest(bids, best.bid) && isBest(asks, best.ask)) {
      this.#bestFaults = 0;
      return undefined;
    }
    this.#bestFaults += 1;
    this.#output.checksumFailed();
    return `best prices at ${best.last} are ${best.bid.join(' x ')} and ${best.ask.join(' x ')}, ours ${shown(bids)} and ${shown(asks)}`;
  }
}

function isLow(ladder: PriceLadder): boolean {
  return ladder.bounded && ladder.length < LOW_LEVELS;
}

function isBest(ladder: PriceLadder, [price, quantity]: PriceLevel): boolean {
  return ladder.length > 0 && sameDecimal(ladder.prices.at(-1)!, price) && sameDecimal(ladder.quantities.at(-1)!, quantity);
}

function shown(ladder: PriceLadder): string {
  return ladder.length === 0 ? 'none' : `${ladder.prices.at(-1)!} x ${ladder.quantities.at(-1)!}`;
}
