// Pages of the audit log, newest first. A cursor names a sequence, so new entries never shift a page.

import { ClientError } from '@mib/service/errors';
import type { PrismaClient } from '@mib/prisma/client';
import type { AuditLink } from '../domain/audit-chain.ts';
import type { AuditEntryResolvers, QueryAuditLogArgs } from '../generated/resolvers-types.ts';
import { listAudit } from '../store/audit-log.ts';
import { visibleUser } from './visibility.ts';

const MAX_FIRST = 500;
const CURSOR_PREFIX = 'audit:';

export async function auditConnection(prisma: PrismaClient, { first, after, actor, action }: QueryAuditLogArgs & { readonly first: number | null }) {
  const limit = first ?? 50;
  if (limit < 1 || limit > MAX_FIRST) throw new ClientError('VALIDATION', `first must be 1..${MAX_FIRST}, was ${limit}`, { field: ['first'] });
  const before = after === undefined || after === null ? undefined : parseCursor(after);
  // One more than asked for tells whether there is a next page.
  const links = await listAudit(prisma, { limit: limit + 1, before, actorId: actor ?? undefined, action: action ?? undefined });
  const edges = links.slice(0, limit).map((node) => ({ cursor: formatCursor(node), node }));
  return {
    edges,
    pageInfo: { hasNextPage: links.length > limit, hasPreviousPage: before !== undefined, startCursor: edges[0]?.cursor ?? null, endCursor: edges.at(-1)?.cursor ?? null },
  };
}

export const AuditEntry: AuditEntryResolvers = {
  id: ({ sequence }) => String(sequence),
  actor: ({ actorId }, _, context) => (actorId === null ? null : visibleUser(context, actorId)),
  at: ({ at }) => at.toISOString(),
  hash: ({ hash }) => Buffer.from(hash).toString('hex'),
  previousHash: ({ previousHash }) => Buffer.from(previousHash).toString('hex'),
};

function formatCursor({ sequence }: AuditLink): string {
  return Buffer.from(`${CURSOR_PREFIX}${sequence}`).toString('base64url');
}

function parseCursor(cursor: string): number {
  const text = Buffer.from(cursor, 'base64url').toString();
  const sequence = /^audit:(\d{1,10})$/.exec(text)?.[1];
  if (sequence === undefined) throw new ClientError('VALIDATION', `after must be a cursor of this list, was ${JSON.stringify(cursor.slice(0, 40))}`, { field: ['after'] });
  return Number(sequence);
}
