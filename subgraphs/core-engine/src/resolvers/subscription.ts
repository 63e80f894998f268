// Live quotes, trades and books. Each reader has bounded queues of its own; a slow one costs itself and nobody else.

import type { Context } from '../context.ts';
import { conflate, SYSTEM_CONFLATION_CLOCK } from '../domain/conflate.ts';
import type { Market } from '../domain/market.ts';
import type { LiveQuote } from '../follow/engine-follower.ts';
import { followTrades } from '../follow/follow-trades.ts';
import type { OrderBook, Quote, SubscriptionResolvers, Trade } from '../generated/resolvers-types.ts';
import { checkConflation, checkDepth, findMarkets } from './arguments.ts';
import { bookView, quoteView, readCursor, tradeView } from './views.ts';

/** Quotes waiting for a reader that asked for every change; beyond, the oldest go. */
const MAX_QUEUED_QUOTES = 1_000;
/** Signs that a book changed; one is as good as many. */
const MAX_QUEUED_BOOKS = 1;

export const Subscription: SubscriptionResolvers = {
  quoteUpdated: {
    subscribe: (_, { instrumentIds, conflateMs }, context) => quotes(context, findMarkets(context, instrumentIds), checkConflation(conflateMs)),
    resolve: (quote: Quote) => quote,
  },
  tradePrinted: {
    subscribe: (_, { instrumentIds, after }, context) => trades(context, findMarkets(context, instrumentIds), after ?? undefined),
    resolve: (trade: Trade) => trade,
  },
  orderBookUpdated: {
    subscribe: (_, { instrumentId, depth, conflateMs }, context) => books(context, instrumentId, checkDepth(depth), checkConflation(conflateMs)),
    resolve: (book: OrderBook) => book,
  },
};

async function* quotes({ follower, signal }: Context, markets: readonly Market[], conflateMs: number): AsyncGenerator<Quote> {
  const numbers = new Set(markets.map((market) => market.listing.instrumentNumber));
  const changes = follower.quotes.subscribe({ filter: ({ facts }) => numbers.has(facts.listing.instrumentNumber), maxQueued: MAX_QUEUED_QUOTES, overflow: 'drop-oldest', signal });
  try {
    for (const market of markets) {
      const { facts, freshness } = follower.live(follower.marketByNumber(market.listing.instrumentNumber) ?? market);
      yield quoteView(facts, freshness);
    }
    const keyOf = ({ facts }: LiveQuote): number => facts.listing.instrumentNumber;
    const slowed = conflateMs === 0 ? changes : conflate(changes, { keyOf, intervalMs: conflateMs, clock: SYSTEM_CONFLATION_CLOCK });
    for await (const { facts, freshness } of slowed) yield quoteView(facts, freshness);
  } finally {
    await changes.return?.();
  }
}

async function* trades({ follower, engine, replays, signal }: Context, markets: readonly Market[], after: string | undefined): AsyncGenerator<Trade> {
  const instrumentNumbers = new Set(markets.map((market) => market.listing.instrumentNumber));
  const seen = after === undefined ? undefined : readCursor(after);
  for await (const trade of followTrades({ follower, engine, replays, signal, instrumentNumbers, after: seen })) yield tradeView(trade, trade.sequence);
}

/** The book is read when it is sent, so it is always the newest. */
async function* books(context: Context, instrumentId: string, depth: number, conflateMs: number): AsyncGenerator<OrderBook> {
  const { follower, signal } = context;
  const [market] = findMarkets(context, [instrumentId]) as [Market];
  const number = market.listing.instrumentNumber;
  const changes = follower.books.subscribe({ filter: (changed) => changed === number, maxQueued: MAX_QUEUED_BOOKS, overflow: 'drop-oldest', signal });
  const view = (): OrderBook => {
    const now = follower.marketByNumber(number) ?? market;
    return bookView(now.levels(depth), follower.live(now).freshness);
  };
  try {
    yield view();
    const slowed = conflateMs === 0 ? changes : conflate(changes, { keyOf: (changed) => changed, intervalMs: conflateMs, clock: SYSTEM_CONFLATION_CLOCK });
    for await (const _ of slowed) yield view();
  } finally {
    await changes.return?.();
  }
}
