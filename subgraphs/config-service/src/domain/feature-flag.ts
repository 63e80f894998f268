// Feature flags: GLOBAL entries `flags.<name>` with a value of one schema. Who is in a rollout is arithmetic on the flag
// and the user, so nothing is stored per user and every process says the same.

import { createHash } from 'node:crypto';
import { ClientError } from '@mib/service/errors';
import type { EntryName, Version } from './entry.ts';

export interface FlagValue {
  readonly enabled: boolean;
  readonly rolloutPercent: number;
}

export interface FeatureFlag extends FlagValue {
  readonly key: string;
  readonly version: number;
  readonly updatedAt: Date;
}

export const FLAG_PREFIX = 'flags.';
export const MAX_FLAGS = 1_000;
export const FLAG_SCHEMA = {
  type: 'object',
  required: ['enabled', 'rolloutPercent'],
  additionalProperties: false,
  properties: { enabled: { type: 'boolean' }, rolloutPercent: { type: 'integer', minimum: 0, maximum: 100 } },
};
/** What every platform has from its first start. */
export const DEFAULT_FLAGS: Readonly<Record<string, FlagValue>> = { 'new-risk-panel': { enabled: true, rolloutPercent: 50 } };

const NAME = /^[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?$/;

export function isFlagName(name: string): boolean {
  return NAME.test(name);
}

/** @throws {ClientError} VALIDATION */
export function flagEntry(name: string): EntryName {
  if (!isFlagName(name)) throw new ClientError('VALIDATION', `key must be 1..60 of a-z, 0-9 and inner dashes, was ${JSON.stringify(name.slice(0, 80))}`, { field: ['input', 'key'] });
  return flagEntryOf(name);
}

/** Of a name that may be none: no entry has it then. */
export function flagEntryOf(name: string): EntryName {
  return { scope: 'GLOBAL', scopeId: '', key: `${FLAG_PREFIX}${name}` };
}

/** Undefined when the entry is no flag. */
export function flagOf({ key, scope, value, version, updatedAt }: Version): FeatureFlag | undefined {
  if (scope !== 'GLOBAL' || !key.startsWith(FLAG_PREFIX) || value === null) return undefined;
  const { enabled, rolloutPercent } = JSON.parse(value) as FlagValue;
  return { key: key.slice(FLAG_PREFIX.length), enabled, rolloutPercent, version, updatedAt };
}

export function isOnFor({ key, enabled, rolloutPercent }: FlagValue & { readonly key: string }, userId: string): boolean {
  return enabled && bucketOf(key, userId) < rolloutPercent;
}

/** 0..99, evenly over users and independently between flags; published in schema.graphql, so it may never change. */
export function bucketOf(flagKey: string, userId: string): number {
  return createHash('sha256').update(`${flagKey}:${userId}`).digest().readUInt32BE(0) % 100;
}
