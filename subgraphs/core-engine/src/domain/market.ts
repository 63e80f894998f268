// What is known of one instrument: how it is quoted, its book and its last trade, as of one engine event.

import { assertNever } from '@mib/model/assert-never';
import { parseDecimal, type Decimal } from '@mib/model/decimal';
import type { FeedState, InstrumentState, Side } from '@mib/model/trading';
import type { BookSnapshot, EngineEvent, IndicativePrice, InstrumentDefinition, LevelView, QuoteSnapshot, VenuePrint } from '@mib/proto/engine-client';
import { L2Book } from './l2-book.ts';

export interface Listing {
  readonly instrumentNumber: number;
  readonly instrumentId: string;
  readonly tickSize: Decimal;
  readonly lotSize: Decimal;
}

export interface TradeFacts {
  readonly listing: Listing;
  readonly priceTicks: number;
  readonly quantityLots: number;
  readonly takerSide: Side;
  readonly timestampNs: bigint;
  /** Of a trade that others made at the venue; undefined for one made here, or older than this service. */
  readonly print?: VenuePrint | undefined;
  /** Null when this service did not see the trade happen. */
  readonly sequence: number | null;
}

export interface QuoteFacts {
  readonly listing: Listing;
  readonly bid: LevelView | null;
  readonly ask: LevelView | null;
  readonly last: TradeFacts | null;
  readonly state: InstrumentState;
  readonly indicative: IndicativePrice | null;
  readonly feedState: FeedState | null;
  /** The last event these facts include. */
  readonly sequence: number;
  /** 0 before the first change. */
  readonly eventTimeNs: bigint;
  readonly receivedMs: number;
}

export interface BookFacts {
  readonly listing: Listing;
  readonly bids: readonly LevelView[];
  readonly asks: readonly LevelView[];
  readonly feedState: FeedState | null;
  readonly sequence: number;
  readonly eventTimeNs: bigint;
}

export type MarketEvent = Extract<EngineEvent, { readonly kind: 'LevelChanged' | 'Trade' | 'InstrumentStateSet' | 'IndicativePriceChanged' | 'FeedStateSet' }>;
export type SeenTrade = TradeFacts & { readonly sequence: number };

export function tradeOf(listing: Listing, { priceTicks, quantityLots, takerSide, timestampNs, sequence, print }: Extract<EngineEvent, { readonly kind: 'Trade' }>): SeenTrade {
  return { listing, priceTicks, quantityLots, takerSide, timestampNs, print, sequence };
}

/** The last trade of a quote that the engine gave; its number is unknown for one older than the engine that tells it. */
export function tradeFacts(listing: Listing, { last }: QuoteSnapshot): TradeFacts | null {
  if (!last) return null;
  const { eventSequence, ...facts } = last;
  return { listing, ...facts, sequence: eventSequence === 0 ? null : eventSequence };
}

export function toListing(definition: InstrumentDefinition): Listing {
  const { instrumentNumber, instrumentId } = definition;
  return { instrumentNumber, instrumentId, tickSize: parseDecimal(definition.tickSize), lotSize: parseDecimal(definition.lotSize) };
}

export class Market {
  readonly listing: Listing;
  readonly book: L2Book;
  /** Through which event the book, and all else, are known: two reads of the engine may differ. */
  #bookSequence = 0;
  #lastSequence = 0;
  #last: TradeFacts | null = null;
  #state: InstrumentState = 'CONTINUOUS';
  #indicative: IndicativePrice | null = null;
  #feedState: FeedState | null = null;
  #eventTimeNs = 0n;
  #receivedMs: number;

  /** An instrument with nothing in its book, or as a snapshot of book and quote has it. */
  constructor(listing: Listing, receivedMs: number, snapshot?: { readonly book: BookSnapshot; readonly quote: QuoteSnapshot }) {
    this.listing = listing;
    this.#receivedMs = receivedMs;
    this.book = new L2Book(snapshot?.book.bids, snapshot?.book.asks);
    if (!snapshot) return;
    this.#bookSequence = snapshot.book.eventSequence;
    this.#lastSequence = snapshot.quote.eventSequence;
    this.#last = tradeFacts(listing, snapshot.quote);
    this.#state = snapshot.quote.state;
    this.#indicative = snapshot.quote.indicative;
    this.#feedState = snapshot.quote.feedState;
    this.#eventTimeNs = snapshot.book.timestampNs;
  }

  get sequence(): number {
    return Math.max(this.#bookSequence, this.#lastSequence);
  }

  /** Takes one event of this instrument; what the snapshot includes already changes nothing. */
  apply(event: MarketEvent, receivedMs: number): void {
    if (event.kind === 'LevelChanged') {
      if (event.sequence <= this.#bookSequence) return;
      this.#bookSequence = event.sequence;
      this.book.set(event.side, event.priceTicks, event.quantityLots, event.orders);
    } else {
      if (event.sequence <= this.#lastSequence) return;
      this.#lastSequence = event.sequence;
      this.#take(event);
    }
    this.#eventTimeNs = event.timestampNs;
    this.#receivedMs = receivedMs;
  }

  #take(event: Exclude<MarketEvent, { readonly kind: 'LevelChanged' }>): void {
    switch (event.kind) {
      case 'Trade':
        this.#last = tradeOf(this.listing, event);
        return;
      case 'InstrumentStateSet':
        this.#state = event.state;
        this.#indicative = null;
        return;
      case 'IndicativePriceChanged': {
        const { priceTicks, quantityLots, imbalanceLots } = event;
        this.#indicative = priceTicks === null ? null : { priceTicks, quantityLots, imbalanceLots };
        return;
      }
      case 'FeedStateSet':
        this.#feedState = event.state;
        return;
      default:
        assertNever(event);
    }
  }

  quote(): QuoteFacts {
    const { listing, book } = this;
    return { listing, bid: book.best('BUY'), ask: book.best('SELL'), last: this.#last, state: this.#state, indicative: this.#indicative, feedState: this.#feedState, sequence: this.sequence, eventTimeNs: this.#eventTimeNs, receivedMs: this.#receivedMs };
  }

  levels(depth: number): BookFacts {
    return { listing: this.listing, bids: this.book.top('BUY', depth), asks: this.book.top('SELL', depth), feedState: this.#feedState, sequence: this.sequence, eventTimeNs: this.#eventTimeNs };
  }
}

/** True when a reader of quotes would see no difference. */
export function sameQuote(a: QuoteFacts, b: QuoteFacts): boolean {
  return sameLevel(a.bid, b.bid) && sameLevel(a.ask, b.ask) && a.last === b.last && a.state === b.state && a.indicative === b.indicative;
}

function sameLevel(a: LevelView | null, b: LevelView | null): boolean {
  return a?.[0] === b?.[0] && a?.[1] === b?.[1];
}
