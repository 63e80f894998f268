// Fields of users and of what belongs to them. A parent is handed out only to viewers who may read it, so its fields
// need no further check.

import { ROLES, scopesOf } from '../domain/roles.ts';
import { isRoleId } from '../domain/roles.ts';
import type { ApiKeyResolvers, MfaRequiredResolvers, RoleResolvers, SessionResolvers, SessionTokensResolvers, UserResolvers } from '../generated/resolvers-types.ts';
import { mayReadUser, visibleUser } from './visibility.ts';

export const User: UserResolvers = {
  __resolveReference: (reference, context) => visibleUser(context, (reference as { id: string }).id),
  roles: ({ roles }) => roles.map((id) => ROLES[id]),
  permissions: ({ roles }) => [...scopesOf(roles)],
  mfaEnabled: ({ id }, _, context) => context.mfaEnabled.load(id),
  apiKeys: ({ id }, _, context) => context.apiKeysOfUser.load(id).then((keys) => [...keys]),
  sessions: ({ id }, _, context) => context.sessionsOfUser.load(id).then((sessions) => [...sessions]),
  createdAt: ({ createdAt }) => createdAt.toISOString(),
};

export const Role: RoleResolvers = {
  __resolveReference: (reference) => {
    const { id } = reference as { id: string };
    return isRoleId(id) ? ROLES[id] : null;
  },
  permissions: ({ id }) => [...scopesOf([id])],
  inherits: ({ inherits }) => inherits.map((id) => ROLES[id]),
};

export const ApiKey: ApiKeyResolvers = {
  __resolveReference: async (reference, context) => {
    const key = await context.apiKeys.load((reference as { id: string }).id);
    return key && mayReadUser(context.viewer, key.userId) ? key : null;
  },
  scopes: ({ scopes }) => [...scopes],
  createdAt: ({ createdAt }) => createdAt.toISOString(),
  expiresAt: ({ expiresAt }) => expiresAt?.toISOString() ?? null,
  lastUsedAt: ({ lastUsedAt }) => lastUsedAt?.toISOString() ?? null,
  revokedAt: ({ revokedAt }) => revokedAt?.toISOString() ?? null,
};

export const Session: SessionResolvers = {
  createdAt: ({ createdAt }) => createdAt.toISOString(),
  lastSeenAt: ({ lastSeenAt }) => lastSeenAt.toISOString(),
  expiresAt: ({ expiresAt }) => expiresAt.toISOString(),
};

export const MfaRequired: MfaRequiredResolvers = {
  expiresAt: ({ expiresAt }) => expiresAt.toISOString(),
};

export const SessionTokens: SessionTokensResolvers = {
  expiresAt: ({ expiresAt }) => expiresAt.toISOString(),
};
