// Rules and notifications, and what this service adds to users and instruments: only ever the viewer's own. The router
// enforces authentication, and so does each resolver here again.

import type { Viewer } from '@mib/service/viewer';
import type { Context } from '../context.ts';
import { decodeCursor, encodeCursor } from '../domain/cursor.ts';
import { checkFirst, toConnection } from '@mib/service/page';
import type { AlertRule, AlertRuleResolvers, InstrumentResolvers, NotificationResolvers, UserNotificationsArgs, UserResolvers } from '../generated/resolvers-types.ts';
import { graphNotification, graphRule } from './graph-values.ts';

const DEFAULT_FIRST = 20;

export const user: UserResolvers = {
  __resolveReference: ({ id }, { viewer }) => (isViewer(viewer, id) ? { id } : null),
  notifications: ({ id }, page, context) => (isViewer(context.viewer, id) ? notificationPage(id, page, context) : null),
  alertRules: async ({ id }, _, { viewer, ownRules }) => (isViewer(viewer, id) ? (await ownRules()).map(graphRule) : null),
};

export const instrument: InstrumentResolvers = {
  __resolveReference: ({ id }) => ({ id }),
  alertRules: async ({ id }, _, { ownRules }) => (await ownRules()).filter((rule) => rule.instrument.id === id).map(graphRule),
};

export const alertRule: AlertRuleResolvers = {
  __resolveReference: ({ id }, context) => ownRule(id, context),
};

export const notification: NotificationResolvers = {
  async __resolveReference({ id }, context) {
    if (context.viewer.kind === 'anonymous') return null;
    const found = await context.notification.load(id);
    return found && isViewer(context.viewer, found.userId) ? graphNotification(found, context) : null;
  },
};

/** The rule if it is the viewer's. */
export async function ownRule(id: string, { viewer, ownRules }: Context): Promise<AlertRule | null> {
  const found = viewer.kind === 'anonymous' ? undefined : (await ownRules()).find((rule) => rule.id === id);
  return found ? graphRule(found) : null;
}

async function notificationPage(userId: string, { first: asked, after, unreadOnly }: Partial<UserNotificationsArgs>, context: Context) {
  const { notifications } = context.services;
  const first = checkFirst(asked ?? DEFAULT_FIRST);
  const afterNumber = after ? decodeCursor(after) : null;
  // Read first: what is made meanwhile belongs behind `latestCursor`, not on the page.
  const last = await notifications.lastNumber(userId);
  const before = Math.min(afterNumber ?? Infinity, last + 1);
  const [rows, unreadCount] = await Promise.all([notifications.page(userId, { limit: first + 1, before, unreadOnly: unreadOnly ?? false }), notifications.unreadCount(userId)]);
  const { edges, pageInfo } = toConnection(rows, { first, after: afterNumber !== null, cursorOf: ({ number }) => encodeCursor(number) });
  const nodes = await Promise.all(edges.map(async ({ cursor, node }) => ({ cursor, node: await graphNotification(node, context) })));
  return { edges: nodes, pageInfo, unreadCount, latestCursor: encodeCursor(last) };
}

function isViewer(viewer: Viewer, userId: string): boolean {
  return viewer.kind !== 'anonymous' && viewer.userId === userId;
}
