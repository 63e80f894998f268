// Hands what the books of one connector say to the sink, and keeps the health of the whole: it is LIVE when every book is.

import type { BookLifecycle, BookOutput } from './book-lifecycle.ts';
import type { BookState, FeedHealth, FeedSink } from './contract.ts';

export class FeedReport {
  readonly #sink: FeedSink;
  readonly #health: FeedHealth;
  readonly #states = new Map<string, BookLifecycle['state']>();

  constructor(sink: FeedSink, health: FeedHealth) {
    this.#sink = sink;
    this.#health = health;
  }

  outputOf(symbol: string, wantSnapshot: () => void): BookOutput {
    return {
      wantSnapshot,
      book: (update) => this.#sink.book(symbol, update),
      state: (state, reason) => {
        this.#states.set(symbol, state);
        this.#sink.state(symbol, state, reason);
        this.#weigh();
      },
      gapped: (reason) => this.#health.gapped(`${symbol}: ${reason}`),
      checksumFailed: () => this.#health.checksumFailed(),
    };
  }

  forget(symbol: string): void {
    this.#states.delete(symbol);
    this.#weigh();
  }

  states(): ReadonlyMap<string, BookState> {
    return new Map(this.#states);
  }

  #weigh(): void {
    const states = [...this.#states.values()];
    if (states.every((state) => state === 'LIVE')) this.#health.live();
    else if (!states.includes('STALE')) this.#health.resyncing();
  }
}
