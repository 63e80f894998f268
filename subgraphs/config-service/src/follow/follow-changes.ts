// Versions as they are made, read from the table itself: whatever lies behind the last one sent, then, woken by the next
// commit, again. Replay and live are one path, so there is no seam where a change could be lost or sent twice, and a slow
// subscriber holds a place instead of a queue.

import type { LiveTopic } from '@mib/service/pubsub';
import type { Version } from '../domain/entry.ts';
import type { EntryStore } from '../store/entry-store.ts';

export interface FollowOptions {
  readonly store: Pick<EntryStore, 'after'>;
  readonly news: LiveTopic<true>;
  readonly after: bigint;
  readonly filter: (version: Version) => boolean;
  readonly signal: AbortSignal;
}

/** Rows read at a time, so a long replay is never in memory as a whole. */
const BATCH = 200;

export async function* followChanges({ store, news, after, filter, signal }: FollowOptions): AsyncGenerator<Version> {
  // One waiting wake-up says as much as many.
  const wakeUps = news.subscribe({ maxQueued: 1, overflow: 'drop-oldest', signal });
  try {
    for (let place = after; !signal.aborted; ) {
      const versions = await store.after(place, BATCH);
      for (const version of versions) {
        place = version.sequence;
        if (filter(version)) yield version;
      }
      if (versions.length < BATCH && (await wakeUps.next()).done) return;
    }
  } finally {
    await wakeUps.return?.();
  }
}
