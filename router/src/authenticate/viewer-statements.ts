// The signed statement of who asks, as subgraphs believe it. One signature serves an identity for a while; it is made
// again long before the statement ends, so a fetch never carries a stale one.

import { LRUCache } from 'lru-cache';
import { signViewer, VIEWER_LIFETIME_SECONDS } from '@mib/service/viewer';
import type { Identity } from './identity.ts';

const MAX_CACHED_STATEMENTS = 10_000;
const REUSE_MS = (VIEWER_LIFETIME_SECONDS * 1000) / 3;

/** @returns undefined for anonymous callers, and always when there is no secret to sign with. */
export function createViewerStatements(secret: string | undefined): (identity: Identity) => string | undefined {
  if (secret === undefined) return () => undefined;
  const statements = new LRUCache<string, string>({ max: MAX_CACHED_STATEMENTS, ttl: REUSE_MS });
  return ({ viewer, key }) => {
    if (viewer.kind === 'anonymous') return undefined;
    const known = statements.get(key);
    if (known !== undefined) return known;
    const statement = signViewer(viewer, secret, Date.now());
    statements.set(key, statement);
    return statement;
  };
}
