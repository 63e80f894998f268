// What config-service knows of a user. Each field checks again, as a user may also be reached as `updatedBy`.

import { hasScope, type Viewer } from '@mib/service/viewer';
import { isViewer } from '../actions/access.ts';
import { entryId } from '../domain/entry.ts';
import { flagEntryOf, flagOf, isOnFor } from '../domain/feature-flag.ts';
import type { UserResolvers } from '../generated/resolvers-types.ts';

const READ_USERS = 'user:read';

export const user: UserResolvers = {
  __resolveReference: ({ id }, { viewer }) => (mayAsk(viewer, id) ? { id } : null),
  preferences: async ({ id }, _, { viewer, loaders }) => (isViewer(viewer, id) ? [...(await loaders.preferences.load(id))] : null),
  async flag({ id }, { key }, { viewer, loaders }) {
    if (!mayAsk(viewer, id)) return null;
    const entry = await loaders.entry.load(entryId(flagEntryOf(key)));
    const flag = entry && flagOf(entry);
    return flag ? isOnFor(flag, id) : false;
  },
};

function mayAsk(viewer: Viewer, userId: string): boolean {
  return isViewer(viewer, userId) || hasScope(viewer, READ_USERS);
}
