// Kraken spot by WebSocket v2: channels book, trade and ohlc. A lost book is subscribed to anew on the same connection, which
// brings a snapshot; answers that do not come end the connection. Everything runs on the frames and ticks of the transport, so
// the connector itself keeps no timer.

import { backfillPath, decodeTrades } from './rest-trades.ts';
import { decodeMessage, type KrakenEvent } from './decode.ts';
import { readInstruments } from './instruments.ts';
import { DEPTH, KrakenBook } from './kraken-book.ts';
import { RepeatPacer } from '../feed/back-off.ts';
import { BookConnection } from '../feed/book-connection.ts';
import type { ConnectorKind, ConnectorOptions, FeedBar, FeedBounds, RunningConnector } from '../feed/contract.ts';
import { FeedReport } from '../feed/feed-report.ts';
import { parseLossless } from '../feed/lossless-json.ts';
import { RestBudget } from '../feed/rest-budget.ts';
import { openRestClient, type RestClient } from '../feed/rest-client.ts';
import { SubscriptionRegistry } from '../feed/subscriptions.ts';
import { TradeThreads } from '../feed/trade-threads.ts';
import { openTransport, type Transport, type TransportOptions } from '../feed/transport.ts';

/** Heartbeats come every second, so ten of them are missing. */
const BOUNDS: FeedBounds = { silenceMs: 10_000, handshakeMs: 10_000, answerMs: 10_000, firstBackoffMs: 500, maxBackoffMs: 30_000 };
const SEND_SPACING_MS = 20;
/** Symbols of one request. */
const BATCH = 100;
/** Repetitions of a resubscription within this time wait longer and longer. */
const FORGET_MS = 60_000;
/** Public REST takes about one request a second. */
const REST_PER_MINUTE = 50;
const BAR_MINUTES = 1;
const CHANNELS = ['book', 'trade', 'ohlc'] as const;

export const KRAKEN: ConnectorKind = {
  provider: 'kraken',
  urls: { stream: 'wss://ws.kraken.com/v2', rest: 'https://api.kraken.com' },
  start: (options) => new KrakenConnector(options, openTransport),
  instruments: readInstruments,
};

interface Market {
  readonly book: KrakenBook;
  readonly pacer: RepeatPacer;
  /** When the book was last subscribed to; its snapshot is due. */
  askedMs: number;
  /** When to subscribe to the book anew, Infinity for not. */
  resubscribeMs: number;
  /** The bar that may still change. */
  bar: FeedBar | undefined;
}

export class KrakenConnector implements RunningConnector {
  readonly #options: ConnectorOptions;
  readonly #bounds: FeedBounds;
  readonly #report: FeedReport;
  readonly #registry = new SubscriptionRegistry();
  readonly #markets = new Map<string, Market>();
  readonly #trades: TradeThreads;
  readonly #rest: RestClient;
  readonly #transport: Transport;
  readonly #connected: BookConnection;

