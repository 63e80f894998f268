// Live quotes, trades and books. Each reader has bounded queues of its own; a slow one costs itself and nobody else.

import type { Context } from '../context.ts';
import { conflate, SYSTEM_CONFLATION_CLOCK } from '../domain/conflate.ts';
import type { Market } from '../domain/market.ts';
import type { LiveQuote } from '../follow/engine-follower.ts';
import { followTrades } from '../follow/follow-trades.ts';
import type {
  OrderBook,
  Quote,
  SubscriptionOrderBookUpdatedArgs,
  SubscriptionQuoteUpdatedArgs,
  SubscriptionResolvers,
  SubscriptionTradePrintedArgs,
  Trade,
} from '../generated/resolvers-types.ts';
import { checkConflation, checkDepth, findMarkets } from './arguments.ts';
import { bookView, quoteView, readCursor, tradeView } from './views.ts';

/** Quotes waiting for a reader that asked for every change; beyond, the oldest go. */
const MAX_QUEUED_QUOTES = 1_000;
/** Signs that a book changed; one is as good as many. */
const MAX_QUEUED_BOOKS = 1;

export const Subscription: SubscriptionResolvers = {
  quoteUpdated: {
    subscribe: (_, args, context) => quotes(context, args),
    resolve: (quote: Quote) => quote,
  },
  tradePrinted: {
    subscribe: (_, args, context) => trades(context, args),
    resolve: (trade: Trade) => trade,
  },
  orderBookUpdated: {
    subscribe: (_, args, context) => books(context, args),
    resolve: (book: OrderBook) => book,
  },
};

async function* quotes(context: Context, args: SubscriptionQuoteUpdatedArgs): AsyncGenerator<Quote> {
  const { follower, signal } = context;
  const markets = findMarkets(context, args.instrumentIds);
  const conflateMs = checkConflation(args.conflateMs);
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

async function* trades(context: Context, args: SubscriptionTradePrintedArgs): AsyncGenerator<Trade> {
  const { follower, engine, replays, signal } = context;
  const instrumentNumbers = new Set(findMarkets(context, args.instrumentIds).map((market) => market.listing.instrumentNumber));
  const after = args.after === null || args.after === undefined ? undefined : readCursor(args.after);
  for await (const trade of followTrades({ follower, engine, replays, signal, instrumentNumbers, after })) yield tradeView(trade, trade.sequence);
}

/** The book is read when it is sent, so it is always the newest. */
async function* books(context: Context, args: SubscriptionOrderBookUpdatedArgs): AsyncGenerator<OrderBook> {
  const { follower, signal } = context;
  const [market] = findMarkets(context, [args.instrumentId]) as [Market];
  const depth = checkDepth(args.depth);
  const conflateMs = checkConflation(args.conflateMs);
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
