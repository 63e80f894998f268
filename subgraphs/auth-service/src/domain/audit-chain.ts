// The audit log is a hash chain: every entry's hash covers the one before it, so changing, removing or inserting a row
// in the middle breaks every later hash. Cutting off the tail is not visible from inside; a copy of the latest hash
// kept elsewhere shows it.
//
//   hash(n) = SHA-256( hash(n-1) ‖ canonical JSON of entry n ),   hash(0) = 32 zero bytes

import { createHash } from 'node:crypto';

export interface AuditEvent {
  /** Null when nobody known did it, such as a login with an unknown email. */
  readonly actorId: string | null;
  readonly action: AuditAction;
  readonly target: string | null;
  readonly at: Date;
}

export const AUDIT_ACTIONS = [
  'user.registered',
  'login.succeeded',
  'login.failed',
  'refresh.reused',
  'session.revoked',
  'api-key.created',
  'api-key.revoked',
  'role.assigned',
  'role.removed',
  'mfa.enabled',
  'mfa.disabled',
  'mfa.failed',
  'signing-key.created',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

export interface AuditLink extends Omit<AuditEvent, 'action'> {
  readonly sequence: number;
  readonly action: string;
  readonly previousHash: Uint8Array;
  readonly hash: Uint8Array;
}

export const GENESIS_HASH = new Uint8Array(32);

/** Milliseconds are all that is hashed and stored, so a round trip through the database cannot change the hash. */
export function chainHash(previousHash: Uint8Array, sequence: number, event: Omit<AuditLink, 'sequence' | 'previousHash' | 'hash'>): Uint8Array {
  const canonical = JSON.stringify([sequence, event.at.toISOString(), event.actorId, event.action, event.target]);
  return createHash('sha256').update(previousHash).update(canonical).digest();
}

/** Walks a chain in pieces: feed links in order, read `firstBroken` at the end. */
export class ChainVerifier {
  #previousHash: Uint8Array = GENESIS_HASH;
  #entries = 0;
  #firstBroken: number | null = null;

  add(link: AuditLink): void {
    this.#entries += 1;
    if (this.#firstBroken !== null) return;
    const follows = link.sequence === this.#entries && equalBytes(link.previousHash, this.#previousHash) && equalBytes(link.hash, chainHash(link.previousHash, link.sequence, link));
    if (!follows) this.#firstBroken = link.sequence;
    this.#previousHash = link.hash;
  }

  get entries(): number {
    return this.#entries;
  }

  /** Sequence of the first link that does not follow, or null for an intact chain. */
  get firstBroken(): number | null {
    return this.#firstBroken;
  }
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
