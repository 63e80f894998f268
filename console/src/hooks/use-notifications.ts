// The viewer's notifications, newest first, and each new one behind the cursor they were read at.

import { useState } from 'react';
import type { Client } from '@mib/sdk/client';
import type { NotificationFieldsFragment } from '@mib/sdk/generated/operations';
import { useTask, type Task } from './use-task.ts';

export type Notification = NotificationFieldsFragment;

export interface Notifications extends Task {
  readonly notifications: readonly Notification[];
  readonly unread: number;
  readonly markAllRead: () => Promise<void>;
}

const SHOWN = 50;

export function useNotifications(client: Client): Notifications {
  const [notifications, setNotifications] = useState<readonly Notification[]>([]);
  const task = useTask(async (signal) => {
    const { me } = await client.notifications({ first: SHOWN }, { signal });
    if (!me?.notifications) return;
    setNotifications(me.notifications.edges.map(({ node }) => node));
    for await (const { notificationReceived: notification } of client.notificationReceived({ after: me.notifications.latestCursor }, { signal })) {
      setNotifications((known) => [notification, ...known].slice(0, SHOWN));
    }
  }, [client]);

  const unread = notifications.filter(({ readAt }) => readAt === null);
  return {
    notifications,
    unread: unread.length,
    async markAllRead() {
      const ids = new Set(unread.map(({ id }) => id));
      if (ids.size === 0) return;
      await client.markNotificationsRead({ ids: [...ids] });
      const readAt = new Date().toISOString();
      setNotifications((known) => known.map((notification) => (ids.has(notification.id) ? { ...notification, readAt } : notification)));
    },
    ...task,
  };
}
