// What the store's functions run on: the client itself, or a transaction of it where several rows must agree.

import type { Prisma, PrismaClient } from '@mib/prisma/client';

export type Transaction = Prisma.TransactionClient;
export type Database = PrismaClient | Transaction;

/** Longer than any of ours takes while the audit chain is busy; then the request fails instead of waiting for ever. */
const TRANSACTION_TIMEOUT_MS = 10_000;
const CONNECTION_WAIT_MS = 5_000;

export function inTransaction<T>(prisma: PrismaClient, work: (transaction: Transaction) => Promise<T>): Promise<T> {
  return prisma.$transaction(work, { timeout: TRANSACTION_TIMEOUT_MS, maxWait: CONNECTION_WAIT_MS });
}

/** Waits for the one holder of `name`; let go when the transaction ends. */
export async function lock(transaction: Transaction, name: 'auth.audit_log' | 'auth.signing_keys' | 'auth.user_roles' | `auth.users/${string}`): Promise<void> {
  await transaction.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`;
}
