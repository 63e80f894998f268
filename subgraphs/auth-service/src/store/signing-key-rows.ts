// Rows of auth.signing_keys. Whoever may add one holds the lock, so replicas that start together make one key, not one each.

import type { KeyTimes } from '../domain/signing-schedule.ts';
import type { Transaction } from './database.ts';

export interface StoredSigningKey extends KeyTimes {
  readonly kid: string;
  readonly publicJwk: Record<string, string>;
  readonly sealedKey: Uint8Array;
  readonly createdAt: Date;
}

/** Those still published; later ones are gone for good and deleted here. */
export async function readSigningKeys(transaction: Transaction, now: Date): Promise<readonly StoredSigningKey[]> {
  await transaction.authSigningKey.deleteMany({ where: { verifiesUntil: { lte: now } } });
  const rows = await transaction.authSigningKey.findMany({ orderBy: { signsFrom: 'asc' } });
  return rows.map((row) => ({ ...row, publicJwk: row.publicJwk as Record<string, string> }));
}

export async function insertSigningKey(transaction: Transaction, key: StoredSigningKey): Promise<void> {
  await transaction.authSigningKey.create({ data: { ...key, sealedKey: new Uint8Array(key.sealedKey) } });
}

/** Ends the signing of every key that would sign beyond `times.signsUntil`. */
export async function endSigning(transaction: Transaction, times: Pick<KeyTimes, 'signsUntil' | 'verifiesUntil'>): Promise<void> {
  await transaction.authSigningKey.updateMany({ where: { signsUntil: { gt: times.signsUntil } }, data: times });
}
