// Who may see and who may change an entry. USER entries are their user's alone, whatever roles others have.

import { ClientError } from '@mib/service/errors';
import { hasScope, requireScope, type KnownViewer, type Viewer } from '@mib/service/viewer';
import type { EntryName } from '../domain/entry.ts';

export const READ = 'config:read';
export const WRITE = 'config:write';

export function isViewer(viewer: Viewer, userId: string): viewer is KnownViewer {
  return viewer.kind !== 'anonymous' && viewer.userId === userId;
}

export function mayRead(viewer: Viewer, { scope, scopeId }: EntryName): boolean {
  return scope === 'USER' ? isViewer(viewer, scopeId) : hasScope(viewer, READ);
}

/** @throws {ClientError} FORBIDDEN */
export function requireWrite(viewer: KnownViewer, { scope, scopeId }: EntryName): void {
  if (scope !== 'USER') requireScope(viewer, WRITE);
  else if (!isViewer(viewer, scopeId)) throw new ClientError('FORBIDDEN', `scopeId must be your own user id in USER, was ${JSON.stringify(scopeId.slice(0, 80))}`, { field: ['input', 'scopeId'] });
  // A key made for trading should not be able to rearrange its owner's console.
  else if (viewer.kind === 'api-key') requireScope(viewer, WRITE);
}
