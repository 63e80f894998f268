// What every live connector is, whichever venue it speaks to. A connector is made of four parts: a pure `decode` of frames,
// a pure book machine for each symbol, the transport, and its venue's words. It hands everything to a sink, synchronously and
// in order, so a sink may collect the calls of one turn of the event loop into one batch.
//
//   SYNCING ──whole book──► LIVE ──gap, damage, disconnect──► RESYNCING ──whole book──► LIVE
//      └──────────── silence ─────────┴──► STALE ◄── silence ─────┘   STALE ──first frame──► RESYNCING
//
// A sink has a true book only between a SNAPSHOT with state LIVE after it and the next state that is not LIVE.

import type { TimestampNs } from '@mib/model/timestamp';
import type { Logger } from '@mib/service/logger';
import type { Random } from '../../domain/random.ts';
import type { Clock } from '../clock.ts';

export type BookState = 'SYNCING' | 'LIVE' | 'RESYNCING' | 'STALE';

/** Price and quantity as the venue wrote them: plain decimals without sign and exponent. */
export type PriceLevel = readonly [price: string, quantity: string];

/**
 * The next state of a symbol's book. A SNAPSHOT replaces everything known: each side best first, no level of quantity zero.
 * CHANGES are absolute quantities, to be applied in order; a quantity of zero removes the price, also one that is not there.
 */
export interface BookUpdate {
  readonly kind: 'SNAPSHOT' | 'CHANGES';
  readonly bids: readonly PriceLevel[];
  readonly asks: readonly PriceLevel[];
  /** The venue's own number of this state of the book, null where it has none. */
  readonly sequence: number | null;
  /** The venue's time of the change, null where it gives none. */
  readonly eventTimeNs: TimestampNs | null;
}

export interface FeedTrade {
  /** The venue's own number of the trade, rising by one for each trade of the symbol. */
  readonly id: number;
  readonly price: string;
  readonly quantity: string;
  /** Side of the order that took liquidity, null where the venue does not say. */
  readonly aggressor: 'BUY' | 'SELL' | null;
  readonly eventTimeNs: TimestampNs;
}

export interface TradePosition {
  readonly id: number;
  readonly eventTimeNs: TimestampNs;
}

export interface FeedBar {
  readonly intervalMs: number;
  readonly openTimeNs: TimestampNs;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
  /** Null where the venue does not count. */
  readonly tradeCount: number | null;
  /** False while the bar may still change. */
  readonly closed: boolean;
}

export interface FeedSink {
  /** Only while the book is LIVE or about to be: a SNAPSHOT comes right before `state(symbol, 'LIVE')`. */
  book(symbol: string, update: BookUpdate): void;
  /** Called at every change of the state and once at the start. @param reason - one line for people, '' for LIVE. */
  state(symbol: string, state: BookState, reason: string): void;
  /** Ids rise; what a reconnect or a lost frame left out is asked for and comes first. */
  trade(symbol: string, trade: FeedTrade): void;
  bar(symbol: string, bar: FeedBar): void;
}

/** What a connector says about itself; `SourceHealth` is one. */
export interface FeedHealth {
  received(count: number, rejected?: number): void;
  /** All books are LIVE. */
  live(): void;
  /** Some book is not LIVE and being built. */
  resyncing(): void;
  /** The connection is gone and will be tried again. */
  interrupted(reason: string): void;
  /** The connection is open and nothing comes. */
  stale(reason: string): void;
  /** One book lost its thread. */
  gapped(reason: string): void;
  checksumFailed(): void;
  failed(reason: string): void;
}

/** Sees every decoded message by its kind ('trade', 'depthUpdate', ...), to notice fields that come and go. */
export interface FieldObserver {
  see(kind: string, message: object): void;
}

export interface ConnectorOptions {
  /** In the venue's own spelling: BTCUSDT, BTC/USD. Unique. */
  readonly symbols: readonly string[];
  readonly sink: FeedSink;
  readonly health: FeedHealth;
  readonly clock: Clock;
  /** Jitter of back-off. */
  readonly random: Random;
  readonly logger: Logger;
  readonly urls: FeedUrls;
  readonly fields?: FieldObserver;
  /** The last trade of a symbol that is already stored, null for none: what came after it is asked for. */
  readonly lastTrade?: (symbol: string) => TradePosition | null;
  readonly bounds?: Partial<FeedBounds>;
}

export interface FeedUrls {
  /** ws: or wss: base without a trailing slash. */
  readonly stream: string;
  /** http: or https: base without a trailing slash. */
  readonly rest: string;
}

/** Times of a connection; the defaults are the venue's, tests and slow lines may want others. */
export interface FeedBounds {
  /** Nothing from the venue for so long makes every book STALE. */
  readonly silenceMs: number;
  readonly handshakeMs: number;
  /** An asked-for snapshot, acknowledgement or answer must come within. */
  readonly answerMs: number;
  readonly firstBackoffMs: number;
  readonly maxBackoffMs: number;
  /** Least time between two frames sent; the connector's own where it is left out. */
  readonly sendSpacingMs?: number;
}

export interface RunningConnector extends AsyncDisposable {
  /** Makes these the symbols: new ones are subscribed to, missing ones dropped without a further call to the sink. */
  setSymbols(symbols: readonly string[]): void;
  /** State of every symbol. */
  states(): ReadonlyMap<string, BookState>;
}

/** Trading rules as the venue publishes them; decimals as text, null where there is no such rule. */
export interface VenueInstrument {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly tickSize: string;
  readonly lotSize: string;
  readonly minQuantity: string | null;
  readonly minNotional: string | null;
  /** True when orders are taken now. */
  readonly trading: boolean;
}

export interface ConnectorKind {
  readonly provider: string;
  readonly urls: FeedUrls;
  start(options: ConnectorOptions): RunningConnector;
  /**
   * Asks the venue for its trading rules.
   *
   * @returns one for each of `symbols` that the venue knows, in no particular order.
   * @throws {FeedError} when the venue does not answer, or not in its own protocol.
   */
  instruments(symbols: readonly string[], urls: FeedUrls): Promise<readonly VenueInstrument[]>;
}
