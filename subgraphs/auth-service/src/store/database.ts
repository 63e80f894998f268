// What the store's functions run on: the client itself, or a transaction of it where several rows must agree.

import type { Prisma, PrismaClient } from '@mib/prisma/client';
import { ClientError } from '@mib/service/errors';

export type Transaction = Prisma.TransactionClient;
export type Database = PrismaClient | Transaction;

/** Longer than any of ours takes while the audit chain is busy; then the request fails instead of waiting for ever. */
const TRANSACTION_TIMEOUT_MS = 10_000;
const CONNECTION_WAIT_MS = 5_000;

/** @throws {ClientError} UNAVAILABLE when it could not begin or end in time; nothing is written then. */
export async function inTransaction<T>(prisma: PrismaClient, work: (transaction: Transaction) => Promise<T>): Promise<T> {
  try {
    return await prisma.$transaction(work, { timeout: TRANSACTION_TIMEOUT_MS, maxWait: CONNECTION_WAIT_MS });
  } catch (error) {
    if (isTimeout(error)) throw new ClientError('UNAVAILABLE', 'too much to do at once; try again in a moment', { cause: error });
    throw error;
  }
}

/** Waits for the one holder of `name`; let go when the transaction ends. */
export async function lock(transaction: Transaction, name: 'auth.audit_log' | 'auth.signing_keys' | 'auth.user_roles' | `auth.users/${string}`): Promise<void> {
  await transaction.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`;
}

/** Prisma's code for a transaction that waited too long for a connection or took too long. */
function isTimeout(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'P2028';
}
