import { ClientError } from '@mib/service/errors';
import { requireScope, requireUser, type KnownViewer } from '@mib/service/viewer';
import { isViewer, READ } from '../actions/access.ts';
import type { Scope } from '../domain/entry.ts';
import { FLAG_PREFIX, flagOf } from '../domain/feature-flag.ts';
import type { QueryResolvers } from '../generated/resolvers-types.ts';

const SERVICE_NAME = /^[a-z-]{1,60}$/;

export const query: QueryResolvers = {
  async configEntries(_, { scope, scopeId }, { viewer, services }) {
    return services.store.inScope(scope, readableScopeIds(requireUser(viewer), scope, scopeId ?? null));
  },
  configKeys(_, __, { viewer, services }) {
    requireUser(viewer);
    return [...services.keys.values()].map((known) => ({
      key: known.key,
      description: known.description,
      scopes: [...known.scopes],
      schema: JSON.stringify(known.schema),
      default: known.default === undefined ? null : JSON.stringify(known.default),
      sensitive: known.sensitive ?? false,
      appliedBy: [...known.appliedBy],
    }));
  },
  async featureFlags(_, __, { viewer, services }) {
    requireScope(viewer, READ);
    return (await services.store.inScope('GLOBAL', null, FLAG_PREFIX)).flatMap((entry) => flagOf(entry) ?? []);
  },
};

/** @returns null for all of the scope. @throws {ClientError} FORBIDDEN, VALIDATION */
function readableScopeIds(viewer: KnownViewer, scope: Scope, scopeId: string | null): readonly string[] | null {
  if (scope === 'USER') {
    if (scopeId !== null && !isViewer(viewer, scopeId)) throw new ClientError('FORBIDDEN', 'scopeId must be your own user id in USER', { field: ['scopeId'] });
    return [viewer.userId];
  }
  requireScope(viewer, READ);
  if (scope === 'GLOBAL' && scopeId !== null) throw new ClientError('VALIDATION', `scopeId must be left out in GLOBAL, was ${JSON.stringify(scopeId.slice(0, 80))}`, { field: ['scopeId'] });
  if (scopeId !== null && !SERVICE_NAME.test(scopeId)) throw new ClientError('VALIDATION', `scopeId must be the name of a service, was ${JSON.stringify(scopeId.slice(0, 80))}`, { field: ['scopeId'] });
  return scopeId === null ? null : [scopeId];
}
