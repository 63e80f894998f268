import { ClientError } from '@mib/service/errors';
import { requireUser } from '@mib/service/viewer';
import { mayRead } from '../actions/access.ts';
import type { Services } from '../context.ts';
import { decodeCursor } from '../domain/cursor.ts';
import type { Version } from '../domain/entry.ts';
import { followChanges } from '../follow/follow-changes.ts';
import type { SubscriptionResolvers } from '../generated/resolvers-types.ts';

export const subscription: SubscriptionResolvers = {
  configChanged: {
    async subscribe(_, { prefix, after }, { viewer, services, signal }) {
      requireUser(viewer);
      return followChanges({
        store: services.store,
        news: services.news,
        after: await placeOf(services, after ?? null),
        filter: (version) => version.key.startsWith(prefix ?? '') && mayRead(viewer, version),
        signal,
      });
    },
    resolve: (version: Version) => version,
  },
};

/** A cursor from ahead is of another database: waiting for it would be waiting in vain. */
async function placeOf({ store }: Services, after: string | null): Promise<bigint> {
  const last = await store.lastSequence();
  const place = after === null ? last : decodeCursor(after);
  if (place <= last) return place;
  throw new ClientError('VALIDATION', `after must be the cursor of a change that was made, was ${JSON.stringify(after)}`, { field: ['after'] });
}
