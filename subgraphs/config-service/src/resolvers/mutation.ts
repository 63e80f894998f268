import { toUserError, type ClientError } from '@mib/service/errors';
import { requireScope, requireUser } from '@mib/service/viewer';
import { mayRead, WRITE } from '../actions/access.ts';
import { rollBack, setFlag, setValue, type Outcome } from '../actions/change-entry.ts';
import type { Context } from '../context.ts';
import { flagOf } from '../domain/feature-flag.ts';
import type { MutationResolvers } from '../generated/resolvers-types.ts';

export const mutation: MutationResolvers = {
  async setConfig(_, { input }, context) {
    const viewer = requireUser(context.viewer);
    return payload(context, await setValue(context.services, viewer, { ...input, validateOnly: input.validateOnly ?? false }));
  },
  async rollbackConfig(_, { expectedVersion, ...given }, context) {
    const viewer = requireUser(context.viewer);
    return payload(context, await rollBack(context.services, viewer, { ...given, expectedVersion: expectedVersion ?? undefined }));
  },
  async setFeatureFlag(_, { input }, { viewer, services }) {
    const { key, enabled, rolloutPercent, expectedVersion } = input;
    const { entry, refusal } = await setFlag(services, requireScope(viewer, WRITE), { key, enabled, rolloutPercent: rolloutPercent ?? 100, expectedVersion: expectedVersion ?? undefined });
    return { flag: (entry && flagOf(entry)) ?? null, userErrors: userErrors(refusal) };
  },
};

/** A key that may write but not read is told what it wrote, and no more than that. */
function payload({ viewer }: Context, { entry, refusal }: Outcome) {
  return { entry: entry && (!refusal || mayRead(viewer, entry)) ? entry : null, userErrors: userErrors(refusal) };
}

function userErrors(refusal: ClientError | undefined) {
  if (!refusal) return [];
  const { field, ...error } = toUserError(refusal);
  return [{ ...error, field: field && [...field] }];
}
