// Mutations: input in, an action, the outcome as data. Expected refusals become userErrors; a missing right is a
// GraphQL error, because a client that holds it never sees one.

import { toUserError } from '@mib/service/errors';
import { requireScope, requireUser } from '@mib/service/viewer';
import { parseTimestamp, timestampToDate } from '@mib/model/timestamp';
import { createApiKey, revokeApiKey } from '../actions/api-keys.ts';
import { logIn } from '../actions/log-in.ts';
import { logOut } from '../actions/log-out.ts';
import type { OpenChallenge } from '../actions/mfa-challenge.ts';
import { openSession } from '../actions/open-session.ts';
import { limitRegistration } from '../actions/rate-limits.ts';
import { refreshSession } from '../actions/refresh-session.ts';
import { register } from '../actions/register.ts';
import { assignRole, removeRole } from '../actions/roles.ts';
import { askSecondFactor, confirmTotp, disableTotp, enrollTotp } from '../actions/second-factor.ts';
import type { IssuedTokens } from '../actions/session-tokens.ts';
import type { LoginFailed, LoginResultResolvers, MutationResolvers, UserError } from '../generated/resolvers-types.ts';

export const Mutation: MutationResolvers = {
  register: (_, { input }, { services, origin }) =>
    tokensOrFailure(async () => {
      await limitRegistration(services, origin);
      return openSession(services, await register(services, input), origin);
    }),

  login: (_, { input }, { services, origin }) =>
    tokensOrFailure(async () => {
      const user = await logIn(services, input, origin);
      const challenge = await askSecondFactor(services, user, { totp: input.totp ?? undefined, challengeId: input.challengeId ?? undefined });
      return challenge ?? openSession(services, user, origin);
    }),

  refreshSession: (_, { input }, { services }) => tokensOrFailure(() => refreshSession(services, input.refreshToken)),

  logout: (_, { refreshToken }, { services, viewer }) => logOut(services, refreshToken ?? undefined, viewer),

  enrollTotp: async (_, _arguments, { services, viewer }) => {
    const person = requireUser(viewer);
    return payload(async () => ({ enrollment: await enrollTotp(services, person) }));
  },

  confirmTotp: async (_, { code }, { services, viewer, mfaEnabled }) => {
    const person = requireUser(viewer);
    const result = await payload(async () => confirmTotp(services, code, person));
    mfaEnabled.clear(person.userId);
    return 'backupCodes' in result ? result : { backupCodes: [], ...result };
  },

  disableTotp: async (_, { code }, { services, viewer, mfaEnabled }) => {
    const person = requireUser(viewer);
    const result = await payload(async () => ({ user: await disableTotp(services, code, person) }));
    mfaEnabled.clear(person.userId);
    return result;
  },

  createApiKey: async (_, { input }, { services, viewer }) => {
    const owner = requireScope(viewer, 'apikey:write');
    return payload(async () => {
      const expiresAt = input.expiresAt ? timestampToDate(parseTimestamp(input.expiresAt, 'expiresAt')) : null;
      const { key, text } = await createApiKey(services, { name: input.name, scopes: input.scopes, expiresAt }, owner);
      return { apiKey: key, secretOnce: text };
    });
  },

  revokeApiKey: async (_, { id }, { services, viewer }) => {
    const owner = requireScope(viewer, 'apikey:write');
    return payload(async () => ({ apiKey: await revokeApiKey(services, id, owner) }));
  },

  assignRole: async (_, { input }, { services, viewer }) => {
    const actor = requireScope(viewer, 'user:write');
    return payload(async () => ({ user: await assignRole(services, input, actor) }));
  },

  removeRole: async (_, { input }, { services, viewer }) => {
    const actor = requireScope(viewer, 'user:write');
    return payload(async () => ({ user: await removeRole(services, input, actor) }));
  },
};

export const LoginResult: LoginResultResolvers = {
  __resolveType: (result) => ('accessToken' in result ? 'SessionTokens' : 'challengeId' in result ? 'MfaRequired' : 'LoginFailed'),
};

async function tokensOrFailure<T extends IssuedTokens | OpenChallenge>(work: () => Promise<T>): Promise<T | LoginFailed> {
  const result = await payload(work);
  return 'accessToken' in result || 'challengeId' in result ? result : { userErrors: result.userErrors };
}

/** What the work made, or why not. */
async function payload<T>(work: () => Promise<T>): Promise<(T & { userErrors: UserError[] }) | { userErrors: UserError[] }> {
  try {
    return { ...(await work()), userErrors: [] };
  } catch (error) {
    const { field, ...refusal } = toUserError(error);
    return { userErrors: [{ ...refusal, field: field ? [...field] : null }] };
  }
}
