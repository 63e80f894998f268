// Coinbase Exchange: books order by order from the channel `full`, whose messages are numbered for each product, taken
// whole from the REST door at level 3; trades are the matches of the same channel. The channel `heartbeat` says every second
// how far each product is, so that nothing is missed on a quiet one.
//
//   opened ─► subscribe ─► confirmed ─► level 3 of each product (one at a time) ─► LIVE ──gap──► RESYNCING, level 3 again

import type { Random } from '../../domain/random.ts';
import { RepeatPacer } from '../feed/back-off.ts';
import type { BookState, ConnectorKind, ConnectorOptions, FeedBounds, RunningConnector } from '../feed/contract.ts';
import { DecodeError } from '../feed/feed-error.ts';
import { getJson, RateLimitedError } from '../feed/get-json.ts';
import { TradeThread } from '../feed/trade-thread.ts';
import { openTransport, type Transport } from '../feed/transport.ts';
import { decode, decodeLevel3, type CoinbaseEvent } from './decode.ts';
import { FullBook, type FullBookStep } from './full-book.ts';
import { askRules, askTrades } from './rest.ts';

const BOUNDS: FeedBounds = { silenceMs: 10_000, handshakeMs: 10_000, answerMs: 15_000, firstBackoffMs: 500, maxBackoffMs: 30_000 };
/** Requests a second and address that the public REST door takes: 10. */
const REST_SPACING_MS = 150;
/** A book that loses its thread again so soon waits longer for the next. */
const FORGET_GAPS_MS = 60_000;
/** Frames that may be sent in a second: 100. */
const SEND_SPACING_MS = 10;

export const coinbaseConnector: ConnectorKind = {
  provider: 'coinbase',
  urls: { stream: 'wss://ws-feed.exchange.coinbase.com', rest: 'https://api.exchange.coinbase.com' },
  start: (options) => new CoinbaseConnector(options),
  instruments: (symbols, urls) => askRules(symbols, urls, BOUNDS.answerMs),
};

interface Product {
  readonly symbol: string;
  readonly book: FullBook;
  readonly trades: TradeThread;
  readonly pacer: RepeatPacer;
  state: BookState;
  wasLive: boolean;
  /** Whether a snapshot is asked for, or will be. */
  asking: boolean;
}

class CoinbaseConnector implements RunningConnector {
  readonly #options: ConnectorOptions;
  readonly #bounds: FeedBounds;
  readonly #products = new Map<string, Product>();
  readonly #transport: Transport;
  readonly #stop = new AbortController();
  /** Questions to the REST door, one after the other. */
  #rest: Promise<void> = Promise.resolve();
  /** Counts connections: an answer for an earlier one is of no use. */
  #connection = 0;

