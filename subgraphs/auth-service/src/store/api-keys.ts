// API keys as stored: the hash of the secret, never the secret.

import { LAST_USED_RESOLUTION_MS } from '../domain/lifetimes.ts';
import type { Database, Transaction } from './database.ts';

export interface StoredApiKey {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly prefix: string;
  readonly secretHash: Uint8Array;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

export async function insertApiKey(transaction: Transaction, key: StoredApiKey): Promise<void> {
  await transaction.authApiKey.create({ data: { ...key, scopes: [...key.scopes], secretHash: new Uint8Array(key.secretHash) } });
}

export async function findApiKeyByPrefix(db: Database, prefix: string): Promise<StoredApiKey | undefined> {
  return (await db.authApiKey.findUnique({ where: { prefix } })) ?? undefined;
}

export function findApiKeys(db: Database, ids: readonly string[]): Promise<readonly StoredApiKey[]> {
  return db.authApiKey.findMany({ where: { id: { in: [...ids] } } });
}

/** Keys of several users that are not revoked, newest first. */
export function findApiKeysOf(db: Database, userIds: readonly string[]): Promise<readonly StoredApiKey[]> {
  return db.authApiKey.findMany({ where: { userId: { in: [...userIds] }, revokedAt: null }, orderBy: [{ createdAt: 'desc' }, { id: 'asc' }] });
}

export function countApiKeys(db: Database, userId: string): Promise<number> {
  return db.authApiKey.count({ where: { userId, revokedAt: null } });
}

/** The revoked key; undefined when the user has no such live key. */
export async function revokeApiKeyRow(transaction: Transaction, key: { readonly id: string; readonly userId: string }, now: Date): Promise<StoredApiKey | undefined> {
  const { count } = await transaction.authApiKey.updateMany({ where: { ...key, revokedAt: null }, data: { revokedAt: now } });
  return count === 1 ? (await findApiKeys(transaction, [key.id]))[0] : undefined;
}

/** Notes a use, unless one was noted within LAST_USED_RESOLUTION_MS. */
export async function touchApiKey(db: Database, key: StoredApiKey, now: Date): Promise<void> {
  const before = new Date(now.getTime() - LAST_USED_RESOLUTION_MS);
  if (key.lastUsedAt !== null && key.lastUsedAt > before) return;
  await db.authApiKey.updateMany({ where: { id: key.id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lte: before } }] }, data: { lastUsedAt: now } });
}
