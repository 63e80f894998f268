// Ends a session. A refresh token is proof enough, whatever became of the access token; without one the session named
// by the access token ends.

import { ClientError } from '@mib/service/errors';
import type { Viewer } from '@mib/service/viewer';
import type { AuthServices } from '../services.ts';
import { appendAudit } from '../store/audit-log.ts';
import { inTransaction } from '../store/database.ts';
import { revokeSession, takeRefreshToken } from '../store/sessions.ts';
import { refreshTokenHash } from './session-tokens.ts';

/**
 * @returns true when a live session ended.
 * @throws {ClientError} VALIDATION when neither token says which session is meant.
 */
export async function logOut(services: AuthServices, refreshToken: string | undefined, viewer: Viewer): Promise<boolean> {
  const hash = refreshToken === undefined ? undefined : refreshTokenHash(refreshToken);
  if (refreshToken !== undefined && !hash) return false;
  return inTransaction(services.prisma, async (transaction) => {
    const session = hash ? await takeRefreshToken(transaction, hash) : ownSession(viewer);
    const now = services.now();
    if (!session || !(await revokeSession(transaction, session.sessionId, now))) return false;
    await appendAudit(transaction, { actorId: session.userId, action: 'session.revoked', target: session.sessionId, at: now });
    return true;
  });
}

function ownSession(viewer: Viewer): { readonly sessionId: string; readonly userId: string } {
  // The router copies the access token's `sid` into the statement it signs.
  if (viewer.kind === 'user' && viewer.sessionId !== undefined) return { sessionId: viewer.sessionId, userId: viewer.userId };
  throw new ClientError('VALIDATION', 'refreshToken is required: the access token does not name its session', { field: ['refreshToken'] });
}
