// The schema's types and their resolvers.

import type { Resolvers } from '../generated/resolvers-types.ts';
import { configEntry, configVersion, featureFlag } from './entry.ts';
import { mutation } from './mutation.ts';
import { query } from './query.ts';
import { subscription } from './subscription.ts';
import { user } from './user.ts';

export const resolvers: Resolvers = {
  Query: query,
  Mutation: mutation,
  Subscription: subscription,
  ConfigEntry: configEntry,
  ConfigVersion: configVersion,
  FeatureFlag: featureFlag,
  User: user,
};
