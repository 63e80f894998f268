// Rotation: one refresh token in, a new pair out, the old one used up. What happens to a token that is not fresh is
// decided in domain/refresh-decision.ts; a reused one ends its session, and that end commits although the call fails.

import { ClientError } from '@mib/service/errors';
import { decideRefresh, type RefreshDecision } from '../domain/refresh-decision.ts';
import type { AuthServices } from '../services.ts';
import { appendAudit } from '../store/audit-log.ts';
import { inTransaction, type Transaction } from '../store/database.ts';
import { extendSession, markRefreshTokenUsed, revokeSession, takeRefreshToken } from '../store/sessions.ts';
import { findUser } from '../store/users.ts';
import { issueRefreshToken, pairWithAccess, refreshEnd, refreshTokenHash, type IssuedTokens } from './session-tokens.ts';

interface Outcome {
  readonly decision: RefreshDecision;
  readonly sessionId?: string;
  readonly userId?: string;
  readonly refreshToken?: string;
}

/** @throws {ClientError} FORBIDDEN, the same for every reason. */
export async function refreshSession(services: AuthServices, token: string): Promise<IssuedTokens> {
  const hash = refreshTokenHash(token);
  const outcome: Outcome = hash ? await inTransaction(services.prisma, (transaction) => present(services, transaction, hash)) : { decision: 'unknown' };
  services.telemetry.refreshed(outcome.decision, outcome.sessionId);
  const { sessionId, userId, refreshToken } = outcome;
  const user = refreshToken && userId ? await findUser(services.prisma, userId) : undefined;
  if (!user || !sessionId || !refreshToken) throw new ClientError('FORBIDDEN', 'refresh token is not valid; sign in again', { field: ['refreshToken'] });
  return pairWithAccess(services, user, { id: sessionId, refreshToken });
}

async function present(services: AuthServices, transaction: Transaction, hash: Buffer): Promise<Outcome> {
  const now = services.now();
  const token = await takeRefreshToken(transaction, hash);
  const decision = decideRefresh(token, now);
  if (!token) return { decision };
  const { sessionId, userId } = token;
  if (decision === 'reused') {
    await revokeSession(transaction, sessionId, now);
    await appendAudit(transaction, { actorId: userId, action: 'refresh.reused', target: sessionId, at: now });
  }
  if (decision !== 'rotate') return { decision, sessionId };
  await markRefreshTokenUsed(transaction, hash, now);
  await extendSession(transaction, sessionId, { lastSeenAt: now, expiresAt: refreshEnd(now) });
  return { decision, sessionId, userId, refreshToken: await issueRefreshToken(services, transaction, sessionId, now) };
}
