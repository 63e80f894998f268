import { formatTimestamp, timestampFromDate } from '@mib/model/timestamp';
import { ClientError } from '@mib/service/errors';
import { hasScope } from '@mib/service/viewer';
import { mayRead, READ } from '../actions/access.ts';
import { encodeCursor } from '../domain/cursor.ts';
import { entryId, type Version } from '../domain/entry.ts';
import { flagEntryOf, flagOf } from '../domain/feature-flag.ts';
import type { ConfigEntryResolvers, ConfigVersionResolvers, FeatureFlagResolvers } from '../generated/resolvers-types.ts';

const DEFAULT_FIRST = 10;
const MAX_FIRST = 500;
const MAX_VERSION = 2 ** 31 - 1;

export const configEntry: ConfigEntryResolvers = {
  async __resolveReference({ id }, { viewer, loaders }) {
    const entry = viewer.kind === 'anonymous' ? null : await loaders.entry.load(id);
    return entry && mayRead(viewer, entry) ? entry : null;
  },
  id: entryId,
  scopeId: ({ scopeId }) => scopeId || null,
  sensitive: ({ sealed }) => sealed !== null,
  updatedBy,
  updatedAt,
  cursor: ({ sequence }) => encodeCursor(sequence),
  async history(entry, { first, before }, { loaders }) {
    const page = { first: wholeNumber('first', first ?? DEFAULT_FIRST, MAX_FIRST), before: wholeNumber('before', before ?? MAX_VERSION, MAX_VERSION) };
    return [...(await loaders.history(entry, page))];
  },
};

export const configVersion: ConfigVersionResolvers = { updatedBy, updatedAt };

export const featureFlag: FeatureFlagResolvers = {
  async __resolveReference({ key }, { viewer, loaders }) {
    const entry = hasScope(viewer, READ) ? await loaders.entry.load(entryId(flagEntryOf(key))) : null;
    return (entry && flagOf(entry)) ?? null;
  },
  updatedAt,
};

function updatedBy(version: Version): { id: string } | null {
  return version.updatedBy === null ? null : { id: version.updatedBy };
}

function updatedAt(row: { readonly updatedAt: Date }): string {
  return formatTimestamp(timestampFromDate(row.updatedAt));
}

/** @throws {ClientError} VALIDATION */
function wholeNumber(name: string, value: number, maximum: number): number {
  if (value >= 1 && value <= maximum) return value;
  throw new ClientError('VALIDATION', `${name} must be 1..${maximum}, was ${value}`, { field: [name] });
}
