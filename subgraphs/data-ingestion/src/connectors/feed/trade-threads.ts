// The trade threads of a connector's symbols and the errand they share: asking the venue for the trades that are missing.

import type { Logger } from '@mib/service/logger';
import type { FeedHealth, FeedSink, FeedTrade, TradePosition } from './contract.ts';
import { TradeThread } from './trade-thread.ts';

export interface TradeThreadsOptions {
  readonly sink: FeedSink;
  readonly health: FeedHealth;
  readonly logger: Logger;
  readonly lastTrade: ((symbol: string) => TradePosition | null) | undefined;
  /** Trades of a symbol after a position, any number of them; [] where there are none. Rejects when the venue does not answer. */
  readonly fetch: (symbol: string, after: TradePosition) => Promise<readonly FeedTrade[]>;
}

export class TradeThreads {
  readonly #options: TradeThreadsOptions;
  readonly #threads = new Map<string, TradeThread>();

  constructor(options: TradeThreadsOptions) {
    this.#options = options;
  }

  push(symbol: string, trade: FeedTrade): void {
    let thread = this.#threads.get(symbol);
    if (!thread) this.#threads.set(symbol, (thread = this.#open(symbol)));
    thread.push(trade);
  }

  forget(symbol: string): void {
    this.#threads.delete(symbol);
  }

  #open(symbol: string): TradeThread {
    const { sink, health, logger, lastTrade, fetch } = this.#options;
    const thread: TradeThread = new TradeThread({
      trade: (trade) => sink.trade(symbol, trade),
      missing: (after) => {
        fetch(symbol, after).then(
          (trades) => thread.filled(trades),
          (error: unknown) => thread.lost((error as Error).message),
        );
      },
      gaveUp: (reason) => {
        health.failed(`${symbol}: ${reason}`);
        logger.warn({ symbol, reason }, 'feed trades lost');
      },
    }, lastTrade?.(symbol) ?? null);
    return thread;
  }
}
