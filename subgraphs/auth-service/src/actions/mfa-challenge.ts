// A sign-in whose password was right and whose code is awaited. The id is 256 random bits of which the hash is kept; it
// lives for minutes, takes few tries, and is gone once it was used.

import { createHash } from 'node:crypto';
import { ClientError } from '@mib/service/errors';
import { MAX_CHALLENGES_PER_USER, MFA_CHALLENGE_MS, TRIES_PER_CHALLENGE } from '../domain/lifetimes.ts';
import type { AuthServices } from '../services.ts';
import { inTransaction, lock, type Transaction } from '../store/database.ts';
import { insertChallenge, tryChallenge } from '../store/second-factors.ts';

export const MFA_METHODS = ['TOTP', 'BACKUP_CODE'] as const;

export interface OpenChallenge {
  readonly challengeId: string;
  readonly methods: (typeof MFA_METHODS)[number][];
  readonly expiresAt: Date;
}

const ID_BYTES = 32;

export async function openChallenge(services: AuthServices, userId: string): Promise<OpenChallenge> {
  const createdAt = services.now();
  const expiresAt = new Date(createdAt.getTime() + MFA_CHALLENGE_MS);
  const challengeId = services.random(ID_BYTES).toString('base64url');
  await inTransaction(services.prisma, async (transaction) => {
    await lock(transaction, `auth.users/${userId}`);
    await insertChallenge(transaction, { hash: challengeHash(challengeId), userId, createdAt, expiresAt }, MAX_CHALLENGES_PER_USER);
  });
  services.telemetry.codeAsked(userId);
  return { challengeId, methods: [...MFA_METHODS], expiresAt };
}

/** Whether this try of the challenge counts; it is counted either way. */
export async function mayTry(transaction: Transaction, challengeId: string, userId: string, now: Date): Promise<boolean> {
  const challenge = await tryChallenge(transaction, challengeHash(challengeId));
  return challenge !== undefined && challenge.userId === userId && challenge.expiresAt > now && challenge.attempts <= TRIES_PER_CHALLENGE;
}

export function challengeOver(): ClientError {
  return new ClientError('FORBIDDEN', 'the challenge is over; sign in again', { field: ['challengeId'] });
}

export function challengeHash(challengeId: string): Buffer {
  return createHash('sha256').update(challengeId).digest();
}
