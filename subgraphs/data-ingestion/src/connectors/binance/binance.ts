// Binance spot: one socket of combined streams, depth diffs, best prices, trades and bars of each symbol, and snapshots of the
// book by REST within the venue's weights. Snapshots are asked for one after the other; a symbol whose book is lost again and
// again waits longer each time, so a sick market never eats the weights of the others.

import { BinanceBook, SNAPSHOT_LEVELS } from './binance-book.ts';
import { decodeMessage, decodeSnapshot, decodeTrades, parseFrame, type BinanceEvent } from './decode.ts';
import { readInstruments } from './instruments.ts';
import { RepeatPacer } from '../feed/back-off.ts';
import { BookConnection } from '../feed/book-connection.ts';
import type { ConnectorKind, ConnectorOptions, FeedBounds, RunningConnector } from '../feed/contract.ts';
import { FeedReport } from '../feed/feed-report.ts';
import type { Fields } from '../feed/fields.ts';
import { RestBudget } from '../feed/rest-budget.ts';
import { openRestClient, type RestClient, type RestClientOptions } from '../feed/rest-client.ts';
import { SubscriptionRegistry } from '../feed/subscriptions.ts';
import { TradeThreads } from '../feed/trade-threads.ts';
import { openTransport, type Transport, type TransportOptions } from '../feed/transport.ts';

/** Without heartbeats, the answer to the probe proves that a quiet market's connection lives. */
const BOUNDS: FeedBounds = { silenceMs: 20_000, handshakeMs: 10_000, answerMs: 10_000, firstBackoffMs: 500, maxBackoffMs: 30_000 };
/** The venue takes five messages a second, its pings' pongs included. */
const SEND_SPACING_MS = 350;
/** Streams of one request. */
const BATCH = 200;
const FORGET_MS = 60_000;
/** The venue ends a connection after 24 hours. */
const MAX_CONNECTION_MS = 23.5 * 3_600_000;
/** The venue's limit is 6000 a minute for everybody behind this address. */
const WEIGHT_PER_MINUTE = 4_800;
/** Of a snapshot of 1000 levels. */
const SNAPSHOT_WEIGHT = 50;
const TRADES_WEIGHT = 25;
const TRADES_PAGE = 1_000;
const STREAMS = ['depth@100ms', 'bookTicker', 'trade', 'kline_1m'] as const;
const DEPTH_STREAM = STREAMS[0];

export const BINANCE: ConnectorKind = {
  provider: 'binance',
  urls: { stream: 'wss://stream.binance.com:9443', rest: 'https://api.binance.com' },
  start: (options) => new BinanceConnector(options, openTransport, openRestClient),
  instruments: readInstruments,
};

interface Market {
  readonly book: BinanceBook;
  readonly pacer: RepeatPacer;
  /** When to ask for a snapshot, Infinity for not. */
  snapshotMs: number;
}

export class BinanceConnector implements RunningConnector {
  readonly #options: ConnectorOptions;
  readonly #bounds: FeedBounds;
  readonly #report: FeedReport;
  readonly #registry = new SubscriptionRegistry();
  readonly #markets = new Map<string, Market>();
  readonly #trades: TradeThreads;
  readonly #rest: RestClient;
  readonly #transport: Transport;
  readonly #connected: BookConnection;
  /** Snapshots asked for on an older connection are thrown away. */
  #connection = 0;
  #fetching = false;

