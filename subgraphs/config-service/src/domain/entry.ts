// Entries and their versions. An entry is a name under which versions follow each other; the newest one is its state.

export const SCOPES = ['GLOBAL', 'SERVICE', 'USER'] as const;
export type Scope = (typeof SCOPES)[number];

export interface EntryName {
  readonly scope: Scope;
  /** Service name or user id; empty for GLOBAL. */
  readonly scopeId: string;
  readonly key: string;
}

export interface Version extends EntryName {
  /** Place among all versions of all entries, in order of commit. */
  readonly sequence: bigint;
  /** From 1, without gaps. */
  readonly version: number;
  /** JSON text; null when sealed. */
  readonly value: string | null;
  readonly sealed: Uint8Array | null;
  readonly rolledBackTo: number | null;
  /** Null for the platform itself. */
  readonly updatedBy: string | null;
  readonly updatedAt: Date;
}

/** Keys have no colon, so the middle part may have any. */
export function entryId({ scope, scopeId, key }: EntryName): string {
  return `${scope}:${scopeId}:${key}`;
}

/** Undefined when it is no entry's id. */
export function parseEntryId(id: string): EntryName | undefined {
  const [, scope, scopeId = '', key = ''] = /^(GLOBAL|SERVICE|USER):([^\0]{0,200}):([a-z0-9.-]{1,100})$/.exec(id) ?? [];
  return scope === undefined ? undefined : { scope: scope as Scope, scopeId, key };
}