  constructor(options: ConnectorOptions, open: (options: TransportOptions) => Transport) {
    const { urls, clock, random, logger, sink, health, lastTrade } = options;
    this.#options = options;
    const bounds = (this.#bounds = { ...BOUNDS, ...options.bounds });
    this.#report = new FeedReport(sink, health);
    this.#rest = openRestClient({ base: urls.rest, budget: new RestBudget({ weightPerMinute: REST_PER_MINUTE }), answerMs: bounds.answerMs, clock });
    this.#trades = new TradeThreads({ sink, health, logger, lastTrade, fetch: async (symbol, after) => decodeTrades(await this.#rest.get(backfillPath(symbol, after), 1)) });
    this.#connected = new BookConnection({
      books: () => [...this.#markets.values()].map(({ book }) => book), health, logger,
      take: (text) => this.#take(text),
      damaged: (reason) => {
        for (const { book } of this.#markets.values()) book.lost(reason);
      },
    });
    this.setSymbols(options.symbols);
    this.#transport = open({
      url: urls.stream, bounds, sendSpacingMs: bounds.sendSpacingMs ?? SEND_SPACING_MS, maxConnectionMs: Infinity, clock, random, logger,
      probe: () => JSON.stringify({ method: 'ping', req_id: this.#registry.nextId() }),
      handlers: {
        opened: () => this.#opened(),
        frame: (text) => this.#connected.frame(text),
        closed: (reason) => this.#connected.closed(reason),
        silent: (reason) => this.#connected.silent(reason),
        tick: (nowMs) => this.#tick(nowMs),
      },
    });
  }

  setSymbols(symbols: readonly string[]): void {
    for (const symbol of this.#markets.keys()) if (!symbols.includes(symbol)) this.#drop(symbol);
    for (const symbol of symbols) if (!this.#markets.has(symbol)) this.#add(symbol);
    if (this.#connected.isOpen) this.#ask();
  }

  states() {
    return this.#report.states();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#transport[Symbol.asyncDispose]();
    await this.#rest[Symbol.asyncDispose]();
  }

  #add(symbol: string): void {
    if (!CHANNELS.every((channel) => this.#registry.want(`${channel}:${symbol}`))) return this.#options.health.failed(`too many symbols, ${symbol} is left out`);
    const { random } = this.#options;
    const { firstBackoffMs, maxBackoffMs } = this.#bounds;
    const pacer = new RepeatPacer({ firstMs: firstBackoffMs, maxMs: maxBackoffMs, random, forgetMs: FORGET_MS });
    const book = new KrakenBook(this.#report.outputOf(symbol, () => this.#wantSnapshot(symbol)));
    this.#markets.set(symbol, { book, pacer, askedMs: 0, resubscribeMs: Infinity, bar: undefined });
  }

  #drop(symbol: string): void {
    for (const channel of CHANNELS) if (this.#registry.drop(`${channel}:${symbol}`)) this.#request('unsubscribe', this.#registry.nextId(), channel, [symbol]);
    this.#markets.delete(symbol);
    this.#trades.forget(symbol);
    this.#report.forget(symbol);
  }

  #opened(): void {
    this.#registry.reset();
    this.#connected.opened();
    for (const market of this.#markets.values()) market.resubscribeMs = Infinity;
    this.#ask();
  }

  #take(text: string): void {
    const { health, fields } = this.#options;
    const message = parseLossless(text);
    const events = decodeMessage(message);
    health.received(1);
    if (fields) observe(message, fields);
    for (const event of events) this.#handle(event);
  }

  #handle(event: KrakenEvent): void {
    switch (event.kind) {
      case 'book':
        return this.#markets.get(event.symbol)?.book.take(event.message);
      case 'trade':
        if (this.#markets.has(event.symbol)) this.#trades.push(event.symbol, event.trade);
        return;
      case 'bar':
        return this.#bar(event.symbol, event.bar);
      case 'answer':
        return this.#answered(event);
      case 'status':
        if (event.system !== 'online') this.#options.health.failed(`venue is in state ${event.system}`);
        return;
      case 'heartbeat':
      case 'unknown':
        return;
    }
  }

  /** A bar is closed once the next one begins. */
  #bar(symbol: string, bar: FeedBar): void {
    const market = this.#markets.get(symbol);
    if (!market || (market.bar && bar.openTimeNs < market.bar.openTimeNs)) return;
    if (market.bar && bar.openTimeNs > market.bar.openTimeNs) this.#options.sink.bar(symbol, { ...market.bar, closed: true });
    market.bar = bar;
    this.#options.sink.bar(symbol, bar);
  }

  #answered({ method, requestId, symbol, refusal }: Extract<KrakenEvent, { kind: 'answer' }>): void {
    if (method !== 'subscribe' || requestId === null) return;
    for (const channel of CHANNELS) {
      const topics = this.#registry.answered(requestId, refusal === null, symbol === null ? undefined : `${channel}:${symbol}`);
      if (refusal === null) continue;
      for (const topic of topics) {
        this.#options.health.failed(`${topic} refused: ${refusal}`);
        this.#options.logger.error({ topic, refusal }, 'feed subscription refused');
        if (topic.startsWith('book:')) this.#markets.get(topic.slice('book:'.length))?.book.silent(`refused: ${refusal}`);
      }
    }
  }

  #wantSnapshot(symbol: string): void {
    const market = this.#markets.get(symbol);
    if (!market || !this.#connected.isOpen) return;
    const nowMs = this.#options.clock.now();
    market.resubscribeMs = nowMs + market.pacer.next(nowMs);
    if (market.resubscribeMs <= nowMs) this.#resubscribe(symbol, market);
  }

  #resubscribe(symbol: string, market: Market): void {
    market.resubscribeMs = Infinity;
    if (this.#registry.drop(`book:${symbol}`)) this.#request('unsubscribe', this.#registry.nextId(), 'book', [symbol]);
    this.#registry.want(`book:${symbol}`);
    this.#ask();
  }

  #ask(): void {
    const nowMs = this.#options.clock.now();
    for (const { id, group, topics } of this.#registry.ask(nowMs, BATCH, (topic) => topic.slice(0, topic.indexOf(':')))) {
      const symbols = topics.map((topic) => topic.slice(group.length + 1));
      this.#request('subscribe', id, group, symbols);
      if (group === 'book') for (const symbol of symbols) this.#markets.get(symbol)!.askedMs = nowMs;
    }
  }

  #request(method: 'subscribe' | 'unsubscribe', id: number, channel: string, symbols: readonly string[]): void {
    const more = channel === 'book' ? { depth: DEPTH } : channel === 'ohlc' ? { interval: BAR_MINUTES } : {};
    const snapshot = method === 'subscribe' ? { snapshot: channel === 'book' } : {};
    this.#transport.send(JSON.stringify({ method, params: { channel, symbol: symbols, ...more, ...snapshot }, req_id: id }));
  }

  #tick(nowMs: number): void {
    if (!this.#connected.isOpen) return;
    const overdue = this.#registry.overdue(nowMs, this.#bounds.answerMs);
    if (overdue !== undefined) return this.#transport.restart(`no answer to the subscription ${overdue}`);
    for (const [symbol, market] of this.#markets) {
      if (market.resubscribeMs <= nowMs) this.#resubscribe(symbol, market);
      else if (market.resubscribeMs === Infinity && market.book.awaiting && market.book.state !== 'STALE' && nowMs - market.askedMs > this.#bounds.answerMs) return this.#transport.restart(`no snapshot of ${symbol}`);
    }
  }
}

function observe(message: unknown, fields: NonNullable<ConnectorOptions['fields']>): void {
  const { channel, data } = message as { readonly channel?: string; readonly data?: unknown };
  if (channel !== undefined && Array.isArray(data)) for (const entry of data) fields.see(channel, entry as object);
}
