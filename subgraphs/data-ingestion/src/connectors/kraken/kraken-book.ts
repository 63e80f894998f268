// The book of one symbol on Kraken: a snapshot, then updates whose checksum must be that of our ten best levels. There are no
// sequence numbers, so what lies deeper than the ten levels is never proved by the venue. Subscribing to ten makes the
// checksum cover the whole book, which is why a book here is either proved or not LIVE.

import type { TimestampNs } from '@mib/model/timestamp';
import { BookLifecycle, type BookOutput } from '../feed/book-lifecycle.ts';
import type { BookState, PriceLevel } from '../feed/contract.ts';
import { LevelBook } from '../feed/level-book.ts';
import type { PriceLadder } from '../feed/price-ladder.ts';
import { bookChecksum, CHECKSUM_LEVELS } from './checksum.ts';

export interface KrakenBookMessage {
  readonly snapshot: boolean;
  readonly bids: readonly PriceLevel[];
  readonly asks: readonly PriceLevel[];
  readonly checksum: number;
  /** Older versions of the venue's protocol leave it out of snapshots. */
  readonly eventTimeNs: TimestampNs | null;
}

/** Levels a side to subscribe to. */
export const DEPTH = CHECKSUM_LEVELS;
/** Messages in a row that may be older than the last one; then it is the last one that was wrong. */
const MAX_REFUSED_TIMES = 3;

export class KrakenBook {
  readonly #output: BookOutput;
  readonly #life: BookLifecycle;
  readonly #book = new LevelBook();
  #awaiting = true;
  #lastTimeNs: TimestampNs | null = null;
  #refusedTimes = 0;

  constructor(output: BookOutput) {
    this.#output = output;
    this.#life = new BookLifecycle(output);
  }

  get state(): BookState {
    return this.#life.state;
  }

  /** True while only a snapshot can help. */
  get awaiting(): boolean {
    return this.#awaiting;
  }

  /** @throws {DecodeError} for a price that cannot be kept exactly; say `lost` then. */
  take(message: KrakenBookMessage): void {
    if (this.#awaiting !== message.snapshot) {
      // Updates before the snapshot are of the subscription before; a snapshot nobody asked for is of another time.
      if (message.snapshot) this.lost('a snapshot that was not asked for');
      return;
    }
    if (message.eventTimeNs !== null && this.#lastTimeNs !== null && message.eventTimeNs < this.#lastTimeNs) {
      this.#refusedTimes += 1;
      // One time too far in the future must not refuse all that follows.
      if (this.#refusedTimes >= MAX_REFUSED_TIMES) this.#lastTimeNs = null;
      return this.lost('a message from before the one before it', true);
    }
    this.#refusedTimes = 0;
    if (message.snapshot) this.#replace(message);
    else this.#update(message);
  }

  /** The thread is lost: frames are missing or damaged. @param again - asks for a snapshot even while waiting for one. */
  lost(reason: string, again = false): void {
    const ask = again || !this.#awaiting;
    this.#awaiting = true;
    this.#life.lost(reason);
    if (ask) this.#output.wantSnapshot();
  }

  /** The connection is gone; the next one subscribes, which brings a snapshot. */
  disconnected(reason: string): void {
    this.#awaiting = true;
    this.#life.disconnected(reason);
  }

  /** A connection that speaks stands again. */
  reopened(): void {
    this.#lastTimeNs = null;
    this.#life.reopened();
  }

  silent(reason: string): void {
    this.#awaiting = true;
    this.#life.stale(reason);
  }

  #replace(message: KrakenBookMessage): void {
    this.#book.replace(message.bids, message.asks);
    if (!this.#proved(message)) return;
    this.#awaiting = false;
    this.#life.live({ kind: 'SNAPSHOT', bids: this.#book.bids.levels(), asks: this.#book.asks.levels(), sequence: null, eventTimeNs: message.eventTimeNs });
  }

  #update(message: KrakenBookMessage): void {
    this.#book.apply('bids', message.bids);
    this.#book.apply('asks', message.asks);
    const bids = withCut(message.bids, this.#book.bids);
    const asks = withCut(message.asks, this.#book.asks);
    if (this.#proved(message)) this.#output.book({ kind: 'CHANGES', bids, asks, sequence: null, eventTimeNs: message.eventTimeNs });
  }

  /** @returns whether the book is what the venue says; the book is lost otherwise. */
  #proved({ checksum, eventTimeNs }: KrakenBookMessage): boolean {
    const own = bookChecksum(this.#book);
    const fault = own === checksum ? this.#book.fault() : `checksum is ${own}, the venue's ${checksum}`;
    this.#lastTimeNs = eventTimeNs ?? this.#lastTimeNs;
    if (fault === undefined) return true;
    if (own !== checksum) this.#output.checksumFailed();
    this.lost(fault, true);
    return false;
  }
}

/** The venue does not say which levels fall out of the depth; our sink has to be told. */
function withCut(changes: readonly PriceLevel[], ladder: PriceLadder): readonly PriceLevel[] {
  const cut = ladder.truncate(DEPTH);
  return cut.length === 0 ? changes : [...changes, ...cut.map((price): PriceLevel => [price, '0'])];
}
