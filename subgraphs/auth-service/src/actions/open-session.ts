// Begins a session for a user who has just proved to be one.

import { MAX_SESSIONS_PER_USER } from '../domain/lifetimes.ts';
import type { AuthServices, ClientOrigin } from '../services.ts';
import { appendAudit } from '../store/audit-log.ts';
import { inTransaction, lock } from '../store/database.ts';
import { insertSession, revokeOldestSessions } from '../store/sessions.ts';
import type { StoredUser } from '../store/users.ts';
import { newId } from './new-id.ts';
import { issueRefreshToken, pairWithAccess, refreshEnd, type IssuedTokens } from './session-tokens.ts';

const MAX_USER_AGENT_CHARACTERS = 200;

export async function openSession(services: AuthServices, user: StoredUser, origin: ClientOrigin): Promise<IssuedTokens> {
  const now = services.now();
  const id = newId('ses', services.random);
  const userAgent = origin.userAgent?.slice(0, MAX_USER_AGENT_CHARACTERS) ?? null;
  const refreshToken = await inTransaction(services.prisma, async (transaction) => {
    await lock(transaction, `auth.users/${user.id}`);
    await revokeOldestSessions(transaction, user.id, MAX_SESSIONS_PER_USER - 1, now);
    await insertSession(transaction, { id, userId: user.id, createdAt: now, lastSeenAt: now, expiresAt: refreshEnd(now), ip: origin.ip, userAgent });
    const token = await issueRefreshToken(services, transaction, id, now);
    await appendAudit(transaction, { actorId: user.id, action: 'login.succeeded', target: id, at: now });
    return token;
  });
  services.telemetry.loggedIn(user.id);
  return pairWithAccess(services, user, { id, refreshToken });
}
