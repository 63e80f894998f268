// What an API key may be asked for. A key never reaches further than the credential that made it, so a leaked key
// cannot breed a stronger one.

import { ClientError } from '@mib/service/errors';
import { ALL_SCOPES } from './roles.ts';

/** Keeps the list on the user short enough to be read whole. */
export const MAX_API_KEYS_PER_USER = 50;

/**
 * The scopes a new key gets: sorted, each once.
 *
 * @param requested - as the client wrote them.
 * @param held - scopes of the caller, who may itself be a key.
 * @throws {ClientError} VALIDATION for none or an unknown one, FORBIDDEN for one that the caller lacks.
 */
export function grantedScopes(requested: readonly string[], held: readonly string[]): readonly string[] {
  if (requested.length === 0) throw new ClientError('VALIDATION', 'scopes must name at least one scope', { field: ['scopes'] });
  const scopes = [...new Set(requested)].sort();
  for (const scope of scopes) {
    if (!ALL_SCOPES.includes(scope)) throw new ClientError('VALIDATION', `scope ${JSON.stringify(scope.slice(0, 40))} does not exist`, { field: ['scopes'] });
    if (!held.includes(scope)) throw new ClientError('FORBIDDEN', `scope ${scope} is not yours to give`, { field: ['scopes'] });
  }
  return scopes;
}

/** @throws {ClientError} VALIDATION for a moment that has passed. */
export function checkExpiry(expiresAt: Date | null, now: Date): void {
  if (expiresAt !== null && expiresAt <= now) {
    throw new ClientError('VALIDATION', `expiresAt must lie in the future, was ${expiresAt.toISOString()}`, { field: ['expiresAt'] });
  }
}
