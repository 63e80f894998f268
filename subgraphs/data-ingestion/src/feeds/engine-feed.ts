// The sink of a live connector: its books and trades become commands of one venue participant of the engine. All commands
// leave on one ordered stream, so what counts as shown is what was sent; a call that fails in between means that nobody
// knows, and everything begins anew:
//
//   attach: register, withdraw what an earlier run left ──► flush on every change ──engine gone──► attach again
//
// A book that is not LIVE leaves the engine in the same turn in which the connector says so, ahead of anything that waits.

import type { CommandResult, EngineClient, EngineCommand } from '@mib/proto/engine-client';
import type { FeedState } from '@mib/model/trading';
import type { Logger } from '@mib/service/logger';
import { nextBackoffMs, type Clock } from '../connectors/clock.ts';
import type { BookState, BookUpdate, FeedBar, FeedSink, FeedTrade, TradePosition } from '../connectors/feed/contract.ts';
import { SUSPECT_TRADE_SCORE, TradeWatch } from '../domain/quality/trade-prints.ts';
import type { SourceHealth } from '../domain/source-health.ts';
import { FeedBook, type LevelChange } from './feed-book.ts';
import type { FeedMarket } from './feed-market.ts';
import { TradeQueue } from './trade-queue.ts';

export interface EngineFeedOptions {
  readonly engine: EngineClient;
  /** The venue's participant. */
  readonly accountNumber: number;
  readonly markets: readonly FeedMarket[];
  /** Makes the instruments known to the engine; called before anything is sent, and again after the engine was gone. */
  readonly register: () => Promise<unknown>;
  readonly onBar: (market: FeedMarket, bar: FeedBar) => void;
  readonly health: Pick<SourceHealth, 'failed' | 'received' | 'badPrint'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Commands without an answer; beyond, books are only kept, and trades wait. */
const MAX_IN_FLIGHT = 4_096;
/** A LIVE book says so again, whether it changes or not; a reader calls it stale some seconds after the last time. */
const ALIVE_MS = 5_000;
/** Withdrawing on the way out must not hold up a shutdown when the engine is gone. */
const WITHDRAW_TIMEOUT_MS = 2_000;

interface Book {
  readonly market: FeedMarket;
  readonly levels: FeedBook;
  readonly trades: TradeQueue;
  readonly watch: TradeWatch;
  /** What the connector says. */
  state: BookState;
  /** What the engine was told last; undefined when nobody knows. */
  told: FeedState | undefined;
}

export class EngineFeed implements FeedSink, AsyncDisposable {
  /** Resolves once the engine has been told of the feed and has said which trades it knows. */
  readonly attachedOnce: Promise<void>;
  readonly #options: EngineFeedOptions;
  readonly #books: ReadonlyMap<string, Book>;
  readonly #dirty = new Set<Book>();
  readonly #stop = new AbortController();
  readonly #attaching: Promise<void>;
  #attached = false;
  /** Counts attachments: an answer to a command of an earlier one is of no interest. */
  #attachment = 0;
  #lost = (): void => undefined;
  #onAttached = (): void => undefined;
  #inFlight = 0;
  #scheduled = false;

