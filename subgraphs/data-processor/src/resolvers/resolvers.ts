// The map of the schema to its resolvers.

import type { Resolvers } from '../generated/resolvers-types.ts';
import { instrument } from './instrument.ts';
import { screenQueries, screenSubscriptions } from './screens.ts';
import { subscriptions } from './subscriptions.ts';
import { user, watchlist, watchlistMutations, watchlistQueries } from './watchlist.ts';

export const resolvers: Resolvers = {
  Query: { ...watchlistQueries, ...screenQueries },
  Mutation: watchlistMutations,
  Subscription: { ...subscriptions, ...screenSubscriptions },
  Instrument: instrument,
  Watchlist: watchlist,
  User: user,
};
