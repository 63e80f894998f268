// What is known of one instrument: how it is quoted, its book and its last trade, as of one engine event.

import { parseDecimal, type Decimal } from '@mib/model/decimal';
import type { Side } from '@mib/model/trading';
import type { BookSnapshot, EngineEvent, InstrumentDefinition, LevelView, QuoteSnapshot } from '@mib/proto/engine-client';
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
  /** Null when this service did not see the trade happen. */
  readonly sequence: number | null;
}

export interface QuoteFacts {
  readonly listing: Listing;
  readonly bid: LevelView | null;
  readonly ask: LevelView | null;
  readonly last: TradeFacts | null;
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
  readonly sequence: number;
  readonly eventTimeNs: bigint;
}

export function toListing(definition: InstrumentDefinition): Listing {
  const { instrumentNumber, instrumentId } = definition;
  return { instrumentNumber, instrumentId, tickSize: parseDecimal(definition.tickSize), lotSize: parseDecimal(definition.lotSize) };
}

export class Market {
  readonly listing: Listing;
  readonly book: L2Book;
  #last: TradeFacts | null = null;
  #sequence = 0;
  #eventTimeNs = 0n;
  #receivedMs: number;

  /** An instrument with nothing in its book, or as a snapshot of book and quote has it. */
  constructor(listing: Listing, receivedMs: number, snapshot?: { readonly book: BookSnapshot; readonly quote: QuoteSnapshot }) {
    this.listing = listing;
    this.#receivedMs = receivedMs;
    this.book = new L2Book(snapshot?.book.bids, snapshot?.book.asks);
    if (!snapshot) return;
    this.#last = snapshot.quote.last && { listing, ...snapshot.quote.last, sequence: null };
    this.#sequence = snapshot.book.eventSequence;
    this.#eventTimeNs = snapshot.book.timestampNs;
  }

  get sequence(): number {
    return this.#sequence;
  }

  /** @returns the trade when there was one; events that the snapshot includes change nothing. */
  apply(event: EngineEvent, receivedMs: number): TradeFacts | undefined {
    if (event.sequence <= this.#sequence) return undefined;
    if (event.kind === 'LevelChanged') this.book.set(event.side, event.priceTicks, event.quantityLots, event.orders);
    else if (event.kind !== 'Trade') return undefined;
    this.#sequence = event.sequence;
    this.#eventTimeNs = event.timestampNs;
    this.#receivedMs = receivedMs;
    if (event.kind !== 'Trade') return undefined;
    const { priceTicks, quantityLots, takerSide, timestampNs, sequence } = event;
    this.#last = { listing: this.listing, priceTicks, quantityLots, takerSide, timestampNs, sequence };
    return this.#last;
  }

  quote(): QuoteFacts {
    const { listing, book } = this;
    return { listing, bid: book.best('BUY'), ask: book.best('SELL'), last: this.#last, sequence: this.#sequence, eventTimeNs: this.#eventTimeNs, receivedMs: this.#receivedMs };
  }

  levels(depth: number): BookFacts {
    return { listing: this.listing, bids: this.book.top('BUY', depth), asks: this.book.top('SELL', depth), sequence: this.#sequence, eventTimeNs: this.#eventTimeNs };
  }
}

/** True when a reader of quotes would see no difference. */
export function sameQuote(a: QuoteFacts, b: QuoteFacts): boolean {
  return sameLevel(a.bid, b.bid) && sameLevel(a.ask, b.ask) && a.last === b.last;
}

function sameLevel(a: LevelView | null, b: LevelView | null): boolean {
  return a?.[0] === b?.[0] && a?.[1] === b?.[1];
}
