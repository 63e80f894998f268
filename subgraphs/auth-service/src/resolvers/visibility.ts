// Who may see a user. Every path to a user or to what belongs to one passes here, references from other subgraphs
// included: a stranger gets null, the same as for a user who does not exist.

import { hasScope, type Viewer } from '@mib/service/viewer';
import type { Context } from '../context.ts';
import type { StoredUser } from '../store/users.ts';

export function mayReadUser(viewer: Viewer, userId: string): boolean {
  return viewer.kind !== 'anonymous' && (viewer.userId === userId || hasScope(viewer, 'user:read'));
}

export async function visibleUser(context: Context, userId: string): Promise<StoredUser | null> {
  return mayReadUser(context.viewer, userId) ? ((await context.users.load(userId)) ?? null) : null;
}
