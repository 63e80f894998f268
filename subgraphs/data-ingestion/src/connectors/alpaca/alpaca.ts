// Alpaca's stock stream: one connection an account, with credentials. A quote is the whole best bid and ask, so a book has
// one level a side and no thread to lose; it is LIVE from its first quote on a connection. Trades and minutes that were
// missed are asked for and come before new ones.
//
//   connected ─► auth ─► authenticated ─► subscribe ─► subscribed ─► missed trades, bars; first quote of a symbol: LIVE

import type { TimestampNs } from '@mib/model/timestamp';
import type { BookState, ConnectorKind, ConnectorOptions, FeedBounds, PriceLevel, RunningConnector } from '../feed/contract.ts';
import { DecodeError, FeedError } from '../feed/feed-error.ts';
import { openTransport, type Transport } from '../feed/transport.ts';
import { decode, type AlpacaEvent, type Side } from './decode.ts';
import { askBars, askTrades, type Wanted } from './history.ts';
import { TradeTape } from './trade-tape.ts';

export interface AlpacaCredentials {
  readonly key: string;
  readonly secret: string;
}

/** Silence is normal outside of the session: the probe keeps the connection from being called dead. */
const BOUNDS: FeedBounds = { silenceMs: 30_000, handshakeMs: 10_000, answerMs: 15_000, firstBackoffMs: 1_000, maxBackoffMs: 60_000 };
const SEND_SPACING_MS = 50;
/** SEC rule 612: quotes in cents from a dollar on; trades may have four decimals. */
const TICK_SIZE = '0.0001';

/** @throws {FeedError} without credentials, when it is started. */
export function alpacaConnector(credentials: AlpacaCredentials | undefined): ConnectorKind {
  const needed = (): AlpacaCredentials => {
    if (!credentials) throw new FeedError('alpaca needs MIB_ALPACA_KEY and MIB_ALPACA_SECRET, or credentials in the feeds file');
    return credentials;
  };
  return {
    provider: 'alpaca',
    urls: { stream: 'wss://stream.data.alpaca.markets/v2/iex', rest: 'https://data.alpaca.markets' },
    start: (options) => new AlpacaConnector(options, needed()),
    // The market's rules, not the venue's: they are the same for every listed stock.
    instruments: async (symbols) => {
      needed();
      return symbols.map((symbol) => ({ symbol, base: symbol, quote: 'USD', tickSize: TICK_SIZE, lotSize: '1', minQuantity: '1', minNotional: null, trading: true }));
    },
  };
}

interface Stock {
  state: BookState;
  wasLive: boolean;
  readonly tape: TradeTape;
  /** The connection on which was asked for what it missed. */
  askedOn: number;
  /** Opening of the last bar; bars behind it are asked for after a reconnect. */
  lastBarNs: TimestampNs | undefined;
}

class AlpacaConnector implements RunningConnector {
  readonly #options: ConnectorOptions;
  readonly #credentials: AlpacaCredentials;
  readonly #bounds: FeedBounds;
  readonly #stocks = new Map<string, Stock>();
  readonly #transport: Transport;
  readonly #stop = new AbortController();
  #asking: Promise<void> = Promise.resolve();
  #isAuthenticated = false;
  /** Counts connections. */
  #connection = 0;

