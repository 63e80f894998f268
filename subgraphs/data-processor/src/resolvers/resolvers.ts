// The map of the schema to its resolvers.

import type { Resolvers } from '../generated/resolvers-types.ts';
import { instrument } from './instrument.ts';
import { subscriptions } from './subscriptions.ts';
import { user, watchlist, watchlistMutations, watchlistQueries } from './watchlist.ts';

export const resolvers: Resolvers = {
  Query: watchlistQueries,
  Mutation: watchlistMutations,
  Subscription: subscriptions,
  Instrument: instrument,
  Watchlist: watchlist,
  User: user,
};
