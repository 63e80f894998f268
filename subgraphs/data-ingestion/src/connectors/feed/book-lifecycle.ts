// The states that the books of all protocols go through, so that a book is never LIVE by accident: it becomes so only with a
// whole book in hand, and every other word said to it takes that away.

import type { BookState, BookUpdate } from './contract.ts';

/** What a book machine says; it asks no clock and does no I/O. */
export interface BookOutput {
  book(update: BookUpdate): void;
  state(state: BookState, reason: string): void;
  /** The book has to be built from the venue's whole book; said once until it has come. */
  wantSnapshot(): void;
  /** A LIVE book lost its thread. */
  gapped(reason: string): void;
  /** The venue's own check of the book failed. */
  checksumFailed(): void;
}

export class BookLifecycle {
  readonly #output: BookOutput;
  #state: BookState = 'SYNCING';
  #wasLive = false;

  constructor(output: BookOutput) {
    this.#output = output;
    output.state('SYNCING', 'starting');
  }

  get state(): BookState {
    return this.#state;
  }

  /** The whole book stands. */
  live(snapshot: BookUpdate): void {
    this.#output.book(snapshot);
    this.#wasLive = true;
    this.#to('LIVE', '');
  }

  /** What is known is no longer the book. */
  lost(reason: string): void {
    if (this.#state === 'LIVE') this.#output.gapped(reason);
    this.#to(this.#wasLive ? 'RESYNCING' : 'SYNCING', reason);
  }

  stale(reason: string): void {
    this.#to('STALE', reason);
  }

  /** The connection is gone: the loss of all of its books is counted once, by the connection. */
  disconnected(reason: string): void {
    if (this.#state !== 'STALE') this.#to(this.#wasLive ? 'RESYNCING' : 'SYNCING', reason);
  }

  /** A connection that speaks stands again, a whole book is on its way. */
  reopened(): void {
    this.#to(this.#wasLive ? 'RESYNCING' : 'SYNCING', 'connected, waiting for the whole book');
  }

  #to(state: BookState, reason: string): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#output.state(state, reason);
  }
}
