// The second factor of a user: enrolling, confirming, turning off, and the code at sign-in. A code works once: a time step
// that was used and every earlier one are refused, a used backup code is spent.

import { ClientError } from '@mib/service/errors';
import type { KnownViewer } from '@mib/service/viewer';
import { backupCodeHash, newBackupCodes } from '../domain/backup-code.ts';
import { isTotpCode, newTotpSecret, totpStep, totpUrl } from '../domain/totp.ts';
import type { AuthServices } from '../services.ts';
import { appendAudit } from '../store/audit-log.ts';
import { inTransaction, lock, type Transaction } from '../store/database.ts';
import { confirmTotpRow, deleteChallenge, deleteSecondFactor, findTotp, putTotp, replaceBackupCodes, useBackupCode, useTotpStep, type StoredTotp } from '../store/second-factors.ts';
import { findUser, type StoredUser } from '../store/users.ts';
import { challengeHash, challengeOver, mayTry, openChallenge, type OpenChallenge } from './mfa-challenge.ts';
import { limitCodes } from './rate-limits.ts';

/** @throws {ClientError} CONFLICT when a second factor is on. */
export async function enrollTotp(services: AuthServices, viewer: KnownViewer): Promise<{ readonly otpauthUrl: string; readonly secret: string }> {
  const user = await requirePerson(services, viewer);
  const secret = newTotpSecret(services.random);
  await inTransaction(services.prisma, async (transaction) => {
    await lock(transaction, `auth.users/${user.id}`);
    if ((await findTotp(transaction, user.id))?.confirmedAt) throw alreadyOn();
    await putTotp(transaction, user.id, services.totpSealer.seal(user.id, secret), services.now());
  });
  return { otpauthUrl: totpUrl(secret, user.email), secret };
}

/**
 * @returns the user and ten backup codes, which exist nowhere else.
 * @throws {ClientError} NOT_FOUND, CONFLICT, FORBIDDEN or RATE_LIMITED.
 */
export async function confirmTotp(services: AuthServices, code: string, viewer: KnownViewer): Promise<{ readonly user: StoredUser; readonly backupCodes: string[] }> {
  const user = await requirePerson(services, viewer);
  await limitCodes(services, user.id);
  const backupCodes = newBackupCodes(services.random);
  await inTransaction(services.prisma, async (transaction) => {
    await lock(transaction, `auth.users/${user.id}`);
    const totp = await findTotp(transaction, user.id);
    if (!totp) throw new ClientError('NOT_FOUND', 'no authenticator is enrolled; call enrollTotp first');
    if (totp.confirmedAt) throw alreadyOn();
    const now = services.now();
    const step = stepOf(services, totp, code, now);
    if (step === undefined || !(await confirmTotpRow(transaction, user.id, step, now))) throw wrongCode('code');
    await replaceBackupCodes(transaction, user.id, backupCodes.map((each) => backupCodeHash(each)!));
    await appendAudit(transaction, { actorId: user.id, action: 'mfa.enabled', target: user.id, at: now });
  });
  return { user, backupCodes };
}

/** @throws {ClientError} NOT_FOUND, FORBIDDEN or RATE_LIMITED. */
export async function disableTotp(services: AuthServices, code: string, viewer: KnownViewer): Promise<StoredUser> {
  const user = await requirePerson(services, viewer);
  await limitCodes(services, user.id);
  await inTransaction(services.prisma, async (transaction) => {
    await lock(transaction, `auth.users/${user.id}`);
    const totp = await findTotp(transaction, user.id);
    if (!totp?.confirmedAt) throw new ClientError('NOT_FOUND', 'no second factor is on');
    if (!(await useCode(services, transaction, totp, code))) throw wrongCode('code');
    await deleteSecondFactor(transaction, user.id);
    await appendAudit(transaction, { actorId: user.id, action: 'mfa.disabled', target: user.id, at: services.now() });
  });
  return user;
}

export interface PresentedCode {
  readonly totp: string | undefined;
  readonly challengeId: string | undefined;
}

/**
 * What a sign-in still needs after the password: nothing for a user without a second factor or with a right code, else a challenge.
 *
 * @throws {ClientError} FORBIDDEN for a wrong code or a challenge that is over, RATE_LIMITED.
 */
export async function askSecondFactor(services: AuthServices, user: StoredUser, { totp: code, challengeId }: PresentedCode): Promise<OpenChallenge | undefined> {
  const totp = await findTotp(services.prisma, user.id);
  if (!totp?.confirmedAt) return undefined;
  if (code === undefined) return openChallenge(services, user.id);
  await limitCodes(services, user.id);
  // The try is counted and the failure written down although the call fails.
  const refusal = await inTransaction(services.prisma, async (transaction) => {
    const allowed = challengeId === undefined || (await mayTry(transaction, challengeId, user.id, services.now()));
    if (allowed && (await useCode(services, transaction, totp, code))) {
      if (challengeId !== undefined) await deleteChallenge(transaction, challengeHash(challengeId));
      return undefined;
    }
    await appendAudit(transaction, { actorId: null, action: 'mfa.failed', target: user.id, at: services.now() });
    return allowed ? wrongCode('totp') : challengeOver();
  });
  if (!refusal) return undefined;
  services.telemetry.loginRefused('code');
  throw refusal;
}

/** Uses a code of either kind up; false when it is wrong or was used before. */
async function useCode(services: AuthServices, transaction: Transaction, totp: StoredTotp, text: string): Promise<boolean> {
  const code = text.trim();
  if (isTotpCode(code)) {
    const step = stepOf(services, totp, code, services.now());
    return step !== undefined && useTotpStep(transaction, totp.userId, step);
  }
  const hash = backupCodeHash(code);
  return hash !== undefined && useBackupCode(transaction, totp.userId, hash, services.now());
}

function stepOf(services: AuthServices, { userId, sealedSecret }: StoredTotp, code: string, now: Date): number | undefined {
  const secret = services.totpSealer.open(userId, sealedSecret);
  if (secret === undefined) throw new Error(`the authenticator secret of ${userId} was sealed under another MIB_INTERNAL_SECRET`);
  return totpStep(secret, code.trim(), now.getTime());
}

async function requirePerson(services: AuthServices, viewer: KnownViewer): Promise<StoredUser> {
  if (viewer.kind !== 'user') throw new ClientError('FORBIDDEN', 'an API key cannot change the second factor');
  const user = await findUser(services.prisma, viewer.userId);
  if (!user) throw new ClientError('NOT_FOUND', 'no such user');
  return user;
}

function alreadyOn(): ClientError {
  return new ClientError('CONFLICT', 'a second factor is on already; turn it off with disableTotp first');
}

function wrongCode(field: string): ClientError {
  return new ClientError('FORBIDDEN', 'the code is wrong or was used before', { field: [field] });
}
