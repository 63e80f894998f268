// A user's notifications without end, read from the table itself: whatever lies behind the last one sent, then, woken by
// the next commit, again. Replay and live are one path, so there is no seam where one could be lost or sent twice, and a
// slow subscriber holds a cursor instead of a queue.

import type { LiveTopic } from '@mib/service/pubsub';
import type { NotificationStore, StoredNotification } from '../store/notification-store.ts';
import { EVERYBODY, type WakeUp } from '../store/wake-ups.ts';

/** Rows read at a time, so a long replay is never in memory as a whole. */
const BATCH = 200;

export interface FollowOptions {
  readonly notifications: Pick<NotificationStore, 'after'>;
  readonly wakeUps: LiveTopic<WakeUp>;
  readonly userId: string;
  readonly signal: AbortSignal;
}

/** @param after - number of the last notification seen, 0 for none. */
export async function* followNotifications({ notifications, wakeUps, userId, signal }: FollowOptions, after: number): AsyncGenerator<StoredNotification> {
  // One waiting wake-up says as much as many.
  const woken = wakeUps.subscribe({ filter: (whom) => whom === userId || whom === EVERYBODY, maxQueued: 1, overflow: 'drop-oldest', signal });
  try {
    for (let number = after; !signal.aborted; ) {
      const rows = await notifications.after(userId, number, BATCH);
      for (const row of rows) {
        number = row.number;
        yield row;
      }
      if (rows.length < BATCH && (await woken.next()).done) return;
    }
  } finally {
    await woken.return?.();
  }
}