  constructor(options: ConnectorOptions) {
    this.#options = options;
    this.#bounds = { ...BOUNDS, ...options.bounds };
    for (const symbol of options.symbols) this.#add(symbol);
    const { urls, clock, random, logger } = options;
    this.#transport = openTransport({
      url: urls.stream, bounds: this.#bounds, clock, random, logger, sendSpacingMs: SEND_SPACING_MS, maxConnectionMs: Infinity,
      // The venue answers every subscription with all that is subscribed to.
      probe: () => this.#request('subscribe', [...this.#products.keys()]),
      handlers: {
        opened: () => this.#opened(),
        frame: (frame) => this.#frame(frame),
        closed: (reason) => this.#closed(reason),
        silent: (reason) => this.#silent(reason),
      },
    });
  }

  setSymbols(symbols: readonly string[]): void {
    const wanted = new Set(symbols);
    const gone = [...this.#products.keys()].filter((symbol) => !wanted.has(symbol));
    const added = symbols.filter((symbol) => !this.#products.has(symbol));
    for (const symbol of gone) this.#products.delete(symbol);
    for (const symbol of added) this.#add(symbol);
    if (gone.length > 0) this.#transport.send(this.#request('unsubscribe', gone));
    if (added.length > 0) this.#transport.send(this.#request('subscribe', added));
    this.#weigh();
  }

  states(): ReadonlyMap<string, BookState> {
    return new Map([...this.#products].map(([symbol, { state }]) => [symbol, state]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#transport[Symbol.asyncDispose]();
    await this.#rest;
  }

  #add(symbol: string): void {
    const { sink, health, lastTrade, clock, random } = this.#options;
    const trades = new TradeThread({
      trade: (trade) => sink.trade(symbol, trade),
      missing: (after, beforeId) => this.#askTrades(symbol, after.id, beforeId),
      gaveUp: (reason) => health.failed(`${symbol}: ${reason}`),
    }, lastTrade?.(symbol) ?? null);
    this.#products.set(symbol, { symbol, book: new FullBook(), trades, pacer: pacer(this.#bounds, random), state: 'SYNCING', wasLive: false, asking: false });
    sink.state(symbol, 'SYNCING', `starting at ${clock.now()}`);
  }

  #opened(): void {
    this.#connection++;
    for (const product of this.#products.values()) {
      product.book.reset();
      product.asking = false;
    }
    this.#transport.send(this.#request('subscribe', [...this.#products.keys()]));
  }

  #closed(reason: string): void {
    this.#connection++;
    for (const product of this.#products.values()) this.#lose(product, reason);
    this.#options.health.interrupted(reason);
  }

  #silent(reason: string): void {
    for (const product of this.#products.values()) {
      product.book.reset();
      this.#to(product, 'STALE', reason);
    }
    this.#options.health.stale(reason);
  }

  #frame(frame: string): void {
    const { health, fields } = this.#options;
    try {
      const { events, message } = decode(frame);
      if (typeof message['type'] === 'string') fields?.see(message['type'], message);
      for (const event of events) this.#event(event);
      health.received(1);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      health.received(1, 1);
      // Nobody knows what the message would have said.
      this.#transport.restart(error.message);
    }
  }

  #event(event: CoinbaseEvent): void {
    if (event.kind === 'SUBSCRIBED') {
      for (const symbol of event.products) this.#ask(this.#products.get(symbol));
      return;
    }
    if (event.kind === 'ERROR') {
      this.#options.health.failed(event.message);
      return this.#transport.restart(`venue refuses: ${event.message}`);
    }
    const product = this.#products.get(event.product);
    if (!product) return;
    if (event.kind === 'HEARTBEAT') return this.#step(product, product.book.heartbeat(event.sequence));
    this.#step(product, product.book.apply(event));
    const { change, timeNs } = event;
    if (change.kind !== 'MATCH') return;
    // The maker's side is told; the one who came took the other.
    product.trades.push({ id: change.tradeId, price: change.price, quantity: change.size, aggressor: change.makerSide === 'BUY' ? 'SELL' : 'BUY', eventTimeNs: timeNs });
  }

  #step(product: Product, step: FullBookStep | undefined): void {
    if (step?.kind === 'BOOK') this.#options.sink.book(product.symbol, step.update);
    if (step?.kind === 'GAP') {
      if (product.state === 'LIVE') this.#options.health.gapped(`${product.symbol}: ${step.reason}`);
      this.#lose(product, step.reason);
      this.#ask(product);
    }
  }

  #lose(product: Product, reason: string): void {
    product.book.reset();
    this.#to(product, product.wasLive ? 'RESYNCING' : 'SYNCING', reason);
  }

  #to(product: Product, state: BookState, reason: string): void {
    if (product.state === state) return;
    product.state = state;
    product.wasLive ||= state === 'LIVE';
    this.#options.sink.state(product.symbol, state, reason);
    this.#weigh();
  }

  #weigh(): void {
    const states = [...this.#products.values()].map(({ state }) => state);
    if (states.every((state) => state === 'LIVE')) this.#options.health.live();
    else if (!states.includes('STALE')) this.#options.health.resyncing();
  }

  /** Asks for the whole book, once for as long as no answer has come. */
  #ask(product: Product | undefined): void {
    if (!product || product.asking || product.book.isLive) return;
    product.asking = true;
    const connection = this.#connection;
    this.#enqueue(async () => {
      const { clock, urls } = this.#options;
      await clock.sleep(product.pacer.next(clock.now()), this.#stop.signal);
      if (connection !== this.#connection || this.#products.get(product.symbol) !== product) return;
      const answer = await getJson(`${urls.rest}/products/${encodeURIComponent(product.symbol)}/book?level=3`, { timeoutMs: this.#bounds.answerMs, signal: this.#stop.signal });
      if (connection !== this.#connection) return;
      product.asking = false;
      this.#stand(product, product.book.snapshot(decodeLevel3(answer)));
    }, () => {
      if (connection !== this.#connection) return;
      product.asking = false;
      this.#ask(product);
    });
  }

  #stand(product: Product, step: FullBookStep): void {
    if (step.kind === 'GAP') {
      this.#lose(product, step.reason);
      return this.#ask(product);
    }
    this.#options.sink.book(product.symbol, step.update);
    this.#to(product, 'LIVE', '');
  }

  #askTrades(symbol: string, afterId: number, beforeId: number): void {
    this.#enqueue(async () => {
      const trades = await askTrades({ symbol, afterId, beforeId, urls: this.#options.urls, timeoutMs: this.#bounds.answerMs, signal: this.#stop.signal });
      this.#products.get(symbol)?.trades.filled(trades);
    }, (error) => this.#products.get(symbol)?.trades.lost(error.message));
  }

  /** One question at a time, each a little after the one before; a venue that wants to be left alone is. */
  #enqueue(question: () => Promise<void>, failed: (error: Error) => void): void {
    const { clock, health } = this.#options;
    this.#rest = this.#rest.then(async () => {
      if (this.#stop.signal.aborted) return;
      try {
        await question();
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        health.failed((error as Error).message);
        await clock.sleep(error instanceof RateLimitedError ? error.retryAfterMs : this.#bounds.firstBackoffMs, this.#stop.signal);
        failed(error as Error);
      }
      await clock.sleep(REST_SPACING_MS, this.#stop.signal);
    });
  }

  #request(type: 'subscribe' | 'unsubscribe', symbols: readonly string[]): string {
    return JSON.stringify({ type, product_ids: symbols, channels: ['full', 'heartbeat'] });
  }
}

function pacer({ firstBackoffMs, maxBackoffMs }: FeedBounds, random: Random): RepeatPacer {
  return new RepeatPacer({ firstMs: firstBackoffMs, maxMs: maxBackoffMs, random, forgetMs: FORGET_GAPS_MS });
}

