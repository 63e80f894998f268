// Rows of the second factor: the sealed secret, the backup codes, the sign-ins that wait for a code. What uses a code up
// is one conditional update, so of two requests with the same code one wins.

import type { Database, Transaction } from './database.ts';

export interface StoredTotp {
  readonly userId: string;
  readonly sealedSecret: Uint8Array;
  readonly confirmedAt: Date | null;
}

export interface StoredChallenge {
  readonly userId: string;
  readonly expiresAt: Date;
  readonly attempts: number;
}

export async function findTotp(db: Database, userId: string): Promise<StoredTotp | undefined> {
  return (await db.authTotp.findUnique({ where: { userId } })) ?? undefined;
}

/** Of these users, those with a confirmed second factor. */
export async function findMfaUsers(db: Database, userIds: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.authTotp.findMany({ where: { userId: { in: [...userIds] }, confirmedAt: { not: null } }, select: { userId: true } });
  return new Set(rows.map(({ userId }) => userId));
}

/** Stores a secret that does not count yet, in place of an earlier one that did not either. */
export async function putTotp(transaction: Transaction, userId: string, sealed: Buffer, now: Date): Promise<void> {
  const sealedSecret = new Uint8Array(sealed);
  const row = { sealedSecret, createdAt: now, confirmedAt: null, lastStep: -1n };
  await transaction.authTotp.upsert({ where: { userId }, create: { userId, ...row }, update: row });
}

export async function confirmTotpRow(transaction: Transaction, userId: string, step: number, now: Date): Promise<boolean> {
  const { count } = await transaction.authTotp.updateMany({ where: { userId, confirmedAt: null }, data: { confirmedAt: now, lastStep: step } });
  return count === 1;
}

/** False when a code of this or a later time step was used before. */
export async function useTotpStep(transaction: Transaction, userId: string, step: number): Promise<boolean> {
  const { count } = await transaction.authTotp.updateMany({ where: { userId, confirmedAt: { not: null }, lastStep: { lt: step } }, data: { lastStep: step } });
  return count === 1;
}

export async function replaceBackupCodes(transaction: Transaction, userId: string, hashes: readonly Buffer[]): Promise<void> {
  await transaction.authBackupCode.deleteMany({ where: { userId } });
  await transaction.authBackupCode.createMany({ data: hashes.map((hash) => ({ hash: new Uint8Array(hash), userId })) });
}

/** False when the user has no such code left. */
export async function useBackupCode(transaction: Transaction, userId: string, hash: Buffer, now: Date): Promise<boolean> {
  const { count } = await transaction.authBackupCode.updateMany({ where: { hash: new Uint8Array(hash), userId, usedAt: null }, data: { usedAt: now } });
  return count === 1;
}

export async function deleteSecondFactor(transaction: Transaction, userId: string): Promise<void> {
  await transaction.authTotp.deleteMany({ where: { userId } });
  await transaction.authBackupCode.deleteMany({ where: { userId } });
  await transaction.authMfaChallenge.deleteMany({ where: { userId } });
}

/** Adds a challenge; the user's oldest beyond `keep` go. */
export async function insertChallenge(transaction: Transaction, challenge: { readonly hash: Buffer; readonly userId: string; readonly createdAt: Date; readonly expiresAt: Date }, keep: number): Promise<void> {
  await transaction.authMfaChallenge.create({ data: { ...challenge, hash: new Uint8Array(challenge.hash) } });
  const surplus = await transaction.authMfaChallenge.findMany({ where: { userId: challenge.userId }, orderBy: [{ createdAt: 'desc' }, { hash: 'asc' }], skip: keep, select: { hash: true } });
  if (surplus.length > 0) await transaction.authMfaChallenge.deleteMany({ where: { hash: { in: surplus.map(({ hash }) => hash) } } });
}

/** Counts a try and returns the challenge as it is then. */
export async function tryChallenge(transaction: Transaction, hash: Buffer): Promise<StoredChallenge | undefined> {
  const key = new Uint8Array(hash);
  const { count } = await transaction.authMfaChallenge.updateMany({ where: { hash: key }, data: { attempts: { increment: 1 } } });
  return count === 1 ? ((await transaction.authMfaChallenge.findUnique({ where: { hash: key } })) ?? undefined) : undefined;
}

export async function deleteChallenge(transaction: Transaction, hash: Buffer): Promise<void> {
  await transaction.authMfaChallenge.deleteMany({ where: { hash: new Uint8Array(hash) } });
}
