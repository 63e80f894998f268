// The schema's types and their resolvers.

import { ClientError } from '@mib/service/errors';
import { requireUser } from '@mib/service/viewer';
import type { Context } from '../context.ts';
import { decodeCursor } from '../domain/cursor.ts';
import type { QueryResolvers, Resolvers, SubscriptionResolvers } from '../generated/resolvers-types.ts';
import type { StoredNotification } from '../store/notification-store.ts';
import { followNotifications } from '../streams/follow-notifications.ts';
import { alertRule, instrument, notification, ownRule, user } from './entities.ts';
import { graphNotification } from './graph-values.ts';
import { mutation } from './mutation.ts';

const query: QueryResolvers = {
  alertRule(_, { id }, context) {
    requireUser(context.viewer);
    return ownRule(id, context);
  },
};

const subscription: SubscriptionResolvers = {
  notificationReceived: {
    async subscribe(_, { after }, { viewer, services, signal }) {
      const { userId } = requireUser(viewer);
      const last = await services.notifications.lastNumber(userId);
      const begin = after ? decodeCursor(after) : last;
      // A cursor from ahead is of another user or database: waiting for it would be waiting in vain.
      if (begin > last) throw new ClientError('VALIDATION', `after must be a cursor of a notification that was made, was ${JSON.stringify(after)}`, { field: ['after'] });
      return followNotifications({ ...services, userId, signal }, begin);
    },
    resolve: (received: StoredNotification, _: unknown, context: Context) => graphNotification(received, context),
  },
};

export const resolvers: Resolvers = {
  Query: query,
  Mutation: mutation,
  Subscription: subscription,
  User: user,
  Instrument: instrument,
  AlertRule: alertRule,
  Notification: notification,
};
