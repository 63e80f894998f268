import { ClientError } from '@mib/service/errors';
import { requireScope } from '@mib/service/viewer';
import type { Context } from '../context.ts';
import { decodeCursor, type Place } from '../domain/cursor.ts';
import type { SubscriptionResolvers } from '../generated/resolvers-types.ts';
import { followOrderEvents, followPositions, type FollowOptions } from '../orders/follow.ts';
import { requireReadableAccount } from './ownership.ts';
import type { OrderEventParent, PositionParent } from './parents.ts';

export const subscription: SubscriptionResolvers = {
  orderUpdated: {
    async subscribe(_, { accountId, after }, context) {
      const options = await followOptions(context, accountId);
      return followOrderEvents(options, after ? resumePlace(context, after) : { sequence: context.services.projection.applied, leg: 1 });
    },
    resolve: (event: OrderEventParent) => event,
  },
  positionUpdated: {
    async subscribe(_, { accountId }, context) {
      return followPositions(await followOptions(context, accountId), context.services.projection.applied);
    },
    resolve: (position: PositionParent) => position,
  },
};

async function followOptions(context: Context, accountId: string): Promise<FollowOptions> {
  requireScope(context.viewer, 'account:read');
  const account = await requireReadableAccount(context, accountId);
  const { pool, projection } = context.services;
  return { pool, touched: projection.touched, accountNumber: account.number, signal: context.signal };
}

/** A cursor from ahead is of another database: waiting for it would be waiting in vain. */
function resumePlace({ services }: Context, after: string): Place {
  const place = decodeCursor('order-event', after, ['after']);
  if (place.sequence <= services.projection.applied) return place;
  throw new ClientError('VALIDATION', `after must be a cursor of an event that has happened, was ${JSON.stringify(after)}`, { field: ['after'] });
}
