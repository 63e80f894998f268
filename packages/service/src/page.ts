// Forward paging with opaque cursors: asks for one row more than shown to know whether there is a next page.

import { ClientError } from './errors.ts';

export const MAX_PAGE = 500;

export interface Connection<T> {
  readonly edges: readonly { readonly cursor: string; readonly node: T }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean; readonly startCursor: string | null; readonly endCursor: string | null };
}

/** @throws {ClientError} VALIDATION when `first` is not 1..MAX_PAGE. */
export function checkFirst(first: number): number {
  if (first >= 1 && first <= MAX_PAGE) return first;
  throw new ClientError('VALIDATION', `first must be 1..${MAX_PAGE}, was ${first}`, { field: ['first'] });
}

/** @param rows - up to `first + 1` rows. */
export function toConnection<T>(rows: readonly T[], options: { readonly first: number; readonly after: boolean; readonly cursorOf: (row: T) => string }): Connection<T> {
  const edges = rows.slice(0, options.first).map((node) => ({ cursor: options.cursorOf(node), node }));
  return {
    edges,
    pageInfo: { hasNextPage: rows.length > options.first, hasPreviousPage: options.after, startCursor: edges[0]?.cursor ?? null, endCursor: edges.at(-1)?.cursor ?? null },
  };
}
