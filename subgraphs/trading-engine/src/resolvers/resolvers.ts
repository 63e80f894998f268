// The schema's types and their resolvers, one file a type.

import type { Resolvers } from '../generated/resolvers-types.ts';
import { account, user } from './account.ts';
import { fill } from './fill.ts';
import { mutation } from './mutation.ts';
import { order, orderEvent } from './order.ts';
import { lot, position } from './position.ts';
import { query } from './query.ts';
import { subscription } from './subscription.ts';

export const resolvers: Resolvers = {
  Query: query,
  Mutation: mutation,
  Subscription: subscription,
  User: user,
  Account: account,
  Order: order,
  OrderEvent: orderEvent,
  Fill: fill,
  Position: position,
  Lot: lot,
};
