// Pages of a list, after the Relay cursor specification. A cursor is opaque: the base64url of the last id, or
// of what else the list is sorted by.

import { ClientError } from '@mib/service/errors';

export const MAX_PAGE = 500;

export interface Page<T> {
  readonly edges: { readonly cursor: string; readonly node: T }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean; readonly startCursor: string | null; readonly endCursor: string | null };
}

/** @throws {ClientError} VALIDATION outside 1..MAX_PAGE. */
export function checkFirst(first: number | null | undefined): number {
  const count = first ?? NaN;
  if (!(count >= 1 && count <= MAX_PAGE)) throw new ClientError('VALIDATION', `first must be 1..${MAX_PAGE}, was ${first}`, { field: ['first'] });
  return count;
}

/** @throws {ClientError} VALIDATION for a text that is no cursor of ours. */
export function readCursor(cursor: string | null | undefined): string | undefined {
  if (cursor === null || cursor === undefined) return undefined;
  const id = Buffer.from(cursor, 'base64url').toString();
  if (id === '' || toCursor(id) !== cursor) throw new ClientError('VALIDATION', `after must be a cursor of this list, was ${JSON.stringify(cursor.slice(0, 80))}`, { field: ['after'] });
  return id;
}

/** `rows` may hold one more than `first`: the sign of a next page. */
export function toPage<T extends { readonly id: string }>(rows: readonly T[], first: number, hasPreviousPage: boolean, cursorOf = (row: T): string => toCursor(row.id)): Page<T> {
  const edges = rows.slice(0, first).map((node) => ({ cursor: cursorOf(node), node }));
  return {
    edges,
    pageInfo: { hasNextPage: rows.length > first, hasPreviousPage, startCursor: edges[0]?.cursor ?? null, endCursor: edges.at(-1)?.cursor ?? null },
  };
}

export function toCursor(id: string): string {
  return Buffer.from(id).toString('base64url');
}