  constructor(options: EngineFeedOptions) {
    this.#options = options;
    this.#books = new Map(options.markets.map((market) => [market.symbol, { market, levels: new FeedBook(market.tick, market.lot), trades: new TradeQueue(market, options.health), watch: new TradeWatch(), state: 'SYNCING', told: undefined }]));
    this.attachedOnce = new Promise((resolve) => (this.#onAttached = resolve));
    this.#attaching = this.#attach();
  }

  book(symbol: string, update: BookUpdate): void {
    const book = this.#books.get(symbol);
    if (!book) return;
    const refused = book.levels.apply(update);
    if (refused > 0) this.#refuse(refused, `${symbol}: ${refused} levels off the grid of the instrument`);
    if (book.state === 'LIVE') this.#touch(book);
  }

  state(symbol: string, state: BookState): void {
    const book = this.#books.get(symbol);
    if (!book) return;
    book.state = state;
    if (state !== 'LIVE') book.watch.reset();
    if (state !== 'LIVE' && this.#attached) this.#withdraw(book, state);
    this.#touch(book);
  }

  trade(symbol: string, trade: FeedTrade): void {
    const book = this.#books.get(symbol);
    if (!book) return;
    if (!book.trades.take(trade)) return;
    if ((book.watch.see(Number(trade.price)) ?? 0) >= SUSPECT_TRADE_SCORE) this.#options.health.badPrint();
    this.#touch(book);
  }

  bar(symbol: string, bar: FeedBar): void {
    const book = this.#books.get(symbol);
    if (book) this.#options.onBar(book.market, bar);
  }

  /** The newest trade of a symbol that is known here or by the engine; null before the first. Ask after `attachedOnce`. */
  lastTrade(symbol: string): TradePosition | null {
    return this.#books.get(symbol)?.trades.last ?? null;
  }

  /** Withdraws everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#lost();
    await this.#attaching;
    if (!this.#attached) return;
    const { engine, clock, logger } = this.#options;
    const deadline = new AbortController();
    const withdrawn = Promise.all([...this.#books.values()].map((book) => engine.submit(this.#stateCommand(book, 'OFF'))));
    await Promise.race([withdrawn, clock.sleep(WITHDRAW_TIMEOUT_MS, deadline.signal)]).catch((error: unknown) => logger.warn({ err: error }, 'feed could not withdraw its levels'));
    deadline.abort();
  }

  /** Runs until disposed: attaches, then waits until the engine is lost. */
  async #attach(): Promise<void> {
    const { engine, clock, logger, health } = this.#options;
    const { signal } = this.#stop;
    for (let failures = 0; !signal.aborted; ) {
      try {
        await this.#options.register();
        const quotes = new Map((await engine.quotes([...this.#books.values()].map(({ market }) => market.number))).map((quote) => [quote.instrumentNumber, quote]));
        const told = await Promise.all([...this.#books.values()].map((book) => engine.submit(this.#stateCommand(book, initialState(book.state)))));
        const refused = told.find(({ code }) => code !== 'OK');
        if (refused) throw new Error(`engine refuses the feed: ${refused.code}`);
        for (const book of this.#books.values()) {
          const quote = quotes.get(book.market.number);
          book.trades.known(quote?.venueTradeId ?? 0, quote?.venueTimeNs ?? 0n);
        }
        failures = 0;
        await this.#run();
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (failures === 0) logger.warn({ reason }, 'feed is not attached to the engine');
        health.failed(reason);
        await clock.sleep(nextBackoffMs(failures), signal);
        failures += 1;
      }
    }
  }

  /** @returns when disposed. @throws when the engine is lost. */
  async #run(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#stop;
    const attachment = ++this.#attachment;
    this.#inFlight = 0;
    for (const book of this.#books.values()) {
      book.levels.forgetShown();
      book.told = initialState(book.state);
      this.#dirty.add(book);
    }
    this.#attached = true;
    this.#onAttached();
    this.#flush();
    const until = new AbortController();
    this.#lost = () => until.abort();
    const ended = AbortSignal.any([until.signal, signal]);
    while (!ended.aborted) {
      await clock.sleep(ALIVE_MS, ended);
      if (!ended.aborted) for (const book of this.#books.values()) if (book.told === 'LIVE' && book.state === 'LIVE') this.#send(attachment, this.#stateCommand(book, 'LIVE'));
    }
    if (signal.aborted) return;
    this.#attached = false;
    throw new Error('engine is gone');
  }

  #touch(book: Book): void {
    this.#dirty.add(book);
    if (this.#scheduled || !this.#attached) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    for (const book of this.#dirty) {
      if (!this.#attached || this.#stop.signal.aborted || this.#inFlight >= MAX_IN_FLIGHT) return;
      this.#dirty.delete(book);
      if (book.state === 'LIVE') this.#show(book);
      this.#sendTrades(book);
    }
  }

  /** A crossed book is no offer to anybody: it is withdrawn until it is whole again. */
  #show(book: Book): void {
    if (book.levels.isCrossed) return this.#withdraw(book, 'RESYNCING');
    const attachment = this.#attachment;
    const { accountNumber } = this.#options;
    for (const change of book.levels.flush()) {
      this.#send(attachment, { kind: 'SetVenueLevel', accountNumber, instrumentNumber: book.market.number, ...change }, (result) => this.#settleLevel(book, change, result));
    }
    if (book.told === 'LIVE') return;
    book.told = 'LIVE';
    this.#send(attachment, this.#stateCommand(book, 'LIVE'));
  }

  /** The engine takes the levels away in the command that says why. */
  #withdraw(book: Book, state: Exclude<BookState, 'LIVE'>): void {
    if (book.told === state) return;
    book.told = state;
    book.levels.forgetShown();
    this.#send(this.#attachment, this.#stateCommand(book, state));
  }

  #sendTrades(book: Book): void {
    const { accountNumber } = this.#options;
    for (const print of book.trades.unsent(MAX_IN_FLIGHT - this.#inFlight)) {
      this.#send(this.#attachment, { kind: 'PrintTrade', accountNumber, ...print }, ({ code }) => {
        book.trades.settled();
        if (code !== 'OK') this.#refuse(1, `${book.market.symbol}: trade ${print.venueTradeId}: ${code}`);
      });
    }
    if (book.trades.hasUnsent) this.#dirty.add(book);
  }

  #send(attachment: number, command: EngineCommand, settle?: (result: CommandResult) => void): void {
    this.#inFlight++;
    this.#options.engine.submit(command).then(
      (result) => {
        if (attachment !== this.#attachment || !this.#attached) return;
        settle?.(result);
        if (this.#inFlight-- === MAX_IN_FLIGHT || (this.#dirty.size > 0 && this.#inFlight === 0)) this.#flush();
      },
      (error: unknown) => {
        if (attachment !== this.#attachment) return;
        this.#options.logger.debug({ err: error }, 'a command of the feed did not arrive');
        this.#attached = false;
        this.#lost();
      },
    );
  }

  #settleLevel(book: Book, change: LevelChange, { code }: CommandResult): void {
    if (code === 'OK') return;
    book.levels.refused(change);
    this.#refuse(1, `${book.market.symbol}: level ${change.priceTicks}: ${code}`);
  }

  #refuse(count: number, reason: string): void {
    this.#options.health.received(0, count);
    this.#options.health.failed(reason);
  }

  #stateCommand({ market }: Book, state: FeedState): EngineCommand {
    return { kind: 'SetFeedState', accountNumber: this.#options.accountNumber, instrumentNumber: market.number, state };
  }
}

/** An engine that has been told nothing yet shows nothing, whatever the connector says. */
function initialState(state: BookState): FeedState {
  return state === 'LIVE' ? 'RESYNCING' : state;
}
