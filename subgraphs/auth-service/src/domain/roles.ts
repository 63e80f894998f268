// Roles and the scopes they grant. They are code, not rows: what a scope opens is decided by the schemas that ship with
// this release, so a role can never grant a word that no service knows.
//
//   trader ◄── operator ◄── admin        (each inherits everything to its left)

import { ClientError } from '@mib/service/errors';

export interface Role {
  readonly id: RoleId;
  readonly name: string;
  readonly inherits: readonly RoleId[];
  /** Granted by this role itself. */
  readonly scopes: readonly string[];
}

export const ROLE_IDS = ['trader', 'operator', 'admin'] as const;
export type RoleId = (typeof ROLE_IDS)[number];

export const ROLES: Readonly<Record<RoleId, Role>> = {
  trader: { id: 'trader', name: 'Trader', inherits: [], scopes: ['account:read', 'account:write', 'orders:write', 'risk:write', 'watchlist:write', 'alert:write', 'apikey:write'] },
  operator: { id: 'operator', name: 'Operator', inherits: ['trader'], scopes: ['market:write', 'engine:read', 'risk:write:any', 'config:read', 'config:write'] },
  admin: { id: 'admin', name: 'Administrator', inherits: ['operator'], scopes: ['user:read', 'user:write', 'account:read:any', 'audit:read'] },
};

export const DEFAULT_ROLE: RoleId = 'trader';

/** Every scope that some role grants, sorted. */
export const ALL_SCOPES: readonly string[] = scopesOf(ROLE_IDS);

/** Scopes of the roles and of all they inherit: sorted, each once. */
export function scopesOf(roles: readonly RoleId[]): readonly string[] {
  const reached = new Set<RoleId>();
  const visit = (id: RoleId): void => {
    if (reached.has(id)) return;
    reached.add(id);
    ROLES[id].inherits.forEach(visit);
  };
  roles.forEach(visit);
  return [...new Set([...reached].flatMap((id) => ROLES[id].scopes))].sort();
}

export function isRoleId(text: string): text is RoleId {
  return (ROLE_IDS as readonly string[]).includes(text);
}

/** @throws {ClientError} VALIDATION for a role that is not in the list. */
export function parseRoleId(text: string): RoleId {
  if (isRoleId(text)) return text;
  throw new ClientError('VALIDATION', `roleId must be one of ${ROLE_IDS.join(', ')}, was ${JSON.stringify(text.slice(0, 40))}`, { field: ['roleId'] });
}
