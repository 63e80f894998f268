// The rows of the audit chain. Appending takes a lock until commit, so sequences have no gaps and two writers never
// build on the same entry: append last in a transaction, and hash no password while holding it.

import { ChainVerifier, GENESIS_HASH, chainHash, type AuditEvent, type AuditLink } from '../domain/audit-chain.ts';
import { lock, type Database, type Transaction } from './database.ts';

const VERIFY_BATCH = 1_000;

export async function appendAudit(transaction: Transaction, event: AuditEvent): Promise<void> {
  await lock(transaction, 'auth.audit_log');
  const last = await transaction.authAuditEntry.findFirst({ orderBy: { sequence: 'desc' } });
  const sequence = (last?.sequence ?? 0) + 1;
  const previousHash = last?.hash ?? GENESIS_HASH;
  const hash = chainHash(previousHash, sequence, event);
  await transaction.authAuditEntry.create({ data: { ...event, sequence, previousHash: bytes(previousHash), hash: bytes(hash) } });
}

export interface AuditQuery {
  readonly limit: number;
  /** Entries older than this sequence. */
  readonly before?: number | undefined;
  readonly actorId?: string | undefined;
  readonly action?: string | undefined;
}

/** Newest first. */
export function listAudit(db: Database, { limit, before, actorId, action }: AuditQuery): Promise<readonly AuditLink[]> {
  return db.authAuditEntry.findMany({
    where: { ...(before !== undefined && { sequence: { lt: before } }), ...(actorId !== undefined && { actorId }), ...(action !== undefined && { action }) },
    orderBy: { sequence: 'desc' },
    take: limit,
  });
}

/** Recomputes every hash, a batch at a time. */
export async function verifyAudit(db: Database): Promise<ChainVerifier> {
  const verifier = new ChainVerifier();
  for (let after = 0; ; ) {
    const links = await db.authAuditEntry.findMany({ where: { sequence: { gt: after } }, orderBy: { sequence: 'asc' }, take: VERIFY_BATCH });
    links.forEach((link) => verifier.add(link));
    if (links.length < VERIFY_BATCH) return verifier;
    after = links.at(-1)!.sequence;
  }
}

function bytes(hash: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hash);
}
