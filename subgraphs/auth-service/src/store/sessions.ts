// Sessions and the refresh tokens that descend from each.

import type { PresentedToken } from '../domain/refresh-decision.ts';
import type { Database, Transaction } from './database.ts';

export interface StoredSession {
  readonly id: string;
  readonly userId: string;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
  readonly ip: string | null;
  readonly userAgent: string | null;
}

export interface StoredRefreshToken extends PresentedToken {
  readonly sessionId: string;
  readonly userId: string;
}

/** Rows removed by one call of deleteExpired: a short transaction, however long nobody swept. */
const SWEEP_BATCH = 1_000;

export async function insertSession(transaction: Transaction, session: StoredSession): Promise<void> {
  await transaction.authSession.create({ data: session });
}

/** Moves the end of a session along with its newest token. */
export async function extendSession(transaction: Transaction, sessionId: string, times: { readonly lastSeenAt: Date; readonly expiresAt: Date }): Promise<void> {
  await transaction.authSession.update({ where: { id: sessionId }, data: times });
}

export async function insertRefreshToken(transaction: Transaction, token: { readonly hash: Buffer; readonly sessionId: string; readonly expiresAt: Date }): Promise<void> {
  await transaction.authRefreshToken.create({ data: { ...token, hash: new Uint8Array(token.hash) } });
}

/** Finds a token and holds its session until commit: of two that present it at once, the second sees it used. */
export async function takeRefreshToken(transaction: Transaction, hash: Buffer): Promise<StoredRefreshToken | undefined> {
  const rows = await transaction.$queryRaw<StoredRefreshToken[]>`
    select t.session_id as "sessionId", s.user_id as "userId", t.used_at as "usedAt", t.expires_at as "expiresAt", s.revoked_at as "sessionRevokedAt"
    from auth.refresh_tokens t join auth.sessions s on s.id = t.session_id
    where t.hash = ${hash} for update`;
  return rows[0];
}

export async function markRefreshTokenUsed(transaction: Transaction, hash: Buffer, now: Date): Promise<void> {
  await transaction.authRefreshToken.update({ where: { hash: new Uint8Array(hash) }, data: { usedAt: now } });
}

/** False when it was over already. */
export async function revokeSession(transaction: Transaction, sessionId: string, now: Date): Promise<boolean> {
  const { count } = await transaction.authSession.updateMany({ where: { id: sessionId, revokedAt: null, expiresAt: { gt: now } }, data: { revokedAt: now } });
  return count === 1;
}

/** Ends a user's least recently seen live sessions, all but `keep`. */
export async function revokeOldestSessions(transaction: Transaction, userId: string, keep: number, now: Date): Promise<void> {
  const surplus = await transaction.authSession.findMany({ where: { userId, ...live(now) }, orderBy: { lastSeenAt: 'desc' }, skip: keep, select: { id: true } });
  if (surplus.length > 0) await transaction.authSession.updateMany({ where: { id: { in: surplus.map(({ id }) => id) } }, data: { revokedAt: now } });
}

/** Live sessions of several users, latest seen first. */
export function findLiveSessions(db: Database, userIds: readonly string[], now: Date): Promise<readonly StoredSession[]> {
  return db.authSession.findMany({ where: { userId: { in: [...userIds] }, ...live(now) }, orderBy: { lastSeenAt: 'desc' } });
}

export async function isSessionLive(db: Database, sessionId: string, now: Date): Promise<boolean> {
  return (await db.authSession.count({ where: { id: sessionId, ...live(now) } })) === 1;
}

/** Forgets what can no longer be used nor prove a theft; a batch at a time. */
export async function deleteExpired(db: Database, now: Date): Promise<void> {
  await db.$executeRaw`delete from auth.refresh_tokens where hash in (select hash from auth.refresh_tokens where expires_at <= ${now} limit ${SWEEP_BATCH})`;
  await db.$executeRaw`delete from auth.mfa_challenges where hash in (select hash from auth.mfa_challenges where expires_at <= ${now} limit ${SWEEP_BATCH})`;
  await db.$executeRaw`delete from auth.sessions where id in (select id from auth.sessions where expires_at <= ${now} limit ${SWEEP_BATCH})`;
}

function live(now: Date) {
  return { revokedAt: null, expiresAt: { gt: now } };
}
