// Which entry a caller means: scope and scopeId as given, checked against the key, completed where only one is possible.

import { ClientError } from '@mib/service/errors';
import type { EntryName, Scope } from './entry.ts';
import type { KnownKey } from './known-keys.ts';

export interface GivenName {
  readonly scope?: Scope | null | undefined;
  readonly scopeId?: string | null | undefined;
}

/** @throws {ClientError} VALIDATION naming what the key allows. */
export function entryNameOf(known: KnownKey, given: GivenName, viewerId: string): EntryName {
  const scope = given.scope ?? (known.scopes.length === 1 ? known.scopes[0] : undefined);
  if (!scope || !known.scopes.includes(scope)) throw refusal('scope', `must be ${known.scopes.join(' or ')} for ${known.key}`, given.scope);
  return { scope, scopeId: scopeIdOf(known, scope, given.scopeId ?? null, viewerId), key: known.key };
}

function scopeIdOf({ key, appliedBy }: KnownKey, scope: Scope, scopeId: string | null, viewerId: string): string {
  if (scope === 'USER') return scopeId ?? viewerId;
  if (scope === 'GLOBAL') {
    if (scopeId !== null) throw refusal('scopeId', 'must be left out in GLOBAL', scopeId);
    return '';
  }
  const service = scopeId ?? (appliedBy.length === 1 ? appliedBy[0] : undefined);
  if (service === undefined || !appliedBy.includes(service)) throw refusal('scopeId', `must be ${appliedBy.join(' or ')} for ${key}`, scopeId);
  return service;
}

function refusal(name: string, rule: string, was: string | null | undefined): ClientError {
  return new ClientError('VALIDATION', `${name} ${rule}, was ${was == null ? 'left out' : JSON.stringify(was.slice(0, 80))}`, { field: ['input', name] });
}