  constructor(options: ConnectorOptions, open: (options: TransportOptions) => Transport, openRest: (options: RestClientOptions) => RestClient) {
    const { urls, clock, random, logger, sink, health, lastTrade } = options;
    this.#options = options;
    const bounds = (this.#bounds = { ...BOUNDS, ...options.bounds });
    this.#report = new FeedReport(sink, health);
    this.#rest = openRest({ base: urls.rest, budget: new RestBudget({ weightPerMinute: WEIGHT_PER_MINUTE }), answerMs: bounds.answerMs, clock });
    const fetch = async (symbol: string, after: { readonly id: number }) => decodeTrades(await this.#rest.get(`/api/v3/historicalTrades?symbol=${encodeURIComponent(symbol)}&fromId=${after.id + 1}&limit=${TRADES_PAGE}`, TRADES_WEIGHT));
    this.#trades = new TradeThreads({ sink, health, logger, lastTrade, fetch });
    this.#connected = new BookConnection({
      books: () => [...this.#markets.values()].map(({ book }) => book), health, logger,
      take: (text) => this.#take(text),
      damaged: (reason) => {
        for (const { book } of this.#markets.values()) if (book.state === 'LIVE') book.lost(reason);
      },
    });
    this.setSymbols(options.symbols);
    this.#transport = open({
      url: `${urls.stream}/stream`, bounds, sendSpacingMs: bounds.sendSpacingMs ?? SEND_SPACING_MS, maxConnectionMs: MAX_CONNECTION_MS, clock, random, logger,
      probe: () => JSON.stringify({ method: 'LIST_SUBSCRIPTIONS', id: this.#registry.nextId() }),
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
    this.#connected.end();
    await this.#transport[Symbol.asyncDispose]();
    await this.#rest[Symbol.asyncDispose]();
  }

  #add(symbol: string): void {
    if (!STREAMS.every((stream) => this.#registry.want(streamOf(symbol, stream)))) return this.#options.health.failed(`too many symbols, ${symbol} is left out`);
    const { firstBackoffMs, maxBackoffMs } = this.#bounds;
    const pacer = new RepeatPacer({ firstMs: firstBackoffMs, maxMs: maxBackoffMs, random: this.#options.random, forgetMs: FORGET_MS });
    this.#markets.set(symbol, { book: new BinanceBook(this.#report.outputOf(symbol, () => this.#wantSnapshot(symbol))), pacer, snapshotMs: Infinity });
  }

  #drop(symbol: string): void {
    const streams = STREAMS.map((stream) => streamOf(symbol, stream)).filter((stream) => this.#registry.drop(stream));
    if (streams.length > 0) this.#transport.send(JSON.stringify({ method: 'UNSUBSCRIBE', params: streams, id: this.#registry.nextId() }));
    this.#markets.delete(symbol);
    this.#trades.forget(symbol);
    this.#report.forget(symbol);
  }

  #opened(): void {
    this.#connection += 1;
    this.#registry.reset();
    for (const market of this.#markets.values()) market.snapshotMs = Infinity;
    this.#connected.opened();
    this.#ask();
  }

  #take(text: string): void {
    const { health, fields } = this.#options;
    const message = parseFrame(text);
    const event = decodeMessage(message);
    health.received(1);
    if (fields) observe(message as Fields, fields);
    this.#handle(event);
  }

  #handle(event: BinanceEvent): void {
    switch (event.kind) {
      case 'diff':
        return this.#markets.get(event.symbol)?.book.diff(event.diff);
      case 'best':
        return this.#markets.get(event.symbol)?.book.best(event.best);
      case 'trade':
        if (this.#markets.has(event.symbol)) this.#trades.push(event.symbol, event.trade);
        return;
      case 'bar':
        if (this.#markets.has(event.symbol)) this.#options.sink.bar(event.symbol, event.bar);
        return;
      case 'answer':
        return this.#answered(event.requestId, event.refusal);
      case 'shutdown':
        return this.#transport.restart('the venue is shutting this connection down', true);
      case 'unknown':
        return;
    }
  }

  /** Once the diffs of a symbol are on their way, its snapshot may be asked for. */
  #answered(requestId: number | null, refusal: string | null): void {
    if (requestId === null) return;
    const streams = this.#registry.answered(requestId, refusal === null);
    if (streams.length === 0) return;
    if (refusal !== null) return this.#transport.restart(`subscription refused: ${refusal}`);
    for (const [symbol, { book }] of this.#markets) if (streams.includes(streamOf(symbol, DEPTH_STREAM))) book.subscribed();
  }

  #wantSnapshot(symbol: string): void {
    const market = this.#markets.get(symbol);
    if (!market || !this.#connected.isOpen) return;
    const nowMs = this.#options.clock.now();
    market.snapshotMs = nowMs + market.pacer.next(nowMs);
    void this.#fetchDue();
  }

  /** Fetches every snapshot that is due, one after the other, until none is. */
  async #fetchDue(): Promise<void> {
    if (this.#fetching) return;
    this.#fetching = true;
    for (let due = this.#nextDue(); due !== undefined; due = this.#nextDue()) await this.#fetch(due);
    this.#fetching = false;
  }

  #nextDue(): string | undefined {
    const nowMs = this.#options.clock.now();
    if (this.#connected.isOpen) for (const [symbol, { snapshotMs }] of this.#markets) if (snapshotMs <= nowMs) return symbol;
    return undefined;
  }

  async #fetch(symbol: string): Promise<void> {
    const market = this.#markets.get(symbol)!;
    const connection = this.#connection;
    market.snapshotMs = Infinity;
    try {
      const snapshot = decodeSnapshot(await this.#rest.get(`/api/v3/depth?symbol=${encodeURIComponent(symbol)}&limit=${SNAPSHOT_LEVELS}`, SNAPSHOT_WEIGHT));
      if (this.#connected.isOpen && connection === this.#connection) market.book.snapshot(snapshot);
    } catch (error) {
      const reason = `no snapshot of ${symbol}: ${(error as Error).message}`;
      this.#options.health.failed(reason);
      this.#options.logger.warn({ symbol, reason }, 'feed snapshot failed');
      if (this.#connected.isOpen && connection === this.#connection) this.#wantSnapshot(symbol);
    }
  }

  #ask(): void {
    for (const { id, topics } of this.#registry.ask(this.#options.clock.now(), BATCH)) {
      this.#transport.send(JSON.stringify({ method: 'SUBSCRIBE', params: topics, id }));
    }
  }

  #tick(nowMs: number): void {
    if (!this.#connected.isOpen) return;
    const overdue = this.#registry.overdue(nowMs, this.#bounds.answerMs);
    if (overdue !== undefined) return this.#transport.restart(`no answer to the subscription ${overdue}`);
    void this.#fetchDue();
  }
}

/** Symbols are lower case in names of streams. */
function streamOf(symbol: string, stream: string): string {
  return `${symbol.toLowerCase()}@${stream}`;
}

function observe(message: Fields, fields: NonNullable<ConnectorOptions['fields']>): void {
  const data = message['data'] as Fields | undefined;
  if (data) fields.see(typeof data['e'] === 'string' ? data['e'] : 'bookTicker', data);
}
