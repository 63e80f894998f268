// What every resolver of one request has. Quotes and books are asked of the engine itself, so a query sees every order that
// was acknowledged before it; while the engine is away the last known state answers, marked RESYNCING.

import DataLoader from 'dataloader';
import { EngineUnavailableError, type EngineClient } from '@mib/proto/engine-client';
import { ClientError } from '@mib/service/errors';
import type { RequestContext } from '@mib/service/subgraph-server';
import { tradeFacts, type BookFacts, type Market, type QuoteFacts } from './domain/market.ts';
import type { EngineFollower } from './follow/engine-follower.ts';

/** What lives as long as the process. */
export interface Services {
  readonly engine: EngineClient;
  readonly follower: EngineFollower;
  /** Subscribers that are reading the engine's journal. */
  readonly replays: Set<symbol>;
  readonly now: () => number;
}

export interface Context extends RequestContext, Services {
  /** @throws {ClientError} UNAVAILABLE while nothing is known yet. */
  readonly marketOf: (instrumentId: string) => Market | undefined;
  readonly quoteOf: DataLoader<Market, QuoteFacts>;
  readonly bookOf: (market: Market, depth: number) => Promise<BookFacts>;
}

/** Instruments of one engine call. */
const MAX_BATCH = 500;

export function createContext(services: Services, request: RequestContext): Context {
  const books = new Map<number, DataLoader<Market, BookFacts>>();
  const { engine, follower, replays, now } = services;
  // One context an event: a second spread would cost more than all else here.
  return {
    ...request, engine, follower, replays, now,
    marketOf(instrumentId) {
      if (!services.follower.synchronised) throw new ClientError('UNAVAILABLE', 'the engine cannot be reached');
      return services.follower.market(instrumentId);
    },
    quoteOf: new DataLoader((markets) => loadQuotes(services, markets), { maxBatchSize: MAX_BATCH }),
    bookOf(market, depth) {
      let loader = books.get(depth);
      if (!loader) books.set(depth, (loader = new DataLoader((markets) => loadBooks(services, markets, depth), { maxBatchSize: MAX_BATCH })));
      return loader.load(market);
    },
  };
}

async function loadQuotes({ engine, now }: Services, markets: readonly Market[]): Promise<QuoteFacts[]> {
  const found = await ask(() => engine.quotes(numbersOf(markets)));
  const quotes = new Map(found.map((quote) => [quote.instrumentNumber, quote]));
  return markets.map((market) => {
    const quote = quotes.get(market.listing.instrumentNumber);
    const known = market.quote();
    if (!quote || quote.eventSequence < known.sequence) return known;
    const { listing } = market;
    const { bid, ask: offer, state, indicative, feedState, eventSequence, timestampNs } = quote;
    return { listing, bid, ask: offer, last: tradeFacts(listing, quote), state, indicative, feedState, sequence: eventSequence, eventTimeNs: timestampNs, receivedMs: now() };
  });
}

async function loadBooks({ engine }: Services, markets: readonly Market[], depth: number): Promise<BookFacts[]> {
  const found = await ask(() => engine.books(numbersOf(markets), depth));
  const books = new Map(found.map((book) => [book.instrumentNumber, book]));
  return markets.map((market) => {
    const book = books.get(market.listing.instrumentNumber);
    if (!book || book.eventSequence < market.sequence) return market.levels(depth);
    return { listing: market.listing, bids: book.bids, asks: book.asks, feedState: book.feedState, sequence: book.eventSequence, eventTimeNs: book.timestampNs };
  });
}

function numbersOf(markets: readonly Market[]): number[] {
  return markets.map((market) => market.listing.instrumentNumber);
}

/** An engine that is away answers nothing; then what is known in memory counts. */
async function ask<T>(call: () => Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof EngineUnavailableError) return [];
    throw error;
  }
}