  constructor(options: ConnectorOptions, credentials: AlpacaCredentials) {
    this.#options = options;
    this.#credentials = credentials;
    this.#bounds = { ...BOUNDS, ...options.bounds };
    for (const symbol of options.symbols) this.#add(symbol);
    const { urls, clock, random, logger } = options;
    this.#transport = openTransport({
      url: urls.stream, bounds: this.#bounds, clock, random, logger, sendSpacingMs: SEND_SPACING_MS, maxConnectionMs: Infinity,
      // The venue answers every subscription with all that is subscribed to.
      probe: () => this.#request('subscribe', [...this.#stocks.keys()]),
      handlers: {
        opened: () => this.#opened(),
        frame: (frame) => this.#frame(frame),
        closed: (reason) => this.#lost('RESYNCING', reason),
        silent: (reason) => this.#lost('STALE', reason),
      },
    });
  }

  setSymbols(symbols: readonly string[]): void {
    const gone = [...this.#stocks.keys()].filter((symbol) => !symbols.includes(symbol));
    const added = symbols.filter((symbol) => !this.#stocks.has(symbol));
    for (const symbol of gone) this.#stocks.delete(symbol);
    for (const symbol of added) this.#add(symbol);
    if (!this.#isAuthenticated) return;
    if (gone.length > 0) this.#transport.send(this.#request('unsubscribe', gone));
    if (added.length > 0) this.#transport.send(this.#request('subscribe', added));
  }

  states(): ReadonlyMap<string, BookState> {
    return new Map([...this.#stocks].map(([symbol, { state }]) => [symbol, state]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#transport[Symbol.asyncDispose]();
    await this.#asking;
  }

  #add(symbol: string): void {
    const { sink, lastTrade } = this.#options;
    const tape = new TradeTape((trade) => sink.trade(symbol, trade), lastTrade?.(symbol) ?? null);
    this.#stocks.set(symbol, { state: 'SYNCING', wasLive: false, tape, askedOn: 0, lastBarNs: undefined });
    sink.state(symbol, 'SYNCING', 'starting');
  }

  #opened(): void {
    this.#isAuthenticated = false;
    this.#connection += 1;
  }

  #lost(state: 'RESYNCING' | 'STALE', reason: string): void {
    const { health } = this.#options;
    for (const [symbol, stock] of this.#stocks) this.#to(symbol, stock, state === 'RESYNCING' && !stock.wasLive ? 'SYNCING' : state, reason);
    if (state === 'STALE') health.stale(reason);
    else health.interrupted(reason);
  }

  #frame(frame: string): void {
    const { health, fields } = this.#options;
    try {
      const { events, messages } = decode(frame);
      if (fields) for (const message of messages) fields.see(String(message['T']), message);
      for (const event of events) this.#event(event);
      health.received(messages.length);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      health.received(1, 1);
      this.#transport.restart(error.message);
    }
  }

  #event(event: AlpacaEvent): void {
    switch (event.kind) {
      case 'CONNECTED':
        return this.#transport.send(JSON.stringify({ action: 'auth', key: this.#credentials.key, secret: this.#credentials.secret }));
      case 'AUTHENTICATED':
        this.#isAuthenticated = true;
        return this.#transport.send(this.#request('subscribe', [...this.#stocks.keys()]));
      case 'ERROR':
        return this.#transport.restart(`venue refuses with ${event.code}: ${event.message}`);
      case 'SUBSCRIBED':
        for (const symbol of event.symbols) this.#askMissed(symbol);
        return;
      case 'QUOTE':
        return this.#quote(event);
      case 'TRADE':
        if (this.#stocks.get(event.symbol)?.tape.push(event.trade) === false) this.#options.health.failed(`${event.symbol}: missed trades: too many came meanwhile`);
        return;
      case 'BAR': {
        const stock = this.#stocks.get(event.symbol);
        if (stock) this.#bar(event.symbol, stock, event.bar);
      }
    }
  }

  #quote({ symbol, bid, ask, timeNs }: AlpacaEvent & { readonly kind: 'QUOTE' }): void {
    const stock = this.#stocks.get(symbol);
    if (!stock) return;
    const side = ({ price, quantity }: Side): readonly PriceLevel[] => (quantity === '0' || price === '0' ? [] : [[price, quantity]]);
    this.#options.sink.book(symbol, { kind: 'SNAPSHOT', bids: side(bid), asks: side(ask), sequence: null, eventTimeNs: timeNs });
    stock.wasLive = true;
    this.#to(symbol, stock, 'LIVE', '');
  }

  #bar(symbol: string, stock: Stock, bar: AlpacaBar): void {
    if (stock.lastBarNs === undefined || bar.openTimeNs > stock.lastBarNs) stock.lastBarNs = bar.openTimeNs;
    this.#options.sink.bar(symbol, bar);
  }

  /** The answer to the probe names all symbols too, so only a symbol that was not LIVE on this connection is asked about. */
  #askMissed(symbol: string): void {
    const stock = this.#stocks.get(symbol);
    if (!stock || stock.state === 'LIVE' || stock.askedOn === this.#connection) return;
    stock.askedOn = this.#connection;
    const missed = stock.tape.reconnected();
    if (missed) this.#ask(symbol, missed.fromNs, askTrades, 'trades', (trades) => stock.tape.answered(missed.asked, trades));
    // Only once a bar has come there is something to be missed. Repeats of bars do no harm.
    const { lastBarNs } = stock;
    if (lastBarNs !== undefined) this.#ask(symbol, lastBarNs, askBars, 'bars', (bars) => bars.forEach((bar) => this.#bar(symbol, stock, bar)));
  }

  /** One question after the other. @param take - gets nothing when the venue does not answer. */
  #ask<T>(symbol: string, fromNs: TimestampNs, ask: (wanted: Wanted) => Promise<readonly T[]>, what: string, take: (found: readonly T[]) => void): void {
    const { urls, health, logger } = this.#options;
    const headers = { 'APCA-API-KEY-ID': this.#credentials.key, 'APCA-API-SECRET-KEY': this.#credentials.secret };
    this.#asking = this.#asking.then(async () => {
      if (this.#stop.signal.aborted) return;
      try {
        take(await ask({ rest: urls.rest, symbol, fromNs, headers, timeoutMs: this.#bounds.answerMs, signal: this.#stop.signal }));
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        const reason = `${symbol}: missed ${what}: ${(error as Error).message}`;
        health.failed(reason);
        logger.warn({ symbol, reason }, 'what a feed missed cannot be had');
        take([]);
      }
    });
  }

  #to(symbol: string, stock: Stock, state: BookState, reason: string): void {
    if (stock.state === state) return;
    stock.state = state;
    this.#options.sink.state(symbol, state, reason);
    const states = [...this.#stocks.values()].map((each) => each.state);
    if (states.every((each) => each === 'LIVE')) this.#options.health.live();
    else if (!states.includes('STALE')) this.#options.health.resyncing();
  }

  #request(action: 'subscribe' | 'unsubscribe', symbols: readonly string[]): string {
    return JSON.stringify({ action, trades: symbols, quotes: symbols, bars: symbols });
  }
}

type AlpacaBar = (AlpacaEvent & { readonly kind: 'BAR' })['bar'];
