// All resolvers of this subgraph. Market data is public; what only an operator needs asks for engine:read again, whatever
// the router has checked.

import { requireScope } from '@mib/service/viewer';
import { EngineUnavailableError, type EngineStatus as Status } from '@mib/proto/engine-client';
import type { Context } from '../context.ts';
import type { EngineStatus, EngineStatusResolvers, InstrumentResolvers, QueryResolvers, Resolvers } from '../generated/resolvers-types.ts';
import { checkDepth } from './arguments.ts';
import { Subscription } from './subscription.ts';
import { bookView, quoteView, tradeView } from './views.ts';

const Query: QueryResolvers = {
  engine: (_, __, context) => engineStatus(context),
  orderBook: (_, { instrumentId, depth }, context) => orderBook(context, instrumentId, depth),
};

const Instrument: InstrumentResolvers = {
  __resolveReference: ({ id }) => ({ id }),

  async quote({ id }, _, context) {
    const market = context.marketOf(id);
    if (!market) return null;
    const facts = await context.quoteOf.load(market);
    return quoteView(facts, context.follower.freshness(facts, facts.bid !== null || facts.ask !== null));
  },

  book: ({ id }, { depth }, context) => orderBook(context, id, depth),

  async lastTrade({ id }, _, context) {
    const market = context.marketOf(id);
    if (!market) return null;
    const { last, sequence } = await context.quoteOf.load(market);
    return last && tradeView(last, sequence);
  },

  async tradingPhase({ id }, _, context) {
    const market = context.marketOf(id);
    return market ? (await context.quoteOf.load(market)).state : null;
  },
};

const EngineStatusType: EngineStatusResolvers = {
  internals: (status, _, context) => {
    requireScope(context.viewer, 'engine:read');
    return status.internals ? engineInternals(context) : null;
  },
};

export const resolvers: Resolvers = { Query, Subscription, Instrument, EngineStatus: EngineStatusType };

async function orderBook(context: Context, instrumentId: string, depth: number | null | undefined) {
  const levels = checkDepth(depth);
  const market = context.marketOf(instrumentId);
  if (!market) return null;
  const facts = await context.bookOf(market, levels);
  return bookView(facts, context.follower.freshness(facts, facts.bids.length + facts.asks.length > 0));
}

async function engineStatus(context: Context): Promise<EngineStatus> {
  const { follower } = context;
  const status = await ask(context, false);
  return {
    ready: status?.ready ?? false,
    freshness: follower.connected ? 'LIVE' : 'RESYNCING',
    followedSequence: String(follower.sequence),
    lastEventSequence: status && String(status.lastEventSequence),
    p50Micros: status && status.p50Micros,
    p99Micros: status && status.p99Micros,
    p999Micros: status && status.p999Micros,
    latency: status && status.latency.map((stage) => ({ ...stage, count: String(stage.count) })),
    internals: status && toInternals(status),
  };
}

/** The state hash reads the engine's whole state, so it is asked for only here. */
async function engineInternals(context: Context) {
  const status = await ask(context, true);
  return status && toInternals(status);
}

function toInternals({ ringSize, published, consumedLag, journalLag, lastCommandSequence, stateHash }: Status) {
  return { ringSize, published: String(published), consumedLag, journalLag, lastCommandSequence: String(lastCommandSequence), stateHash: stateHash || null };
}

async function ask({ engine }: Context, stateHash: boolean): Promise<Status | null> {
  try {
    return await engine.status({ stateHash });
  } catch (error) {
    if (error instanceof EngineUnavailableError) return null;
    throw error;
  }
}
